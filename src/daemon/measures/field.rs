//! Figures of the field: buses, devices, ages.
//!
//! Takes: vitals and readings.
//! Gives: figures per bus and per device.
//! Never: a figure per point.

use super::{Sources, float};
use crate::live::Measures;

/// Adds the figures of every bus and device.
pub(super) fn measure(sources: &Sources, to: &mut Measures) {
    buses(sources, to);
    ages(sources, to);
    devices(sources, to);
    let readings = sources.board.all();
    let good = readings.iter().filter(|reading| reading.good().is_some()).count();
    for (quality, count) in [("good", good), ("unknown", readings.len() - good)] {
        to.gauge("tocsin_points", "Points by quality.", &[("quality", quality)], float(count));
    }
}

fn buses(sources: &Sources, to: &mut Measures) {
    let (links, noise) = (sources.vitals.bus_links(), sources.vitals.noise());
    for (number, bus) in sources.site.buses.iter().enumerate() {
        let labels = [("bus", bus.id.as_str())];
        if let Some(up) = links.get(number).and_then(|link| link.up) {
            to.gauge("tocsin_bus_up", "Whether the bus can be used.", &labels, f64::from(u8::from(up)));
        }
        if let Some(bytes) = noise.get(number) {
            let help = "Bytes on the line that belonged to no frame.";
            to.counter("tocsin_bus_noise_bytes_total", help, &labels, *bytes);
        }
        let Some(meters) = sources.vitals.meters().buses.get(number) else { continue };
        let busy = meters.busy.spent().as_secs_f64();
        let help = "Time in which a request was under way; its rate is the share of the bus in use.";
        to.seconds("tocsin_bus_busy_seconds_total", help, &labels, busy);
        let help = "Time from a request to its answer.";
        to.histogram("tocsin_bus_round_trip_seconds", help, &labels, &meters.round_trips);
        let help = "Requests lost because the connection was.";
        to.counter("tocsin_bus_lost_requests_total", help, &labels, meters.lost.count());
    }
}

fn ages(sources: &Sources, to: &mut Measures) {
    let now = sources.clock.now().mono;
    for (bus, vitals) in sources.site.buses.iter().zip(sources.vitals.buses()) {
        // Who does not poll has no such age.
        let Some(heard) = vitals.heard else { continue };
        let since = now.since(heard);
        let labels = [("bus", bus.id.as_str())];
        let help = "Time since the task of the bus last reported.";
        to.gauge("tocsin_bus_report_age_seconds", help, &labels, since.as_secs_f64());
        for (pace, oldest) in vitals.oldest {
            let labels = [("bus", bus.id.as_str()), ("pace", pace.as_str())];
            let age = (oldest + since).as_secs_f64();
            let help = "Age of the oldest verified value among the devices that answer, by urgency.";
            to.gauge("tocsin_value_age_seconds", help, &labels, age);
        }
    }
}

fn devices(sources: &Sources, to: &mut Measures) {
    let site = &sources.site;
    let (links, exchanges) = (sources.vitals.devices(), sources.vitals.exchanges());
    for (number, device) in site.devices.iter().enumerate() {
        let bus = site.buses.get(device.bus as usize).map_or("", |bus| bus.id.as_str());
        let id = device.id.as_str();
        if let Some(up) = links.get(number).and_then(|link| link.up) {
            let labels = [("device", id), ("bus", bus), ("class", device.profile.class.as_str())];
            to.gauge("tocsin_device_up", "Whether the device answers.", &labels, f64::from(u8::from(up)));
        }
        let Some(counted) = exchanges.get(number) else { continue };
        let ends = [
            ("answer", counted.answers),
            ("exception", counted.exceptions),
            ("timeout", counted.timeouts),
            ("malformed", counted.malformed),
        ];
        for (outcome, count) in ends {
            let labels = [("device", id), ("bus", bus), ("outcome", outcome)];
            let help = "Requests to the device by how they ended.";
            to.counter("tocsin_device_requests_total", help, &labels, count);
        }
        if let Some(took) = counted.round_trip {
            let labels = [("device", id), ("bus", bus)];
            let help = "Time from a request to its answer, over the last few.";
            to.gauge("tocsin_device_round_trip_seconds", help, &labels, took.as_secs_f64());
        }
    }
}
