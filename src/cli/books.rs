//! `ticun books check`.

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use super::args::OfOffice;
use super::users::connected;
use super::{Ended, Failure, complain, say};
use crate::ledger::check::{CheckError, Report, check as replay_and_compare};

/// Replays an office's log and compares every table with it.
///
/// # Errors
/// That it cannot be done; something wrong in the books is no error, but an ending of its own.
pub fn check(of: OfOffice) -> Result<Ended, Failure> {
    let config = of.settings.clone().in_force(None)?;
    let (mut connection, office) = connected(&config, &of)?;
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} entries, {eta} left") {
        bar.set_style(style);
    }
    let checked = replay_and_compare(&mut connection, &office, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    match checked {
        Ok(report) => {
            say(&if of.json { as_json(&office, &report) } else { as_text(&office, &report) });
            Ok(Ended::Done)
        }
        Err(CheckError::Finding(finding)) => {
            if of.json {
                say(&json!({"office": office, "good": false, "finding": finding.to_string()}).to_string());
            } else {
                complain(&format!("books of {office}: {finding}"));
            }
            Ok(Ended::FoundWrong)
        }
        Err(other) => Err(Failure::CouldNot(other.to_string())),
    }
}

fn as_text(office: &str, report: &Report) -> String {
    let rows: u64 = report.rows.iter().map(|(_, count)| count).sum();
    let balance = &report.trial_balance;
    let mut text = format!(
        "books of {office}: good\n  {} entries replayed, {rows} rows compared, invariants I1 to I6 hold\n  \
         assets {} = liabilities {}\n",
        report.entries, balance.total_assets, balance.total_liabilities
    );
    for line in balance.classes.iter().filter(|line| line.count > 0) {
        text.push_str(&format!("  {:<20} {:>18} {:>8}\n", line.class.as_str(), line.balance, line.count));
    }
    text.trim_end().to_owned()
}

fn as_json(office: &str, report: &Report) -> String {
    let rows: serde_json::Map<String, serde_json::Value> =
        report.rows.iter().map(|(table, count)| ((*table).to_owned(), json!(count))).collect();
    let balance = &report.trial_balance;
    json!({
        "office": office, "good": true, "entries": report.entries, "rows": rows,
        "total_assets": balance.total_assets, "total_liabilities": balance.total_liabilities,
    })
    .to_string()
}
