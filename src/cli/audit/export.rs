//! `ticun audit export`.

use serde_json::json;

use super::args::Export;
use super::{bar, read};
use crate::cli::users::connected;
use crate::cli::{Ended, Failure, complain, say};
use crate::ledger::audit::export::{ExportError, export};
use crate::ledger::audit::folder::Folder;
use crate::log::policy::Policy;

/// Writes a log's files.
pub(super) fn run(args: &Export) -> Result<Ended, Failure> {
    let config = args.of.settings.clone().in_force(None)?;
    let (mut connection, office) = connected(&config, &args.of)?;
    let policy = args.policy.as_deref().map(read).transpose()?;
    if let Some(policy) = &policy {
        Policy::parse(policy).map_err(|error| format!("the policy: {error}"))?;
    }
    let bar = bar();
    let exported = export(&mut connection, &office, &Folder::new(&args.out), policy.as_deref(), &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    match exported {
        Ok(exported) => {
            let (size, before) = (exported.size, exported.before);
            let new = size.saturating_sub(before);
            say(&if args.of.json {
                json!({"good": true, "origin": exported.origin, "size": size, "new": new}).to_string()
            } else {
                format!("{}: {size} entries in {}, {new} of them new", exported.origin, args.out.display())
            });
            Ok(Ended::Done)
        }
        Err(ExportError::Wrong { position, what }) => {
            if args.of.json {
                say(&json!({"good": false, "position": position, "finding": what}).to_string());
            } else {
                complain(&format!("log of {office}: entry {position}: {what}"));
            }
            Ok(Ended::FoundWrong)
        }
        Err(error) => Err(error.to_string().into()),
    }
}
