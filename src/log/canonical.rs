//! The canonical form of JSON (RFC 8785): one value, one sequence of bytes.
//!
//! Numbers are whole and at most 2^53 − 1 either way. Nothing here needs a fraction, and a number that another
//! implementation would round in silence must never be signed.

use serde_json::Value;

/// How deep arrays and objects may nest.
pub const DEPTH_MAX: usize = 64;
/// The largest number that every JSON library reads exactly (RFC 7493 section 2.2).
const INTEGER_MAX: u64 = 9_007_199_254_740_991;

/// Why bytes are not canonical JSON, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{reason} at byte {offset}")]
pub struct NotCanonical {
    /// The byte at which it shows.
    pub offset: usize,
    /// What is wrong there.
    pub reason: Reason,
}

/// What canonical JSON does not allow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The bytes are not UTF-8.
    #[error("not UTF-8")]
    Utf8,
    /// The bytes are not JSON, or hold white space.
    #[error("not JSON without white space")]
    Syntax,
    /// Something follows the value.
    #[error("bytes after the value")]
    Trailing,
    /// The nesting is deeper than [`DEPTH_MAX`].
    #[error("nested too deeply")]
    Depth,
    /// The keys of an object are not in the order of their UTF-16 code units.
    #[error("keys out of order")]
    Order,
    /// An object has one key twice.
    #[error("a key stands twice")]
    Duplicate,
    /// A character is escaped that need not be, or in another way than the one allowed.
    #[error("an escape that is not the shortest")]
    Escape,
    /// A number has a fraction or an exponent.
    #[error("a number that is not whole")]
    Fraction,
    /// A number is not written in its shortest form.
    #[error("a number that is not in its shortest form")]
    Number,
    /// A number is beyond 2^53 − 1.
    #[error("a number too large to be exact everywhere")]
    Range,
}

/// Checks in one pass that `bytes` are one value in canonical form. Allocates nothing but a stack of the nesting.
///
/// # Errors
/// [`NotCanonical`] for the first place where they are not.
pub fn check(bytes: &[u8]) -> Result<(), NotCanonical> {
    Reader::new(bytes)?.document(&mut |_| ())
}

/// A member of the outermost object, as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// What stands between the quotes of its key.
    pub key: &'a str,
    /// Its value.
    pub value: &'a str,
}

/// The members of the object that `bytes` are, in their order, found in the pass that checks them as [`check`] does;
/// none if the value is no object.
///
/// # Errors
/// [`NotCanonical`] for the first place where the bytes are not canonical.
pub fn members(bytes: &[u8]) -> Result<Vec<Member<'_>>, NotCanonical> {
    let mut found = Vec::with_capacity(16);
    Reader::new(bytes)?.document(&mut |member| found.push(member))?;
    Ok(found)
}

/// What a value stands in: an array, or an object with its newest key as it is written between its quotes.
enum Inside<'a> {
    Array,
    Object(&'a str),
}

struct Reader<'a> {
    text: &'a str,
    offset: usize,
    /// Where the newest value of the outermost array or object begins.
    begun: usize,
}

impl<'a> Reader<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, NotCanonical> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| NotCanonical { offset: error.valid_up_to(), reason: Reason::Utf8 })?;
        Ok(Self { text, offset: 0, begun: 0 })
    }

    fn rest(&self) -> &'a [u8] {
        self.text.as_bytes().get(self.offset..).unwrap_or_default()
    }

    fn since(&self, begin: usize) -> &'a str {
        self.text.get(begin..self.offset).unwrap_or_default()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.offset).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let found = self.peek() == Some(byte);
        if found {
            self.offset = self.offset.saturating_add(1);
        }
        found
    }

    fn expect(&mut self, byte: u8) -> Result<(), NotCanonical> {
        if self.eat(byte) { Ok(()) } else { self.fail(Reason::Syntax) }
    }

    fn fail<T>(&self, reason: Reason) -> Result<T, NotCanonical> {
        Err(NotCanonical { offset: self.offset, reason })
    }

    /// Reads the whole text; hands over each member of the outermost object.
    fn document(mut self, visit: &mut impl FnMut(Member<'a>)) -> Result<(), NotCanonical> {
        let mut nesting: Vec<Inside<'a>> = Vec::with_capacity(8);
        loop {
            if nesting.len() == 1 {
                self.begun = self.offset;
            }
            if let Some(opened) = self.value_or_opening()? {
                if nesting.len() >= DEPTH_MAX {
                    return self.fail(Reason::Depth);
                }
                nesting.push(opened);
                continue;
            }
            if !self.next_value(&mut nesting, visit)? {
                return if self.rest().is_empty() { Ok(()) } else { self.fail(Reason::Trailing) };
            }
        }
    }

    /// Reads a whole value, or goes to the first value inside an array or object that is not empty.
    fn value_or_opening(&mut self) -> Result<Option<Inside<'a>>, NotCanonical> {
        match self.peek() {
            Some(b'{') => {
                self.offset = self.offset.saturating_add(1);
                if self.eat(b'}') { Ok(None) } else { self.key().map(|key| Some(Inside::Object(key))) }
            }
            Some(b'[') => {
                self.offset = self.offset.saturating_add(1);
                Ok(if self.eat(b']') { None } else { Some(Inside::Array) })
            }
            Some(b'"') => self.string().map(|_| None),
            Some(b't') => self.word(b"true"),
            Some(b'f') => self.word(b"false"),
            Some(b'n') => self.word(b"null"),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.fail(Reason::Syntax),
        }
    }

    /// After a value: closes what ends here and goes to the next value; false when the outermost one is complete.
    fn next_value(
        &mut self,
        nesting: &mut Vec<Inside<'a>>,
        visit: &mut impl FnMut(Member<'a>),
    ) -> Result<bool, NotCanonical> {
        loop {
            if let [Inside::Object(key)] = nesting.as_slice() {
                visit(Member { key, value: self.since(self.begun) });
            }
            let close = match nesting.last_mut() {
                None => return Ok(false),
                Some(Inside::Array) if self.eat(b',') => return Ok(true),
                Some(Inside::Object(previous)) if self.eat(b',') => {
                    let offset = self.offset;
                    let key = self.key()?;
                    *previous = in_order(previous, key).map_err(|reason| NotCanonical { offset, reason })?;
                    return Ok(true);
                }
                Some(Inside::Array) => b']',
                Some(Inside::Object(_)) => b'}',
            };
            self.expect(close)?;
            nesting.pop();
        }
    }

    fn key(&mut self) -> Result<&'a str, NotCanonical> {
        let key = self.string()?;
        self.expect(b':')?;
        Ok(key)
    }

    /// Reads a string; answers what stands between its quotes.
    fn string(&mut self) -> Result<&'a str, NotCanonical> {
        self.expect(b'"')?;
        let begin = self.offset;
        loop {
            self.offset = self.offset.saturating_add(plain_size(self.rest()));
            match self.peek() {
                Some(b'"') => {
                    let inside = self.since(begin);
                    self.offset = self.offset.saturating_add(1);
                    return Ok(inside);
                }
                Some(b'\\') => self.escape()?,
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
        self.offset = self.offset.saturating_add(size);
        Ok(())
    }

    fn word(&mut self, word: &[u8]) -> Result<Option<Inside<'a>>, NotCanonical> {
        if !self.rest().starts_with(word) {
            return self.fail(Reason::Syntax);
        }
        self.offset = self.offset.saturating_add(word.len());
        Ok(None)
    }

    fn number(&mut self) -> Result<Option<Inside<'a>>, NotCanonical> {
        let begin = self.offset;
        let negative = self.eat(b'-');
        let digits = self.offset;
        let mut value = Some(0_u64);
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            let digit = u64::from(digit.saturating_sub(b'0'));
            value = value.and_then(|value| value.checked_mul(10)).and_then(|value| value.checked_add(digit));
            self.offset = self.offset.saturating_add(1);
        }
        let fail = |reason| Err(NotCanonical { offset: begin, reason });
        let count = self.offset.saturating_sub(digits);
        let zero_first = self.text.as_bytes().get(digits) == Some(&b'0');
        match self.peek() {
            Some(b'.' | b'e' | b'E') => fail(Reason::Fraction),
            _ if count == 0 => fail(Reason::Syntax),
            _ if zero_first && (count > 1 || negative) => fail(Reason::Number),
            _ if value.is_none_or(|value| value > INTEGER_MAX) => fail(Reason::Range),
            _ => Ok(None),
        }
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

/// The later key, if it comes after the earlier one; both as they are written between their quotes.
fn in_order<'a>(earlier: &str, later: &'a str) -> Result<&'a str, Reason> {
    // Letters, digits and the like have the order of their bytes; nearly all keys are made of them.
    let order =
        if is_plain(earlier) && is_plain(later) { earlier.cmp(later) } else { units(earlier).cmp(units(later)) };
    match order {
        std::cmp::Ordering::Less => Ok(later),
        std::cmp::Ordering::Equal => Err(Reason::Duplicate),
        std::cmp::Ordering::Greater => Err(Reason::Order),
    }
}

/// True if every byte is a UTF-16 code unit that stands for itself.
fn is_plain(written: &str) -> bool {
    written.bytes().all(|byte| byte.is_ascii() && byte != b'\\')
}

/// The UTF-16 code units that a checked string stands for.
fn units(written: &str) -> impl Iterator<Item = u16> {
    let mut characters = written.chars();
    let unescaped = std::iter::from_fn(move || {
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
    });
    unescaped.flat_map(|character| {
        let mut pair = [0; 2];
        let count = character.encode_utf16(&mut pair).len();
        pair.into_iter().take(count)
    })
}

/// Why a value has no canonical form here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CanonicalError {
    /// A number is not whole, or is beyond 2^53 − 1.
    #[error("numbers must be whole and at most 9007199254740991")]
    Number,
    /// The nesting is deeper than [`DEPTH_MAX`].
    #[error("nested too deeply")]
    Depth,
}

/// The canonical bytes of a value.
///
/// # Errors
/// [`CanonicalError`] for a number with a fraction, a number that is not exact everywhere, and for deep nesting.
pub fn canonicalize(value: &Value) -> Result<Vec<u8>, CanonicalError> {
    let mut out = Vec::with_capacity(256);
    write_value(&mut out, value, 0)?;
    Ok(out)
}

fn write_value(out: &mut Vec<u8>, value: &Value, depth: usize) -> Result<(), CanonicalError> {
    let opens = match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => false,
    };
    let deeper = depth.saturating_add(1);
    if opens && deeper > DEPTH_MAX {
        return Err(CanonicalError::Depth);
    }
    match value {
        Value::Null => out.extend_from_slice(b"null"),
        Value::Bool(true) => out.extend_from_slice(b"true"),
        Value::Bool(false) => out.extend_from_slice(b"false"),
        Value::Number(number) => {
            let size = number.as_u64().or_else(|| number.as_i64().map(i64::unsigned_abs));
            let exact = size.is_some_and(|size| size <= INTEGER_MAX);
            if !exact {
                return Err(CanonicalError::Number);
            }
            out.extend_from_slice(number.to_string().as_bytes());
        }
        Value::String(text) => write_text(out, text),
        Value::Array(items) => {
            out.push(b'[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_value(out, item, deeper)?;
            }
            out.push(b']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            out.push(b'{');
            for (index, (key, item)) in fields.into_iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                write_text(out, key);
                out.push(b':');
                write_value(out, item, deeper)?;
            }
            out.push(b'}');
        }
    }
    Ok(())
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    for character in text.chars() {
        match character {
            '"' => out.extend_from_slice(b"\\\""),
            '\\' => out.extend_from_slice(b"\\\\"),
            '\u{8}' => out.extend_from_slice(b"\\b"),
            '\t' => out.extend_from_slice(b"\\t"),
            '\n' => out.extend_from_slice(b"\\n"),
            '\u{c}' => out.extend_from_slice(b"\\f"),
            '\r' => out.extend_from_slice(b"\\r"),
            '\0'..='\u{1f}' => out.extend_from_slice(format!("\\u{:04x}", u32::from(character)).as_bytes()),
            plain => out.extend_from_slice(plain.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    out.push(b'"');
}

#[cfg(test)]
mod tests;
