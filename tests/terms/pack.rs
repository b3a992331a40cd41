//! The rules themselves: those in the program are good, and bad ones are refused with a reason.

use ticun::domain::terms::{BUILT_IN_TEXT, Pack, PackError, Severity, built_in};

/// The built-in rules with something spoilt.
fn spoilt(from: &str, to: &str) -> PackError {
    assert!(BUILT_IN_TEXT.contains(from), "{from}");
    Pack::parse(&BUILT_IN_TEXT.replacen(from, to, 1)).map(|pack| pack.version().to_owned()).unwrap_err()
}

#[test]
fn the_rules_in_the_program_parse_and_each_names_its_article() {
    let pack = Pack::parse(BUILT_IN_TEXT).unwrap();
    assert_eq!(pack.version(), built_in().version());
    assert_eq!(pack.valid_from().map(|day| day.to_string()).as_deref(), Some("2025-05-01"));
    assert!(pack.rules().len() >= 15);
    for rule in pack.rules() {
        assert!(rule.article.starts_with("法释〔2025〕4号 第9条第"), "{rule:?}");
        assert!(rule.explanation_zh.ends_with('。') && rule.explanation_en.ends_with('.'), "{rule:?}");
    }
    assert!(pack.rules().iter().any(|rule| rule.severity == Severity::Doubt));
}

#[test]
fn no_pattern_repeats_without_a_bound() {
    for line in BUILT_IN_TEXT.lines().filter(|line| !line.starts_with('#')) {
        let unbounded = line.contains('*') || line.contains(",}") || line.contains(")+") || line.contains(".+");
        assert!(!unbounded, "{line}");
    }
}

#[test]
fn rules_that_could_not_be_searched_for_are_refused() {
    assert!(matches!(spoilt("version", "edition"), PackError::Syntax(_)));
    assert!(matches!(spoilt("<refund>", "<refunds>"), PackError::Word { word, .. } if word == "refunds"));
    assert!(
        matches!(spoilt("'以(?:<merchant>)", "'以(?:<merchant>"), PackError::Pattern { rule, .. } if rule == "final-interpretation")
    );
    assert!(matches!(spoilt("'无权(?:要求", "'', '无权(?:要求"), PackError::Empty(rule) if rule == "no-refund"));
    assert!(matches!(spoilt("traditional = \"", "traditional = \"龍"), PackError::Characters { .. }));
    assert!(
        matches!(spoilt("id = \"lost-card\"", "id = \"no-refund\""), PackError::Twice(id) if id.as_str() == "no-refund")
    );
    assert!(
        matches!(spoilt("overrides = [\"expiry\"]", "overrides = [\"expire\"]"), PackError::Override(_, id) if id.as_str() == "expire")
    );
}
