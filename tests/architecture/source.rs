//! Reads a Rust file the way the architecture tests need it: code without comments and texts, and without its tests.
//!
//! Takes: the text of a file.
//! Gives: [`File`] (its room, its code line by line, the paths it names) and [`walk`].
//! Never: a full parser. What it cannot tell apart it counts, so a violation cannot hide behind it.

use std::path::{Path, PathBuf};

/// One source file.
pub struct File {
    /// Path from the package's root, with `/`.
    pub path: String,
    /// The whole text.
    pub text: String,
    /// The code: comments blank, the insides of texts blank, test modules blank; same lines as `text`.
    pub code: String,
}

/// A path named in code, such as `crate::engine::base::Now`, with its line.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    /// From 1.
    pub line: usize,
    /// The segments after the root (`crate`, `std`, ...), as far as they are names.
    pub segments: Vec<String>,
}

impl File {
    /// Reads a file of the package.
    pub fn new(path: &str, text: &str) -> File {
        let code = without_tests(&without_texts(text));
        File { path: path.to_owned(), text: text.to_owned(), code }
    }

    /// Whether the whole file is test code.
    pub fn is_test(&self) -> bool {
        self.path.ends_with("tests.rs") || self.path.contains("/tests/")
    }

    /// The room it lies in: `engine::poll`, `edge::mqtt`, `config`; the name of the file for `lib` and `main`.
    pub fn room(&self) -> String {
        let inner = self.path.strip_prefix("src/").unwrap_or(&self.path);
        let parts: Vec<&str> = inner.trim_end_matches(".rs").split('/').collect();
        match parts[..] {
            // A file right below `engine` belongs to the engine as a whole; below `edge` it is an edge of its own.
            ["engine", _] => "engine".to_owned(),
            ["edge", "mod"] => "edge".to_owned(),
            [world @ ("engine" | "edge"), room, ..] => format!("{world}::{room}"),
            [room, ..] => room.to_owned(),
            [] => String::new(),
        }
    }

    /// Every path that begins with `root::`, groups written out.
    pub fn paths(&self, root: &str) -> Vec<Named> {
        let mut found = Vec::new();
        let mut from = 0;
        let start = format!("{root}::");
        while let Some(at) = self.code[from..].find(&start).map(|at| at + from) {
            from = at + start.len();
            let before = self.code[..at].chars().next_back();
            if before.is_some_and(|c| is_word(c) || c == ':') {
                continue;
            }
            let line = self.code[..at].matches('\n').count() + 1;
            let mut rest = self.code[from..].chars().peekable();
            let mut lists = Vec::new();
            read_tree(&mut rest, &mut Vec::new(), &mut lists);
            found.extend(lists.into_iter().map(|segments| Named { line, segments }));
        }
        found
    }

    /// Lines of code that hold `word` as a whole word.
    pub fn lines_with(&self, word: &str) -> Vec<usize> {
        let holds = |line: &str| {
            line.match_indices(word).any(|(at, _)| {
                let before = word.starts_with(is_word) && line[..at].chars().next_back().is_some_and(is_word);
                let after = line[at + word.len()..].chars().next();
                !before && !after.is_some_and(|c| is_word(c) && word.ends_with(is_word))
            })
        };
        self.code.lines().enumerate().filter(|(_, line)| holds(line)).map(|(at, _)| at + 1).collect()
    }

    /// The names it declares (modules, types, functions, constants), with their lines.
    pub fn declared(&self) -> Vec<(usize, String)> {
        const KEYWORDS: [&str; 8] = ["mod", "struct", "enum", "trait", "fn", "type", "const", "static"];
        let mut names = Vec::new();
        for (at, line) in self.code.lines().enumerate() {
            let words: Vec<&str> = line.split(|c: char| !is_word(c)).filter(|word| !word.is_empty()).collect();
            for pair in words.windows(2) {
                if KEYWORDS.contains(&pair[0]) && !KEYWORDS.contains(&pair[1]) {
                    names.push((at + 1, pair[1].to_owned()));
                }
            }
        }
        names
    }
}

/// Every Rust file below `folder`, in the order of their paths.
pub fn walk(root: &Path, folder: &str) -> Vec<File> {
    let mut paths = Vec::new();
    collect(&root.join(folder), &mut paths);
    paths.sort();
    let read = |path: &PathBuf| {
        let inner = path.strip_prefix(root).expect("it was found below the root").to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{inner}: {error}"));
        File::new(&inner, &text)
    };
    paths.iter().map(read).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    for entry in entries {
        let path = entry.expect("a readable folder").path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            paths.push(path);
        }
    }
}

/// The words of a name: `ReplyWithin`, `reply_within` and `REPLY_WITHIN` give `reply`, `within`.
pub fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        if c == '_' || (c.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        before_lower = c.is_lowercase() || c.is_ascii_digit();
        if c != '_' {
            words.last_mut().expect("there is always one").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Reads `a::b`, `a::{b, c::d}` after a root, writing groups out.
fn read_tree(
    rest: &mut std::iter::Peekable<std::str::Chars<'_>>,
    prefix: &mut Vec<String>,
    lists: &mut Vec<Vec<String>>,
) {
    let depth = prefix.len();
    loop {
        while rest.peek().is_some_and(|c| c.is_whitespace()) {
            rest.next();
        }
        if rest.peek() == Some(&'{') {
            rest.next();
            loop {
                read_tree(rest, prefix, lists);
                while rest.peek().is_some_and(|c| c.is_whitespace()) {
                    rest.next();
                }
                match rest.next() {
                    Some(',') => {}
                    _ => break,
                }
            }
            break;
        }
        let mut name = String::new();
        while rest.peek().is_some_and(|c| is_word(*c) || *c == '*') {
            name.extend(rest.next());
        }
        if !name.is_empty() {
            prefix.push(name);
        }
        if rest.peek() == Some(&':') {
            rest.next();
            if rest.peek() == Some(&':') {
                rest.next();
                continue;
            }
        }
        if prefix.len() > depth {
            lists.push(prefix.clone());
        }
        // `as name` within a group.
        while rest.peek().is_some_and(|c| is_word(*c) || *c == ' ') && depth > 0 {
            rest.next();
        }
        break;
    }
    prefix.truncate(depth);
}

/// Blanks comments and the insides of texts and characters; every line keeps its number.
fn without_texts(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let (c, next) = (chars[at], chars.get(at + 1).copied());
        let end = match (c, next) {
            ('/', Some('/')) => line_end(&chars, at),
            ('/', Some('*')) => comment_end(&chars, at),
            ('"', _) => text_end(&chars, at + 1),
            ('r', Some('"' | '#')) if at == 0 || !is_word(chars[at - 1]) => raw_end(&chars, at).unwrap_or(at),
            ('\'', Some('\\')) => chars[at + 2..].iter().skip(1).position(|c| *c == '\'').map_or(at, |p| at + p + 4),
            ('\'', Some(_)) if chars.get(at + 2) == Some(&'\'') => at + 3,
            _ => at,
        };
        if end == at {
            out.push(c);
            at += 1;
        } else {
            let keep = |c: &char| if *c == '\n' || *c == '"' { *c } else { ' ' };
            out.extend(chars[at..end.min(chars.len())].iter().map(keep));
            at = end;
        }
    }
    out
}

fn line_end(chars: &[char], from: usize) -> usize {
    chars[from..].iter().position(|c| *c == '\n').map_or(chars.len(), |length| from + length)
}

fn comment_end(chars: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 1),
            ('*', '/') => (depth, at) = (depth - 1, at + 1),
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn text_end(chars: &[char], from: usize) -> usize {
    let mut at = from;
    while at < chars.len() {
        match chars[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    chars.len()
}

/// The end of `r"…"` or `r#"…"#`; `None` when it is a raw identifier.
fn raw_end(chars: &[char], from: usize) -> Option<usize> {
    let hashes = chars[from + 1..].iter().take_while(|c| **c == '#').count();
    if chars.get(from + 1 + hashes) != Some(&'"') {
        return None;
    }
    let mut at = from + 2 + hashes;
    while at < chars.len() {
        if chars[at] == '"' && chars[at + 1..].iter().take(hashes).filter(|c| **c == '#').count() == hashes {
            return Some(at + 1 + hashes);
        }
        at += 1;
    }
    Some(chars.len())
}

/// Blanks what follows each `#[cfg(test)]`: one item, to its closing brace or semicolon.
fn without_tests(code: &str) -> String {
    let mut out = code.to_owned();
    while let Some(start) = out.find("#[cfg(test)]") {
        let mut depth = 0usize;
        let mut end = out.len();
        for (at, c) in out[start..].char_indices() {
            match c {
                '{' => depth += 1,
                '}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 && matches!(c, '}' | ';') {
                end = start + at + 1;
                break;
            }
        }
        let blank: String = out[start..end].chars().map(|c| if c == '\n' { '\n' } else { ' ' }).collect();
        out.replace_range(start..end, &blank);
    }
    out
}
