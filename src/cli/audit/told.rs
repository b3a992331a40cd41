//! What a verification has to say, for people and for programs.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::domain::rule_files;
use crate::domain::time::Timestamp;
use crate::ledger::audit::timestamps::{Stamped, StampedBy};
use crate::ledger::audit::{Cosigned, KeyFrom, Misbehaviour, NamedKey, NamedRules, Report};
use crate::log::text;

/// How a verification ended.
pub(super) enum Verdict {
    /// Everything that was looked at is as it must be.
    Good(Box<Report>),
    /// It cannot be decided, and why.
    Undecided(String),
    /// Something no honest log shows, and the files with the notes that prove it.
    Misbehaviour(Box<Misbehaviour>, Vec<PathBuf>),
}

/// Seconds since 1970 as people read a time.
pub(super) fn moment(time_s: u64) -> String {
    let micros = i64::try_from(time_s).ok().and_then(|time_s| time_s.checked_mul(1_000_000));
    let shown = micros.filter(|micros| jiff::Timestamp::from_microsecond(*micros).is_ok());
    shown.map_or_else(|| format!("second {time_s}"), |micros| Timestamp::from_micros(micros).to_string())
}

/// The rules that the office went by at the end, and how this program's own compare with them.
fn rules(report: &Report) -> Vec<String> {
    let mine = rule_files::in_force();
    let line = |(name, rules): (&String, &NamedRules)| {
        let same = mine.iter().any(|file| file.name == *name && file.digests == rules.digests);
        let compared = if same { "the same as in this program" } else { "another edition than in this program" };
        format!("  rules {name} {}, adopted by entry {}: {compared}", rules.digests.version, rules.position)
    };
    report.rules.iter().map(line).collect()
}

/// A good verdict for people.
pub(super) fn as_text(report: &Report, now_s: u64) -> String {
    let mut lines = vec![format!("{}: good", report.origin)];
    let span = report.span.map(|(first, last)| format!(", from {first} to {last}")).unwrap_or_default();
    lines.push(format!("  {} entries{span}", report.size));
    lines.push(format!("  root {}", text::base64(&report.root)));
    lines.push(match report.key_from {
        KeyFrom::Policy => format!("  signed by {}, which the policy names", report.key),
        KeyFrom::FirstEntry => format!(
            "  signed by {}\n    That key stands in the log's own first entry: compare it with one from elsewhere.",
            report.key
        ),
        KeyFrom::Handover => {
            format!("  signed by {}, to which a believed key has handed over", report.key)
        }
    });
    lines.extend(keys(report));
    lines.extend(report.predecessor.as_ref().map(|before| {
        format!(
            "  takes the place of {}, which ended with {} entries and the root {}",
            before.origin,
            before.size,
            text::base64(before.root.as_bytes())
        )
    }));
    lines.push(witnesses(report, now_s));
    lines.extend(report.stamped.iter().map(timestamps));
    lines.push(match (report.known_size, report.predecessor_size, &report.predecessor) {
        (Some(size), ..) => format!("  begins with the {size} entries of the saved head"),
        (None, Some(size), Some(before)) if size == before.size => {
            "  the saved head is the last one of the log before it".to_owned()
        }
        (None, Some(size), _) => format!(
            "  the saved head has {size} entries of the log before it: whether that log went on from them, this one \
             cannot tell"
        ),
        (None, None, _) => "  compared with no earlier head: --state remembers this one".to_owned(),
    });
    lines.push("  every tile, bundle, link, position and time, canonical bytes and schema: checked".to_owned());
    lines.extend(rules(report));
    match &report.trial_balance {
        None => lines.push("  what the entries mean was not looked at: --replay does that".to_owned()),
        Some(balance) => {
            lines.push(
                "  replayed: invariants I1 to I4 and I6, who may act, four eyes, signatures, postings".to_owned(),
            );
            lines.push(format!("  assets {} = liabilities {}", balance.total_assets, balance.total_liabilities));
            let used = balance.classes.iter().filter(|line| line.count > 0);
            lines.extend(
                used.map(|line| format!("    {:<20} {:>18} {:>8}", line.class.as_str(), line.balance, line.count)),
            );
        }
    }
    lines.join("\n")
}

/// The log's keys, where there is more than the one that has signed.
fn keys(report: &Report) -> Vec<String> {
    let told = |named: &NamedKey| {
        let standing = match (named.retired, named.has_signed) {
            (None, _) => format!("in force since entry {}: has signed", named.added),
            (Some(position), false) => format!("retired by entry {position}"),
            (Some(position), true) => {
                format!("retired by entry {position}; has signed all the same, which counts for nothing")
            }
        };
        format!("    key {}: {standing}", named.key)
    };
    if report.keys.len() < 2 { Vec::new() } else { report.keys.iter().map(told).collect() }
}

fn witnesses(report: &Report, now_s: u64) -> String {
    let each = |cosigned: &Cosigned| format!("{} at {}", cosigned.witness, moment(cosigned.time_s));
    let names: Vec<String> = report.cosigned.iter().map(each).collect();
    let age = report.fresh_s.map(|fresh_s| format!("; {} seconds old", now_s.saturating_sub(fresh_s)));
    let age = age.unwrap_or_default();
    match (report.witnesses_required, names.is_empty()) {
        (true, _) => format!("  cosigned by enough witnesses: {}{age}", names.join(", ")),
        (false, false) => format!("  cosigned, though no witness is required: {}{age}", names.join(", ")),
        (false, true) => "  no witness was required: others may have been shown another log".to_owned(),
    }
}

fn timestamps(by: &StampedBy) -> String {
    let StampedBy { authority, tokens, checked } = by;
    match checked {
        Some((first, newest)) => format!(
            "  stamped by {authority} ({tokens} tokens): the first {} entries by {}, the first {} by {}",
            first.size,
            moment(first.time_s),
            newest.size,
            moment(newest.time_s)
        ),
        None if *tokens == 0 => format!("  not stamped by {authority}: there is no token of it"),
        None => format!("  tokens of {authority}: {tokens}, not checked; --authority {authority}=FILE checks them"),
    }
}

/// Any other verdict for people.
pub(super) fn why(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Good(report) => format!("{}: good", report.origin),
        Verdict::Undecided(why) => format!("cannot decide: {why}"),
        Verdict::Misbehaviour(found, notes) => {
            let mut text = format!("misbehaviour: {found}");
            for path in notes {
                text.push_str(&format!("\n  written as proof: {}", path.display()));
            }
            text
        }
    }
}

/// A verdict for programs.
pub(super) fn as_json(verdict: &Verdict, now_s: u64) -> Value {
    match verdict {
        Verdict::Good(report) => good(report, now_s),
        Verdict::Undecided(why) => json!({"verdict": "undecided", "good": false, "reason": why}),
        Verdict::Misbehaviour(found, notes) => json!({
            "verdict": "misbehaviour", "good": false, "reason": found.what,
            "position": found.entries.map(|(first, _)| first), "position_last": found.entries.map(|(_, last)| last),
            "notes": notes.iter().map(|path| path.display().to_string()).collect::<Vec<_>>(),
        }),
    }
}

fn good(report: &Report, now_s: u64) -> Value {
    let cosigned = |cosigned: &Cosigned| json!({"witness": cosigned.witness, "at": moment(cosigned.time_s)});
    let stamped = |by: &StampedBy| {
        let one = |stamped: Stamped| json!({"size": stamped.size, "at": moment(stamped.time_s)});
        let (first, newest) = by.checked.map(|(first, newest)| (one(first), one(newest))).unzip();
        json!({"authority": by.authority, "tokens": by.tokens, "checked": first.is_some(), "first": first, "newest": newest})
    };
    let named = |named: &NamedKey| {
        json!({
            "key": named.key.to_string(), "added_at_position": named.added, "retired_at_position": named.retired,
            "has_signed": named.has_signed,
        })
    };
    let rules = |(name, rules): (&String, &NamedRules)| {
        json!({
            "name": name, "version": rules.digests.version, "sha256": rules.digests.sha256, "sm3": rules.digests.sm3,
            "position": rules.position,
        })
    };
    let mut value = json!({
        "verdict": "good", "good": true, "origin": report.origin, "office": report.office, "size": report.size,
        "root": text::base64(&report.root), "key": report.key.to_string(),
        "key_from": match report.key_from { KeyFrom::Policy => "policy", KeyFrom::FirstEntry => "first_entry", KeyFrom::Handover => "handover" },
        "keys": report.keys.iter().map(named).collect::<Vec<_>>(), "predecessor": report.predecessor,
        "rules": report.rules.iter().map(rules).collect::<Vec<_>>(),
        "witnesses_required": report.witnesses_required,
        "cosigned": report.cosigned.iter().map(cosigned).collect::<Vec<_>>(),
        "timestamps": report.stamped.iter().map(stamped).collect::<Vec<_>>(),
        "age_seconds": report.fresh_s.map(|fresh_s| now_s.saturating_sub(fresh_s)),
        "known_size": report.known_size, "predecessor_known_size": report.predecessor_size, "bytes_read": report.size_bytes, "replayed": report.trial_balance.is_some(),
        "first_at": report.span.map(|(first, _)| first), "last_at": report.span.map(|(_, last)| last),
    });
    if let (Some(balance), Some(fields)) = (&report.trial_balance, value.as_object_mut()) {
        let class = |line: &crate::ledger::books::ClassBalance| json!({"class": line.class, "side": line.side, "balance": line.balance, "count": line.count});
        let classes: Vec<Value> = balance.classes.iter().map(class).collect();
        let totals = json!({
            "classes": classes, "total_assets": balance.total_assets, "total_liabilities": balance.total_liabilities,
        });
        fields.insert("trial_balance".to_owned(), totals);
    }
    value
}
