//! The devices of one bus that report to us.
//!
//! Takes: what a connection gave ([`Cut`]), lost connections, and the passing of time.
//! Gives: [`Step`]: frames to send, and a report.
//! Never: an answer to a frame that asks for none: confirmations and denials are not confirmed or denied.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use jiff::tz::TimeZone;

use super::hearing::Hearing;
use super::meaning::system_of_array;
use super::station::{Due, Station};
use crate::edge::gbt26875::cutter::Cut;
use crate::edge::gbt26875::frame::{Command, Dialect, Error, Frame, Header, Refused, encode};
use crate::edge::gbt26875::stamp::Stamp;
use crate::edge::gbt26875::v2011::{Adu, ComponentAt, System};
use crate::engine::base::{Mono, Now, Text};
use crate::engine::panel::Listener;
use crate::engine::poll::Report;
use crate::engine::site::Site;

/// Elements asked for in one frame (type 62).
const ASKED_AT_ONCE: usize = 22;
/// How often a clock is set.
const CLOCK_EVERY: Duration = Duration::from_secs(24 * 3600);
/// For so long an unlisted device stays announced after its last word.
const STRANGER_FOR: Duration = Duration::from_secs(600);
/// Unlisted devices that are told apart.
const STRANGERS_MOST: usize = 32;

/// How the devices of a bus report.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// How they write their frames.
    pub dialect: Dialect,
    /// They say something at least this often.
    pub silent_after: Duration,
}

/// A frame to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// By which connection.
    pub link: u64,
    /// The frame.
    pub bytes: Vec<u8>,
}

/// What one input brought about.
#[derive(Debug, Default)]
pub struct Step {
    /// In order.
    pub outgoing: Vec<Outgoing>,
    /// For the engine.
    pub report: Report,
}

/// The devices of one bus.
pub struct Stations {
    site: Arc<Site>,
    zone: TimeZone,
    settings: Settings,
    hearing: Hearing,
    /// By the address under which they report.
    by_address: BTreeMap<u64, u32>,
    stations: BTreeMap<u32, Station>,
    clock_at: BTreeMap<u32, Mono>,
    strangers: BTreeMap<u64, Mono>,
}

impl Stations {
    /// Nobody has called yet. `bus` is the index of the bus in the site.
    pub fn new(site: Arc<Site>, bus: u32, settings: Settings, now: Now) -> Stations {
        let mut listener = Listener::new(Arc::clone(&site), bus, now);
        let members: Vec<u32> = site.buses.get(bus as usize).map(|bus| bus.devices.clone()).unwrap_or_default();
        let held = |device: &u32| site.devices.get(*device as usize).map(|held| (held.address, *device));
        let by_address = members.iter().filter_map(held).collect();
        for device in &members {
            listener.silent_after(*device, settings.silent_after);
        }
        Stations {
            zone: TimeZone::get(&site.timezone).unwrap_or(TimeZone::UTC),
            stations: members.iter().map(|device| (*device, Station::default())).collect(),
            hearing: Hearing::new(listener),
            clock_at: BTreeMap::new(),
            strangers: BTreeMap::new(),
            settings,
            by_address,
            site,
        }
    }

    /// We listen, or cannot: `reason` says why.
    pub fn link(&mut self, up: bool, reason: Text, now: Now) -> Report {
        self.hearing.listener.link(up, reason, now)
    }

    /// The engine wants everything of a device said anew: its last words, and its state as it answers now.
    pub fn confirm(&mut self, device: u32, now: Now) {
        self.hearing.listener.confirm(device, now);
        self.ask_states(device, now);
    }

    /// Something came by a connection.
    pub fn received(&mut self, link: u64, cut: Cut, now: Now) -> Step {
        let mut step = Step::default();
        match cut {
            Cut::Noise(_) => {}
            Cut::Refused(Refused { what, header }) => {
                // An address that nobody has was read from what never was a header.
                let known = header.and_then(|header| Some((header, *self.by_address.get(&header.source)?)));
                let Some((header, device)) = known else {
                    tracing::debug!(link, %what, "something that is no frame");
                    return step;
                };
                self.answer(link, &header, Command::Deny, now, &mut step);
                step.report.append(self.hearing.listener.unread(device, &what.to_string(), now));
            }
            Cut::Frame(frame) => match self.by_address.get(&frame.header.source).copied() {
                Some(device) => self.frame(device, link, &frame, now, &mut step),
                None => self.stranger(link, &frame, now, &mut step),
            },
        }
        step
    }

    /// A connection is gone.
    pub fn lost(&mut self, link: u64) {
        for station in self.stations.values_mut().filter(|station| station.link == Some(link)) {
            station.link = None;
        }
    }

    /// Time passes.
    pub fn tick(&mut self, now: Now) -> Step {
        let mut step = Step { report: self.hearing.listener.tick(now), ..Step::default() };
        self.strangers.retain(|_, at| now.mono.since(*at) < STRANGER_FOR);
        let devices: Vec<u32> = self.stations.keys().copied().collect();
        for device in devices {
            self.set_clock(device, now);
            self.ask_on(device, now, &mut step);
        }
        step
    }

    /// When [`Stations::tick`] is due at the latest.
    pub fn next_tick(&self, now: Mono) -> Mono {
        let connected = self.stations.values().filter(|station| station.link.is_some());
        let asking = connected.filter_map(|station| station.next_due(now)).min();
        asking.map_or(self.hearing.listener.next_tick(), |due| due.min(self.hearing.listener.next_tick()))
    }

    /// Devices that report here and are not listed: what to say of them; nothing while there are none.
    pub fn unlisted(&self) -> Option<Text> {
        let addresses: Vec<String> = self.strangers.keys().map(|address| address_words(*address)).collect();
        (!addresses.is_empty()).then(|| {
            let list = addresses.join(", ");
            Text::new(
                &format!("未登记的源地址：{list}"),
                &format!("Source addresses that the site does not list: {list}"),
            )
        })
    }

    fn stranger(&mut self, link: u64, frame: &Frame, now: Now, step: &mut Step) {
        if matches!(frame.command, Command::Confirm | Command::Deny | Command::Answer) {
            return;
        }
        self.answer(link, &frame.header, Command::Deny, now, step);
        let source = frame.header.source;
        let said = Adu::decode(&frame.data).map_or_else(|error| error.to_string(), |adu| format!("{adu:?}"));
        if self.strangers.len() < STRANGERS_MOST || self.strangers.contains_key(&source) {
            let known = self.strangers.insert(source, now.mono).is_some();
            if !known || !frame.data.is_empty() {
                tracing::warn!(source, said, "a device that the site does not list reports here and is denied");
            }
        }
    }

    fn frame(&mut self, device: u32, link: u64, frame: &Frame, now: Now, step: &mut Step) {
        step.report.append(self.hearing.listener.heard(device, now));
        let Frame { header, command, data } = frame;
        let Some(station) = self.stations.get_mut(&device) else { return };
        let came_back = station.link != Some(link);
        (station.link, station.version, station.ours) = (Some(link), header.version, header.destination);
        let came_back = came_back || step.report.links.iter().any(|link| link.up);
        match command {
            Command::Send if data.is_empty() => self.answer(link, header, Command::Confirm, now, step),
            Command::Send => self.sent(device, link, frame, now, step),
            Command::Answer => {
                let asked = station.answered(header.serial);
                match Adu::decode(data) {
                    Ok(adu) => step.report.append(self.hearing.hear(device, &adu, now)),
                    Err(error) => self.not_understood(device, error, now, step),
                }
                if asked.is_none() {
                    tracing::debug!(device, serial = header.serial, "an answer that nobody asked for");
                }
            }
            Command::Confirm => drop(station.answered(header.serial)),
            Command::Deny => {
                if let Some(asked) = station.answered(header.serial) {
                    station.forget_kind(&asked.adu);
                    self.unanswered(device, &asked.adu, "拒绝", "denies", now, step);
                }
            }
            Command::Control | Command::Request => self.answer(link, header, Command::Deny, now, step),
        }
        if came_back {
            self.clock_at.remove(&device);
            self.ask_states(device, now);
        }
        self.set_clock(device, now);
        self.ask_on(device, now, step);
    }

    fn sent(&mut self, device: u32, link: u64, frame: &Frame, now: Now, step: &mut Step) {
        let Frame { header, data, .. } = frame;
        match Adu::decode(data) {
            Ok(adu) => {
                let resent =
                    self.stations.get_mut(&device).is_some_and(|held| held.is_resent(header.serial, data, now.mono));
                if !resent {
                    step.report.append(self.hearing.hear(device, &adu, now));
                }
                if self.hearing.take_reset() {
                    self.ask_states(device, now);
                }
                self.answer(link, header, Command::Confirm, now, step);
            }
            Err(error) => {
                self.not_understood(device, error, now, step);
                self.answer(link, header, Command::Deny, now, step);
            }
        }
    }

    fn not_understood(&mut self, device: u32, error: Error, now: Now, step: &mut Step) {
        step.report.append(self.hearing.listener.unread(device, &error.to_string(), now));
    }

    fn answer(&self, link: u64, to: &Header, command: Command, now: Now, step: &mut Step) {
        let frame = Frame::answering(to, command, Vec::new(), Stamp::of(now.wall, &self.zone));
        self.send(link, &frame, step);
    }

    fn send(&self, link: u64, frame: &Frame, step: &mut Step) {
        match encode(frame, self.settings.dialect) {
            Ok(bytes) => step.outgoing.push(Outgoing { link, bytes }),
            Err(error) => tracing::warn!(%error, "a frame that cannot be written"),
        }
    }

    /// Asks what is the matter there: of the device itself, of its systems, of every element that the site lists.
    fn ask_states(&mut self, device: u32, now: Now) {
        let Some(held) = self.site.devices.get(device as usize) else { return };
        let mut systems = self.hearing.systems(device);
        let mut elements: Vec<ComponentAt> = Vec::new();
        for rule in self.site.rules.get(held.rules.start as usize..held.rules.end as usize).unwrap_or_default() {
            let of = held.profile.arrays.iter().find_map(|array| {
                let (zone, point) = array.numbers(rule.condition.point.point())?;
                Some(ComponentAt { system: system_of_array(&array.key)?, zone, point })
            });
            elements.extend(of);
        }
        elements.dedup();
        systems.extend(elements.iter().map(|element| element.system));
        let systems: Vec<System> = systems.into_iter().collect();
        let systems = systems.chunks(102).map(|some| Adu::ReadSystemStates(some.to_vec()));
        let elements = elements.chunks(ASKED_AT_ONCE).map(|some| Adu::ReadComponentStates(some.to_vec()));
        let questions = [Adu::ReadUnitState].into_iter().chain(systems).chain(elements);
        if let Some(station) = self.stations.get_mut(&device) {
            station.ask(questions.map(|adu| (Command::Request, adu)));
        }
        tracing::debug!(device = held.id.as_str(), at = now.mono.0, "asks for its states");
    }

    /// A device that may be commanded has its clock set after it connects, and daily.
    fn set_clock(&mut self, device: u32, now: Now) {
        let may = self.site.devices.get(device as usize).is_some_and(|held| held.control);
        let due = self.clock_at.get(&device).is_none_or(|at| now.mono.since(*at) >= CLOCK_EVERY);
        let Some(station) = self.stations.get_mut(&device).filter(|station| may && due && station.link.is_some())
        else {
            return;
        };
        self.clock_at.insert(device, now.mono);
        station.order(Adu::SetClock(Stamp::of(now.wall, &self.zone)));
    }

    /// Sends the next question, or the last one again.
    fn ask_on(&mut self, device: u32, now: Now, step: &mut Step) {
        let Some((station, held)) = self.stations.get_mut(&device).zip(self.site.devices.get(device as usize)) else {
            return;
        };
        let Some(link) = station.link else { return };
        match station.due(now.mono) {
            Due::Nothing => {}
            Due::Send(serial, command, adu) => {
                let sent = Stamp::of(now.wall, &self.zone);
                let header =
                    Header { serial, version: station.version, sent, source: station.ours, destination: held.address };
                let data = adu.encode().unwrap_or_default();
                self.send(link, &Frame { header, command, data }, step);
            }
            Due::GivenUp(adu) => self.unanswered(device, &adu, "不回答", "does not answer", now, step),
        }
    }

    /// A question has no answer here: told once for each kind, because it will be so with every connection.
    fn unanswered(&mut self, device: u32, adu: &Adu, zh: &str, en: &str, now: Now, step: &mut Step) {
        let kind = adu.encode().ok().and_then(|data| data.first().copied()).unwrap_or(0);
        if self.stations.get_mut(&device).is_some_and(|station| station.told.insert(kind)) {
            let words = format!(
                "{zh}类型 {kind} 的查询：未主动上报的状态保持未知 / it {en} questions of type {kind}: what it does not report \
                 by itself stays unknown"
            );
            step.report.append(self.hearing.listener.unread(device, &words, now));
        }
    }
}

/// An address as a number and as it stands on the wire.
fn address_words(address: u64) -> String {
    let bytes: Vec<String> = address.to_le_bytes()[..6].iter().map(|byte| format!("{byte:02X}")).collect();
    format!("{address} ({})", bytes.join(" "))
}
