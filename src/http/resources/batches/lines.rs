//! A body that is cut into lines while it comes, so that no more of it is kept than one line that is not whole yet.

use actix_web::web::BytesMut;

/// How long a line may be, without what ends it.
pub const LINE_SIZE_BYTES_MAX: usize = 64 * 1024;

/// A line, counted from 1.
#[derive(Debug, PartialEq, Eq)]
pub struct Line {
    /// Which one it is; lines with nothing on them count.
    pub number: u32,
    /// What it says; none where it was too long to be kept.
    pub text: Option<BytesMut>,
}

/// What has come of a body and was not taken as lines yet.
#[derive(Debug, Default)]
pub struct Lines {
    rest: BytesMut,
    /// How much of the rest is known to have no end of a line in it.
    searched: usize,
    /// Whether the line that is coming in was given up already.
    skips: bool,
    number: u32,
}

impl Lines {
    /// Adds what came next.
    pub fn push(&mut self, chunk: &[u8]) {
        self.rest.extend_from_slice(chunk);
    }

    /// The number of the line that comes next.
    #[must_use]
    pub const fn next_number(&self) -> u32 {
        self.number.saturating_add(1)
    }

    /// The next whole line that has something on it.
    pub fn next_line(&mut self) -> Option<Line> {
        loop {
            let Some(length) = self.length() else { return self.too_long_already() };
            let mut text = self.rest.split_to(length.saturating_add(1));
            self.searched = 0;
            if std::mem::take(&mut self.skips) {
                continue;
            }
            self.number = self.next_number();
            text.truncate(length);
            if !is_blank(&text) {
                return Some(self.line(text));
            }
        }
    }

    /// The last line of a body that has ended, where nothing ends that line itself.
    pub fn last_line(&mut self) -> Option<Line> {
        let text = std::mem::take(&mut self.rest);
        self.searched = 0;
        if std::mem::take(&mut self.skips) || is_blank(&text) {
            return None;
        }
        self.number = self.next_number();
        Some(self.line(text))
    }

    fn length(&mut self) -> Option<usize> {
        let new = self.rest.get(self.searched..).unwrap_or_default();
        let found = memchr::memchr(b'\n', new).map(|at| self.searched.saturating_add(at));
        if found.is_none() {
            self.searched = self.rest.len();
        }
        found
    }

    fn line(&self, text: BytesMut) -> Line {
        Line { number: self.number, text: Some(text).filter(|text| text.len() <= LINE_SIZE_BYTES_MAX) }
    }

    /// A line that is too long is known as such before it ends, and the rest of it is not kept.
    fn too_long_already(&mut self) -> Option<Line> {
        if self.rest.len() <= LINE_SIZE_BYTES_MAX {
            return None;
        }
        self.rest.clear();
        self.searched = 0;
        if std::mem::replace(&mut self.skips, true) {
            return None;
        }
        self.number = self.next_number();
        Some(Line { number: self.number, text: None })
    }
}

/// True for white space as JSON has it.
fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|byte| matches!(byte, b' ' | b'\t' | b'\r'))
}
