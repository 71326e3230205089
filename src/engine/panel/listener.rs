//! The machine of one bus whose devices report by themselves.
//!
//! Takes: what was heard of each device, whether the port is open, and the passing of time.
//! Gives: records in the order they were heard, links that came or went, and once a second that it lives.
//! Never: invents. What is said anew on request carries the time and the words it was said with first, and is marked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Statement;
use super::elements::Elements;
use super::unread::Unread;
use crate::engine::base::{Category, Mono, Now, Text};
use crate::engine::poll::{Link, LinkOf, Record, Report, Said};
use crate::engine::profile::Speech;
use crate::engine::site::Site;

/// How often a bus says that it lives.
const ALIVE_EVERY: Duration = Duration::from_secs(1);
/// Characters of a record that are kept.
const WORDS_KEPT: usize = 4_000;
/// Conditions of one device whose last word is remembered; what a device says beyond is reported, but not anew.
const REMEMBERED: usize = 10_000;

/// Listens to the devices of one bus.
#[derive(Clone, Debug)]
pub struct Listener {
    site: Arc<Site>,
    bus: u32,
    elements: Elements,
    members: BTreeMap<u32, Member>,
    /// What was told of the port.
    port: Option<bool>,
    alive_at: Mono,
}

/// One device.
#[derive(Clone, Debug)]
struct Member {
    /// It says something at least this often.
    silent_after: Option<Duration>,
    /// When it was heard last, or the port was opened.
    heard_at: Mono,
    /// What was told of its link.
    link: Option<bool>,
    /// The last word on each condition since the port is open and the device was not silent.
    last: BTreeMap<(String, Category), Record>,
    unread: Unread,
    /// The engine wants the last words anew.
    again: bool,
}

impl Listener {
    /// A bus on which nothing was heard yet. `bus` is its index in the site; one beyond it is a bus without devices.
    pub fn new(site: Arc<Site>, bus: u32, now: Now) -> Listener {
        let devices = site.buses.get(bus as usize).map_or(&[][..], |bus| &bus.devices);
        let member = |device: &u32| {
            let silent_after = site.devices.get(*device as usize).and_then(|device| match &device.profile.speech {
                Speech::Text(grammar) => grammar.heartbeat,
                Speech::Modbus | Speech::Gbt26875 => None,
            });
            let member = Member {
                silent_after,
                heard_at: now.mono,
                link: None,
                last: BTreeMap::new(),
                unread: Unread::default(),
                again: false,
            };
            (*device, member)
        };
        Listener {
            elements: Elements::new(&site, devices),
            members: devices.iter().map(member).collect(),
            port: None,
            alive_at: now.mono,
            bus,
            site,
        }
    }

    /// The port was opened, or it was lost: `reason` says why. Nothing that was said before it was lost is said anew.
    pub fn link(&mut self, up: bool, reason: Text, now: Now) -> Report {
        let mut report = Report::default();
        if self.port == Some(up) {
            return report;
        }
        self.port = Some(up);
        for member in self.members.values_mut() {
            (member.link, member.heard_at) = (None, now.mono);
            member.last.clear();
        }
        let reason = if up { Text::default() } else { reason };
        report.links.push(Link { of: LinkOf::Bus(self.bus), up, reason, at: now });
        report
    }

    /// A device gave a sign of life.
    pub fn heard(&mut self, device: u32, now: Now) -> Report {
        let mut report = Report::default();
        if let Some(member) = self.members.get_mut(&device) {
            member.heard_at = now.mono;
            if member.link != Some(true) {
                member.link = Some(true);
                let of = LinkOf::Device(device);
                report.links.push(Link { of, up: true, reason: Text::default(), at: now });
            }
        }
        report
    }

    /// A device said that a condition began or ended.
    pub fn state(&mut self, device: u32, statement: Statement, now: Now) -> Report {
        let mut report = self.heard(device, now);
        let Some(held) = self.site.devices.get(device as usize) else { return report };
        let Some(member) = self.members.get_mut(&device) else { return report };
        let segment = self.elements.segment(held, &statement);
        let said = match self.elements.rule(held, &segment, statement.category) {
            Some(rule) => Said::Listed { rule, active: statement.active },
            None => Said::Unlisted {
                category: statement.category,
                active: statement.active,
                name: self.elements.name(&self.site, held, &segment, &statement),
                place: Text::same(statement.place.as_deref().unwrap_or_default()),
                segment: segment.clone(),
            },
        };
        let words = bounded(&statement.words);
        let record = Record { device, at: now, device_time: statement.device_time, words, again: false, said };
        let of = (segment, statement.category);
        if member.last.len() < REMEMBERED || member.last.contains_key(&of) {
            member.last.insert(of, Record { again: true, ..record.clone() });
        }
        report.records.push(record);
        report
    }

    /// A device said that it was reset: nothing it said before is said anew.
    pub fn reset(&mut self, device: u32, device_time: Option<String>, words: &str, now: Now) -> Report {
        if let Some(member) = self.members.get_mut(&device) {
            // What is disabled there stays disabled through a reset.
            member.last.retain(|(_, category), _| *category == Category::Disabled);
        }
        self.said(device, Said::Reset, device_time, words, now)
    }

    /// A device said that somebody did something there.
    pub fn operation(&mut self, device: u32, name: Text, device_time: Option<String>, words: &str, now: Now) -> Report {
        self.said(device, Said::Operation { name }, device_time, words, now)
    }

    /// Something came from a device that could not be understood. Noise is no sign of life: whoever knows that the
    /// device itself has spoken calls [`Listener::heard`] besides.
    pub fn unread(&mut self, device: u32, words: &str, now: Now) -> Report {
        let mut report = Report::default();
        let words = self.members.get_mut(&device).and_then(|member| member.unread.take(&bounded(words), now.mono));
        if let Some(words) = words {
            let said = Said::Unread;
            report.records.push(Record { device, at: now, device_time: None, words, again: false, said });
        }
        report
    }

    /// A device says something at least this often; when it does not, its link is down.
    pub fn silent_after(&mut self, device: u32, longest: Duration) {
        if let Some(member) = self.members.get_mut(&device) {
            member.silent_after = Some(longest);
        }
    }

    /// Time passes: silence, records that were collected or are wanted anew, and the alive report once a second.
    pub fn tick(&mut self, now: Now) -> Report {
        let mut report = Report::default();
        let open = self.port == Some(true);
        for (device, member) in &mut self.members {
            if let Some(longest) = member.is_silent(open, now.mono) {
                member.link = Some(false);
                member.last.clear();
                let reason = silence(longest);
                report.links.push(Link { of: LinkOf::Device(*device), up: false, reason, at: now });
            }
            if std::mem::take(&mut member.again) {
                report.records.extend(member.last.values().cloned());
            }
            if let Some(words) = member.unread.flush(now.mono) {
                let said = Said::Unread;
                report.records.push(Record { device: *device, at: now, device_time: None, words, again: false, said });
            }
        }
        if now.mono >= self.alive_at {
            self.alive_at = now.mono.after(ALIVE_EVERY);
            report.alive = Some(BTreeMap::new());
        }
        report
    }

    /// The engine has called in doubt what it knew of a device. An event source cannot be asked: with the next
    /// [`Listener::tick`] it is said anew what the device said last since the port is open, marked as such. Whether a
    /// reset took place is told by the device's own record of it, or by the person who made it.
    pub fn confirm(&mut self, device: u32, _now: Now) {
        if let Some(member) = self.members.get_mut(&device) {
            member.again = true;
            // Its next word says anew that it is there.
            member.link = member.link.filter(|up| !up);
        }
    }

    /// When [`Listener::tick`] is due at the latest.
    pub fn next_tick(&self) -> Mono {
        let open = self.port == Some(true);
        let dues = self.members.values().flat_map(|member| {
            let again = member.again.then_some(Mono(0));
            [again, member.silent_at(open), member.unread.due()].into_iter().flatten()
        });
        dues.min().unwrap_or(self.alive_at).min(self.alive_at)
    }

    fn said(&mut self, device: u32, said: Said, device_time: Option<String>, words: &str, now: Now) -> Report {
        let mut report = self.heard(device, now);
        if self.members.contains_key(&device) {
            let words = bounded(words);
            report.records.push(Record { device, at: now, device_time, words, again: false, said });
        }
        report
    }
}

impl Member {
    fn silent_at(&self, open: bool) -> Option<Mono> {
        self.silent_after.filter(|_| open && self.link != Some(false)).map(|longest| self.heard_at.after(longest))
    }

    fn is_silent(&self, open: bool, now: Mono) -> Option<Duration> {
        self.silent_at(open).filter(|at| *at <= now).and(self.silent_after)
    }
}

fn silence(longest: Duration) -> Text {
    let (minutes, seconds) = (longest.as_secs() / 60, longest.as_secs() % 60);
    let (zh, en) = match (minutes, seconds) {
        (0, seconds) => (format!("{seconds}秒"), format!("{seconds} s")),
        (minutes, 0) => (format!("{minutes}分钟"), format!("{minutes} min")),
        (minutes, seconds) => (format!("{minutes}分{seconds}秒"), format!("{minutes} min {seconds} s")),
    };
    Text::new(&format!("已{zh}没有收到任何内容"), &format!("nothing was heard of it for {en}"))
}

fn bounded(words: &str) -> String {
    match words.char_indices().nth(WORDS_KEPT) {
        Some((end, _)) => format!("{}…", &words[..end]),
        None => words.to_owned(),
    }
}
