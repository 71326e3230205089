//! What was told an engine once is told a fresh one, in simulated time.
//!
//! Takes: the site to decide with, entries of a trace, and the state of the journal where they begin.
//! Gives: the facts that are decided now.
//! Never: a clock: time is what the entries say. Where the site is the one that ran, every input is told as it was, word of
//! the disk included, and the same facts come of it. Where it is another, facts need not be those of the journal, so the
//! disk answers at once unless it failed then, and what was named by the facts of then is named by those of now.

use std::sync::Arc;

use super::{Entry, Names, Told, Translation, Twins};
use crate::engine::alarm::{Fact, State};
use crate::engine::base::Now;
use crate::engine::poll::Report;
use crate::engine::site::Site;
use crate::engine::{Bearings, Effect, Engine, Input, Start};

/// An engine that is told again what another was told.
#[derive(Debug)]
pub struct Retrace {
    site: Arc<Site>,
    /// From the numbers of the trace to those of the site; nothing where it is the site that ran.
    other: Option<Other>,
    engine: Option<Engine>,
}

/// What it takes to decide by another site.
#[derive(Debug)]
struct Other {
    translation: Translation,
    twins: Twins,
    /// The disk had failed at this point of the trace.
    failing: bool,
}

/// Why an engine cannot begin at an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// What it knew is of another site or another release.
    #[error("what the engine knew there does not fit this configuration or this release")]
    Bearings,
    /// It is no beginning.
    #[error("the trace does not begin here")]
    NoBeginning,
}

impl Retrace {
    /// With the site that ran.
    pub fn same(site: Arc<Site>) -> Retrace {
        Retrace { site, other: None, engine: None }
    }

    /// With another one than that of `names`; `twins` knows what the journal holds from there on.
    pub fn other(site: Arc<Site>, names: &Names, twins: Twins) -> Retrace {
        let translation = Translation::new(names, &site);
        Retrace { site, other: Some(Other { translation, twins, failing: false }), engine: None }
    }

    /// What the inputs named so far and the site does not have, and how many acts named what this run does not have.
    pub fn left_out(&self) -> (Vec<String>, u64) {
        let Some(other) = &self.other else { return (Vec::new(), 0) };
        (other.translation.unknown().iter().cloned().collect(), other.twins.orphans())
    }

    /// The state with everything applied that was decided so far.
    pub fn state(&self) -> Option<&State> {
        self.engine.as_ref().map(Engine::state)
    }

    /// Begins at an entry, over the state of the journal there. Gives what is decided at once: by the same site nothing
    /// where the engine only went on; by another what a restart with that configuration would have decided.
    ///
    /// # Errors
    /// The entry is no beginning, or what stands in it is of another site.
    pub fn begin(&mut self, entry: Entry, state: State) -> Result<Vec<Fact>, Misfit> {
        match entry {
            Entry::Started { start, at, .. } => Ok(self.start(state, &start, at)),
            Entry::Resumed { bearings, at, .. } if self.other.is_some() => Ok(self.take_over(&bearings, state, at)),
            Entry::Resumed { bearings, at, .. } => {
                let engine = Engine::resumed(Arc::clone(&self.site), state, *bearings, at);
                self.engine = Some(engine.ok_or(Misfit::Bearings)?);
                Ok(Vec::new())
            }
            Entry::Told(_) | Entry::Until { .. } => Err(Misfit::NoBeginning),
        }
    }

    fn start(&mut self, state: State, start: &Start, at: Now) -> Vec<Fact> {
        let (engine, effects) = Engine::start(Arc::clone(&self.site), state, start, at);
        self.engine = Some(engine);
        if let Some(other) = &mut self.other {
            other.failing = false;
        }
        self.decided(effects, at)
    }

    /// As if the gateway had been restarted here with this configuration, and every bus had said at once what it had said.
    fn take_over(&mut self, bearings: &Bearings, state: State, at: Now) -> Vec<Fact> {
        let version = env!("CARGO_PKG_VERSION").to_owned();
        let start = Start { epoch: bearings.epoch(), version, clock_trusted: bearings.clock_trusted() };
        let mut facts = self.start(state, &start, at);
        let known = bearings.known(at);
        let Some(other) = &mut self.other else { return facts };
        let report = Report { links: known.links, edges: known.edges, statuses: known.statuses, ..Report::default() };
        let report = other.translation.report(report);
        for bus in 0..u32::try_from(self.site.buses.len()).unwrap_or(u32::MAX) {
            let report = of_bus(&report, &self.site, bus);
            facts.extend(self.handle(Input::Report { bus, report }, at));
        }
        facts
    }

    /// Tells the engine what it was told then.
    pub fn tell(&mut self, entry: Entry) -> Vec<Fact> {
        let at = entry.at();
        let (heard, told) = match entry {
            Entry::Told(mut told) => (std::mem::take(&mut told.heard), Some(told)),
            Entry::Until { heard, .. } => (heard, None),
            // The engine stands there already.
            Entry::Started { .. } | Entry::Resumed { .. } => return Vec::new(),
        };
        for (bus, at) in heard {
            let bus = self.other.as_ref().map_or(Some(bus), |other| other.translation.bus(bus));
            if let (Some(bus), Some(engine)) = (bus, &mut self.engine) {
                engine.heard_at(bus, at);
            }
        }
        match told.and_then(|told| self.meant(told)) {
            Some(input) => self.handle(input, at),
            // Time has passed all the same.
            None if self.other.is_some() => self.handle(Input::Wake, at),
            None => Vec::new(),
        }
    }

    /// The input, as this run has to hear it.
    fn meant(&mut self, told: Told) -> Option<Input> {
        let input = told.whole();
        let Some(other) = &mut self.other else { return Some(input) };
        match input {
            Input::Committed { .. } => {
                let upto = self.engine.as_ref()?.state().last.seq;
                std::mem::take(&mut other.failing).then_some(Input::Committed { upto })
            }
            Input::CommitFailed { reason } => {
                other.failing = true;
                Some(Input::CommitFailed { reason })
            }
            input => {
                let input = other.translation.input(input)?;
                other.twins.input(input)
            }
        }
    }

    fn handle(&mut self, input: Input, at: Now) -> Vec<Fact> {
        let Some(engine) = &mut self.engine else { return Vec::new() };
        let effects = engine.handle(input, at);
        self.decided(effects, at)
    }

    /// The facts among effects; by another site the disk answers at once, and what follows from that is here too.
    fn decided(&mut self, effects: Vec<Effect>, at: Now) -> Vec<Fact> {
        let (mut facts, mut effects) = (Vec::new(), effects);
        loop {
            let new = committed(effects);
            let Some(other) = &mut self.other else { return new };
            new.iter().for_each(|fact| other.twins.decided(fact));
            let upto = new.last().map(|fact| fact.id.seq).filter(|_| !other.failing);
            facts.extend(new);
            let (Some(upto), Some(engine)) = (upto, &mut self.engine) else { return facts };
            effects = engine.handle(Input::Committed { upto }, at);
        }
    }
}

/// The part of a report that belongs to one bus.
fn of_bus(report: &Report, site: &Site, bus: u32) -> Report {
    use crate::engine::poll::LinkOf;
    let on = |device: u32| site.devices.get(device as usize).is_some_and(|device| device.bus == bus);
    let rule = |rule: u32| site.rules.get(rule as usize).is_some_and(|rule| on(rule.device));
    let status = |status: u32| site.statuses.get(status as usize).is_some_and(|status| on(status.device));
    Report {
        links: report.links.iter().filter(|link| link.of == LinkOf::Bus(bus)).cloned().collect(),
        edges: report.edges.iter().filter(|edge| rule(edge.rule)).copied().collect(),
        statuses: report.statuses.iter().filter(|edge| status(edge.status)).copied().collect(),
        ..Report::default()
    }
}

fn committed(effects: Vec<Effect>) -> Vec<Fact> {
    let facts = effects.into_iter().filter_map(|effect| match effect {
        Effect::Commit(facts) => Some(facts),
        _ => None,
    });
    facts.flatten().collect()
}
