//! The rules on terms as data: read, checked and made ready to search with.

use std::collections::BTreeMap;

use regex::Regex;
use serde::Deserialize;

use super::Severity;
use crate::domain::name::Name;
use crate::domain::time::Date;

/// The rules on terms.
#[derive(Debug, Default)]
pub struct Pack {
    version: String,
    valid_from: Option<Date>,
    rules: Vec<Rule>,
    pub(super) simpler: BTreeMap<char, char>,
    pub(super) retractions: Option<Regex>,
}

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its name, for ever.
    pub id: Name,
    /// The article it comes from.
    pub article: String,
    /// How sure it is.
    pub severity: Severity,
    /// What it finds, in English.
    pub explanation_en: String,
    /// What it finds, in Chinese.
    pub explanation_zh: String,
    pub(super) overrides: Vec<Name>,
    pub(super) pattern: Regex,
    pub(super) exception: Option<Regex>,
    pub(super) negation: Option<Regex>,
}

/// Why a text is not a pack of rules.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PackError {
    /// The text is not TOML of the expected shape.
    #[error("the rules on terms cannot be read: {0}")]
    Syntax(String),
    /// A pattern is not a regular expression.
    #[error("{rule}: {what}")]
    Pattern {
        /// The rule it is in.
        rule: String,
        /// What is wrong with it.
        what: String,
    },
    /// A pattern could find nothing at all, and would be found everywhere.
    #[error("{0}: a pattern fits an empty text")]
    Empty(String),
    /// A pattern names a list that is not there.
    #[error("{rule}: there is no <{word}>")]
    Word {
        /// The rule it is in.
        rule: String,
        /// The list.
        word: String,
    },
    /// Each traditional character needs its simplified one.
    #[error("{traditional} traditional characters stand beside {simplified} simplified ones")]
    Characters {
        /// How many there are.
        traditional: usize,
        /// How many there are.
        simplified: usize,
    },
    /// Two rules have one name, so that nobody could tell which one found something.
    #[error("two rules are called {0}")]
    Twice(Name),
    /// A rule replaces one that is not there.
    #[error("{0} overrides {1}, which is not a rule")]
    Override(Name, Name),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    version: String,
    valid_from: Date,
    negations: Vec<String>,
    fillers: Vec<String>,
    retractions: Vec<String>,
    words: BTreeMap<String, String>,
    characters: Characters,
    rule: Vec<RuleText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Characters {
    traditional: String,
    simplified: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    id: Name,
    article: String,
    severity: Severity,
    #[serde(default)]
    overrides: Vec<Name>,
    explanation_zh: String,
    explanation_en: String,
    patterns: Vec<String>,
    #[serde(default)]
    exceptions: Vec<String>,
    #[serde(default)]
    negations: Vec<String>,
}

impl Pack {
    /// Reads the TOML form, see `rules/void-terms.toml`.
    ///
    /// # Errors
    /// [`PackError`] when the text has another shape, or a rule could not be searched for.
    pub fn parse(text: &str) -> Result<Self, PackError> {
        let file: File = toml::from_str(text).map_err(|error| PackError::Syntax(error.to_string()))?;
        let Characters { traditional, simplified } = &file.characters;
        let (traditional, simplified): (Vec<char>, Vec<char>) =
            (traditional.chars().collect(), simplified.chars().collect());
        if traditional.len() != simplified.len() {
            return Err(PackError::Characters { traditional: traditional.len(), simplified: simplified.len() });
        }
        let mut pack = Self {
            version: file.version,
            valid_from: Some(file.valid_from),
            rules: Vec::with_capacity(file.rule.len()),
            simpler: traditional.into_iter().zip(simplified).collect(),
            retractions: any_of("retractions", &file.retractions, &file.words, |any| format!("^(?:{any})"))?,
        };
        let fillers = file.fillers.join("|");
        for rule in file.rule {
            let negations: Vec<String> = file.negations.iter().chain(&rule.negations).cloned().collect();
            let before = |any: &str| format!("(?:{any})(?:{fillers}){{0,3}}$");
            let negation = any_of(rule.id.as_str(), &negations, &file.words, before)?;
            if pack.rule(rule.id).is_some() {
                return Err(PackError::Twice(rule.id));
            }
            pack.rules.push(rule.compiled(&file.words, negation)?);
        }
        for rule in &pack.rules {
            if let Some(missing) = rule.overrides.iter().find(|id| pack.rule(**id).is_none()) {
                return Err(PackError::Override(rule.id, *missing));
            }
        }
        Ok(pack)
    }

    /// Names the edition.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The first day on which they are in force.
    #[must_use]
    pub const fn valid_from(&self) -> Option<Date> {
        self.valid_from
    }

    /// Every rule, in the order of the file.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// The rule of that name.
    #[must_use]
    pub fn rule(&self, id: Name) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.id == id)
    }
}

impl RuleText {
    fn compiled(self, words: &BTreeMap<String, String>, negation: Option<Regex>) -> Result<Rule, PackError> {
        let name = self.id.as_str();
        let pattern = any_of(name, &self.patterns, words, str::to_owned)?;
        let exception = any_of(name, &self.exceptions, words, str::to_owned)?;
        let empty = || PackError::Empty(name.to_owned());
        let pattern = pattern.filter(|pattern| !pattern.is_match("")).ok_or_else(empty)?;
        if exception.as_ref().is_some_and(|exception| exception.is_match("")) {
            return Err(empty());
        }
        Ok(Rule {
            id: self.id,
            article: self.article,
            severity: self.severity,
            explanation_en: self.explanation_en,
            explanation_zh: self.explanation_zh,
            overrides: self.overrides,
            pattern,
            exception,
            negation,
        })
    }
}

/// One expression for any of these, put into a frame; none where there are none.
fn any_of(
    rule: &str,
    patterns: &[String],
    words: &BTreeMap<String, String>,
    frame: impl FnOnce(&str) -> String,
) -> Result<Option<Regex>, PackError> {
    let mut parts = Vec::with_capacity(patterns.len());
    for pattern in patterns {
        parts.push(format!("(?:{})", spelled_out(rule, pattern, words)?));
    }
    if parts.is_empty() {
        return Ok(None);
    }
    let what = |error: regex::Error| PackError::Pattern { rule: rule.to_owned(), what: error.to_string() };
    Regex::new(&frame(&parts.join("|"))).map(Some).map_err(what)
}

/// A pattern with what each `<word>` stands for.
fn spelled_out(rule: &str, pattern: &str, words: &BTreeMap<String, String>) -> Result<String, PackError> {
    let mut parts = pattern.split('<');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (word, rest) = part.split_once('>').unwrap_or((part, ""));
        let missing = || PackError::Word { rule: rule.to_owned(), word: word.to_owned() };
        out.push_str(words.get(word).ok_or_else(missing)?);
        out.push_str(rest);
    }
    Ok(out)
}
