//! Keeps records that nobody understood from flooding the journal: a wrong baud rate prints two of them a second.
//!
//! Takes: their words, and the passing of time.
//! Gives: the words to be announced: the first ones one by one, in a flood several at a time.
//! Never: drops one in silence. What a flood brings beyond its bound is counted, and the count is announced with it.

use std::collections::VecDeque;
use std::time::Duration;

use crate::engine::base::Mono;

/// So many are announced one by one ...
const AT_ONCE: usize = 10;
/// ... within this time; the others are collected, and announced together when it ends.
const WINDOW: Duration = Duration::from_secs(60);
/// Characters that are kept of what is collected.
const KEPT: usize = 8_000;

/// What one device said that was not understood.
#[derive(Clone, Debug, Default)]
pub(super) struct Unread {
    /// When the last ones were announced.
    announced: VecDeque<Mono>,
    /// Since when words are collected.
    since: Option<Mono>,
    collected: String,
    beyond: u64,
}

impl Unread {
    /// One more. Gives what is to be announced now.
    pub fn take(&mut self, words: &str, now: Mono) -> Option<String> {
        while self.announced.front().is_some_and(|at| now.since(*at) >= WINDOW) {
            self.announced.pop_front();
        }
        if self.announced.len() < AT_ONCE && self.since.is_none() {
            self.announced.push_back(now);
            return Some(words.to_owned());
        }
        self.since.get_or_insert(now);
        if self.collected.len() + words.len() > KEPT {
            self.beyond += 1;
        } else {
            if !self.collected.is_empty() {
                self.collected.push_str(" | ");
            }
            self.collected.push_str(words);
        }
        None
    }

    /// When what was collected is due.
    pub fn due(&self) -> Option<Mono> {
        self.since.map(|since| since.after(WINDOW))
    }

    /// What was collected, when it is due.
    pub fn flush(&mut self, now: Mono) -> Option<String> {
        self.due().filter(|due| *due <= now)?;
        self.since = None;
        // The flood may go on: only what comes after a quiet minute is announced one by one again.
        self.announced = std::iter::repeat_n(now, AT_ONCE).collect();
        let mut words = std::mem::take(&mut self.collected);
        match std::mem::take(&mut self.beyond) {
            0 => {}
            beyond => words.push_str(&format!(" | … (+{beyond})")),
        }
        Some(words)
    }
}
