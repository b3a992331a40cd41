//! `ticun backup restore --from-log`: an older copy of a database is brought up to the log that was published from it.

use serde_json::json;

use super::args::Restore;
use super::audit;
use crate::cli::config::Config;
use crate::cli::{Ended, Failure, complain, say};
use crate::ledger::clock::wall;
use crate::ledger::restore::{Restored, restore as restore_from};
use crate::store::dialect;

/// What the log cannot give back, and what follows from that.
const NOT_IN_THE_LOG: &str = "\
What the log does not hold has not come back, if it was written since the copy was made:
  - names, phones, bank accounts, texts and other records: the log has only commitments to them. Ask the people for
    them again; a payout to an account that is lost has to be given a new one.
  - passwords and sessions: whoever was added or had their password reset since then cannot sign in.
  - idempotency keys: a request of that time that is repeated under its old key would be carried out once more.
    Before clients may write again, have each look up what became of requests that it has no answer to
    (the contract's timeline, or /v1/events), and send only what is not there, under a new key.
  - cosignatures, time stamps and settings: witnesses are asked again when the service starts.";

/// Appends the entries that a prepared database lacks, out of each log that was given.
///
/// # Errors
/// That it could not be done; something that is proven wrong is no error, but an ending of its own.
pub(super) fn append(args: &Restore, config: &Config, database: &str) -> Result<Ended, Failure> {
    let policy = audit::policy(args.policy.as_deref(), args.key.as_ref())?;
    for log in &args.from_log {
        let mut connection = dialect::open_writer(database).map_err(|error| error.to_string())?;
        let open = || audit::source(log, args.token.as_deref(), config.ca_file.as_deref());
        // An entry that breaks an invariant is told as a finding, not as a panic of this program.
        std::panic::set_hook(Box::new(|_| ()));
        let bar = audit::bar();
        let restored = restore_from(&mut connection, &open, policy.as_ref(), wall(), &mut |done, total| {
            bar.set_length(total);
            bar.set_position(done);
        });
        bar.finish_and_clear();
        drop(std::panic::take_hook());
        match restored {
            Ok(restored) => tell(args, &restored),
            Err(error) if error.is_finding() => {
                if args.json {
                    say(&json!({"good": false, "finding": error.to_string()}).to_string());
                } else {
                    complain(&error.to_string());
                }
                return Ok(Ended::FoundWrong);
            }
            Err(error) => return Err(Failure::CouldNot(error.to_string())),
        }
    }
    Ok(Ended::Done)
}

fn tell(args: &Restore, restored: &Restored) {
    let Restored { report, before, last_at } = restored;
    let new = report.size.saturating_sub(*before);
    if args.json {
        let value = json!({
            "good": true, "origin": report.origin, "size": report.size, "before": before, "restored": new,
            "key": report.key.to_string(), "restored_after": last_at,
        });
        say(&value.to_string());
        return;
    }
    say(&format!("{}: {} entries, {new} of them restored", report.origin, report.size));
    say(&format!("  signed by {}: compare it with the key that you know", report.key));
    if new > 0 {
        let since = last_at.map_or_else(|| "the beginning".to_owned(), |at| at.to_string());
        say(&format!("  they were written after {since}"));
        say(NOT_IN_THE_LOG);
    }
}
