//! The stores, as the edges ask for them.
//!
//! Takes: the journal and the trends.
//! Gives: what MQTT, the time-series writer and the web read, so that no edge knows another.
//! Never: anything but passing questions on.

use tokio::sync::watch;

use crate::edge::gbt26875::uplink::Facts;
use crate::edge::influx::{self, SampleSource};
use crate::edge::journal::Journal;
use crate::edge::mqtt::EventSource;
use crate::edge::trends::{self, Column, Trends};
use crate::engine::alarm::Fact;
use crate::engine::base::{PointId, Wall};
use crate::live::{History, Records, Span};

/// The consumer's name in the journal's and the trends' cursors.
const MQTT: &str = "mqtt";
const INFLUX: &str = "influx";
const UPLINK: &str = "uplink";

impl EventSource for Journal {
    fn committed(&self) -> watch::Receiver<u64> {
        Journal::committed(self)
    }

    fn cursor(&self) -> Result<u64, String> {
        Journal::cursor(self, MQTT).map_err(|error| error.to_string())
    }

    fn advance(&self, seq: u64) -> Result<(), String> {
        Journal::advance(self, MQTT, seq).map_err(|error| error.to_string())
    }

    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        Records::read(self, after, limit)
    }
}

impl Facts for Journal {
    fn committed(&self) -> watch::Receiver<u64> {
        Journal::committed(self)
    }

    fn cursor(&self) -> Result<u64, String> {
        Journal::cursor(self, UPLINK).map_err(|error| error.to_string())
    }

    fn advance(&self, seq: u64) -> Result<(), String> {
        Journal::advance(self, UPLINK, seq).map_err(|error| error.to_string())
    }

    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        Records::read(self, after, limit)
    }
}

impl Records for Journal {
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        let stored = Journal::read(self, after, limit).map_err(|error| error.to_string())?;
        Ok(stored.into_iter().map(|stored| stored.fact).collect())
    }
}

impl History for Trends {
    fn envelope(&self, point: &PointId, from: Wall, to: Wall, pixels: usize) -> Result<Vec<Span>, String> {
        let columns = Trends::envelope(self, point, from, to, pixels).map_err(|error| error.to_string())?;
        let span = |column: Column| {
            let Column { at, min, max, last, count, unknown } = column;
            Span { at, min, max, last, count, unknown }
        };
        Ok(columns.into_iter().map(span).collect())
    }
}

impl SampleSource for Trends {
    fn after(&self, cursor: u64, limit: usize) -> Result<(Vec<influx::Sample>, u64), String> {
        let (samples, next) = Trends::after(self, cursor, limit).map_err(|error| error.to_string())?;
        let sample = |sample: trends::Sample| {
            let trends::Sample { point, class, at, value, quality } = sample;
            influx::Sample { point, class: class.as_ref().to_owned(), at, value, quality }
        };
        Ok((samples.into_iter().map(sample).collect(), next))
    }

    fn cursor(&self) -> Result<u64, String> {
        Ok(Trends::cursor(self, INFLUX))
    }

    fn advance(&self, cursor: u64) -> Result<(), String> {
        Trends::advance(self, INFLUX, cursor);
        Ok(())
    }
}
