//! Counters of a case that grow while it is played.
//!
//! Takes: which points grow and by how much an hour, and the registers a case begins with.
//! Gives: what those registers say at a later moment; how long a case must last for every rate to be known.
//! Never: a counter that jumps: it has the value of its moment, in its own steps.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::config::cases::{Case, Given};
use crate::engine::base::{Mono, Value};
use crate::engine::point::{Raw, decode};
use crate::engine::profile::{Encoding, Table};
use crate::engine::site::Site;
use crate::sim::Setting;
use crate::sim::encode;

/// How often the slowest counter is read.
const SLOWEST: Duration = Duration::from_secs(60);
/// The last hour of a case, and two readings of the slowest counter.
const LATELY: Duration = Duration::from_secs(3600 + 120);

/// One counter.
#[derive(Clone, Debug)]
struct Counter {
    encoding: Arc<Encoding>,
    from: f64,
    per_hour: f64,
    lately: f64,
}

/// The counters of one case.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    list: Vec<Counter>,
    /// When every rate is known, and counters begin to grow as lately.
    known: Duration,
}

impl Counters {
    /// The counters of a case; a point without a number at the beginning does not grow.
    pub fn of(site: &Site, case: &Case) -> Counters {
        let Given::Registers(registers) = &case.given else { return Counters::default() };
        let counter = |of: &crate::config::cases::Growing| {
            let point = site.points.iter().find(|point| point.id.point() == of.point && !point.is_rate())?;
            let encoding = Arc::clone(&point.encoding);
            let word = |offset| registers.get(&(encoding.table, encoding.address + offset)).copied().unwrap_or(0);
            let words: Vec<u16> = (0..encoding.width()).map(word).collect();
            let Ok(Value::Number(from)) = decode(&encoding, Raw::Words(&words)) else { return None };
            Some(Counter { encoding, from, per_hour: of.per_hour, lately: of.lately })
        };
        let windows = site.points.iter().filter_map(|point| Some(point.proviso.as_ref()?.rate.as_ref()?.over));
        let list: Vec<Counter> = case.growing.iter().filter_map(counter).collect();
        // A window is full one part in sixty-four late at most, and one slow reading.
        let known = windows.max().unwrap_or_default() * 65 / 64 + SLOWEST;
        Counters { list, known }
    }

    /// How much longer a case lasts, for its rates to be known and an hour more.
    pub fn longer(&self) -> Duration {
        if self.list.is_empty() { Duration::ZERO } else { self.known + LATELY }
    }

    /// What their registers say by now.
    pub fn at(&self, now: Mono) -> BTreeMap<(Table, u16), u16> {
        let hours = |lapse: Duration| lapse.as_secs_f64() / 3600.0;
        let passed = now.since(Mono(0));
        let (before, since) = (hours(passed.min(self.known)), hours(passed.saturating_sub(self.known)));
        let mut registers = BTreeMap::new();
        for Counter { encoding, from, per_hour, lately } in &self.list {
            let number = Setting::Number(from + per_hour * before + lately * since);
            let Ok(raw) = encode::raw(encoding, &number) else { continue };
            for cell in encode::cells(encoding, &raw) {
                registers.insert((encoding.table, cell.address), cell.bits);
            }
        }
        registers
    }
}
