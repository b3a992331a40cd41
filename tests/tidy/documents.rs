//! The tidy rules for what lies beside the code: the table of commands, the two READMEs and the links between
//! the documents.

use super::{none, source};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

const COMMANDS_HEADER: &[&str] = &["command", "endpoint", "roles", "from", "to", "event_kinds", "moves"];

/// Every line of commands.csv as its fields.
fn command_rows() -> Vec<Vec<String>> {
    let path = source::root().join("api-spec/commands.csv");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_path(path).expect("commands.csv is there");
    let fields = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
    reader.records().map(|record| fields(record.expect("each row has as many fields as the header"))).collect()
}

#[test]
fn commands_csv_is_one_table_of_different_commands() {
    let rows = command_rows();
    assert_eq!(rows.first().expect("commands.csv has a header"), COMMANDS_HEADER);
    let mut seen = BTreeSet::new();
    let mut findings = Vec::new();
    for (index, row) in rows.iter().enumerate().skip(1) {
        let line = format!("api-spec/commands.csv:{}", index + 1);
        let [command, endpoint, roles, _, _, event_kinds, moves] = row.as_slice() else {
            findings.push(format!("{line} has {} fields", row.len()));
            continue;
        };
        let mut problem = |what: String| findings.push(format!("{line} {what}"));
        if !seen.insert(command) {
            problem(format!("{command} stands here twice"));
        }
        for name in std::iter::once(command.as_str()).chain(event_kinds.split('|')) {
            if !name.split_once('.').is_some_and(|(left, right)| is_name(left) && is_name(right)) {
                problem(format!("{name:?} is not of the form resource.verb"));
            }
        }
        if !is_endpoint(endpoint) {
            problem(format!("{endpoint:?} is neither an endpoint nor cli, channel, job or behind"));
        }
        if !roles.split('|').all(is_name) {
            problem(format!("{roles:?} is not a list of roles"));
        }
        if !moves.is_empty() && !moves.split('|').all(|step| step.split("->").filter(|end| is_name(end)).count() == 2) {
            problem(format!("{moves:?} is not a list of from->to"));
        }
    }
    none("commands.csv is the one table of all writes", findings);
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn is_endpoint(text: &str) -> bool {
    // What is behind every command follows from what the command has changed.
    let internal = ["cli", "channel", "job", "behind"].contains(&text);
    let method = text.split_once(" /v1/").map(|(method, _)| method);
    internal || method.is_some_and(|method| ["POST", "PUT", "PATCH", "DELETE"].contains(&method))
}

#[test]
fn the_two_readmes_have_the_same_sections() {
    let sections = |name: &str| {
        let text = fs::read_to_string(source::root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        prose(&text).filter(|(_, line)| line.starts_with("## ")).count()
    };
    assert_eq!(sections("README.md"), sections("README.zh.md"), "README.md and README.zh.md have parted");
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let mut paths = Vec::new();
    source::walk(source::root(), &mut paths);
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    let findings = paths.iter().flat_map(dead_links);
    none("these links lead nowhere", findings.collect());
}

/// The lines of a Markdown text that are not inside a block of code, counted from 1.
fn prose(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut fenced = false;
    text.lines().enumerate().map(|(index, line)| (index + 1, line)).filter(move |(_, line)| {
        let fence = line.trim_start().starts_with("```");
        fenced ^= fence;
        !fenced && !fence
    })
}

/// The links of one document to files that are not there. Addresses on the web are not asked for.
fn dead_links(path: &PathBuf) -> Vec<String> {
    let text = fs::read_to_string(path).expect("a document is UTF-8 text");
    let folder = path.parent().unwrap_or(Path::new("/"));
    let mut findings = Vec::new();
    for (line, text) in prose(&text) {
        let targets = text.match_indices("](").filter_map(|(at, _)| text[at + 2..].split([')', ' ']).next());
        let local = targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:"));
        let files = local.filter_map(|target| target.split('#').next()).filter(|file| !file.is_empty());
        let missing = files.filter(|file| !folder.join(file).exists());
        findings.extend(missing.map(|file| format!("{}:{line} {file}", source::relative(path))));
    }
    findings
}
