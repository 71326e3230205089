//! One device that reports: what was received of it, and what it was asked.
//!
//! Takes: its frames, and the passing of time.
//! Gives: whether a frame is new, and the question to send next.
//! Never: two questions at once, or a fourth resend.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use crate::edge::gbt26875::frame::Command;
use crate::edge::gbt26875::v2011::Adu;
use crate::engine::base::Mono;

/// Frames remembered to know a resent one by.
const REMEMBERED: usize = 32;
/// What is as old as this is no resend: four sendings of ten seconds, and some.
const RESENT_WITHIN: Duration = Duration::from_secs(60);
/// Time for an answer (6.5.4).
pub(super) const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// Sendings of one question: one, and three resends (6.5.5).
const SENDINGS: u8 = 4;

/// One device.
#[derive(Debug, Default)]
pub(super) struct Station {
    /// The connection it last came by.
    pub link: Option<u64>,
    /// Version bytes it writes.
    pub version: [u8; 2],
    /// Address by which it calls us.
    pub ours: u64,
    /// Kinds of questions of which it was told that they have no answer here.
    pub told: BTreeSet<u8>,
    recent: VecDeque<(Mono, u16, Vec<u8>)>,
    questions: VecDeque<(Command, Adu)>,
    asked: Option<Asked>,
    serial: u16,
}

/// A question that waits for its answer.
#[derive(Debug)]
pub(super) struct Asked {
    /// Its number.
    pub serial: u16,
    /// Order or question.
    pub command: Command,
    /// What is asked.
    pub adu: Adu,
    /// When it was sent last.
    at: Mono,
    sendings: u8,
}

/// What time brought about.
#[derive(Debug, PartialEq)]
pub(super) enum Due {
    /// Nothing.
    Nothing,
    /// This is to be sent, under this number.
    Send(u16, Command, Adu),
    /// Nobody answered this, however often it was sent.
    GivenUp(Adu),
}

impl Station {
    /// Whether `data` under `serial` was received before: resent because our confirmation was lost. A device that gives
    /// every frame the same number is known by the last frame only, so that what it says again is not lost.
    pub fn is_resent(&mut self, serial: u16, data: &[u8], now: Mono) -> bool {
        self.recent.retain(|(at, ..)| now.since(*at) < RESENT_WITHIN);
        let counts = self.recent.iter().any(|(_, number, _)| *number != serial);
        let is = |held: &(Mono, u16, Vec<u8>)| held.1 == serial && held.2 == data;
        let resent = if counts { self.recent.iter().any(is) } else { self.recent.back().is_some_and(is) };
        if !resent {
            if self.recent.len() == REMEMBERED {
                self.recent.pop_front();
            }
            self.recent.push_back((now, serial, data.to_vec()));
        }
        resent
    }

    /// Has `questions` asked, instead of what waits.
    pub fn ask(&mut self, questions: impl IntoIterator<Item = (Command, Adu)>) {
        self.asked = None;
        self.questions = questions.into_iter().collect();
    }

    /// Has an order sent before every question that waits.
    pub fn order(&mut self, adu: Adu) {
        self.questions.push_front((Command::Control, adu));
    }

    /// The question that `serial` answers; it is answered with this.
    pub fn answered(&mut self, serial: u16) -> Option<Asked> {
        self.asked.take_if(|asked| asked.serial == serial)
    }

    /// A question was denied: the same is not asked of others of its kind either.
    pub fn forget_kind(&mut self, of: &Adu) {
        self.questions.retain(|(_, adu)| std::mem::discriminant(adu) != std::mem::discriminant(of));
    }

    /// What is to be done now.
    pub fn due(&mut self, now: Mono) -> Due {
        match &mut self.asked {
            Some(asked) if now < asked.at.after(ANSWER_WITHIN) => Due::Nothing,
            Some(asked) if asked.sendings < SENDINGS => {
                (asked.at, asked.sendings) = (now, asked.sendings + 1);
                Due::Send(asked.serial, asked.command, asked.adu.clone())
            }
            Some(_) => match self.asked.take() {
                Some(asked) => {
                    self.forget_kind(&asked.adu);
                    Due::GivenUp(asked.adu)
                }
                None => Due::Nothing,
            },
            None => match self.questions.pop_front() {
                Some((command, adu)) => {
                    let serial = self.serial;
                    self.serial = serial.wrapping_add(1);
                    self.asked = Some(Asked { serial, command, adu: adu.clone(), at: now, sendings: 1 });
                    Due::Send(serial, command, adu)
                }
                None => Due::Nothing,
            },
        }
    }

    /// When [`Station::due`] has something; nothing while nobody is asked.
    pub fn next_due(&self, now: Mono) -> Option<Mono> {
        match &self.asked {
            Some(asked) => Some(asked.at.after(ANSWER_WITHIN)),
            None => (!self.questions.is_empty()).then_some(now),
        }
    }
}
