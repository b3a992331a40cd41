//! `HOW-TO-CHECK.txt`: the evidence checked with tools that are not ours, step by step.

use crate::ledger::evidence::Summary;
use crate::ledger::evidence::names::Named;
use crate::log::key::VerifierKey;
use crate::log::text::base64;

/// The steps, with the names and figures of this evidence filled in.
pub(super) fn text(summary: &Summary) -> String {
    let log = &summary.log;
    // The first entry of the contract itself, which every evidence has.
    let example = summary.entries.iter().find(|line| line.position > 0).map_or(0, |line| line.position);
    let text = summary.texts.iter().find(|line| line.text.is_some());
    let text = text.map_or_else(
        || "# 本文件不含文字 · there are none here".to_owned(),
        |line| {
            let (position, field) = (line.position, line.field.clone());
            let salt = Named::Salt(position, field.clone()).name();
            format!("cat {salt} {} | sha256sum", Named::Text(position, field).name())
        },
    );
    let file =
        summary.documents.iter().filter(|line| line.kind == "dispute_evidence").find_map(|line| line.file.as_ref());
    let file = file.map_or_else(
        || "# 本文件不含纠纷证据 · there are none here".to_owned(),
        |file| format!("cat {file}.salt {file} | sha256sum"),
    );
    let witnesses: String =
        log.cosigned.iter().map(|line| format!(" \\\n      --witness-key '{}'", line.key)).collect();
    // Of a head that several keys have signed, a line is told from the others by the key's id, which stands in front of
    // the signature: 30 of its 32 bits are five characters of base64.
    let key = VerifierKey::parse(&log.key).ok();
    let id = key.as_ref().map(|key| hex::encode(key.id())).unwrap_or_default();
    let mark: String = key.map(|key| base64(&key.id()).chars().take(5).collect()).unwrap_or_default();
    include_str!("how-to-check.txt")
        .replace("{origin}", &log.origin)
        .replace("{size}", &log.size.to_string())
        .replace("{root}", &log.root)
        .replace("{entry}", &Named::Entry(example).name())
        .replace("{receipt}", &Named::Receipt(example).name())
        .replace("{position}", &example.to_string())
        .replace("{text}", &text)
        .replace("{file}", &file)
        .replace("{id}", &id)
        .replace("{mark}", &mark)
        .replace("{witnesses}", &witnesses)
        .replace("{quorum}", &log.cosigned.len().to_string())
}
