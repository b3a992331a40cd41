//! The table of problem types, read from `api-spec/problems.toml`.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::Deserialize;

/// One problem type, in two languages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProblemType {
    /// Its code, which is also the last part of its URI.
    pub code: String,
    /// The HTTP status it is answered with.
    pub status: u16,
    /// What is the case.
    pub title_en: String,
    /// The same in Chinese.
    pub title_zh: String,
    /// What it means.
    pub meaning_en: String,
    /// The same in Chinese.
    pub meaning_zh: String,
    /// Who acts, and what to do.
    pub who_en: String,
    /// The same in Chinese.
    pub who_zh: String,
    /// `no`, `after_change` or `later`.
    pub retry: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    problem: Vec<ProblemType>,
}

static TABLE: LazyLock<BTreeMap<String, ProblemType>> = LazyLock::new(|| {
    let table: Result<Table, toml::de::Error> = toml::from_str(include_str!("../../api-spec/problems.toml"));
    assert!(table.is_ok(), "the table of problems is part of the program");
    let problems = table.map(|table| table.problem).unwrap_or_default();
    problems.into_iter().map(|problem| (problem.code.clone(), problem)).collect()
});

/// The problem type under a code.
#[must_use]
pub fn find(code: &str) -> Option<&'static ProblemType> {
    TABLE.get(code)
}

/// Every problem type, by code.
pub fn all() -> impl Iterator<Item = &'static ProblemType> {
    TABLE.values()
}

/// The language of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// English, also where nothing was asked for.
    English,
    /// Chinese.
    Chinese,
}

impl Language {
    /// The better of the two for an `Accept-Language` header (RFC 9110 section 12.5.4).
    #[must_use]
    pub fn accepted(header: Option<&str>) -> Self {
        let mut best = (Self::English, -1);
        for part in header.unwrap_or_default().split(',') {
            let mut fields = part.split(';').map(str::trim);
            let tag = fields.next().unwrap_or_default().to_ascii_lowercase();
            let weight = fields.find_map(|field| field.strip_prefix("q=")).map_or(1000, thousandths);
            let language = match tag.split('-').next() {
                Some("zh") => Self::Chinese,
                Some("en" | "*") => Self::English,
                _ => continue,
            };
            if weight > best.1 && weight > 0 {
                best = (language, weight);
            }
        }
        best.0
    }
}

/// A weight such as `0.8` in thousandths.
fn thousandths(weight: &str) -> i32 {
    let (whole, rest) = weight.split_once('.').unwrap_or((weight, ""));
    let digits: String = rest.chars().chain("000".chars()).take(3).collect();
    let whole: i32 = whole.parse().unwrap_or(0);
    whole.saturating_mul(1000).saturating_add(digits.parse().unwrap_or(0)).min(1000)
}

impl ProblemType {
    /// Its title in a language.
    #[must_use]
    pub fn title(&self, language: Language) -> &str {
        match language {
            Language::English => &self.title_en,
            Language::Chinese => &self.title_zh,
        }
    }

    /// Its meaning in a language.
    #[must_use]
    pub fn meaning(&self, language: Language) -> &str {
        match language {
            Language::English => &self.meaning_en,
            Language::Chinese => &self.meaning_zh,
        }
    }

    /// Who acts, in a language.
    #[must_use]
    pub fn who(&self, language: Language) -> &str {
        match language {
            Language::English => &self.who_en,
            Language::Chinese => &self.who_zh,
        }
    }
}
