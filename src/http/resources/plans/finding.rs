//! What a reading found in a plan's terms, with the words it is about.

use serde::Serialize;

use crate::domain::name::Name;
use crate::domain::terms::{Found, Reading, Rule, Severity, built_in};

/// A finding's wire form.
#[derive(Serialize)]
pub struct View {
    rule: Name,
    severity: Severity,
    // A later edition of the rules may lack the one that found it.
    article: Option<&'static str>,
    offset: u32,
    length: u32,
    // The words are not in the log, and may be kept no more.
    quote: Option<String>,
    explanation_zh: Option<&'static str>,
    explanation_en: Option<&'static str>,
}

/// Every finding of a reading, over the terms that were read.
#[must_use]
pub fn views(reading: &Reading, terms: Option<&str>) -> Vec<View> {
    reading.findings.iter().map(|found| view(found, terms)).collect()
}

fn view(found: &Found, terms: Option<&str>) -> View {
    let rule: Option<&'static Rule> = built_in().rule(found.rule);
    let count = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
    View {
        rule: found.rule,
        severity: found.severity,
        article: rule.map(|rule| rule.article.as_str()),
        offset: found.offset,
        length: found.length,
        quote: terms.map(|terms| terms.chars().skip(count(found.offset)).take(count(found.length)).collect()),
        explanation_zh: rule.map(|rule| rule.explanation_zh.as_str()),
        explanation_en: rule.map(|rule| rule.explanation_en.as_str()),
    }
}
