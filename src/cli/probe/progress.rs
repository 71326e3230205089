//! How far something long has come: a bar on a terminal, plain lines elsewhere.
//!
//! Takes: how much there is, how much is done.
//! Gives: one line that is redrawn in place, or a line now and then.
//! Never: a byte on standard output, or anything at all when a program reads.

use std::io::{self, Write};
use std::time::Duration;

use tokio::time::Instant;

/// How it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// A bar, redrawn.
    Bar,
    /// Plain lines.
    Lines,
    /// Not at all.
    Silent,
}

impl Manner {
    /// By what standard error is, and whether a program reads.
    pub fn of(terminal: bool, json: bool) -> Manner {
        match (json, terminal) {
            (true, _) => Manner::Silent,
            (false, true) => Manner::Bar,
            (false, false) => Manner::Lines,
        }
    }
}

const CELLS: usize = 24;
/// A bar is redrawn no more often than this.
const REDRAW: Duration = Duration::from_millis(100);
/// A plain line is written no more often than this.
const LINE: Duration = Duration::from_secs(10);

/// Something under way.
pub struct Progress<'a> {
    out: &'a mut dyn Write,
    manner: Manner,
    total: usize,
    began: Instant,
    shown: Instant,
}

impl<'a> Progress<'a> {
    /// Begins; `out` is standard error.
    pub fn new(out: &'a mut dyn Write, manner: Manner, total: usize) -> Progress<'a> {
        let now = Instant::now();
        Progress { out, manner, total, began: now, shown: now }
    }

    /// A line for a person, above the bar.
    pub fn say(&mut self, line: &str) -> io::Result<()> {
        match self.manner {
            Manner::Silent => Ok(()),
            Manner::Lines => writeln!(self.out, "{line}"),
            Manner::Bar => {
                self.clear()?;
                writeln!(self.out, "{line}")
            }
        }
    }

    /// `done` of the total, and a word on what came of it.
    pub fn at(&mut self, done: usize, word: &str) -> io::Result<()> {
        let (now, every) = (Instant::now(), if self.manner == Manner::Bar { REDRAW } else { LINE });
        let first = done == 0 && self.manner == Manner::Bar;
        if self.manner == Manner::Silent || (now - self.shown < every && !first) {
            return Ok(());
        }
        self.shown = now;
        let left = left(now - self.began, done, self.total)
            .map_or_else(String::new, |left| format!(", about {} left", spell(left)));
        let text = format!("{done} of {}, {word}{left}", self.total);
        if self.manner == Manner::Lines {
            return writeln!(self.out, "{text}");
        }
        let full = CELLS * done / self.total.max(1);
        write!(self.out, "\r\x1b[K[{}{}] {text}", "#".repeat(full), "-".repeat(CELLS.saturating_sub(full)))?;
        self.out.flush()
    }

    /// Takes the bar away.
    pub fn clear(&mut self) -> io::Result<()> {
        if self.manner == Manner::Bar {
            write!(self.out, "\r\x1b[K")?;
            self.out.flush()?;
        }
        Ok(())
    }
}

/// What is left at the pace so far.
fn left(spent: Duration, done: usize, total: usize) -> Option<Duration> {
    let done = u32::try_from(done).ok().filter(|done| *done > 0)?;
    let rest = u32::try_from(total).ok()?.checked_sub(done)?;
    (spent / done).checked_mul(rest)
}

/// `4 min 10 s`, `12 s`, `0.3 s`.
pub fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", duration.as_secs_f64()),
        10..120 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_the_pace_so_far() {
        let check = |spent: u64, done: usize, total: usize, expected: Option<u64>| {
            assert_eq!(left(Duration::from_secs(spent), done, total), expected.map(Duration::from_secs));
        };
        check(10, 10, 247, Some(237));
        check(10, 0, 247, None);
        check(10, 247, 247, Some(0));
        assert_eq!(spell(Duration::from_secs(250)), "4 min 10 s");
        assert_eq!(spell(Duration::from_secs(12)), "12 s");
        assert_eq!(spell(Duration::from_millis(340)), "0.3 s");
    }

    #[tokio::test]
    async fn a_program_sees_nothing_and_a_file_no_escapes() {
        let shown = |manner: Manner| {
            let mut out = Vec::new();
            let mut progress = Progress::new(&mut out, manner, 4);
            progress.at(0, "none found").expect("a Vec takes everything");
            progress.say("unit 1 answers").expect("a Vec takes everything");
            progress.clear().expect("a Vec takes everything");
            String::from_utf8(out).expect("text")
        };
        assert_eq!(shown(Manner::of(true, true)), "");
        assert_eq!(shown(Manner::of(false, false)), "unit 1 answers\n");
        assert!(shown(Manner::of(true, false)).contains("\r\x1b[K[------------------------] 0 of 4, none found"));
    }
}
