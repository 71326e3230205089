//! Cuts a stream of printed bytes into records.
//!
//! Takes: bytes as they come, however they are split, and the passing of time.
//! Gives: [`Cut`]s: what stands between two ends, with printer commands taken out.
//! Never: more than the longest record in memory; a sequence that is found within a character of two bytes.

use std::collections::VecDeque;

use crate::engine::base::Mono;
use crate::engine::profile::{Grammar, TextEncoding};

/// One record as it was printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Its bytes, without what begins and ends it and without what is ignored.
    pub bytes: Vec<u8>,
    /// Whether it was cut because it was too long: it may be half of what was printed.
    pub too_long: bool,
}

/// Cuts the stream of one panel.
#[derive(Clone, Debug)]
pub struct Cutter {
    grammar: Grammar,
    /// Bytes that may be the beginning of a sequence or of a character.
    held: VecDeque<u8>,
    /// The record that was begun.
    record: Vec<u8>,
    /// How many bytes were received for it, with those that are ignored.
    taken: usize,
    /// When the last byte came.
    last_at: Mono,
}

/// What stands at the head of the stream.
enum Head {
    End(usize),
    Begin(usize),
    Ignored(usize),
    Character(usize),
    /// More bytes may make it something else.
    Undecided,
}

impl Cutter {
    /// Nothing was received yet.
    pub fn new(grammar: &Grammar) -> Cutter {
        let grammar = Grammar { patterns: Vec::new(), ..grammar.clone() };
        Cutter { grammar, held: VecDeque::new(), record: Vec::new(), taken: 0, last_at: Mono(0) }
    }

    /// More bytes came. Gives the records they completed. Where something marks the records, a pause counts only when
    /// [`Cutter::flush`] is called for it: bytes may have waited in a buffer while a busy machine did not read them.
    pub fn take(&mut self, bytes: &[u8], now: Mono) -> Vec<Cut> {
        let by_pause = self.grammar.begins.is_empty() && self.grammar.ends.is_empty();
        let paused = by_pause && self.due().is_some_and(|due| due <= now);
        let mut cuts = if paused { self.flush() } else { Vec::new() };
        self.last_at = now;
        for byte in bytes {
            self.held.push_back(*byte);
            self.advance(false, &mut cuts);
        }
        cuts
    }

    /// When what was begun is taken as it stands.
    pub fn due(&self) -> Option<Mono> {
        let begun = !self.held.is_empty() || !self.record.is_empty();
        begun.then(|| self.last_at.after(self.grammar.pause))
    }

    /// Takes what was begun as it stands: it is silent for too long, or nothing more can come.
    pub fn flush(&mut self) -> Vec<Cut> {
        let mut cuts = Vec::new();
        self.advance(true, &mut cuts);
        self.cut(false, &mut cuts);
        cuts
    }

    fn advance(&mut self, no_more: bool, cuts: &mut Vec<Cut>) {
        while !self.held.is_empty() {
            let (count, is_text) = match self.head(no_more) {
                Head::Undecided => return,
                Head::End(count) => {
                    self.cut(false, cuts);
                    self.held.drain(..count);
                    continue;
                }
                Head::Begin(count) => {
                    self.cut(false, cuts);
                    (count, false)
                }
                Head::Ignored(count) => (count, false),
                Head::Character(count) => (count, true),
            };
            self.taken += count;
            let bytes = self.held.drain(..count);
            if is_text {
                self.record.extend(bytes);
            } else {
                drop(bytes);
            }
            if self.taken >= self.grammar.longest {
                self.cut(true, cuts);
            }
        }
    }

    /// Ends the record that was begun; one without a visible character is none.
    fn cut(&mut self, too_long: bool, cuts: &mut Vec<Cut>) {
        self.taken = 0;
        let bytes = std::mem::take(&mut self.record);
        if bytes.iter().any(|byte| !byte.is_ascii_control() && *byte != b' ') {
            cuts.push(Cut { bytes, too_long });
        }
    }

    fn head(&mut self, no_more: bool) -> Head {
        let rest: &[u8] = self.held.make_contiguous();
        let grammar = &self.grammar;
        let ends = grammar.ends.iter().map(|sequence| (sequence, 0_u8));
        let begins = grammar.begins.iter().map(|sequence| (sequence, 1));
        let ignored = grammar.ignore.iter().map(|sequence| (sequence, 2));
        let mut found: Option<(usize, u8)> = None;
        let mut longest_possible = 0;
        for (sequence, kind) in ends.chain(begins).chain(ignored) {
            if rest.starts_with(sequence) {
                if found.is_none_or(|(count, _)| sequence.len() > count) {
                    found = Some((sequence.len(), kind));
                }
            } else if sequence.starts_with(rest) {
                longest_possible = longest_possible.max(sequence.len());
            }
        }
        if !no_more && longest_possible > found.map_or(0, |(count, _)| count) {
            return Head::Undecided;
        }
        match (found, grammar.encoding) {
            (Some((count, 0)), _) => Head::End(count),
            (Some((count, 1)), _) => Head::Begin(count),
            (Some((count, _)), _) => Head::Ignored(count),
            (None, TextEncoding::Ascii) => Head::Character(1),
            (None, TextEncoding::Gb18030) => match character(rest) {
                Some(count) => Head::Character(count),
                None if no_more => Head::Character(1),
                None => Head::Undecided,
            },
        }
    }
}

/// How many bytes the character at the head of GB 18030 text has; nothing while that cannot be told. A byte that begins
/// none stands for itself.
fn character(rest: &[u8]) -> Option<usize> {
    let is_lead = |byte: u8| (0x81..=0xFE).contains(&byte);
    match *rest {
        [lead, ..] if !is_lead(lead) => Some(1),
        [_] => None,
        [_, 0x40..=0x7E | 0x80..=0xFE, ..] => Some(2),
        [_, 0x30..=0x39] => None,
        [_, 0x30..=0x39, third, ..] if !is_lead(third) => Some(1),
        [_, 0x30..=0x39, _] => None,
        [_, 0x30..=0x39, _, 0x30..=0x39, ..] => Some(4),
        _ => Some(1),
    }
}
