//! What a device said, passed on to the machine that reports it.
//!
//! Takes: the objects of a frame.
//! Gives: a report.
//! Never: lets the reset of one system end what another system of the same device holds.

use std::collections::{BTreeMap, BTreeSet};

use super::meaning::{Heard, heard};
use crate::edge::gbt26875::v2011::{Adu, ComponentAt, System};
use crate::engine::base::{Now, Text};
use crate::engine::panel::Listener;
use crate::engine::poll::Report;

/// Measured components of a device whose first value was logged.
const MEASURED_MOST: usize = 4096;

/// What devices said.
pub(super) struct Hearing {
    /// The machine that reports it.
    pub listener: Listener,
    systems: BTreeMap<u32, BTreeSet<System>>,
    measured: BTreeMap<u32, BTreeSet<ComponentAt>>,
    reset: bool,
}

impl Hearing {
    /// Nothing was said yet.
    pub fn new(listener: Listener) -> Hearing {
        Hearing { listener, systems: BTreeMap::new(), measured: BTreeMap::new(), reset: false }
    }

    /// The systems that a device has spoken of.
    pub fn systems(&self, device: u32) -> BTreeSet<System> {
        self.systems.get(&device).cloned().unwrap_or_default()
    }

    /// Whether something was reset since this was last asked: its state is then to be read anew.
    pub fn take_reset(&mut self) -> bool {
        std::mem::take(&mut self.reset)
    }

    /// Passes on everything that `adu` says.
    pub fn hear(&mut self, device: u32, adu: &Adu, now: Now) -> Report {
        self.note_systems(device, adu);
        let mut report = Report::default();
        for heard in heard(adu) {
            report.append(match heard {
                Heard::State(statement) => self.listener.state(device, statement, now),
                Heard::Operation { name, at, words } => self.listener.operation(device, name, Some(at), &words, now),
                Heard::Reset { system, at, words } => self.was_reset(device, system, at, &words, now),
                Heard::Measured { of, words } => {
                    self.measured(device, of, &words);
                    Report::default()
                }
                Heard::Noted(words) => {
                    tracing::info!(device, words, "a device says what it is");
                    Report::default()
                }
                Heard::Unread(words) => self.listener.unread(device, &words, now),
            });
        }
        report
    }

    fn note_systems(&mut self, device: u32, adu: &Adu) {
        let known = self.systems.entry(device).or_default();
        match adu {
            Adu::SystemStates(states) => known.extend(states.iter().map(|state| state.system)),
            Adu::ComponentStates(states) => known.extend(states.iter().map(|state| state.component.at.system)),
            Adu::SystemOperations(done) => known.extend(done.iter().map(|done| done.system)),
            _ => {}
        }
    }

    /// The only system of a device is the device. Of several, the one that was reset says by its bits what is over.
    fn was_reset(&mut self, device: u32, system: System, at: String, words: &str, now: Now) -> Report {
        self.reset = true;
        if self.systems.get(&device).is_some_and(|known| known.iter().any(|other| *other != system)) {
            let name = Text::new("其中一个系统复位", "one of its systems was reset");
            return self.listener.operation(device, name, Some(at), words, now);
        }
        self.listener.reset(device, Some(at), words, now)
    }

    /// Points are registers; a reported measurement has none to stand for. It is logged, and nothing stands on it.
    fn measured(&mut self, device: u32, of: ComponentAt, words: &str) {
        let known = self.measured.entry(device).or_default();
        if known.len() < MEASURED_MOST && known.insert(of) {
            tracing::info!(device, words, "a measured value; its later values are logged at debug");
        } else {
            tracing::debug!(device, words, "a measured value");
        }
    }
}
