//! Searching a text for what the rules name, and telling it from its denial.

use super::normal::Normal;
use super::pack::{Pack, Rule};

/// How far before a finding its denial may begin, in characters.
const NEGATION_WITHIN: usize = 16;
/// How far behind a finding it may be taken back, in characters.
const RETRACTION_WITHIN: usize = 32;
/// What stands between two items of one enumeration.
const BETWEEN_ITEMS: &str = "、和或及与以者";
/// How many such characters there are at most.
const BETWEEN_ITEMS_MAX: usize = 2;

/// A place in a text that a rule names.
#[derive(Clone, Copy, Debug)]
pub struct Finding<'a> {
    /// The rule.
    pub rule: &'a Rule,
    /// The words, as they stand in the text.
    pub quote: &'a str,
    /// Where the quote begins, in characters (Unicode scalar values) from 0.
    pub offset: usize,
    /// How many characters the quote has.
    pub length: usize,
}

/// A place that fits a pattern, in bytes of the text as it is read.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    rule: &'a Rule,
    start: usize,
    end: usize,
    denied: bool,
}

/// Everything in a text that a rule names, in the order of the text; where two begin together, in the order of the rules.
///
/// Its time is proportional to the text's length: no pattern repeats without a bound, and each is tried once at each place.
#[must_use]
pub fn findings<'a>(text: &'a str, pack: &'a Pack) -> Vec<Finding<'a>> {
    let normal = Normal::of(text, &pack.simpler);
    let mut candidates: Vec<Candidate<'a>> = Vec::new();
    for rule in pack.rules() {
        search(rule, pack, &normal, &mut candidates);
    }
    candidates.sort_by_key(|candidate| candidate.start);
    deny_whole_enumerations(&normal, &mut candidates);
    candidates.retain(|candidate| !candidate.denied);
    let bytes: Vec<usize> = text.char_indices().map(|(byte, _)| byte).chain([text.len()]).collect();
    let shown = |candidate: &Candidate<'a>| {
        let (offset, end) = normal.original(candidate.start, candidate.end)?;
        let quote = text.get(*bytes.get(offset)?..*bytes.get(end)?)?;
        Some(Finding { rule: candidate.rule, quote, offset, length: end.checked_sub(offset)? })
    };
    not_overridden(&candidates).iter().filter_map(shown).collect()
}

/// Adds every place that one rule names and none of its exceptions touches.
fn search<'a>(rule: &'a Rule, pack: &Pack, normal: &Normal, found: &mut Vec<Candidate<'a>>) {
    let text = &normal.text;
    let exceptions: Vec<(usize, usize)> = match &rule.exception {
        Some(exception) => exception.find_iter(text).map(|place| (place.start(), place.end())).collect(),
        None => Vec::new(),
    };
    // Exceptions do not overlap each other and are looked through once, since the places come in order.
    let mut passed = 0;
    let mut from = 0;
    while let Some(place) = rule.pattern.find_at(text, from) {
        let (start, end) = (place.start(), place.end());
        while exceptions.get(passed).is_some_and(|(_, over)| *over <= start) {
            passed = passed.saturating_add(1);
        }
        if exceptions.get(passed).is_some_and(|(begins, _)| *begins < end) {
            // The rest of what was found may hold something that the exception does not touch.
            from =
                start.saturating_add(text.get(start..).and_then(|rest| rest.chars().next()).map_or(1, char::len_utf8));
            continue;
        }
        let before = normal.before(start, NEGATION_WITHIN);
        let after = normal.after(end, RETRACTION_WITHIN);
        let denied = rule.negation.as_ref().is_some_and(|negation| negation.is_match(before))
            || pack.retractions.as_ref().is_some_and(|retraction| retraction.is_match(after));
        found.push(Candidate { rule, start, end, denied });
        from = end;
    }
}

/// What denies the first item of an enumeration denies the others, and what takes back the last one the others: 没有概不退款、过期作废.
fn deny_whole_enumerations(normal: &Normal, candidates: &mut [Candidate<'_>]) {
    let adjoins = |end: usize, start: usize| {
        let between = normal.text.get(end..start);
        between.is_some_and(|text| {
            text.chars().count() <= BETWEEN_ITEMS_MAX && text.chars().all(|character| BETWEEN_ITEMS.contains(character))
        })
    };
    let spread = |denied_until: &mut Option<(usize, usize)>, candidate: &mut Candidate<'_>, forward: bool| {
        let reached = denied_until.is_some_and(|(start, end)| {
            if forward { adjoins(end, candidate.start) } else { adjoins(candidate.end, start) }
        });
        candidate.denied |= reached;
        if candidate.denied {
            *denied_until = Some((candidate.start, candidate.end));
        }
    };
    let mut last = None;
    for candidate in candidates.iter_mut() {
        spread(&mut last, candidate, true);
    }
    let mut last = None;
    for candidate in candidates.iter_mut().rev() {
        spread(&mut last, candidate, false);
    }
}

/// Leaves out what overlaps a finding of a rule that overrides its own.
fn not_overridden<'a>(candidates: &[Candidate<'a>]) -> Vec<Candidate<'a>> {
    let overriding: Vec<&Candidate<'a>> =
        candidates.iter().filter(|candidate| !candidate.rule.overrides.is_empty()).collect();
    let mut kept = Vec::with_capacity(candidates.len());
    let mut passed = 0;
    for candidate in candidates {
        // A finding is a few dozen characters long, so that few can reach as far as this one.
        while overriding.get(passed).is_some_and(|other| other.end.saturating_add(REACH_BYTES) <= candidate.start) {
            passed = passed.saturating_add(1);
        }
        let near = overriding.iter().skip(passed).take_while(|other| other.start < candidate.end);
        let replaced = near
            .filter(|other| other.rule.overrides.contains(&candidate.rule.id))
            .any(|other| other.end > candidate.start);
        if !replaced {
            kept.push(*candidate);
        }
    }
    kept
}

/// Longer than any finding, in bytes.
const REACH_BYTES: usize = 1024;
