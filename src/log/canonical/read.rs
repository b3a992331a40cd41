//! The pieces of canonical JSON: strings, numbers, words, and the order of keys.

use super::{INTEGER_MAX, NotCanonical, Reason};

/// A string as it stands between its quotes.
#[derive(Clone, Copy)]
pub(super) struct Written<'a> {
    pub(super) text: &'a str,
    /// Whether it holds escapes.
    pub(super) escaped: bool,
}

/// A place in a text.
pub(super) struct Reader<'a> {
    text: &'a str,
    offset: usize,
    /// How many arrays and objects that are not empty are open here.
    pub(super) depth: usize,
}

impl<'a> Reader<'a> {
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, NotCanonical> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| NotCanonical { offset: error.valid_up_to(), reason: Reason::Utf8 })?;
        Ok(Self { text, offset: 0, depth: 0 })
    }

    /// Checks that nothing follows.
    pub(super) fn end(&self) -> Result<(), NotCanonical> {
        if self.rest().is_empty() { Ok(()) } else { self.fail(Reason::Trailing) }
    }

    pub(super) const fn offset(&self) -> usize {
        self.offset
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.offset..).unwrap_or_default()
    }

    pub(super) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    const fn skip(&mut self, size: usize) {
        self.offset = self.offset.saturating_add(size);
    }

    pub(super) fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.skip(1);
        }
        found
    }

    pub(super) fn expect(&mut self, byte: u8) -> Result<(), NotCanonical> {
        if self.eat(byte) { Ok(()) } else { self.fail(Reason::Syntax) }
    }

    pub(super) fn fail<T>(&self, reason: Reason) -> Result<T, NotCanonical> {
        Err(NotCanonical { offset: self.offset, reason })
    }

    pub(super) fn string(&mut self) -> Result<Written<'a>, NotCanonical> {
        self.expect(b'"')?;
        let begin = self.offset;
        let mut escaped = false;
        loop {
            self.skip(plain_size(self.rest()));
            match self.peek() {
                Some(b'"') => {
                    let text = self.text.get(begin..self.offset).unwrap_or_default();
                    self.skip(1);
                    return Ok(Written { text, escaped });
                }
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return self.fail(Reason::Syntax),
            }
        }
    }

    /// Reads an escape: quote, backslash, the five controls that have a letter, and the other controls in hex.
    fn escape(&mut self) -> Result<(), NotCanonical> {
        let size = match self.rest() {
            [_, b'"' | b'\\' | b'b' | b't' | b'n' | b'f' | b'r', ..] => 2,
            [_, b'u', b'0', b'0', high @ b'0'..=b'1', low @ (b'0'..=b'9' | b'a'..=b'f'), ..] => {
                let has_letter = *high == b'0' && matches!(low, b'8' | b'9' | b'a' | b'c' | b'd');
                if has_letter {
                    return self.fail(Reason::Escape);
                }
                6
            }
            _ => return self.fail(Reason::Escape),
        };
        self.skip(size);
        Ok(())
    }

    pub(super) fn word(&mut self, word: &[u8]) -> Result<(), NotCanonical> {
        if !self.rest().starts_with(word) {
            return self.fail(Reason::Syntax);
        }
        self.skip(word.len());
        Ok(())
    }

    /// Reads a whole number of at most 2^53 − 1 either way.
    pub(super) fn number(&mut self) -> Result<i64, NotCanonical> {
        let begin = self.offset;
        let negative = self.eat(b'-');
        let digits = self.offset;
        let mut value = Some(0_i64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = i64::from(digit.saturating_sub(b'0'));
            value = value.and_then(|value| value.checked_mul(10)).and_then(|value| value.checked_add(digit));
            self.skip(1);
        }
        let fail = |reason| Err(NotCanonical { offset: begin, reason });
        let count = self.offset.saturating_sub(digits);
        let zero_first = self.text.as_bytes().get(digits) == Some(&b'0');
        match (self.peek(), value) {
            (Some(b'.' | b'e' | b'E'), _) => fail(Reason::Fraction),
            _ if count == 0 => fail(Reason::Syntax),
            _ if zero_first && (count > 1 || negative) => fail(Reason::Number),
            (_, Some(value)) if value <= INTEGER_MAX => Ok(if negative { value.saturating_neg() } else { value }),
            _ => fail(Reason::Range),
        }
    }
}

impl<'a> Written<'a> {
    /// Checks that this key comes after an earlier one of the same object.
    pub(super) fn follows(self, earlier: Written<'_>) -> Result<(), Reason> {
        let plain = |key: &Written<'_>| !key.escaped && key.text.is_ascii();
        // Letters, digits and the like have the order of their bytes; nearly all keys are made of them.
        let order = if plain(&self) && plain(&earlier) {
            earlier.text.cmp(self.text)
        } else {
            earlier.units().cmp(self.units())
        };
        match order {
            std::cmp::Ordering::Less => Ok(()),
            std::cmp::Ordering::Equal => Err(Reason::Duplicate),
            std::cmp::Ordering::Greater => Err(Reason::Order),
        }
    }

    /// The characters that it stands for.
    pub(super) fn characters(self) -> impl Iterator<Item = char> {
        let mut characters = self.text.chars();
        std::iter::from_fn(move || {
            let character = characters.next()?;
            if character != '\\' {
                return Some(character);
            }
            Some(match characters.next()? {
                'b' => '\u{8}',
                't' => '\t',
                'n' => '\n',
                'f' => '\u{c}',
                'r' => '\r',
                'u' => {
                    let code = (0..4).filter_map(|_| characters.next()).filter_map(|digit| digit.to_digit(16));
                    char::from_u32(code.fold(0, |code, digit| code * 16 + digit)).unwrap_or_default()
                }
                plain => plain,
            })
        })
    }

    /// The UTF-16 code units that it stands for, by which keys are ordered (RFC 8785 section 3.2.3).
    fn units(self) -> impl Iterator<Item = u16> {
        self.characters().flat_map(|character| {
            let mut pair = [0; 2];
            let count = character.encode_utf16(&mut pair).len();
            pair.into_iter().take(count)
        })
    }
}

/// How many bytes stand before the first that is not simply part of a string: a quote, a backslash or a control.
///
/// Eight at a time: in each word the lowest byte that is marked is one of those, whatever is marked above it.
fn plain_size(rest: &[u8]) -> usize {
    const ONES: u64 = u64::MAX / 255;
    const TOPS: u64 = ONES << 7;
    let below = |word: u64, limit: u64| word.wrapping_sub(ONES.wrapping_mul(limit)) & !word;
    let (words, tail) = rest.as_chunks::<8>();
    let mut size = 0_usize;
    for bytes in words {
        let word = u64::from_le_bytes(*bytes);
        let is = |byte: u8| below(word ^ ONES.wrapping_mul(u64::from(byte)), 1);
        let marked = (below(word, 0x20) | is(b'"') | is(b'\\')) & TOPS;
        if marked != 0 {
            let before = usize::try_from(marked.trailing_zeros() / 8).unwrap_or_default();
            return size.saturating_add(before);
        }
        size = size.saturating_add(8);
    }
    let special = |byte: &u8| matches!(byte, b'"' | b'\\' | 0..=0x1f);
    size.saturating_add(tail.iter().position(special).unwrap_or(tail.len()))
}
