//! The machine of one port at which a panel prints.
//!
//! Takes: bytes as they come, whether the port is open, and the passing of time.
//! Gives: [`Report`]s, by way of the cutter, the reader and the [`Listener`].
//! Never: loses a byte in silence. What cannot be read is a record too.

use std::sync::Arc;

use super::{Cut, Cutter, Heard, Listener, Reader, What};
use crate::engine::base::{Mono, Now, Text};
use crate::engine::poll::Report;
use crate::engine::profile::Speech;
use crate::engine::site::Site;

/// Listens to the panel on one port.
#[derive(Clone, Debug)]
pub struct Printer {
    listener: Listener,
    /// The panel; nothing when the site's configuration of it was refused.
    panel: Option<Panel>,
}

#[derive(Clone, Debug)]
struct Panel {
    /// Its index in the site.
    device: u32,
    cutter: Cutter,
    reader: Reader,
}

impl Printer {
    /// A port at which nothing was printed yet. `bus` is its index in the site.
    pub fn new(site: Arc<Site>, bus: u32, now: Now) -> Printer {
        let devices = site.buses.get(bus as usize).map_or(&[][..], |bus| &bus.devices);
        let panel = devices.iter().find_map(|device| match &site.devices.get(*device as usize)?.profile.speech {
            Speech::Text(grammar) => {
                Some(Panel { device: *device, cutter: Cutter::new(grammar), reader: Reader::new(grammar) })
            }
            Speech::Modbus | Speech::Gbt26875 => None,
        });
        Printer { listener: Listener::new(site, bus, now), panel }
    }

    /// The port was opened, or it was lost. What was begun when it was lost is taken as it stands.
    pub fn link(&mut self, up: bool, reason: Text, now: Now) -> Report {
        let mut report = self.flush(now);
        report.append(self.listener.link(up, reason, now));
        report
    }

    /// Bytes came.
    pub fn take(&mut self, bytes: &[u8], now: Now) -> Report {
        let cuts = self.panel.as_mut().map_or_else(Vec::new, |panel| panel.cutter.take(bytes, now.mono));
        self.hear(&cuts, now)
    }

    /// Time passes. What came meanwhile is to be taken first: a pause is judged here.
    pub fn tick(&mut self, now: Now) -> Report {
        let begun = self.panel.as_ref().and_then(|panel| panel.cutter.due());
        let paused = begun.is_some_and(|due| due <= now.mono);
        let mut report = if paused { self.flush(now) } else { Report::default() };
        report.append(self.listener.tick(now));
        report
    }

    /// See [`Listener::confirm`].
    pub fn confirm(&mut self, device: u32, now: Now) {
        self.listener.confirm(device, now);
    }

    /// When [`Printer::tick`] is due at the latest.
    pub fn next_tick(&self) -> Mono {
        let begun = self.panel.as_ref().and_then(|panel| panel.cutter.due());
        begun.map_or(self.listener.next_tick(), |due| due.min(self.listener.next_tick()))
    }

    fn flush(&mut self, now: Now) -> Report {
        let cuts = self.panel.as_mut().map_or_else(Vec::new, |panel| panel.cutter.flush());
        self.hear(&cuts, now)
    }

    fn hear(&mut self, cuts: &[Cut], now: Now) -> Report {
        let mut report = Report::default();
        let Some(panel) = &self.panel else { return report };
        for heard in cuts.iter().map(|cut| panel.reader.read(cut)) {
            report.append(pass_on(&mut self.listener, panel.device, heard, now));
        }
        report
    }
}

fn pass_on(listener: &mut Listener, device: u32, heard: Heard, now: Now) -> Report {
    let Heard { what, damaged, words, device_time } = heard;
    match what {
        What::Condition(statement) => {
            let mut report = listener.state(device, statement, now);
            if damaged {
                // The line loses characters: what was believed is announced as damaged besides.
                report.append(listener.unread(device, &words, now));
            }
            report
        }
        What::Reset => listener.reset(device, device_time, &words, now),
        What::Operation(name) => listener.operation(device, name, device_time, &words, now),
        What::Nothing => listener.heard(device, now),
        What::Unread => {
            // Whole characters come from the panel, whatever it means by them; noise may come from anywhere.
            let mut report = if damaged { Report::default() } else { listener.heard(device, now) };
            report.append(listener.unread(device, &words, now));
            report
        }
    }
}
