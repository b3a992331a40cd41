//! What a reading of a plan's terms left: places and rules, none of the words, so that it can stand in the log.

use serde::{Deserialize, Serialize};

use super::{Finding, Severity, built_in, built_in_sha256, findings};
use crate::domain::digest::Digest;
use crate::domain::name::Name;

/// How many findings are kept, so that an entry of the log stays small.
pub const FINDINGS_MAX: usize = 50;

/// A finding without its words. Its fields are declared in the order in which the log writes them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Found {
    /// Length in characters.
    pub length: u32,
    /// Where it begins in the terms, in characters from 0.
    pub offset: u32,
    /// The rule.
    pub rule: Name,
    /// How sure the rule is.
    pub severity: Severity,
}

/// One reading of one version's terms. Its fields are declared in the order in which the log writes them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// What was found, in the order of the text: [`FINDINGS_MAX`] at most, and void ones before doubtful ones where
    /// there were more.
    pub findings: Vec<Found>,
    /// How many more there were.
    pub more: u32,
    /// SHA-256 of the rules they were found by.
    pub rules_sha256: Digest,
}

impl Reading {
    /// Reads terms by the built-in rules.
    #[must_use]
    pub fn of(terms: &str) -> Self {
        let found: Vec<Found> = findings(terms, built_in()).iter().map(Found::from).collect();
        let more = found.len().saturating_sub(FINDINGS_MAX);
        let (void, doubt): (Vec<Found>, Vec<Found>) =
            found.into_iter().partition(|found| found.severity == Severity::Void);
        let mut findings: Vec<Found> = void.into_iter().chain(doubt).take(FINDINGS_MAX).collect();
        findings.sort_by_key(|found| found.offset);
        Self { findings, more: u32::try_from(more).unwrap_or(u32::MAX), rules_sha256: built_in_sha256() }
    }

    /// The first finding of a severity.
    #[must_use]
    pub fn first(&self, severity: Severity) -> Option<&Found> {
        self.findings.iter().find(|found| found.severity == severity)
    }
}

impl From<&Finding<'_>> for Found {
    fn from(finding: &Finding<'_>) -> Self {
        let number = |value: usize| u32::try_from(value).unwrap_or(u32::MAX);
        Self {
            length: number(finding.length),
            offset: number(finding.offset),
            rule: finding.rule.id,
            severity: finding.rule.severity,
        }
    }
}
