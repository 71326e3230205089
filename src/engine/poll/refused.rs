//! A device that answers, and refuses everything.
//!
//! Takes: refusals of its reads, and the rules that are blind by them.
//! Gives: one [`Link`] of the device while nothing of it can be read, in place of one of each of its rules.
//! Never: keeps to itself that a rule is blind: it is told with the device, or by itself as soon as the device gives any
//! data, and in any case within [`LONGEST_HUSH`].
//!
//! Whether a device refuses everything or only one of its ranges shows when another one is asked. So the rules that go
//! blind while a device has given no data since it began to refuse are not announced yet; what it has not refused is asked
//! at once, the cheapest first. Data says that only some is refused: each rule is a fault of its own. When nothing is left
//! that it does not refuse, that is one fault, and its rules fold under it (design §4) until it gives data again. Then
//! everything is judged anew: what is still refused is announced by itself.

use std::time::Duration;

use super::bus::{ASLEEP, Bus, Member};
use super::exchange::Failure;
use super::report::{Link, LinkOf, Report};
use crate::engine::base::{Mono, Now, Reason, Text};
use crate::engine::site::Site;

/// A rule that is blind is announced within this time, whatever the device does not refuse has not been asked by then:
/// well inside the 100 s within which a fault must be announced (FA-12).
const LONGEST_HUSH: Duration = Duration::from_secs(20);
/// A read that was refused this often in a row is refused; before, the device may only have been busy.
const REFUSALS: u32 = 2;

/// What a device refuses.
#[derive(Clone, Debug, Default)]
pub(super) struct Refusing {
    /// Since when it has given nothing but refusals.
    pub since: Option<Mono>,
    /// Rules, by index in the site, that are blind by refusals and were not announced.
    pub hushed: Vec<u32>,
    /// All of it is refused, and that was announced.
    pub told: bool,
}

impl Bus {
    /// A read of a device was refused and cannot be asked in parts: is that all there is?
    pub(super) fn weigh(&mut self, number: u32, read: u32, failure: &Failure, now: Now, report: &mut Report) {
        let refusals = self.reads[read as usize].refusals;
        let member = &self.members[number as usize];
        if member.refusing.told || member.still || (member.refusing.hushed.is_empty() && refusals < REFUSALS) {
            return;
        }
        let left = member.reads.iter().copied().filter(|read| {
            let state = &self.reads[*read as usize];
            !state.refused && !state.slots.is_empty() && self.due[*read as usize] != ASLEEP
        });
        match left.min_by_key(|read| (self.reads[*read as usize].span.count, *read)) {
            // What is refused all the time and nobody's rule is no reason to ask for more.
            Some(_) if member.refusing.hushed.is_empty() => {}
            Some(next) => self.due[next as usize] = self.due[next as usize].min(now.mono),
            None => {
                let rules = self.site.devices[member.device as usize].rules.len();
                let member = &mut self.members[number as usize];
                (member.refusing.told, member.told) = (true, true);
                let link = Link { of: LinkOf::Device(member.device), up: false, reason: told(failure, rules), at: now };
                report.links.push(link);
                self.forget_memory(Some(number));
            }
        }
    }

    /// A device gave data.
    pub(super) fn serves(&mut self, number: u32, now: Now, report: &mut Report) {
        let member = &mut self.members[number as usize];
        member.refusing.since = None;
        if std::mem::take(&mut member.refusing.told) {
            member.refusing.hushed.clear();
            let link = Link { of: LinkOf::Device(member.device), up: true, reason: Text::default(), at: now };
            report.links.push(link);
            self.detector.doubt(member.rules.clone());
        }
    }

    /// Announces one by one the rules of devices that do not refuse everything, or may not.
    pub(super) fn speak(&mut self, number: u32, now: Now, report: &mut Report) {
        let refusing = &mut self.members[number as usize].refusing;
        if refusing.hushed.is_empty() || refusing.told {
            return;
        }
        if refusing.since.is_none_or(|since| now.mono.since(since) >= LONGEST_HUSH) {
            for rule in refusing.hushed.drain(..) {
                let reason = super::answer::unreadable(Reason::DeviceException);
                report.links.push(Link { of: LinkOf::Rule(rule), up: false, reason, at: now });
            }
        }
    }

    /// The device, or its line, is lost: what it refused before says nothing any more. A fault that was announced stands
    /// until the device gives data.
    pub(super) fn forget_refusals(&mut self, number: u32) {
        let member = &mut self.members[number as usize];
        member.refusing.since = None;
        if !member.refusing.hushed.is_empty() {
            member.refusing.hushed.clear();
            self.detector.doubt(member.rules.clone());
        }
    }
}

/// A rule is blind by a refusal: whether that waits for what else its device refuses.
pub(super) fn hush(members: &mut [Member], site: &Site, rule: u32) -> bool {
    let Some(refusing) = refusing(members, site, rule) else { return false };
    let waits = refusing.since.is_some();
    if waits {
        refusing.hushed.push(rule);
    }
    waits
}

/// A rule sees: whether nobody was told that it did not.
pub(super) fn was_hushed(members: &mut [Member], site: &Site, rule: u32) -> bool {
    let Some(refusing) = refusing(members, site, rule) else { return false };
    let place = refusing.hushed.iter().position(|hushed| *hushed == rule);
    place.map(|place| refusing.hushed.remove(place)).is_some()
}

fn refusing<'a>(members: &'a mut [Member], site: &Site, rule: u32) -> Option<&'a mut Refusing> {
    let device = site.rules.get(rule as usize)?.device;
    members.iter_mut().find(|member| member.device == device).map(|member| &mut member.refusing)
}

fn told(failure: &Failure, rules: usize) -> Text {
    let (zh, en) = match failure {
        Failure::Exception(code) => {
            let Text { zh, en } = named(*code);
            (format!("（异常码 {code}{zh}）"), format!(" (exception {code}{en})"))
        }
        _ => (String::new(), String::new()),
    };
    let (blind_zh, blind_en) = match rules {
        0 => (String::new(), String::new()),
        1 => ("，其告警无法判断".to_owned(), "; its alarm cannot be read".to_owned()),
        _ => (format!("，其 {rules} 项告警均无法判断"), format!("; none of its {rules} alarms can be read")),
    };
    Text {
        zh: format!("设备有应答，但拒绝所有请求{zh}{blind_zh}"),
        en: format!("it answers, and refuses every request{en}{blind_en}"),
    }
}

/// Modbus Application Protocol 1.1b3, chapter 7.
fn named(code: u8) -> Text {
    match code {
        1 => Text::new("：非法功能", ": illegal function"),
        2 => Text::new("：非法数据地址", ": illegal data address"),
        3 => Text::new("：非法数据值", ": illegal data value"),
        4 => Text::new("：设备故障", ": server device failure"),
        5 => Text::new("：处理中", ": acknowledge"),
        6 => Text::new("：设备忙", ": server device busy"),
        8 => Text::new("：存储器校验错", ": memory parity error"),
        _ => Text::default(),
    }
}
