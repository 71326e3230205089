//! Where the reports of one bus go.
//!
//! Takes: reports, in the order the machine made them.
//! Gives: values to the board and the trends, links and ages to the vitals, the rest to the engine.
//! Never: drops or reorders; a full queue makes the bus wait.

use std::sync::Arc;

use tracing::info;

use super::Field;
use crate::engine::base::{Now, Reason, Text};
use crate::engine::poll::{Link, LinkOf, Report};
use crate::engine::profile::Workarounds;
use crate::engine::site::Endpoint;
use crate::engine::{Input, Part};
use crate::live::LinkState;

/// Where reports go.
pub(in crate::daemon) struct Outlet {
    pub(in crate::daemon) field: Field,
    /// Devices whose first answer came, by index in the site.
    answered: Vec<bool>,
}

impl Outlet {
    pub(in crate::daemon) fn new(field: Field) -> Outlet {
        Outlet { answered: vec![false; field.site.devices.len()], field }
    }

    pub(in crate::daemon) fn now(&self) -> Now {
        self.field.clock.now()
    }

    /// How the bus is reached; nothing when the site has no such bus.
    pub(in crate::daemon) fn endpoint(&self) -> Option<Endpoint> {
        self.field.site.buses.get(self.field.bus as usize).map(|bus| bus.endpoint.clone())
    }

    /// What the endpoint does against the specification.
    pub(super) fn workarounds(&self) -> Workarounds {
        let site = &self.field.site;
        site.buses.get(self.field.bus as usize).map(|bus| site.workarounds_of(bus)).unwrap_or_default()
    }

    /// Another master talks on the line, or has been silent for long.
    pub(super) fn strangers(&self, talk: bool) {
        let Some(bus) = self.field.site.buses.get(self.field.bus as usize) else { return };
        let fault = talk.then(|| Text::new("此线路上另有主站在通信", "another master talks on this line"));
        self.field.vitals.report(Part::Line(bus.id.to_string()), fault);
    }

    /// Nothing of the bus is known.
    pub(in crate::daemon) fn distrust(&self, reason: Reason) {
        let site = &self.field.site;
        let devices = site.buses.get(self.field.bus as usize).into_iter().flat_map(|bus| &bus.devices);
        let points = devices.filter_map(|device| site.devices.get(*device as usize)).flat_map(|d| d.points.clone());
        self.field.board.distrust(points, reason, self.now());
    }

    /// What was known of a device's link is no longer relied upon: its next answer says anew that it is there.
    pub(in crate::daemon) fn ask_anew(&mut self, device: u32) {
        if let Some(answered) = self.answered.get_mut(device as usize) {
            *answered = false;
        }
    }

    /// The machine begins anew: nothing of the bus is known, nor whether its devices answer.
    pub(in crate::daemon) fn begin_anew(&mut self) {
        self.distrust(Reason::Stale);
        let reason = Text::new("读取此总线的任务曾停顿", "the bus task was held up");
        let state = LinkState { up: None, reason, since: self.now().wall };
        self.lose_devices(self.field.bus, &state);
    }

    /// The endpoint is open for the first time, or again.
    pub(in crate::daemon) fn opened(&self, now: Now) {
        self.field.vitals.bus_link(self.field.bus, well(now));
    }

    /// The machine announces devices that come or go; that one was there from the start is noted here.
    pub(in crate::daemon) fn answered(&mut self, device: u32, now: Now) {
        if let Some(answered) = self.answered.get_mut(device as usize)
            && !std::mem::replace(answered, true)
            && self.field.vitals.devices().get(device as usize).is_none_or(|link| link.up != Some(true))
        {
            self.field.vitals.device_link(device, well(now));
        }
    }

    /// Sends each part of a report where it belongs.
    pub(in crate::daemon) async fn give(&mut self, mut report: Report, now: Now) {
        if report.is_empty() {
            return;
        }
        let values = std::mem::take(&mut report.values);
        self.field.board.post(&values);
        for (point, reading) in &values {
            (self.field.trends)(*point, reading);
        }
        for link in &report.links {
            self.note(link);
        }
        if let Some(oldest) = &report.alive {
            self.field.vitals.bus_alive(self.field.bus, oldest.clone(), now.mono);
        }
        if !report.is_empty() {
            // The engine's task goes away only when the gateway stops.
            let _ = self.field.inputs.send((Input::Report { bus: self.field.bus, report }, now)).await;
        }
    }

    /// Nothing behind a lost bus is there, until it answers again.
    fn lose_devices(&mut self, bus: u32, state: &LinkState) {
        let site = Arc::clone(&self.field.site);
        for device in site.buses.get(bus as usize).into_iter().flat_map(|bus| &bus.devices) {
            self.ask_anew(*device);
            self.field.vitals.device_link(*device, state.clone());
        }
    }

    fn note(&mut self, link: &Link) {
        let state = LinkState { up: Some(link.up), reason: link.reason.clone(), since: link.at.wall };
        let site = Arc::clone(&self.field.site);
        match link.of {
            LinkOf::Bus(bus) => {
                let id = site.buses.get(bus as usize).map(|bus| bus.id.to_string());
                info!(bus = id, up = link.up, reason = link.reason.en, "bus");
                if !link.up {
                    self.lose_devices(bus, &state);
                }
                self.field.vitals.bus_link(bus, state);
            }
            LinkOf::Device(device) => {
                let id = site.devices.get(device as usize).map(|device| device.id.to_string());
                info!(device = id, up = link.up, reason = link.reason.en, "device");
                if let Some(answered) = self.answered.get_mut(device as usize) {
                    *answered = true;
                }
                self.field.vitals.device_link(device, state);
            }
            LinkOf::Rule(_) => {}
        }
    }
}

impl Drop for Outlet {
    /// A task that breaks takes its knowledge with it; nothing it posted may look live until it runs again.
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.distrust(Reason::Stale);
        }
    }
}

fn well(now: Now) -> LinkState {
    LinkState { up: Some(true), reason: Text::default(), since: now.wall }
}
