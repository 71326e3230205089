//! The task of one bus on which devices report by GB/T 26875.3.
//!
//! Takes: what connections bring, and the devices the engine wants confirmed.
//! Gives: reports to the engine, links to the vitals, and then the confirmations that the devices are owed.
//! Never: confirms a frame before what it said was handed on.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{MutexGuard, mpsc};
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{info, warn};

use super::field::{Field, Outlet};
use super::supervise::pause_after;
use crate::edge::gbt26875::frame::{Dialect, Edition};
use crate::edge::gbt26875::source::server::{Event, Server};
use crate::edge::gbt26875::source::{Settings, Stations, Step};
use crate::engine::Part;
use crate::engine::base::Text;
use crate::engine::site::{Endpoint, Listen};

/// A connection that says nothing for so many bounds of silence is closed.
const IDLE_BOUNDS: u32 = 2;

/// Serves one bus until it is stopped; to be kept alive by `supervise`.
pub(super) async fn run_stations(field: Field) {
    let stop = field.stop.clone();
    let run = async move {
        let confirm = Arc::clone(&field.confirm);
        let listen = match field.site.buses.get(field.bus as usize).map(|bus| &bus.endpoint) {
            Some(Endpoint::Gbt26875(listen)) => listen.clone(),
            _ => return std::future::pending().await,
        };
        let dialect = Dialect { edition: Edition::V2011, checksum: listen.checksum };
        let settings = Settings { dialect, silent_after: listen.silent_after };
        let outlet = Outlet::new(field);
        let stations = Stations::new(Arc::clone(&outlet.field.site), outlet.field.bus, settings, outlet.now());
        Runner { stations, outlet, listen, settings }.run(confirm.lock().await).await;
    };
    tokio::select! {
        biased;
        () = stop.cancelled() => {}
        () = run => {}
    }
}

struct Runner {
    stations: Stations,
    outlet: Outlet,
    listen: Listen,
    settings: Settings,
}

impl Runner {
    async fn run(mut self, mut confirm: MutexGuard<'_, mpsc::UnboundedReceiver<u32>>) {
        let mut failures = 0;
        loop {
            let idle = self.settings.silent_after * IDLE_BOUNDS;
            match Server::open(&self.listen, self.settings.dialect, idle).await {
                Ok(server) => {
                    failures = 0;
                    info!(bus = %self.bus_id(), address = %server.address, udp = self.listen.udp, "devices may report");
                    self.linked(true, "").await;
                    self.serve(server, &mut confirm).await;
                    self.linked(false, "the listener broke").await;
                }
                Err(error) => self.linked(false, &format!("cannot listen on {}: {error}", self.listen.address)).await,
            }
            failures += 1;
            let again = Instant::now() + pause_after(failures);
            while Instant::now() < again {
                self.ticked(None).await;
                sleep(Duration::from_millis(200)).await;
            }
        }
    }

    async fn serve(&mut self, mut server: Server, confirm: &mut mpsc::UnboundedReceiver<u32>) {
        loop {
            let due = self.outlet.field.clock.instant(self.stations.next_tick(self.outlet.now().mono));
            let step = tokio::select! {
                event = server.next() => match event {
                    Some(Event::Came(link, cut)) => self.stations.received(link, cut, self.outlet.now()),
                    Some(Event::Gone(link)) => {
                        self.stations.lost(link);
                        Step::default()
                    }
                    None => return,
                },
                Some(device) = confirm.recv() => {
                    self.stations.confirm(device, self.outlet.now());
                    self.outlet.ask_anew(device);
                    Step::default()
                }
                () = sleep_until(Instant::from_std(due)) => {
                    self.ticked(Some(&server)).await;
                    continue;
                }
            };
            self.carry_out(step, Some(&server)).await;
        }
    }

    async fn ticked(&mut self, server: Option<&Server>) {
        let step = self.stations.tick(self.outlet.now());
        self.carry_out(step, server).await;
        let unlisted = Part::Unlisted(self.bus_id());
        self.outlet.field.vitals.report(unlisted, self.stations.unlisted());
    }

    async fn carry_out(&mut self, step: Step, server: Option<&Server>) {
        let now = self.outlet.now();
        self.outlet.give(step.report, now).await;
        if let Some(server) = server {
            step.outgoing.into_iter().for_each(|outgoing| server.send(outgoing));
        }
    }

    async fn linked(&mut self, up: bool, reason: &str) {
        if !up {
            warn!(bus = %self.bus_id(), reason, "devices cannot report");
        }
        let now = self.outlet.now();
        let report = self.stations.link(up, Text::same(reason), now);
        if up {
            self.outlet.opened(now);
        }
        self.outlet.give(report, now).await;
    }

    fn bus_id(&self) -> String {
        self.outlet
            .field
            .site
            .buses
            .get(self.outlet.field.bus as usize)
            .map_or_else(String::new, |bus| bus.id.to_string())
    }
}
