//! Figures of what leaves and what is kept: outputs, trends, disk, queues.
//!
//! Takes: the journal's and the trends' cursors, queues.
//! Gives: how far each is behind, how full, and what was dropped.
//! Never: a queue that docs/queues.md does not list.

use super::{Sources, float};
use crate::daemon::heart::INPUTS;
use crate::daemon::stores::{INFLUX, MQTT};
use crate::edge::journal::free_bytes;
use crate::edge::sparkplug::Counters;
use crate::edge::trace::{Figures, QUEUE as TRACE_QUEUE};
use crate::edge::trends::{QUEUE, commits_between};
use crate::live::{Counted, Measures, MqttCounts};

/// A day in microseconds.
const DAY_US: f64 = 86_400e6;

/// Adds the figures of every output and store.
pub(super) fn measure(sources: &Sources, to: &mut Measures) {
    for (part, fault) in sources.vitals.parts() {
        let part = part.segment();
        let up = f64::from(u8::from(fault.is_none()));
        to.gauge("tocsin_part_up", "Whether a part of the gateway itself works.", &[("part", part.as_str())], up);
    }
    let committed = *sources.journal.committed().borrow();
    for consumer in &sources.consumers {
        let Ok(cursor) = sources.journal.cursor(consumer) else { continue };
        let help = "Events that an output does not have yet.";
        let labels = [("output", *consumer)];
        to.gauge("tocsin_output_waiting_events", help, &labels, float(committed.saturating_sub(cursor)));
    }
    if sources.consumers.contains(&MQTT) {
        mqtt(sources.vitals.mqtt(), to);
    }
    if sources.influx {
        influx(sources, to);
    }
    if let Some(counters) = &sources.sparkplug {
        sparkplug(counters, to);
    }
    let trends = &sources.trends;
    let help = "Samples that were dropped because the trend store could not keep up.";
    to.counter("tocsin_trends_dropped_samples_total", help, &[], trends.dropped());
    let help = "Blocks of old trends removed because the disk was nearly full.";
    to.counter("tocsin_trends_thinned_blocks_total", help, &[], trends.thinned());
    if let Some(trace) = &sources.trace {
        self::trace(&trace.figures(), to);
    }
    if let Ok(free) = free_bytes(&sources.state_dir) {
        to.gauge("tocsin_disk_free_bytes", "Room left where the state is kept.", &[], float(free));
    }
    if let Some(days) = sources.vitals.meters().days_left() {
        let help = "Days until the disk is full at the rate of the last day; absent while nothing shrinks or is known.";
        to.gauge("tocsin_disk_days_left", help, &[], days);
    }
    let now = sources.clock.now().wall;
    for (whose, until) in sources.vitals.meters().certificates() {
        #[expect(clippy::cast_precision_loss, reason = "centuries in microseconds are exact to the second")]
        let days = until.0.saturating_sub(now.0) as f64 / DAY_US;
        let help = "Days until a certificate ends; less than 0 once it has.";
        to.gauge("tocsin_certificate_days_left", help, &[("of", whose)], days);
    }
    queues(sources, to);
}

fn trace(figures: &Figures, to: &mut Measures) {
    let help = "Inputs of the engine that were written into the trace.";
    to.counter("tocsin_trace_entries_total", help, &[], figures.written);
    let help = "Inputs of the engine that are missing in the trace: its queue was full, or the disk refused.";
    to.counter("tocsin_trace_missed_entries_total", help, &[], figures.missed);
    to.gauge("tocsin_trace_bytes", "Size of the trace on disk.", &[], float(figures.bytes));
}

fn mqtt(counts: &MqttCounts, to: &mut Measures) {
    let help = "Whether the MQTT broker has taken us.";
    to.gauge("tocsin_mqtt_connected", help, &[], f64::from(u8::from(counts.is_connected())));
    let help = "Events on their way to the MQTT broker; the next ones wait in the journal.";
    to.gauge("tocsin_mqtt_window_events", help, &[], float(counts.window()));
    for kind in [Counted::Events, Counted::Alarms, Counted::Points, Counted::Devices] {
        let help = "MQTT messages: events and alarms that the broker acknowledged, points and devices that were sent.";
        to.counter("tocsin_mqtt_messages_total", help, &[("kind", kind.as_str())], counts.of(kind));
    }
    let help = "Readings that newer ones overtook before MQTT could say them.";
    to.counter("tocsin_mqtt_overtaken_readings_total", help, &[], counts.of(Counted::Overtaken));
    let help = "MQTT messages left out because the broker takes none of their size.";
    to.counter("tocsin_mqtt_left_out_messages_total", help, &[], counts.of(Counted::LeftOut));
    let help = "Connections to the MQTT broker that came about.";
    to.counter("tocsin_mqtt_connections_total", help, &[], counts.of(Counted::Connections));
    let help = "Commands over MQTT that were not obeyed.";
    to.counter("tocsin_mqtt_refused_commands_total", help, &[], counts.of(Counted::RefusedCommands));
}

fn influx(sources: &Sources, to: &mut Measures) {
    let meters = &sources.vitals.meters().influx;
    let ends =
        [("stored", meters.stored.count()), ("refused", meters.refused.count()), ("expired", meters.expired.count())];
    for (result, count) in ends {
        let help = "Samples by what the time-series server made of them; expired ones are counted as stored, too.";
        to.counter("tocsin_influx_samples_total", help, &[("result", result)], count);
    }
    let help = "Requests that the time-series server did not take.";
    to.counter("tocsin_influx_failures_total", help, &[], meters.failures.count());
    let help = "Seconds whose samples were too old to be kept for the time-series server.";
    to.counter("tocsin_influx_missed_seconds_total", help, &[], meters.missed.count());
    let [filled, resumed, live] = INFLUX.map(|position| sources.trends.cursor(position));
    let Ok(end) = sources.trends.end() else { return };
    let help = "Seconds of samples that the time-series server does not have: the newest, and the gap of an outage.";
    for (stretch, from, to_cursor) in [("newest", live.max(filled), end), ("gap", filled, resumed)] {
        let behind = float(commits_between(from, to_cursor));
        to.gauge("tocsin_influx_behind_seconds", help, &[("stretch", stretch)], behind);
    }
}

fn sparkplug(counters: &Counters, to: &mut Measures) {
    for (word, count) in [("birth", counters.births()), ("death", counters.deaths()), ("data", counters.data())] {
        let help = "Sparkplug messages by what they say.";
        to.counter("tocsin_sparkplug_messages_total", help, &[("word", word)], count);
    }
    let help = "Readings that newer ones overtook before Sparkplug could say them.";
    to.counter("tocsin_sparkplug_overwritten_readings_total", help, &[], counters.overwritten());
    for (result, count) in [("heard", counters.commands()), ("refused", counters.refusals())] {
        let help = "Sparkplug commands that came, and those that were not obeyed.";
        to.counter("tocsin_sparkplug_commands_total", help, &[("result", result)], count);
    }
}

fn queues(sources: &Sources, to: &mut Measures) {
    let reports = sources.inputs.upgrade().map_or(0, |inputs| inputs.max_capacity() - inputs.capacity());
    let (acts, acts_limit) = sources.acts.waiting();
    let trends = sources.trends.queued();
    let mut queues = vec![("reports", reports, INPUTS), ("acts", acts, acts_limit), ("trends", trends, QUEUE)];
    if let Some(trace) = &sources.trace {
        let waiting = usize::try_from(trace.figures().waiting).unwrap_or(usize::MAX);
        queues.push(("trace", waiting, TRACE_QUEUE));
    }
    for (queue, depth, limit) in queues {
        let labels = [("queue", queue)];
        to.gauge("tocsin_queue_depth", "What waits in a queue.", &labels, float(depth));
        to.gauge("tocsin_queue_limit", "What may wait in a queue.", &labels, float(limit));
    }
}
