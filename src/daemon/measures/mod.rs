//! The figures of `/metrics`, from every part that has some.
//!
//! Takes: the parts.
//! Gives: what each of them counts, named with its unit.
//! Never: a figure that nobody knows: what is unknown is absent, never zero.

mod field;
mod outputs;
mod process;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::mpsc;

use crate::edge::clock::Clock;
use crate::edge::journal::Journal;
use crate::edge::sparkplug::Counters;
use crate::edge::trace::Trace;
use crate::edge::trends::Trends;
use crate::engine::Input;
use crate::engine::alarm::State;
use crate::engine::base::{Category, Now};
use crate::engine::site::Site;
use crate::live::meters::Occasion;
use crate::live::{Acts, Board, Measures, Picture, Vitals};

/// Everything that is asked.
pub(super) struct Sources {
    pub site: Arc<Site>,
    pub clock: Clock,
    pub board: Arc<Board>,
    pub picture: Arc<Picture>,
    pub vitals: Arc<Vitals>,
    pub acts: Acts,
    pub inputs: mpsc::WeakSender<(Input, Now)>,
    pub journal: Journal,
    pub trends: Trends,
    /// What the engine is told, where that is kept.
    pub trace: Option<Trace>,
    /// Where the state is kept.
    pub state_dir: std::path::PathBuf,
    /// Consumers of the journal that are configured.
    pub consumers: Vec<&'static str>,
    /// Whether a time-series server is configured.
    pub influx: bool,
    /// What the Sparkplug edge counts, where it is configured.
    pub sparkplug: Option<Arc<Counters>>,
}

impl Sources {
    /// Adds the figures of this moment. Blocking.
    pub(super) fn gather(&self, to: &mut Measures) {
        let version = [("version", env!("CARGO_PKG_VERSION"))];
        to.gauge("tocsin_build_info", "The release that runs; always 1.", &version, 1.0);
        process::measure(to);
        field::measure(self, to);
        self.alarms(&self.picture.state(), to);
        self.engine(to);
        self.clock(to);
        outputs::measure(self, to);
    }

    fn alarms(&self, state: &State, to: &mut Measures) {
        let open = |category: Category, acknowledged: bool| {
            let of = |id| state.occurrences.get(id);
            let counts = |occurrence: &&crate::engine::alarm::Occurrence| {
                occurrence.raise.condition.category == category && occurrence.ack.is_some() == acknowledged
            };
            state.open.values().filter_map(of).filter(counts).count()
        };
        for category in Category::ALL {
            for (acknowledged, word) in [(false, "false"), (true, "true")] {
                let labels = [("category", category.as_str()), ("acknowledged", word)];
                let help = "Alarms that are open, acknowledged or not.";
                to.gauge("tocsin_alarms_open", help, &labels, float(open(category, acknowledged)));
            }
        }
        to.gauge("tocsin_isolations", "Points that are isolated.", &[], float(state.isolations.len()));
    }

    fn engine(&self, to: &mut Measures) {
        let meters = &self.vitals.meters().engine;
        for occasion in Occasion::ALL {
            let labels = [("occasion", occasion.as_str())];
            let help = "Time the engine took for one input and what came of it.";
            to.histogram("tocsin_engine_seconds", help, &labels, meters.handled(occasion));
        }
        let help = "Time a report of a bus waited for the engine.";
        to.histogram("tocsin_engine_wait_seconds", help, &[], &meters.waited);
        if let Some(beat) = self.vitals.engine_beat() {
            let age = self.clock.now().mono.since(beat).as_secs_f64();
            to.gauge("tocsin_engine_beat_age_seconds", "Time since the engine last made progress.", &[], age);
        }
        let committed = *self.journal.committed().borrow();
        let decided = meters.decided.load(Ordering::Relaxed).max(committed);
        to.counter("tocsin_journal_facts_total", "Facts in the journal since it began.", &[], committed);
        let help = "Facts that are decided and not yet durable.";
        to.gauge("tocsin_journal_waiting_facts", help, &[], float(decided - committed));
        let help = "Time from the decision of facts until they are durable.";
        to.histogram("tocsin_journal_commit_seconds", help, &[], &meters.commits);
    }

    fn clock(&self, to: &mut Measures) {
        let trusted = f64::from(u8::from(super::watch::is_trusted(self.clock.now())));
        to.gauge("tocsin_clock_trusted", "Whether the wall clock can be believed at all.", &[], trusted);
        if let Some(synchronised) = process::clock_is_synchronised() {
            let help = "Whether systemd-timesyncd has set the clock; absent where it does not run.";
            to.gauge("tocsin_clock_synchronised", help, &[], f64::from(u8::from(synchronised)));
        }
        let meters = &self.vitals.meters().clock;
        to.counter("tocsin_clock_steps_total", "Steps of the wall clock since the start.", &[], meters.steps.count());
        #[expect(clippy::cast_precision_loss, reason = "microseconds of a step, shown in seconds")]
        let step = meters.last_step_us.load(Ordering::Relaxed) as f64 / 1e6;
        to.gauge("tocsin_clock_last_step_seconds", "The last step of the wall clock; 0 before one.", &[], step);
    }
}

/// A count as a figure.
#[expect(clippy::cast_precision_loss, reason = "counts of a site are far below 2^53")]
fn float(count: impl TryInto<u64>) -> f64 {
    count.try_into().unwrap_or(u64::MAX) as f64
}
