//! What is wrong in a file, where, and what the nearest right thing would be.
//!
//! Takes: findings of the readers of this folder.
//! Gives: [`Problem`], the collector [`Problems`] and [`did_you_mean`].
//! Never: stops at the first one.

use std::cell::RefCell;
use std::fmt;
use std::sync::Arc;

use super::letters;

/// Where in a file something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Spot {
    /// The file, relative to the folder that was read.
    pub file: Arc<str>,
    /// Line, from 1; 0 when the file as a whole is meant.
    pub line: usize,
    /// Column in characters, from 1; 0 when the line as a whole is meant.
    pub column: usize,
}

impl Spot {
    /// A whole file.
    pub fn file(name: &str) -> Spot {
        Spot { file: Arc::from(name), line: 0, column: 0 }
    }
}

impl fmt::Display for Spot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (0, _) => write!(f, "{}", self.file),
            (line, 0) => write!(f, "{}:{line}", self.file),
            (line, column) => write!(f, "{}:{line}:{column}", self.file),
        }
    }
}

/// Whether a problem stops anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The configuration, or the device it belongs to, is refused.
    Error,
    /// It works, but somebody should look.
    Warning,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Where.
    pub spot: Spot,
    /// How bad.
    pub severity: Severity,
    /// What is wrong, in English.
    pub message: String,
    /// What would be right; empty when nothing better is known.
    pub hint: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.spot)?;
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        f.write_str(&self.message)?;
        if self.hint.is_empty() { Ok(()) } else { write!(f, "; {}", self.hint) }
    }
}

/// Collects findings while a file is walked; shared by reference so that every reader can report and go on.
#[derive(Debug, Default)]
pub struct Problems(RefCell<Vec<Problem>>);

impl Problems {
    /// Reports something that must be put right.
    pub fn error(&self, spot: Spot, message: impl Into<String>, hint: impl Into<String>) {
        self.add(Problem { spot, severity: Severity::Error, message: message.into(), hint: hint.into() });
    }

    /// Reports something worth a look.
    pub fn warning(&self, spot: Spot, message: impl Into<String>, hint: impl Into<String>) {
        self.add(Problem { spot, severity: Severity::Warning, message: message.into(), hint: hint.into() });
    }

    /// Takes over a finding made elsewhere.
    pub fn add(&self, problem: Problem) {
        let Problem { spot, severity, message, hint } = problem;
        self.0.borrow_mut().push(Problem { spot, severity, message: one_line(message), hint: one_line(hint) });
    }

    /// Takes over several.
    pub fn extend(&self, problems: impl IntoIterator<Item = Problem>) {
        self.0.borrow_mut().extend(problems);
    }

    /// Whether something must be put right.
    pub fn has_errors(&self) -> bool {
        self.0.borrow().iter().any(|problem| problem.severity == Severity::Error)
    }

    /// How many errors so far: compare before and after to learn whether a part was fine.
    pub fn errors(&self) -> usize {
        self.0.borrow().iter().filter(|problem| problem.severity == Severity::Error).count()
    }

    /// All findings by file, line and column, each once.
    pub fn sorted(self) -> Vec<Problem> {
        let mut all = self.0.into_inner();
        all.sort();
        all.dedup();
        all
    }
}

/// Longest message and longest hint, in characters.
const LONGEST: usize = 400;

/// What a file holds is repeated in messages: control characters must not reach a terminal, begin another line or turn the words
/// round, and a whole file in quotes says nothing.
fn one_line(text: String) -> String {
    if text.len() <= LONGEST && !text.chars().any(letters::commands) {
        return text;
    }
    let shown =
        |letter: char| if letters::commands(letter) { letter.escape_default().to_string() } else { letter.to_string() };
    let cut: String = text.chars().take(LONGEST).map(shown).collect();
    if text.chars().nth(LONGEST).is_some() { cut + "…" } else { cut }
}

/// The hint for a word that is not in `words`: the nearest one, or all of them when none is near.
pub fn did_you_mean<'a>(word: &str, words: impl IntoIterator<Item = &'a str>) -> String {
    let words: Vec<&str> = words.into_iter().collect();
    if let Some(near) = nearest(word, &words) {
        return format!("did you mean \"{near}\"?");
    }
    match words.len() {
        0 => String::new(),
        1..=16 => format!("known: {}", words.join(", ")),
        more => format!("known: {}, … ({more} in all)", words[..12].join(", ")),
    }
}

/// The nearest word, if one is near enough to be meant: about a third of its letters may differ, never all of them.
pub fn nearest<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let lower = word.to_lowercase();
    words
        .iter()
        .map(|candidate| (distance(&lower, &candidate.to_lowercase()), *candidate))
        .filter(|(distance, candidate)| {
            let length = candidate.chars().count().max(word.chars().count());
            *distance < length && *distance <= length.div_ceil(3)
        })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Edit distance in which swapping two neighbours counts as one (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for (i, row) in rows.iter_mut().enumerate() {
        row[0] = i;
    }
    for (j, cell) in rows[0].iter_mut().enumerate() {
        *cell = j;
    }
    for i in 1..=a.len() {
        for j in 1..=b.len() {
            let replace = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replace.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(rows[i - 2][j - 2] + 1);
            }
            rows[i][j] = best;
        }
    }
    rows[a.len()][b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_offered_only_when_it_is_near() {
        let check = |word: &str, words: &[&str], expected: &str| {
            assert_eq!(did_you_mean(word, words.iter().copied()), expected, "{word}");
        };
        check("adress", &["table", "address", "type"], "did you mean \"address\"?");
        check("holdnig", &["coil", "holding"], "did you mean \"holding\"?");
        check("Fire", &["fire", "fast"], "did you mean \"fire\"?");
        check("zebra", &["fire", "fast"], "known: fire, fast");
        check("untis", &["id", "unit"], "did you mean \"unit\"?");
        check("3", &["1", "2"], "known: 1, 2");
        check("zebra", &[], "");
    }

    #[test]
    fn a_problem_reads_as_one_line() {
        let spot = Spot { file: "site.toml".into(), line: 12, column: 9 };
        let problem = |severity| Problem {
            spot: spot.clone(),
            severity,
            message: "unknown key \"adress\"".into(),
            hint: "did you mean \"address\"?".into(),
        };
        let text = "site.toml:12:9: unknown key \"adress\"; did you mean \"address\"?";
        assert_eq!(problem(Severity::Error).to_string(), text);
        assert!(problem(Severity::Warning).to_string().starts_with("site.toml:12:9: warning: "));
    }

    #[test]
    fn what_a_file_holds_stays_on_the_line_of_its_problem() {
        let check = |message: &str, expected: &str| {
            let problems = Problems::default();
            problems.error(Spot::file("a.csv"), message, "");
            assert_eq!(problems.sorted()[0].to_string(), format!("a.csv: {expected}"));
        };
        check("unknown column \"a\nb\u{1b}[2J\"", "unknown column \"a\\nb\\u{1b}[2J\"");
        check(&"火".repeat(500), &("火".repeat(400) + "…"));
    }

    #[test]
    fn problems_come_sorted_by_place() {
        let problems = Problems::default();
        let spot = |file: &str, line| Spot { file: file.into(), line, column: 1 };
        problems.error(spot("b.toml", 1), "third", "");
        problems.warning(spot("a.toml", 10), "second", "");
        problems.error(spot("a.toml", 9), "first", "");
        assert!(problems.has_errors());
        let messages: Vec<String> = problems.sorted().into_iter().map(|problem| problem.message).collect();
        assert_eq!(messages, ["first", "second", "third"]);
    }
}
