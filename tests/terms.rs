//! What a court would not uphold is found in terms, however it is written, and its denial is not.

#![cfg(test)]

mod support;

#[path = "terms/pack.rs"]
mod pack;
#[path = "terms/service.rs"]
mod service;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};
use serde::Deserialize;
use ticun::domain::terms::{FINDINGS_MAX, Finding, Reading, Severity, built_in, findings};

const CLAUSES: &str = include_str!("terms/clauses.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Clauses {
    clause: Vec<Clause>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Clause {
    name: String,
    text: String,
    #[serde(default)]
    rules: Vec<String>,
    quote: Option<String>,
}

fn clauses() -> Vec<Clause> {
    toml::from_str::<Clauses>(CLAUSES).unwrap().clause
}

fn found(text: &str) -> Vec<Finding<'_>> {
    findings(text, built_in())
}

fn rules(text: &str) -> Vec<String> {
    found(text).iter().map(|finding| finding.rule.id.to_string()).collect()
}

/// Each finding's place is that of its quote.
fn stands_where_it_says(text: &str, finding: &Finding<'_>) -> bool {
    let shown: String = text.chars().skip(finding.offset).take(finding.length).collect();
    shown == finding.quote && !shown.is_empty()
}

#[test]
fn each_clause_is_judged_as_its_case_says() {
    let mut wrong = Vec::new();
    for Clause { name, text, rules, quote } in clauses() {
        let found = found(&text);
        let ids: Vec<String> = found.iter().map(|finding| finding.rule.id.to_string()).collect();
        let first = found.first().map(|finding| finding.quote.to_owned());
        if ids != rules || quote.is_some() && quote != first {
            let quotes: Vec<&str> = found.iter().map(|finding| finding.quote).collect();
            wrong.push(format!("{name}: {text} should be {rules:?} {quote:?} and is {ids:?} {quotes:?}"));
        }
        assert!(found.iter().all(|finding| stands_where_it_says(&text, finding)), "{name}: {found:?}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_cases_are_many_and_half_of_them_harmless() {
    let clauses = clauses();
    let names: BTreeSet<&String> = clauses.iter().map(|clause| &clause.name).collect();
    let harmless = clauses.iter().filter(|clause| clause.rules.is_empty()).count();
    assert_eq!(names.len(), clauses.len(), "two cases have one name");
    assert!(clauses.len() >= 60 && harmless * 2 >= clauses.len(), "{harmless} of {}", clauses.len());
}

#[test]
fn every_rule_has_a_clause_that_it_finds() {
    let shown: BTreeSet<String> = clauses().into_iter().flat_map(|clause| clause.rules).collect();
    let rules: BTreeSet<String> = built_in().rules().iter().map(|rule| rule.id.to_string()).collect();
    assert_eq!(shown, rules);
}

#[test]
fn a_reading_keeps_the_void_findings_when_there_are_too_many() {
    let text = format!("{}概不退款。", "本卡仅限本人使用。".repeat(FINDINGS_MAX + 5));
    let reading = Reading::of(&text);
    assert_eq!((reading.findings.len(), reading.more), (FINDINGS_MAX, 6));
    assert_eq!(reading.first(Severity::Void).map(|found| found.rule.to_string()), Some("no-refund".to_owned()));
    assert!(reading.findings.is_sorted_by_key(|found| found.offset));
}

/// 64 KiB of what the patterns begin with but do not end with, and of what they find everywhere.
#[test]
fn a_long_text_is_read_in_time_proportional_to_its_length() {
    drop(found("先把规则编译好。"));
    for seed in [
        "概不退款，",
        "已使用",
        "已使用不退款",
        "不收取转让费",
        "没有概不退款、",
        "不不不不",
        "本店有权",
        "过期",
        "如商家",
        "会员卡一年内有效，可随时退款。",
        "退款扣",
        "经",
    ] {
        let long = seed.repeat(64 * 1024 / seed.len());
        let spent = |text: &str| {
            // The quickest of three is the text's own time, not that of what else the machine does.
            let times = (0..3).map(|_| {
                let begun = Instant::now();
                drop(found(text));
                begun.elapsed()
            });
            times.min().unwrap()
        };
        let (whole, quarter) = (spent(&long), spent(&long.chars().take(long.chars().count() / 4).collect::<String>()));
        assert!(whole < quarter * 10 + Duration::from_millis(60), "{seed}: {whole:?}, a quarter of it {quarter:?}");
        assert!(whole < Duration::from_millis(500), "{seed}: {whole:?}");
    }
}

/// A character in the form a careful writer avoids.
fn widened(character: char) -> char {
    match character {
        '!'..='~' => char::from_u32(u32::from(character) + 0xfee0).unwrap(),
        other => other,
    }
}

/// A clause with something in it, and fillers to put between its characters.
fn hidden() -> impl Strategy<Value = (Clause, Vec<String>, bool)> {
    let guilty: Vec<Clause> = clauses().into_iter().filter(|clause| !clause.rules.is_empty()).collect();
    let filler = prop::sample::select(vec!["", "", " ", "\u{3000}", "\u{200b}", "·", "*", "-", "～", "\t", "“"]);
    (prop::sample::select(guilty), prop::collection::vec(filler.prop_map(str::to_owned), 64), any::<bool>())
}

proptest! {
    #[test]
    fn spaces_and_full_width_forms_hide_nothing((clause, fillers, wide) in hidden()) {
        let mut text = String::new();
        for (character, filler) in clause.text.chars().zip(fillers.iter().cycle()) {
            text.push(if wide { widened(character) } else { character });
            // What stands at a line's end is not white space to a reader.
            if character != '\n' {
                text.push_str(filler);
            }
        }
        prop_assert_eq!(rules(&text), clause.rules, "{}", text);
        let all = found(&text);
        prop_assert!(all.iter().all(|finding| stands_where_it_says(&text, finding)), "{:?}", all);
    }

    #[test]
    fn any_text_at_all_is_read(text in "\\PC{0,200}") {
        let all = found(&text);
        prop_assert!(all.iter().all(|finding| stands_where_it_says(&text, finding)), "{:?}", all);
    }

    #[test]
    fn what_stands_beside_a_finding_in_other_sentences_does_not_matter(
        words in prop::collection::vec(prop::sample::select(
            "不退款概本店会员卡转让有权过期作废，。、已使用 如商家承担责任仲裁费绝没有的条无效\n".chars().collect::<Vec<char>>()
        ), 0..80)
    ) {
        let noise: String = words.into_iter().collect();
        let all_of = format!("{noise}。\n\n储值卡禁止转卖。");
        let all = found(&all_of);
        prop_assert!(all.iter().all(|finding| stands_where_it_says(&all_of, finding)), "{:?}", all);
        prop_assert!(all.iter().any(|finding| finding.quote == "禁止转卖"), "{}: {:?}", all_of, all);
    }
}
