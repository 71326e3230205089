//! Golden files: `UPDATE=1 cargo test` rewrites them; the diff is what a reviewer reads.

use std::path::Path;

/// Compares `actual` with the file, or rewrites the file when `UPDATE` is set.
#[track_caller]
pub fn check(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, actual).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    if expected == actual {
        return;
    }
    let line = expected.lines().zip(actual.lines()).take_while(|(old, new)| old == new).count();
    panic!(
        "{} differs from line {} on (UPDATE=1 accepts):\n  expected: {}\n  actual:   {}\n--- whole actual text ---\n{actual}",
        path.display(),
        line + 1,
        expected.lines().nth(line).unwrap_or("<end>"),
        actual.lines().nth(line).unwrap_or("<end>"),
    );
}
