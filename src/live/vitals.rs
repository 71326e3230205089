//! How the gateway itself is: its parts, buses and devices.
//!
//! Takes: reports of edges and of the engine's task.
//! Gives: the present health of everything, and a feed of the parts' changes for the engine.
//! Never: hides a fault: a part that never reported is absent, not well.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use tokio::sync::mpsc;

use super::exchanges::{Exchanged, Exchanges};
use super::meters::Meters;
use super::mqtt_counts::MqttCounts;
use super::troubles::{Asked, Trouble, Troubles};
use super::uses::{Use, Uses};
use crate::engine::Part;
use crate::engine::base::{Mono, Text, Wall};
use crate::engine::poll::{Failure, Request};
use crate::engine::profile::Pace;

/// One link as it is now.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkState {
    /// Answers; `None` before the first exchange.
    pub up: Option<bool>,
    /// Why not.
    pub reason: Text,
    /// Since when.
    pub since: Wall,
}

/// One bus as it is now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BusVitals {
    /// Age of the oldest verified read of each pace, as last reported.
    pub oldest: BTreeMap<Pace, Duration>,
    /// When the bus last reported.
    pub heard: Option<Mono>,
}

/// The health of everything.
#[derive(Debug)]
pub struct Vitals {
    parts: RwLock<BTreeMap<Part, Option<Text>>>,
    bus_links: RwLock<Vec<LinkState>>,
    buses: RwLock<Vec<BusVitals>>,
    devices: RwLock<Vec<LinkState>>,
    exchanges: Vec<Exchanges>,
    troubles: Vec<Troubles>,
    uses: Vec<Uses>,
    meters: Meters,
    mqtt: MqttCounts,
    /// Bytes of noise on each bus since the start.
    noise: Vec<AtomicU64>,
    /// When the engine's task last made progress, in microseconds of monotonic time, plus one; 0 before it did.
    beat: AtomicU64,
    changes: mpsc::UnboundedSender<(Part, Option<Text>)>,
}

impl Vitals {
    /// Nothing is known yet. The receiver feeds the engine; it is unbounded because parts change state rarely and a
    /// reporter must never wait.
    pub fn new(buses: usize, devices: usize, at: Wall) -> (Vitals, mpsc::UnboundedReceiver<(Part, Option<Text>)>) {
        let (changes, receiver) = mpsc::unbounded_channel();
        let unknown = LinkState { up: None, reason: Text::default(), since: at };
        let vitals = Vitals {
            parts: RwLock::default(),
            bus_links: RwLock::new(vec![unknown.clone(); buses]),
            buses: RwLock::new(vec![BusVitals::default(); buses]),
            devices: RwLock::new(vec![unknown; devices]),
            noise: (0..buses).map(|_| AtomicU64::new(0)).collect(),
            exchanges: (0..devices).map(|_| Exchanges::default()).collect(),
            troubles: (0..devices).map(|_| Troubles::default()).collect(),
            uses: (0..buses).map(|_| Uses::default()).collect(),
            mqtt: MqttCounts::default(),
            beat: AtomicU64::new(0),
            meters: Meters::new(buses),
            changes,
        };
        (vitals, receiver)
    }

    /// What is counted of MQTT.
    pub fn mqtt(&self) -> &MqttCounts {
        &self.mqtt
    }

    /// The engine's task made progress. Buses report without it, so that their word alone never shows that alarms are
    /// still decided.
    pub fn engine_beats(&self, at: Mono) {
        self.beat.store(at.0.saturating_add(1), Ordering::Relaxed);
    }

    /// When the engine's task last made progress; none before it did.
    pub fn engine_beat(&self) -> Option<Mono> {
        self.beat.load(Ordering::Relaxed).checked_sub(1).map(Mono)
    }

    /// A part reports what is wrong with it, or that it works. Only changes travel on.
    pub fn report(&self, part: Part, fault: Option<Text>) {
        let mut parts = self.parts.write().unwrap_or_else(PoisonError::into_inner);
        if parts.get(&part) == Some(&fault) {
            return;
        }
        parts.insert(part.clone(), fault.clone());
        // The receiver goes away only when the gateway stops.
        let _ = self.changes.send((part, fault));
    }

    /// The same, where another fault is another episode: whoever acknowledged the one has not seen the other.
    pub fn report_each(&self, part: &Part, fault: Option<Text>) {
        let before = self.parts().get(part).cloned().flatten();
        if before.is_some() && fault.is_some() && before != fault {
            self.report(part.clone(), None);
        }
        self.report(part.clone(), fault);
    }

    /// Every part that has reported.
    pub fn parts(&self) -> BTreeMap<Part, Option<Text>> {
        self.parts.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A bus came or went.
    pub fn bus_link(&self, bus: u32, state: LinkState) {
        if let Some(slot) = self.bus_links.write().unwrap_or_else(PoisonError::into_inner).get_mut(bus as usize) {
            *slot = state;
        }
    }

    /// A device came or went.
    pub fn device_link(&self, device: u32, state: LinkState) {
        if let Some(slot) = self.devices.write().unwrap_or_else(PoisonError::into_inner).get_mut(device as usize) {
            *slot = state;
        }
    }

    /// A bus reported its oldest reads.
    pub fn bus_alive(&self, bus: u32, oldest: BTreeMap<Pace, Duration>, heard: Mono) {
        if let (Some(uses), Some(meters)) = (self.uses.get(bus as usize), self.meters.buses.get(bus as usize)) {
            uses.note(heard, meters.busy.spent(), meters.requests.count());
        }
        if let Some(slot) = self.buses.write().unwrap_or_else(PoisonError::into_inner).get_mut(bus as usize) {
            *slot = BusVitals { oldest, heard: Some(heard) };
        }
    }

    /// What is counted beside the work.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// An exchange with a device ended, `took` after its request was sent.
    pub fn exchanged(&self, device: u32, failure: Option<&Failure>, took: Duration) {
        if let Some(counted) = self.exchanges.get(device as usize) {
            counted.count(failure, took);
        }
    }

    /// A request to a device failed.
    pub fn troubled(&self, request: &Request, failure: &Failure, at: Wall) {
        if let Some(troubles) = self.troubles.get(request.device as usize) {
            troubles.note(Asked::of(request), failure, at);
        }
    }

    /// The last requests to a device that failed, newest first.
    pub fn troubles(&self, device: u32) -> Vec<Trouble> {
        self.troubles.get(device as usize).map(Troubles::read).unwrap_or_default()
    }

    /// How much of each bus is used of late, in the order of the site.
    pub fn uses(&self) -> Vec<Option<Use>> {
        self.uses.iter().map(Uses::read).collect()
    }

    /// A bus was `busy` with an exchange, of which its answer `took` a part.
    pub fn bus_used(&self, bus: u32, failure: Option<&Failure>, took: Duration, busy: Duration) {
        let Some(meters) = self.meters.buses.get(bus as usize) else { return };
        meters.busy.spend(busy);
        meters.requests.add(1);
        match failure {
            None | Some(Failure::Exception(_)) => meters.round_trips.note(took),
            Some(Failure::Link(_)) => meters.lost.add(1),
            Some(Failure::Timeout | Failure::Malformed(_)) => {}
        }
    }

    /// So many bytes on a bus belonged to no frame.
    pub fn heard_noise(&self, bus: u32, bytes: u32) {
        if let Some(noise) = self.noise.get(bus as usize).filter(|_| bytes > 0) {
            noise.fetch_add(u64::from(bytes), Ordering::Relaxed);
        }
    }

    /// Bytes that belonged to no frame since the start, per bus in the order of the site.
    pub fn noise(&self) -> Vec<u64> {
        self.noise.iter().map(|bytes| bytes.load(Ordering::Relaxed)).collect()
    }

    /// How exchanges ended since the start, per device in the order of the site.
    pub fn exchanges(&self) -> Vec<Exchanged> {
        self.exchanges.iter().map(Exchanges::read).collect()
    }

    /// Links of the buses, in the order of the site.
    pub fn bus_links(&self) -> Vec<LinkState> {
        self.bus_links.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The report of one bus.
    pub fn bus(&self, bus: u32) -> Option<BusVitals> {
        self.buses.read().unwrap_or_else(PoisonError::into_inner).get(bus as usize).cloned()
    }

    /// Reports of the buses, in the order of the site.
    pub fn buses(&self) -> Vec<BusVitals> {
        self.buses.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Links of the devices, in the order of the site.
    pub fn devices(&self) -> Vec<LinkState> {
        self.devices.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
