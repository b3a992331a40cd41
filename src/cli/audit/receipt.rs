//! `ticun audit receipt`: what one receipt proves.

use serde_json::{Value, json};

use super::args::Receipt;
use super::told::moment;
use super::{policy, read};
use crate::cli::{Ended, Failure, complain, say};
use crate::ledger::entry::Entry;
use crate::log::chain;
use crate::log::note::NotVerified;
use crate::log::policy::{JudgeError, Judgement, Policy, Quorum};
use crate::log::proof::{NotProven, TlogProof};

/// What a receipt is worth.
enum Worth {
    Proven { text: String, value: Value },
    Undecided(String),
    Refuted(String),
}

/// Verifies a receipt and tells what it proves.
pub(super) fn run(args: &Receipt) -> Result<Ended, Failure> {
    let receipt = TlogProof::parse(&read(&args.receipt)?);
    let receipt = receipt.map_err(|error| format!("{}: {error}", args.receipt.display()))?;
    let policy = policy(args.policy.as_deref(), args.key.as_ref())?;
    let entry = args.entry.as_deref().map(read).transpose()?;
    let worth = weigh(&receipt, entry.as_deref(), policy.as_ref());
    let (ended, verdict) = match &worth {
        Worth::Proven { .. } => (Ended::Done, "good"),
        Worth::Undecided(_) => (Ended::CouldNot, "undecided"),
        Worth::Refuted(_) => (Ended::FoundWrong, "refuted"),
    };
    match worth {
        Worth::Proven { value, .. } if args.json => say(&value.to_string()),
        Worth::Proven { text, .. } => say(&text),
        Worth::Undecided(why) | Worth::Refuted(why) if args.json => {
            say(&json!({"verdict": verdict, "good": false, "position": receipt.index, "reason": why}).to_string());
        }
        Worth::Undecided(why) => complain(&format!("cannot decide: {why}")),
        Worth::Refuted(why) => complain(&format!("this receipt proves nothing: {why}")),
    }
    Ok(ended)
}

fn weigh(receipt: &TlogProof, entry: Option<&[u8]>, policy: Option<&Policy>) -> Worth {
    let Some(policy) = policy else {
        let what = "whose log it is nobody can know without a key: give the log's with --key, or a --policy";
        return Worth::Undecided(what.to_owned());
    };
    let Some(bytes) = entry else {
        let what =
            format!("a receipt is for the exact bytes of an entry: give those of entry {} with --entry", receipt.index);
        return Worth::Undecided(what);
    };
    match receipt.verify(&chain::leaf(bytes), policy) {
        Ok(judgement) => proven(receipt, bytes, &judgement),
        Err(NotProven::Quorum) => {
            Worth::Undecided("not as many witnesses have cosigned as the policy asks for".to_owned())
        }
        Err(NotProven::Checkpoint(JudgeError::NotVerified(NotVerified::Signature(name)))) => {
            Worth::Refuted(format!("the signature of {name} does not fit"))
        }
        Err(NotProven::Checkpoint(error)) => Worth::Undecided(error.to_string()),
        Err(NotProven::Inclusion(error)) => {
            Worth::Refuted(format!("these bytes are not entry {} of the signed log: {error}", receipt.index))
        }
    }
}

fn proven(receipt: &TlogProof, bytes: &[u8], judgement: &Judgement<'_>) -> Worth {
    let Ok(entry) = Entry::parse(bytes) else {
        return Worth::Refuted("the log holds these bytes, and they are no entry of this service".to_owned());
    };
    let (origin, size) = (judgement.checkpoint.origin(), judgement.checkpoint.size());
    if entry.position != receipt.index {
        return Worth::Refuted(format!("entry {} of the log says that it is entry {}", receipt.index, entry.position));
    }
    let kind = entry.fact.event.kind();
    let mut lines = vec![
        format!("Entry {} of {origin} is this: {kind}, at {}, by {}.", entry.position, entry.at, entry.actor),
        format!("{} has signed that it stands there, in a log of {size} entries.", judgement.log.name()),
    ];
    lines.extend(judgement.cosigned.iter().map(|cosigned| {
        format!(
            "{} has seen that log, and none that contradicts it, at {}.",
            cosigned.witness.name,
            moment(cosigned.time_s)
        )
    }));
    lines.push(match judgement.quorum {
        Quorum::Met { seen_s, .. } => {
            format!(
                "So the entry existed by {} at the latest, and cannot be changed or removed unseen.",
                moment(seen_s)
            )
        }
        _ => "The log cannot deny it; that everybody was shown the same log takes witnesses, and none is required."
            .to_owned(),
    });
    for posting in &entry.fact.postings {
        lines.push(format!("  {} {}", posting.account, posting.amount));
    }
    let cosigned = judgement.cosigned.iter();
    let cosigned = cosigned.map(|line| json!({"witness": line.witness.name, "at": moment(line.time_s)}));
    let value = json!({
        "verdict": "good", "good": true, "origin": origin, "size": size, "position": entry.position, "kind": kind,
        "at": entry.at, "key": judgement.log.to_string(), "cosigned": cosigned.collect::<Vec<_>>(),
    });
    Worth::Proven { text: lines.join("\n"), value }
}
