//! `ticun audit verify`.

use std::path::{Path, PathBuf};

use super::args::Verify;
use super::told::{self, Verdict};
use super::{bar, policy, read, source};
use crate::cli::authorities::trusted;
use crate::cli::{Ended, Failure, complain, rules, say};
use crate::ledger::audit::timestamps::Authority;
use crate::ledger::audit::{AgeBound, Misbehaviour, Options, Report, Stopped, verify};
use crate::ledger::clock::wall;
use crate::log::known::KnownHead;
use crate::log::note::Note;

/// Verifies a log and tells the verdict.
pub(super) fn run(args: &Verify) -> Result<Ended, Failure> {
    if let Some(folder) = &args.rules {
        rules::go_by(folder)?;
    }
    let policy = policy(args.policy.as_deref(), args.key.as_ref())?;
    let known = match &args.state {
        Some(file) if file.exists() => {
            let known = KnownHead::parse(&read(file)?);
            Some(known.map_err(|error| format!("{}: {error}", file.display()))?)
        }
        _ => None,
    };
    let authorities = authorities(args)?;
    let source = source(&args.log, args.token.as_deref(), args.ca_file.as_deref())?;
    let now_s = u64::try_from(wall().micros() / 1_000_000).unwrap_or(0);
    let options = Options {
        policy: policy.as_ref(),
        known: known.as_ref(),
        age: args.max_age.map(|age_s_max| AgeBound { age_s_max, now_s }),
        authorities: &authorities,
        replay: args.replay,
    };
    // An entry that breaks an invariant is told as a finding, not as a panic of this program.
    std::panic::set_hook(Box::new(|_| ()));
    let bar = bar();
    let verified = verify(source, &options, &mut |done, total| {
        bar.set_length(total);
        bar.set_position(done);
    });
    bar.finish_and_clear();
    drop(std::panic::take_hook());
    tell(args, verified, now_s)
}

fn authorities(args: &Verify) -> Result<Vec<Authority>, Failure> {
    let mut authorities: Vec<Authority> = Vec::new();
    for (name, file) in &args.authorities {
        if authorities.iter().any(|there| there.name == *name) {
            let sentence = format!("--authority {name} is given twice: one file can hold several certificates");
            return Err(Failure::WrongUsage(sentence));
        }
        authorities.push(Authority { name: name.clone(), trusted: trusted(file)? });
    }
    Ok(authorities)
}

fn tell(args: &Verify, verified: Result<Report, Stopped>, now_s: u64) -> Result<Ended, Failure> {
    let verdict = match verified {
        Ok(report) => {
            if let Some(file) = &args.state {
                if report.predecessor_size.is_some() {
                    // What is known of the log before stays known: it may come back, and say something else.
                    std::fs::rename(file, beside(file, "predecessor")).map_err(|error| error.to_string())?;
                }
                write(file, &report.head.to_string())?;
            }
            Verdict::Good(Box::new(report))
        }
        Err(Stopped::Undecided(why)) => Verdict::Undecided(why),
        Err(Stopped::Misbehaviour(found)) => {
            let notes = keep_conflict(args.state.as_deref(), &found)?;
            Verdict::Misbehaviour(found, notes)
        }
    };
    if args.json {
        say(&told::as_json(&verdict, now_s).to_string());
    } else if let Verdict::Good(report) = &verdict {
        say(&told::as_text(report, now_s));
    } else {
        complain(&told::why(&verdict));
    }
    Ok(match verdict {
        Verdict::Good(_) => Ended::Done,
        Verdict::Undecided(_) => Ended::CouldNot,
        Verdict::Misbehaviour(..) => Ended::FoundWrong,
    })
}

/// Writes two heads that contradict each other beside the saved state: the proof that anybody can check.
fn keep_conflict(state: Option<&Path>, found: &Misbehaviour) -> Result<Vec<PathBuf>, String> {
    let (Some(state), Some(conflict)) = (state, &found.conflict) else { return Ok(Vec::new()) };
    let (known, shown) = conflict.as_ref();
    let mut written = Vec::new();
    let notes: [(&str, &Note); 2] = [("known", known), ("shown", shown)];
    for (word, note) in notes {
        let path = beside(state, word);
        write(&path, &note.to_string())?;
        written.push(path);
    }
    Ok(written)
}

/// A file of the same name with one more ending.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(format!(".{ending}"));
    PathBuf::from(name)
}

/// Written beside and renamed, so that a crash leaves the old state or the new one.
fn write(path: &Path, text: &str) -> Result<(), String> {
    let fresh = beside(path, "new");
    let written = std::fs::write(&fresh, text).and_then(|()| std::fs::rename(&fresh, path));
    written.map_err(|error| format!("{}: {error}", path.display()))
}
