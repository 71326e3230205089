//! Whether the device that answers is the one that is meant: adapters are swapped, unit ids are given twice (peers P6).
//!
//! Takes: what the identity registers of a device say.
//! Gives: a device that is believed, or one that is announced and asked again from time to time.
//! Never: a value of a device that is not believed. It is asked for its identity, when its profile has one, before
//! anything else: at the start, after the line was lost, and when it was dead.

use super::bus::{ASLEEP, Bus, Errand, Flight};
use super::exchange::{Failure, Reply, Request};
use super::report::{Link, LinkOf, Report};
use super::schedule::Asked;
use crate::engine::base::{Mono, Now, Text};

impl Bus {
    /// Asks a device who it is. `instead` is the read, of a device that is dead its probe, whose turn this takes.
    pub(super) fn ask_identity(&mut self, member: u32, instead: Option<u32>, now: Mono) -> Option<Request> {
        let device = self.members[member as usize].device;
        let identity = self.site.devices[device as usize].profile.link.identity.as_ref()?;
        let count = identity.accept.first().and_then(|words| u16::try_from(words.len()).ok())?;
        let asked = Asked { table: identity.table, start: identity.address, count, write: None };
        self.sent += 1;
        Some(self.put_out(member, Errand::Identity { instead }, asked, now))
    }

    /// A device said who it is.
    pub(super) fn identified(&mut self, flight: &Flight, reply: &Reply, now: Now, report: &mut Report) {
        let device = &self.site.devices[flight.request.device as usize];
        let (Some(identity), Reply::Words(words)) = (&device.profile.link.identity, reply) else { return };
        if identity.accept.contains(words) {
            let member = &mut self.members[flight.member as usize];
            (member.believed, member.stranger) = (true, None);
            return self.heard(flight, true, now, report);
        }
        let unit = device.unit;
        let (found, meant) = (spell(words), identity.accept.first().map(|words| spell(words)).unwrap_or_default());
        let reason = Text {
            zh: format!("地址 {unit} 上应答的是另一台设备：标识为 {found}，应为 {meant}"),
            en: format!("another device answers at unit {unit}: identity {found} instead of {meant}"),
        };
        self.doubt(flight, reason, now, report);
    }

    /// A device refused to say who it is.
    pub(super) fn unidentified(&mut self, flight: &Flight, failure: &Failure, now: Now, report: &mut Report) {
        let unit = flight.request.unit;
        let Failure::Exception(code) = failure else { return };
        let reason = Text {
            zh: format!("地址 {unit} 上的设备拒绝提供标识（异常码 {code}）"),
            en: format!("the device at unit {unit} refuses to say what it is (exception {code})"),
        };
        self.doubt(flight, reason, now, report);
    }

    /// Somebody answers, and it is not the device that is meant.
    fn doubt(&mut self, flight: &Flight, reason: Text, now: Now, report: &mut Report) {
        self.heard_line(flight, now, report);
        let member = &mut self.members[flight.member as usize];
        (member.failures, member.answered_at) = (0, now.mono);
        let (dead, device) = (member.dead, member.device);
        let news = member.stranger.replace(reason.clone()).is_none_or(|known| known != reason);
        if dead && flight.probed().is_some() {
            self.space_probes(flight, now.mono);
        }
        if !dead {
            self.bury(flight.member, reason, flight.request.quarantine, now, report);
        } else {
            if news {
                report.links.push(Link { of: LinkOf::Device(device), up: false, reason, at: now });
            }
            self.drop_commands(Some(device), now, report);
        }
    }

    /// Nobody said who is there: what else was due of the device waits.
    pub(super) fn put_off(&mut self, member: u32) {
        for place in 0..self.members[member as usize].reads.len() {
            let read = self.members[member as usize].reads[place];
            if self.due[read as usize] != ASLEEP {
                self.retry(read, false);
            }
        }
    }
}

fn spell(words: &[u16]) -> String {
    let words: Vec<String> = words.iter().map(|word| format!("0x{word:04X}")).collect();
    words.join(" ")
}
