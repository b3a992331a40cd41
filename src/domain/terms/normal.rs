//! A text as the rules read it: what hides a word taken away, and where each character came from.

use std::collections::BTreeMap;

/// Ends a sentence.
const STOP: char = '。';
/// Ends a clause.
const COMMA: char = '，';
/// Ends an item of an enumeration.
const ITEM: char = '、';

/// A text as the rules read it.
#[derive(Debug)]
pub(super) struct Normal {
    /// The characters that count.
    pub(super) text: String,
    /// Each character's place in `text` in bytes, and its index among the characters of the original.
    places: Vec<(usize, usize)>,
}

impl Normal {
    /// Reads a text: full-width forms become narrow and letters small, what `simpler` names becomes that, marks become
    /// one of three, everything else goes.
    pub(super) fn of(original: &str, simpler: &BTreeMap<char, char>) -> Self {
        let mut normal = Self { text: String::with_capacity(original.len()), places: Vec::new() };
        for (character, index) in joined(&read(original, simpler)) {
            normal.places.push((normal.text.len(), index));
            normal.text.push(character);
        }
        normal
    }

    /// The half-open range of the original's characters that a byte range of the text stands for.
    pub(super) fn original(&self, start: usize, end: usize) -> Option<(usize, usize)> {
        let first = self.index(start)?;
        let last = self.index(end)?.checked_sub(1)?;
        let (_, from) = self.places.get(first)?;
        let (_, to) = self.places.get(last)?;
        Some((*from, to.saturating_add(1)))
    }

    /// What stands in the `count` characters before a byte.
    pub(super) fn before(&self, byte: usize, count: usize) -> &str {
        let from = self.index(byte).and_then(|index| self.places.get(index.saturating_sub(count)));
        from.and_then(|(start, _)| self.text.get(*start..byte)).unwrap_or_default()
    }

    /// What stands in the `count` characters from a byte on.
    pub(super) fn after(&self, byte: usize, count: usize) -> &str {
        let to = self.index(byte).and_then(|index| self.places.get(index.saturating_add(count)));
        self.text.get(byte..to.map_or(self.text.len(), |(end, _)| *end)).unwrap_or_default()
    }

    /// The index of the character that begins at a byte; at the end, one past the last.
    fn index(&self, byte: usize) -> Option<usize> {
        if byte == self.text.len() {
            return Some(self.places.len());
        }
        self.places.binary_search_by_key(&byte, |(start, _)| *start).ok()
    }
}

/// The characters that count, each with its index in the original.
fn read(original: &str, simpler: &BTreeMap<char, char>) -> Vec<(char, usize)> {
    let mut read: Vec<(char, usize)> = Vec::with_capacity(original.len());
    // A line that was broken, and whether anything but white space followed.
    let mut broken: Option<(usize, bool)> = None;
    for (index, character) in original.chars().enumerate() {
        if character == '\n' {
            broken = Some((index, broken.is_some()));
            continue;
        }
        let narrow = narrow(character);
        let simple = simpler.get(&narrow).copied().unwrap_or(narrow);
        let Some(kept) = kept(simple) else {
            broken = broken.map(|(at, apart)| (at, apart || !character.is_whitespace()));
            continue;
        };
        if let Some((at, apart)) = broken.take() {
            // A word may be broken over two lines; an empty line, a bullet or a number begins something else.
            if apart || !is_ideograph(kept) || !read.last().is_some_and(|(last, _)| is_ideograph(*last)) {
                read.push((STOP, at));
            }
        }
        read.push((kept, index));
    }
    read
}

/// Takes away the commas of a word that is spelled out, such as 概，不，退，款: those beside two or more single characters.
fn joined(read: &[(char, usize)]) -> Vec<(char, usize)> {
    let pieces: Vec<&[(char, usize)]> = read.split_inclusive(|(character, _)| is_mark(*character)).collect();
    let lone = |place: Option<usize>| {
        place.and_then(|place| pieces.get(place)).is_some_and(|piece| match piece {
            [(only, _)] => is_ideograph(*only),
            [(only, _), (mark, _)] => is_ideograph(*only) && is_mark(*mark),
            _ => false,
        })
    };
    // Whether the piece at a place is one of at least two single characters in a row.
    let spelled = |place: usize| lone(Some(place)) && (lone(place.checked_sub(1)) || lone(place.checked_add(1)));
    let mut joined = Vec::with_capacity(read.len());
    for (place, piece) in pieces.iter().enumerate() {
        match piece.split_last() {
            Some(((COMMA | ITEM, _), rest)) if spelled(place) || spelled(place.saturating_add(1)) => {
                joined.extend_from_slice(rest);
            }
            _ => joined.extend_from_slice(piece),
        }
    }
    joined
}

/// The narrow form of a full-width one, small.
fn narrow(character: char) -> char {
    let narrow = match character {
        '\u{ff01}'..='\u{ff5e}' => {
            u32::from(character).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(character)
        }
        other => other,
    };
    narrow.to_ascii_lowercase()
}

/// The character as the rules know it, where it counts at all.
fn kept(character: char) -> Option<char> {
    match character {
        STOP | '\u{ff61}' | '!' | '?' | ';' => Some(STOP),
        ',' | ':' | '.' | COMMA => Some(COMMA),
        ITEM | '\u{ff64}' => Some(ITEM),
        '%' => Some('%'),
        other => other.is_alphanumeric().then_some(other),
    }
}

fn is_mark(character: char) -> bool {
    matches!(character, STOP | COMMA | ITEM)
}

fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3400}'..='\u{9fff}')
}
