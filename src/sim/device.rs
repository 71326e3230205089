//! One simulated device: its registers, what it does when it is written to, and how it misbehaves.
//!
//! Takes: requests, faults, restarts.
//! Gives: answers, and the reactions that a write sets off.
//! Never: time; what happens later is the world's to remember.

use std::collections::BTreeSet;

use super::fault::{Answer, BUSY, Fault};
use super::identity::{self, Identity};
use super::image::Image;
use super::pdu;
use super::reaction::{Reaction, Then};

/// Ranges that a device remembers to have been read since it restarted; beyond them it is no longer new.
const RANGES: usize = 512;

/// One device.
#[derive(Clone, Debug)]
pub(super) struct Device {
    pub bus: u32,
    pub unit: u8,
    pub image: Image,
    pub fault: Fault,
    pub reactions: Vec<Reaction>,
    /// What it says of itself; nothing where it refuses to.
    pub identity: Option<Identity>,
    /// After a restart: function and first address of what was read since. Every range is refused once.
    fresh: Option<BTreeSet<(u8, u16)>>,
}

impl Device {
    pub fn new(bus: u32, unit: u8, image: Image, reactions: Vec<Reaction>, identity: Option<Identity>) -> Device {
        Device { bus, unit, image, fault: Fault::None, reactions, identity, fresh: None }
    }

    /// It restarts now; its registers are as `image` has them.
    pub fn restart(&mut self, image: Image) {
        (self.image, self.fault, self.fresh) = (image, Fault::None, Some(BTreeSet::new()));
    }

    /// Answers as its fault lets it; `set_off` is told of every reaction. Nothing when it stays silent: then nothing
    /// was done either.
    pub fn respond(&mut self, request: &[u8], set_off: impl FnMut(&Reaction)) -> Option<Answer> {
        if matches!(self.fault, Fault::Silent | Fault::Restart(_)) {
            return None;
        }
        let answer = match self.fault {
            // It refuses, and does nothing.
            Fault::Exception(_) => pdu::exception(request, BUSY),
            _ => self.carry_out(request, set_off),
        };
        self.fault.distort(self.unit, answer)
    }

    /// Does what is asked, and gives the right answer.
    pub fn carry_out(&mut self, request: &[u8], mut set_off: impl FnMut(&Reaction)) -> Vec<u8> {
        if let Some(answer) = identity::answer(self.identity.as_ref(), request) {
            return answer;
        }
        let Some((table, start, count)) = pdu::covered(request) else {
            return match self.is_busy(request) {
                true => pdu::exception(request, BUSY),
                false => pdu::answer(&mut self.image, request),
            };
        };
        let mut image = self.image.clone();
        let answer = pdu::answer(&mut image, request);
        if pdu::is_exception(&answer) {
            return answer;
        }
        let cells = image.read(table, start, count).unwrap_or_default();
        let fired: Vec<&Reaction> =
            self.reactions.iter().filter(|reaction| reaction.trigger.fires(table, start, cells)).collect();
        if let Some(code) = fired.iter().find_map(|reaction| match reaction.then {
            Then::Refuse(code) => Some(code),
            Then::Nothing | Then::Set(..) => None,
        }) {
            return pdu::exception(request, code);
        }
        if fired.iter().any(|reaction| reaction.then == Then::Nothing) {
            return answer;
        }
        fired.into_iter().for_each(&mut set_off);
        self.image = image;
        answer
    }

    fn is_busy(&mut self, request: &[u8]) -> bool {
        let Some(read) = &mut self.fresh else { return false };
        let (Some(function), Some(start)) = (request.first(), request.get(1..3)) else { return false };
        let new = read.insert((*function, u16::from_be_bytes([start[0], start[1]])));
        if read.len() >= RANGES {
            self.fresh = None;
        }
        new
    }
}
