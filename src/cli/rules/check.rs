//! `ticun rules check`: each file by itself, and the packs together.

use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;
use serde::Serialize;

use super::args::Check;
use crate::cli::{Ended, Failure, say};
use crate::domain::calendar::{self, Calendar};
use crate::domain::packs::{self, BUILT_IN_TEXTS, ENDING_DAYS, Pack, Packs};
use crate::domain::refund::{BENCHMARKS_TEXT, Benchmarks};
use crate::domain::terms;
use crate::domain::time::Date;
use crate::ledger::clock::wall;

/// One file with its name and text.
pub(super) struct File {
    pub(super) name: String,
    pub(super) text: String,
}

/// What was found out about a file.
#[derive(Serialize)]
pub(super) struct Checked {
    file: String,
    kind: &'static str,
    version: Option<String>,
    from: Option<String>,
    until: Option<String>,
    good: bool,
    findings: Vec<String>,
    warnings: Vec<String>,
    notes: Vec<String>,
}

impl Checked {
    fn new(file: &File, kind: &'static str) -> Self {
        let name = file.name.clone();
        Self {
            file: name,
            kind,
            version: None,
            from: None,
            until: None,
            good: true,
            findings: Vec::new(),
            warnings: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// What is wrong with it, each with its name.
    pub(super) fn wrong(&self) -> impl Iterator<Item = String> {
        self.findings.iter().map(|finding| format!("{}: {finding}", self.file))
    }

    fn finds(&mut self, finding: impl ToString) {
        self.good = false;
        self.findings.push(finding.to_string());
    }
}

/// Checks the files and tells about each.
///
/// # Errors
/// That a file cannot be read, or a date is none.
pub(super) fn run(args: &Check) -> Result<Ended, Failure> {
    let wrong = |error: crate::domain::time::TimeError| Failure::WrongUsage(format!("--date: {error}"));
    let today = args.date.as_deref().map(Date::parse).transpose().map_err(wrong)?;
    let today = today.unwrap_or_else(|| wall().date(&TimeZone::UTC));
    let files = if args.files.is_empty() { built_in() } else { read(&args.files)? };
    let checked = check(&files, today);
    let good = checked.iter().all(|file| file.good);
    if args.json {
        say(&serde_json::json!({"good": good, "files": checked}).to_string());
    } else {
        say(&table(&checked));
    }
    Ok(if good { Ended::Done } else { Ended::FoundWrong })
}

fn built_in() -> Vec<File> {
    let files =
        [("calendar-cn", calendar::BUILT_IN_TEXT), ("rates-cn", BENCHMARKS_TEXT), ("void-terms", terms::BUILT_IN_TEXT)];
    let all = files.iter().chain(BUILT_IN_TEXTS);
    all.map(|(name, text)| File { name: format!("{name} (built in)"), text: (*text).to_owned() }).collect()
}

/// Files, and those of folders.
fn read(paths: &[PathBuf]) -> Result<Vec<File>, Failure> {
    let read = |path: &PathBuf| if path.is_dir() { folder(path) } else { Ok(vec![one(path)?]) };
    Ok(paths.iter().map(read).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

fn one(path: &Path) -> Result<File, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(File { name: path.display().to_string(), text })
}

/// The files `*.toml` of a folder, in the order of their names.
pub(super) fn folder(path: &Path) -> Result<Vec<File>, Failure> {
    let told = |error: std::io::Error| format!("{}: {error}", path.display());
    let entries = std::fs::read_dir(path).map_err(told)?;
    let mut paths =
        entries.map(|entry| entry.map(|entry| entry.path())).collect::<Result<Vec<_>, _>>().map_err(told)?;
    paths.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    paths.sort();
    Ok(paths.iter().map(|path| one(path)).collect::<Result<_, _>>()?)
}

/// Checks files by themselves, and the packs among them together.
pub(super) fn check(files: &[File], today: Date) -> Vec<Checked> {
    let mut checked = Vec::with_capacity(files.len());
    let mut packs = Vec::new();
    for file in files {
        match kind(&file.text) {
            "calendar" => checked.push(calendar(file, today)),
            "rates" => checked.push(rates(file, today)),
            "void terms" => checked.push(void_terms(file)),
            "pack" => packs.push(file),
            _ => {
                let mut unknown = Checked::new(file, "unknown");
                unknown.finds("it is neither a pack, nor a calendar, nor rates, nor void terms");
                checked.push(unknown);
            }
        }
    }
    checked.extend(together(&packs, today));
    checked
}

/// What a file is, by what no other kind has. One that is no TOML at all is unknown.
pub(super) fn kind(text: &str) -> &'static str {
    let table: toml::Table = toml::from_str(text).unwrap_or_default();
    let kinds = [("fixed_holidays", "calendar"), ("lpr_one_year", "rates"), ("rule", "void terms"), ("id", "pack")];
    kinds.iter().find(|(field, _)| table.contains_key(*field)).map_or("unknown", |(_, kind)| kind)
}

fn calendar(file: &File, today: Date) -> Checked {
    let mut checked = Checked::new(file, "calendar");
    match Calendar::parse(&file.text) {
        Err(error) => checked.finds(error),
        Ok(calendar) => {
            let years: Vec<i16> = calendar.years().collect();
            checked.version = Some(calendar.version().to_owned());
            checked.from = years.first().map(ToString::to_string);
            checked.until = years.last().map(ToString::to_string);
            let this = today.civil().year();
            let first = years.first().copied().unwrap_or(this).min(this);
            let last = years.last().copied().unwrap_or(this).max(this);
            for year in (first..=last).filter(|year| !calendar.covers(*year)) {
                checked.finds(format!("the year {year} is missing"));
            }
            if !calendar.covers(this.saturating_add(1)) {
                checked.notes.push(format!("the year {} is not known yet", this.saturating_add(1)));
            }
        }
    }
    checked
}

fn rates(file: &File, today: Date) -> Checked {
    let mut checked = Checked::new(file, "rates");
    match Benchmarks::parse(&file.text) {
        Err(error) => checked.finds(error),
        Ok(rates) => {
            checked.version = Some(rates.version().to_owned());
            for (name, rate) in [("LPR", rates.lpr_on(today)), ("deposit benchmark", rates.deposit_on(today))] {
                if rate.is_none() {
                    checked.notes.push(format!("the {name} is not known on {today}"));
                }
            }
        }
    }
    checked
}

fn void_terms(file: &File) -> Checked {
    let mut checked = Checked::new(file, "void terms");
    match terms::Pack::parse(&file.text) {
        Err(error) => checked.finds(error),
        Ok(pack) => {
            checked.version = Some(pack.version().to_owned());
            checked.from = pack.valid_from().map(|day| day.to_string());
        }
    }
    checked
}

/// The packs, each with what is wrong with it, or with all of them. Where none of them is the national one, they stand
/// on the one built in.
fn together(files: &[&File], today: Date) -> Vec<Checked> {
    let mut checked: Vec<Checked> = files.iter().map(|file| Checked::new(file, "pack")).collect();
    if checked.is_empty() {
        return checked;
    }
    let own: Vec<&str> = files.iter().map(|file| file.text.as_str()).collect();
    let builtin = BUILT_IN_TEXTS.iter().find(|(name, _)| *name == "national").map(|(_, text)| *text);
    let with_national = own.iter().any(|text| packs::is_national(text));
    let texts: Vec<&str> = own.iter().copied().chain(builtin.filter(|_| !with_national)).collect();
    for (checked, text) in checked.iter_mut().zip(&own) {
        checked.version = packs::identity_of(text).map(|(_, version)| version.to_string());
    }
    match Packs::parse(&texts) {
        Err((place, error)) => {
            let last = checked.len().saturating_sub(1);
            let place = place.unwrap_or(last).min(last);
            if let Some(checked) = checked.get_mut(place) {
                checked.finds(error);
            }
        }
        Ok(packs) => {
            for (checked, text) in checked.iter_mut().zip(&own) {
                let pack = packs::identity_of(text).and_then(|(id, version)| packs.find(id, version));
                let Some(pack) = pack else { continue };
                checked.from = Some(pack.valid_from.to_string());
                checked.until = pack.valid_until.map(|day| day.to_string());
                checked.warnings.extend(ending(&packs, pack, today));
                let unverified = pack.sources.iter().filter(|source| !source.verified).count();
                if unverified > 0 {
                    checked.notes.push(format!("{unverified} of {} sources are 参考", pack.sources.len()));
                }
            }
        }
    }
    checked
}

/// What is to be said of a pack that has ended or soon ends, with no edition after it.
pub fn ending(packs: &Packs, pack: &Pack, today: Date) -> Option<String> {
    let (_, until) = packs.ending(today, ENDING_DAYS).find(|(ending, _)| *ending == pack)?;
    let tense = if until < today { "ended" } else { "ends" };
    Some(format!(
        "it {tense} on {until}, and there is no edition after it: contracts drafted later are under the other packs alone"
    ))
}

fn table(checked: &[Checked]) -> String {
    let width = checked.iter().map(|file| file.file.chars().count()).max().unwrap_or(0);
    let mut lines = Vec::new();
    for file in checked {
        let text = |field: &Option<String>| field.clone().unwrap_or_else(|| "-".to_owned());
        let (version, from, until) = (text(&file.version), text(&file.from), text(&file.until));
        let result = if file.good { "good" } else { "WRONG" };
        lines.push(format!(
            "{:<width$}  {:<10}  {version:<14}  {from:<10}  {until:<10}  {result}",
            file.file, file.kind
        ));
        lines.extend(file.findings.iter().map(|finding| format!("  {finding}")));
        lines.extend(file.warnings.iter().map(|warning| format!("  warning: {warning}")));
        lines.extend(file.notes.iter().map(|note| format!("  note: {note}")));
    }
    lines.join("\n")
}
