//! `ticun audit evidence`: what a contract's evidence proves.

use std::fs::File;
use std::io::BufReader;

use serde_json::json;

use super::args::Evidence;
use super::policy;
use crate::cli::{Ended, Failure, complain, say};
use crate::ledger::evidence::check::{Good, check};
use crate::ledger::evidence::{Doubt, Finding};

/// Checks a file and tells what it proves, or where it is not good.
pub(super) fn run(args: &Evidence) -> Result<Ended, Failure> {
    let given = policy(args.policy.as_deref(), args.key.as_ref())?;
    let file = File::open(&args.file).map_err(|error| format!("{}: {error}", args.file.display()))?;
    match check(BufReader::new(file), given.as_ref()) {
        Ok(good) => {
            let trusted = if given.is_some() { "given" } else { "file" };
            say(&if args.json { as_json(&good, trusted) } else { as_text(&good, trusted) });
            Ok(Ended::Done)
        }
        Err(finding) => {
            if args.json {
                say(&why(&finding));
            } else {
                let worth = if finding.doubt == Doubt::Refuted { "this is not as it was" } else { "cannot decide" };
                complain(&format!("{worth}: {finding}"));
            }
            Ok(if finding.doubt == Doubt::Refuted { Ended::FoundWrong } else { Ended::CouldNot })
        }
    }
}

fn as_text(good: &Good, trusted: &str) -> String {
    let (contract, log) = (&good.summary.contract, &good.summary.log);
    let mut lines = vec![
        format!("{}: good", contract.id),
        format!("  {} entries of {}, a log of {} entries", good.summary.entries.len(), log.origin, log.size),
        format!("  root {}", log.root),
        format!("  signed by {}", log.key),
    ];
    lines.extend(log.cosigned.iter().map(|line| {
        let at = line.at.map_or_else(|| "a time beyond the calendar".to_owned(), |at| at.to_string());
        format!("  cosigned by {} at {at}", line.witness)
    }));
    let (after, not_later) = good.summary.span();
    if let (Some(after), Some(not_later)) = (after, not_later) {
        lines.push(format!("  came into the log between {} and {}", after.at, not_later.at));
    }
    if log.cosigned.is_empty() {
        lines.push("  no witness was required: times are the service's own".to_owned());
    }
    if trusted == "file" {
        let why = "compare them with ones from elsewhere, or give --key or --policy";
        lines.push(format!("  key and policy are the file's own: {why}"));
    }
    let balances = good.summary.balances;
    lines.push(format!(
        "  deposited {}, held {}, pending {}, frozen {}, to the merchant {}, refunded {}",
        balances.deposited, balances.held, balances.pending, balances.frozen, balances.to_merchant, balances.refunded
    ));
    lines.push(format!("  {} files, their digests, receipts, terms and texts: checked", good.files));
    lines.join("\n")
}

fn as_json(good: &Good, trusted: &str) -> String {
    json!({
        "verdict": "good", "good": true, "trusted": trusted, "files": good.files, "contract": good.summary.contract.id,
        "entries": good.summary.entries.len(), "origin": good.summary.log.origin, "size": good.summary.log.size,
        "key": good.summary.log.key, "cosigned": good.summary.log.cosigned,
    })
    .to_string()
}

fn why(finding: &Finding) -> String {
    let verdict = if finding.doubt == Doubt::Refuted { "refuted" } else { "undecided" };
    json!({"verdict": verdict, "good": false, "place": finding.place, "reason": finding.what}).to_string()
}
