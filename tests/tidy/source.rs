//! Reading Rust text for the tidy rules: which files there are, what of them is code, and where functions and
//! test modules begin and end. Plain text matching is enough here and needs no parser.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// One Rust file of the repository.
pub struct Source {
    /// Path from the root of the repository, with `/` between the parts.
    pub path: String,
    /// The file as it stands.
    pub text: String,
    /// The same length of text with comments, strings and character literals blanked out, so that a word found
    /// in it is code. Line breaks are kept, and with them line numbers.
    pub code: String,
}

impl Source {
    /// The line, counted from 1, on which the byte at `offset` stands.
    pub fn line(&self, offset: usize) -> usize {
        1 + self.code.bytes().take(offset).filter(|byte| *byte == b'\n').count()
    }

    /// `path:line`, as editors and terminals make it clickable.
    pub fn place(&self, offset: usize) -> String {
        format!("{}:{}", self.path, self.line(offset))
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// All Rust files under the named folders, in order of their paths.
pub fn rust_files(folders: &[&str]) -> Vec<Source> {
    let mut paths = Vec::new();
    for folder in folders {
        walk(&root().join(folder), &mut paths);
    }
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "rs"));
    paths.sort();
    paths.iter().map(|path| read(path)).collect()
}

/// Every file below `folder`, leaving out hidden folders and what builds leave behind.
pub fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') && name != "target" {
            walk(&path, found);
        } else if path.is_file() {
            found.push(path);
        }
    }
}

/// The path of a file from the root of the repository.
pub fn relative(path: &Path) -> String {
    let inside = path.strip_prefix(root()).unwrap_or(path);
    inside.to_string_lossy().replace('\\', "/")
}

fn read(path: &Path) -> Source {
    let text = fs::read_to_string(path).expect("a source file is UTF-8 text");
    Source { path: relative(path), code: blank(&text), text }
}

/// Replaces everything that is not code by spaces, byte for byte.
pub fn blank(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < bytes.len() {
        let rest = &bytes[at..];
        let starts_word = at == 0 || !is_word(bytes[at - 1]);
        let skipped = if rest.starts_with(b"//") {
            rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len())
        } else if rest.starts_with(b"/*") {
            comment_length(rest)
        } else if rest[0] == b'"' {
            string_length(rest)
        } else if starts_word && raw_hashes(rest).is_some() {
            raw_string_length(rest)
        } else if rest[0] == b'\'' {
            character_length(rest)
        } else {
            0
        };
        let taken = skipped.max(1);
        for byte in &rest[..taken] {
            let keep = *byte == b'\n' || (skipped == 0 && byte.is_ascii());
            out.push(if keep { char::from(*byte) } else { ' ' });
        }
        at += taken;
    }
    out
}

/// True for a byte that can stand inside an identifier.
pub fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Block comments nest.
fn comment_length(rest: &[u8]) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn string_length(rest: &[u8]) -> usize {
    let mut at = 1;
    while at < rest.len() {
        match rest[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    rest.len()
}

/// How many `#` a raw string that starts here has; `None` where none starts (`r#type` is a plain name).
fn raw_hashes(rest: &[u8]) -> Option<usize> {
    let after = rest.strip_prefix(b"br").or_else(|| rest.strip_prefix(b"r"))?;
    let hashes = after.iter().take_while(|byte| **byte == b'#').count();
    (after.get(hashes) == Some(&b'"')).then_some(hashes)
}

fn raw_string_length(rest: &[u8]) -> usize {
    let hashes = raw_hashes(rest).unwrap_or(0);
    let end = format!("\"{}", "#".repeat(hashes));
    let opening = rest.iter().position(|byte| *byte == b'"').unwrap_or(0) + 1;
    let inner = rest[opening..].windows(end.len()).position(|window| window == end.as_bytes());
    inner.map_or(rest.len(), |found| opening + found + end.len())
}

/// The length of a character literal, or 0 for a lifetime.
fn character_length(rest: &[u8]) -> usize {
    if rest.get(1) == Some(&b'\\') {
        let tail = rest.get(3..).unwrap_or_default();
        return tail.iter().position(|byte| *byte == b'\'').map_or(0, |found| found + 4);
    }
    let text = std::str::from_utf8(&rest[1..rest.len().min(6)]);
    let valid = text.or_else(|error| std::str::from_utf8(&rest[1..1 + error.valid_up_to()]));
    let first = valid.ok().and_then(|text| text.chars().next());
    match first {
        Some(letter) if rest.get(1 + letter.len_utf8()) == Some(&b'\'') => letter.len_utf8() + 2,
        _ => 0,
    }
}

/// The offsets at which `word` stands in `code` as a whole identifier.
pub fn words(code: &str, word: &str) -> Vec<usize> {
    let bytes = code.as_bytes();
    let whole = |at: &usize| {
        let before = *at == 0 || !is_word(bytes[at - 1]);
        let after = bytes.get(at + word.len()).is_none_or(|byte| !is_word(*byte));
        before && after
    };
    code.match_indices(word).map(|(at, _)| at).filter(whole).collect()
}

/// The identifier that begins at `offset`, empty where none does.
pub fn word_at(code: &str, offset: usize) -> &str {
    let rest = &code[offset.min(code.len())..];
    let length = rest.bytes().take_while(|byte| is_word(*byte)).count();
    &rest[..length]
}

/// The offset of the brace that closes the one at `open`.
pub fn closing_brace(code: &str, open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 1 => return at,
            b'}' => depth -= 1,
            _ => {}
        }
    }
    code.len()
}

/// Every function with a body: its name, and where it begins and ends.
pub fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for at in words(code, "fn") {
        let after = at + 2 + code[at + 2..].bytes().take_while(u8::is_ascii_whitespace).count();
        let name = word_at(code, after);
        // A body opens with the first brace; a declaration in a trait ends with a semicolon instead. A semicolon
        // inside brackets belongs to an array type such as [u8; 32].
        let mut depth = 0_usize;
        let end = code.bytes().enumerate().skip(after).find(|(_, byte)| {
            match byte {
                b'[' | b'(' => depth += 1,
                b']' | b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && matches!(byte, b'{' | b';')
        });
        if let Some((open, b'{')) = end
            && !name.is_empty()
        {
            found.push((name.to_owned(), at, closing_brace(code, open)));
        }
    }
    found
}

/// The stretches of a file that exist only in tests: from each `#[cfg(test)]` to the end of the block after it.
pub fn test_regions(code: &str) -> Vec<(usize, usize)> {
    let starts = code.match_indices("#[cfg(test)]").map(|(at, _)| at);
    let region = |at: usize| {
        let next = code[at..].find(['{', ';'])? + at;
        code[next..].starts_with('{').then(|| (at, closing_brace(code, next)))
    };
    starts.filter_map(region).collect()
}

/// The modules that a file declares, each with the offset of its `mod`.
pub fn modules(code: &str) -> Vec<(usize, &str)> {
    let name = |at: usize| {
        let after = code[at + 3..].bytes().take_while(u8::is_ascii_whitespace);
        (at, word_at(code, at + 3 + after.count()))
    };
    words(code, "mod").into_iter().map(name).collect()
}

/// The files that exist only in tests, because a `#[cfg(test)] mod name;` beside or above them brings them in.
pub fn test_files(files: &[Source]) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for file in files {
        let folder = file.path.trim_end_matches("/mod.rs").trim_end_matches(".rs");
        for (at, name) in modules(&file.code) {
            if file.code[..at].trim_end().ends_with("#[cfg(test)]") {
                found.insert(format!("{folder}/{name}.rs"));
                found.insert(format!("{folder}/{name}/mod.rs"));
            }
        }
    }
    found
}

/// Every `use` statement with its offset, grouped imports spread out: `use a::{b, c::*};` gives `a::b` and `a::c::*`.
pub fn imports(code: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for at in words(code, "use") {
        // `use<'a>` in a return type names lifetimes, not paths.
        if code[at + 3..].trim_start().starts_with('<') {
            continue;
        }
        let Some(length) = code[at..].find(';') else {
            continue;
        };
        let tree: String = code[at + 3..at + length].split_whitespace().collect::<Vec<_>>().join(" ");
        let mut paths = Vec::new();
        spread("", &tree, &mut paths);
        found.extend(paths.into_iter().map(|path| (at, path)));
    }
    found
}

fn spread(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        if !tree.is_empty() {
            paths.push(format!("{prefix}{tree}"));
        }
        return;
    };
    let prefix = format!("{prefix}{}", tree[..open].trim());
    let inner = &tree[open + 1..closing_brace(tree, open)];
    let mut depth = 0_usize;
    let mut start = 0;
    for (at, letter) in inner.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                spread(&prefix, &inner[start..at], paths);
                start = at + 1;
            }
            _ => {}
        }
    }
    spread(&prefix, &inner[start..], paths);
}
