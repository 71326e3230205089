//! The stores, as the edges ask for them.
//!
//! Takes: the journal and the trends.
//! Gives: what MQTT, the time-series writer and the web read, so that no edge knows another.
//! Never: anything but passing questions on.

use std::time::Duration;

use tokio::sync::watch;

use crate::edge::gbt26875::uplink::Facts;
use crate::edge::influx::{self, Batch, SampleSource, Sent};
use crate::edge::journal::Journal;
use crate::edge::mqtt::EventSource;
use crate::edge::trends::{self, Mark, Step, Trends};
use crate::engine::alarm::Fact;
use crate::engine::base::{EventId, PointId, Wall};
use crate::live::{History, Records, Rollup, Sample, Segment, Span};

/// The consumers' names in the journal's and the trends' cursors.
pub(super) const MQTT: &str = "mqtt";
pub(super) const INFLUX: [&str; 3] = ["influx", "influx-resumed", "influx-live"];
pub(super) const UPLINK: &str = "uplink";

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

    fn head(&self) -> Result<(EventId, String), String> {
        let last = *Journal::committed(self).borrow();
        let stored = Journal::read(self, last.saturating_sub(1), 1).map_err(|error| error.to_string())?;
        let (id, hash) = stored.first().map_or_else(Default::default, |last| (last.fact.id.into(), last.hash));
        Ok((id, hash.iter().map(|byte| format!("{byte:02x}")).collect()))
    }
}

impl History for Trends {
    fn envelope(&self, point: &PointId, from: Wall, to: Wall, pixels: usize) -> Result<Vec<Span>, String> {
        Trends::envelope(self, point, from, to, pixels).map_err(|error| error.to_string())
    }

    fn samples(&self, point: &PointId, from: Wall, to: Wall) -> Result<Vec<Sample>, String> {
        let marks = Trends::read(self, point, from, to).map_err(|error| error.to_string())?;
        Ok(marks.into_iter().map(Mark::sample).collect())
    }

    fn held(&self, point: &PointId, at: Wall) -> Result<Option<Sample>, String> {
        Ok(Trends::held(self, point, at).map_err(|error| error.to_string())?.map(Mark::sample))
    }

    fn first(&self, point: &PointId, from: Wall, to: Wall, limit: usize) -> Result<Vec<Sample>, String> {
        let marks = Trends::first(self, point, from, to, limit).map_err(|error| error.to_string())?;
        Ok(marks.into_iter().map(Mark::sample).collect())
    }

    fn rollups(&self, point: &PointId, from: Wall, to: Wall, step: Duration) -> Result<Vec<Rollup>, String> {
        let known = Step::ALL.into_iter().find(|known| u128::try_from(known.ms()) == Ok(step.as_millis()));
        let step = known.ok_or_else(|| format!("there is no roll-up of {step:?}"))?;
        Trends::rollups(self, point, from, to, step).map_err(|error| error.to_string())
    }

    fn segments(
        &self,
        point: &PointId,
        from: Wall,
        to: Wall,
        limit: usize,
    ) -> Result<(Vec<Segment>, Option<Wall>), String> {
        let read = Trends::segments(self, point, from, to, limit).map_err(|error| error.to_string())?;
        let segment = |trends::Segment { from, to, value, quality }| {
            let Sample { value, quality, .. } = Mark { at: from, value, quality }.sample();
            Segment { from, to, value, quality }
        };
        Ok((read.0.into_iter().map(segment).collect(), read.1))
    }
}

impl SampleSource for Trends {
    fn between(&self, cursor: u64, until: u64, limit: usize) -> Result<Batch, String> {
        let read = Trends::between(self, cursor, until, limit).map_err(|error| error.to_string())?;
        let sample = |sample: trends::Sample| {
            let trends::Sample { point, class, at, value, quality } = sample;
            influx::Sample { point, class: class.as_ref().to_owned(), at, value, quality }
        };
        let samples = read.samples.into_iter().map(sample).collect();
        Ok(Batch { samples, next: read.next, missing: read.missing })
    }

    fn waiting(&self, cursor: u64, enough: u64) -> Result<u64, String> {
        Trends::waiting(self, cursor, enough).map_err(|error| error.to_string())
    }

    fn end(&self) -> Result<u64, String> {
        Trends::end(self).map_err(|error| error.to_string())
    }

    fn sent(&self) -> Result<Sent, String> {
        let [filled, resumed, live] = INFLUX.map(|position| Trends::cursor(self, position));
        Ok(Sent { filled, resumed, live })
    }

    fn keep(&self, sent: Sent) -> Result<(), String> {
        let [filled, resumed, live] = INFLUX;
        self.advance_all(&[(filled, sent.filled), (resumed, sent.resumed), (live, sent.live)]);
        Ok(())
    }
}
