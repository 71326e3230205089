//! The invariants of design §7 that this release can break: 1, 2, 3, 5, 6, 7 (9 is the runner's). Each counts how often
//! it was put to the test; a run in which one never was has proven nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tocsin::engine::alarm::{
    ChatterFact, CloseReason, CommandFact, Fact, FactKind, LinkageFact, Source, Stage, State, SupervisionFact,
};
use tocsin::engine::base::{EventId, Mono, Now, Reading, Tone, Value};
use tocsin::engine::site::{Condition, Mode, Site};
use tocsin::engine::{Effect, Engine};
use tocsin::sim::World;

use crate::outside::Consumer;
use crate::plan::Watched;

/// A fire on an answering device is raised within this: one period, the sweep ahead of it, a commit, and a margin.
const BOUND: Duration = Duration::from_millis(2_500);
/// A clear takes two reads; what a source says now was true within this.
const MEMORY: Duration = Duration::from_secs(8);
/// After a disturbance this long passes before the bound holds again: death, back-off and probe.
const CALM: Duration = Duration::from_secs(75);

#[derive(Clone, Debug)]
struct Episode {
    from: Mono,
    to: Option<Mono>,
    calm: bool,
    announced: Option<Mono>,
}

/// How often each invariant was put to the test in a seed.
#[derive(Debug, Default)]
pub struct Tested {
    seed: u64,
    pub counts: BTreeMap<&'static str, u64>,
}

impl Tested {
    /// It must hold.
    pub fn hold(&mut self, what: &'static str, held: bool, detail: impl FnOnce() -> String) {
        *self.count(what) += 1;
        let again = "cargo test --test simulation the_invariants_hold -- --nocapture";
        assert!(held, "seed {0}: {what}: {1}\n  again: SEED={0} {again}", self.seed, detail());
    }

    /// Something happened that a run must have seen.
    pub fn count(&mut self, what: &'static str) -> &mut u64 {
        self.counts.entry(what).or_default()
    }
}

pub struct Invariants {
    seed: u64,
    conditions: BTreeMap<Condition, usize>,
    points: BTreeMap<u32, usize>,
    devices: Vec<u32>,
    episodes: Vec<Vec<Episode>>,
    begun: Vec<u64>,
    raised: Vec<u64>,
    disturbances: Vec<i64>,
    all_disturbed: i64,
    disturbed_until: Vec<Mono>,
    all_disturbed_until: Mono,
    resets: u64,
    /// Occurrences that were reset while they were active or unknown.
    unconfirmed: BTreeSet<EventId>,
    /// Since when a fire that should sound does not.
    mute: BTreeMap<EventId, Mono>,
    /// Rows that were raised and not closed.
    rows: BTreeSet<EventId>,
    inhibited: BTreeSet<EventId>,
    /// What comes and goes so often that its returns are told together, once a minute: its bound does not hold.
    damped: BTreeSet<usize>,
    last_seq: u64,
    /// Conditions whose test just ended: what is raised of them now was found under test.
    tried: BTreeSet<Condition>,
    pub tested: Tested,
}

impl Invariants {
    pub fn new(seed: u64, site: &Site, watched: &[Watched]) -> Invariants {
        let point = |id: &str| site.points.iter().position(|point| point.id.as_str() == id).expect("a point") as u32;
        Invariants {
            seed,
            conditions: watched
                .iter()
                .enumerate()
                .map(|(index, watched)| (site.rules[watched.rule as usize].condition.clone(), index))
                .collect(),
            points: watched.iter().enumerate().map(|(index, watched)| (point(&watched.point), index)).collect(),
            devices: watched.iter().map(|watched| watched.device).collect(),
            episodes: vec![Vec::new(); watched.len()],
            begun: vec![0; watched.len()],
            raised: vec![0; watched.len()],
            disturbances: vec![0; site.devices.len()],
            all_disturbed: 0,
            disturbed_until: vec![Mono(0); site.devices.len()],
            all_disturbed_until: Mono(0),
            resets: 0,
            unconfirmed: BTreeSet::new(),
            mute: BTreeMap::new(),
            rows: BTreeSet::new(),
            inhibited: BTreeSet::new(),
            damped: BTreeSet::new(),
            last_seq: 0,
            tried: BTreeSet::new(),
            tested: Tested { seed, counts: BTreeMap::new() },
        }
    }

    fn hold(&mut self, what: &'static str, held: bool, detail: impl FnOnce() -> String) {
        self.tested.hold(what, held, detail);
    }

    /// A fault began or ended, of one device or of everything.
    pub fn disturbed(&mut self, device: Option<u32>, begins: bool, now: Mono) {
        let by = if begins { 1 } else { -1 };
        match device {
            Some(device) => {
                self.disturbances[device as usize] += by;
                self.disturbed_until[device as usize] = now.after(CALM);
            }
            None => {
                self.all_disturbed += by;
                self.all_disturbed_until = now.after(CALM);
            }
        }
        for (index, episodes) in self.episodes.iter_mut().enumerate() {
            if let Some(episode) = episodes.last_mut()
                && device.is_none_or(|device| self.devices[index] == device)
                && episode.announced.is_none()
            {
                episode.calm = false;
            }
        }
    }

    /// Whether a device has been undisturbed for so long that everything it shows is known; of no device: not.
    pub fn calm(&self, site: &Site, device: Option<String>, now: Mono) -> bool {
        let number = device.and_then(|id| site.devices.iter().position(|device| device.id.as_str() == id));
        number.is_some_and(|number| {
            self.disturbances[number] == 0
                && self.all_disturbed == 0
                && self.disturbed_until[number] <= now
                && self.all_disturbed_until <= now
        })
    }

    /// The field changes: an episode begins or ends.
    pub fn stimulus(&mut self, watched: usize, on: bool, now: Mono) {
        let device = self.devices[watched] as usize;
        let calm = self.disturbances[device] == 0
            && self.all_disturbed == 0
            && self.disturbed_until[device] <= now
            && self.all_disturbed_until <= now
            && !self.damped.contains(&watched);
        if on {
            self.begun[watched] += 1;
            self.episodes[watched].push(Episode { from: now, to: None, calm, announced: None });
            return;
        }
        let seed = self.seed;
        let Some(episode) = self.episodes[watched].last_mut() else { return };
        episode.to = Some(now);
        let (calm, from, announced) = (episode.calm, episode.from, episode.announced);
        if calm && now.since(from) >= BOUND {
            self.hold("1 raised within its bound", announced.is_some_and(|at| at.since(from) <= BOUND), || {
                format!("seed {seed}: watched {watched} began at {from:?}, announced {announced:?}")
            });
        }
    }

    fn held_within(&self, watched: usize, now: Mono, on: bool) -> bool {
        let since = Mono(now.0.saturating_sub(MEMORY.as_micros() as u64));
        let episodes = &self.episodes[watched];
        let overlaps = |episode: &Episode| episode.to.is_none_or(|to| to >= since);
        if on {
            return episodes.iter().any(overlaps);
        }
        // Quiet at some moment of the window: unless one episode covers all of it.
        !episodes.iter().any(|episode| episode.from <= since && episode.to.is_none_or(|to| to >= now))
    }

    /// A decided fact, with the state after the whole step.
    pub fn decided(&mut self, fact: &Fact, state: &State, now: Now) {
        self.note_row(fact);
        let seq = fact.id.seq;
        let last = std::mem::replace(&mut self.last_seq, seq);
        self.hold("5 gapless", last == 0 || seq == last + 1, || format!("{seq} after {last}"));
        match &fact.kind {
            FactKind::Raised(raise) => {
                // What was found under test is raised anew when the test ends, and was announced long ago.
                if let Some(watched) = self.conditions.get(&raise.condition).copied()
                    && !self.tried.remove(&raise.condition)
                {
                    self.announced(watched, raise.realarm, now.mono);
                }
                let id = EventId::from(fact.id);
                let occurrence = state.occurrences.get(&id);
                let sounds = occurrence.is_some_and(|o| o.sounding || !o.is_open() || !o.inhibit.is_empty());
                if raise.priority == 1 {
                    self.hold("3 a new fire sounds", sounds, || format!("{}", raise.condition));
                }
            }
            FactKind::Reactivated { occurrence }
            | FactKind::SourceChanged { occurrence, source: Source::Active, .. } => {
                let condition = state.occurrences.get(occurrence).map(|o| o.raise.condition.clone());
                if let Some(watched) = condition.and_then(|condition| self.conditions.get(&condition).copied()) {
                    // After a reset that nobody confirmed, what is still active is announced once more.
                    let unconfirmed = self.unconfirmed.remove(occurrence);
                    let again = unconfirmed || matches!(fact.kind, FactKind::SourceChanged { .. });
                    self.announced(watched, again, now.mono);
                }
            }
            FactKind::SourceChanged { occurrence, source: Source::Quiet, .. } => {
                let condition = state.occurrences.get(occurrence).map(|o| o.raise.condition.clone());
                if let Some(watched) = condition.and_then(|condition| self.conditions.get(&condition).copied()) {
                    let held = self.held_within(watched, now.mono, false);
                    self.hold("2 nothing is cleared without a cause", held, || format!("watched {watched} at {now:?}"));
                }
            }
            FactKind::Chatter(chatter) => self.chattered(chatter, state, now.mono),
            FactKind::Reset { awaiting, .. } => {
                self.resets += 1;
                self.unconfirmed.extend(awaiting);
            }
            FactKind::Closed { occurrence, reason } => {
                let source = state.occurrences.get(occurrence).map(|o| (o.raise.condition.clone(), o.source));
                if let (CloseReason::TestOver, Some((condition, source))) = (reason, source)
                    && source != Source::Quiet
                {
                    self.tried.insert(condition);
                }
                self.closed(*occurrence, *reason, state);
            }
            _ => {}
        }
    }

    /// What is damped is told late, but it is told: an episode of a damped condition counts as announced.
    fn chattered(&mut self, chatter: &ChatterFact, state: &State, now: Mono) {
        let Some(held) = state.occurrences.get(&chatter.occurrence()) else { return };
        let fire = held.raise.priority == 1;
        let Some(watched) = self.conditions.get(&held.raise.condition).copied() else { return };
        match chatter {
            ChatterFact::Began { .. } if fire => {}
            ChatterFact::Began { .. } => {
                *self.tested.count("d a fault is damped") += 1;
                self.damped.insert(watched);
                if let Some(episode) = self.episodes[watched].last_mut() {
                    episode.calm = false;
                }
            }
            ChatterFact::Counted { .. } => {
                self.hold("d no fire is damped", !fire, || format!("{held:?}"));
                if let Some(episode) = self.episodes[watched].last_mut() {
                    episode.announced.get_or_insert(now);
                }
            }
            ChatterFact::Ended { .. } => {
                self.damped.remove(&watched);
            }
        }
    }

    fn note_row(&mut self, fact: &Fact) {
        match &fact.kind {
            FactKind::Raised(_) => {
                self.rows.insert(fact.id.into());
            }
            FactKind::Closed { occurrence, .. } => {
                self.rows.remove(occurrence);
            }
            _ => {}
        }
    }

    /// After every step: every row that was raised and not closed is shown.
    pub fn shown_rows(&mut self, state: &State) {
        let (rows, shown) = (self.rows.len(), state.open().count());
        self.hold("3 no row is hidden", rows == shown, || format!("{shown} of {rows} rows are shown"));
    }

    /// After every input: no fire that is owed an acknowledgement stays quiet for longer than a silence lasts, and
    /// nothing sounds that was acknowledged or is inhibited.
    pub fn sound(&mut self, state: &State, site: &Site, now: Now) {
        let longest = site.settings.resound_after + Duration::from_secs(2);
        let mut mute = BTreeMap::new();
        for occurrence in state.open() {
            let settled = occurrence.ack.is_some() || !occurrence.inhibit.is_empty();
            self.hold("3 what is acknowledged or inhibited is quiet", !(settled && occurrence.sounding), || {
                format!("{occurrence:?}")
            });
            let returns = matches!(occurrence.raise.tone, Tone::Fire | Tone::Emergency);
            if returns && !settled && !occurrence.sounding {
                let released = self.inhibited.contains(&occurrence.id);
                self.hold("3 a fire that is released sounds", !released, || format!("{occurrence:?}"));
                let since = self.mute.get(&occurrence.id).copied().unwrap_or(now.mono);
                mute.insert(occurrence.id, since);
                self.hold("3 a silence ends", now.mono.since(since) <= longest, || format!("{occurrence:?}"));
            }
        }
        self.mute = mute;
        self.inhibited = state.open().filter(|o| !o.inhibit.is_empty()).map(|o| o.id).collect();
    }

    fn announced(&mut self, watched: usize, again: bool, now: Mono) {
        let held = self.held_within(watched, now, true);
        self.hold("1 raised on evidence only", held, || format!("watched {watched} at {now:?}"));
        if let Some(episode) = self.episodes[watched].last_mut() {
            episode.announced.get_or_insert(now);
        }
        if !again {
            self.raised[watched] += 1;
            let (raised, begun) = (self.raised[watched], self.begun[watched]);
            self.hold("1 once per episode", raised <= begun, || {
                format!("watched {watched}: raised {raised} times in {begun} episodes")
            });
        }
    }

    fn closed(&mut self, id: EventId, reason: CloseReason, state: &State) {
        let Some(occurrence) = state.occurrences.get(&id).cloned() else { return };
        let resets = self.resets;
        let caused = match reason {
            CloseReason::Over => occurrence.source == Source::Quiet && !occurrence.latched,
            CloseReason::PanelReset => {
                occurrence.source == Source::Quiet && (occurrence.ack.is_some() || occurrence.is_test())
            }
            CloseReason::Reset => resets > 0 && !occurrence.is_unacknowledged(),
            CloseReason::Removed => false,
            CloseReason::TestOver => occurrence.is_test(),
        };
        self.hold("2 closed with a cause", caused, || format!("{occurrence:?}"));
        if occurrence.raise.latches {
            self.hold("3 no light goes out before reset", reason != CloseReason::Over, || format!("{occurrence:?}"));
        }
    }

    /// What the outside sees as recorded is durable.
    pub fn shown(&mut self, fact: &Fact, recorded: bool, durable: &[Fact]) {
        if recorded {
            let index = usize::try_from(fact.id.seq - 1).expect("small");
            let held = durable.get(index) == Some(fact);
            self.hold("6 recorded means durable", held, || format!("{:?}", fact.id));
        }
    }

    /// The process died.
    pub fn killed(&mut self, durable: &[Fact], shown: &State) {
        let reached = durable.last().map_or(0, |fact| fact.id.seq);
        self.last_seq = reached;
        self.rows.clear();
        durable.iter().for_each(|fact| self.note_row(fact));
        // What was decided but lost may be announced again: forget how it was counted.
        let lost = shown.last.seq.saturating_sub(reached);
        *self.tested.count("6 facts lost unrecorded") += lost;
        for count in &mut self.raised {
            *count = 0;
        }
        for (episodes, begun) in self.episodes.iter().zip(&mut self.begun) {
            *begun = u64::from(episodes.last().is_some_and(|episode| episode.to.is_none_or(|to| to.0 > 0)));
        }
    }

    /// The process started again (invariant 6): nothing but `restarted` lies between the two states.
    pub fn restarted(&mut self, before: &State, after: &State, effects: &[Effect]) {
        let mut expected = before.clone();
        for effect in effects {
            if let Effect::Commit(facts) = effect {
                for fact in facts {
                    // A command that was on its way is unknown from now on, and that is announced.
                    let announced = matches!(&fact.kind, FactKind::Raised(raise) if raise.momentary)
                        || matches!(fact.kind, FactKind::Reactivated { .. });
                    let unknown = matches!(fact.kind, FactKind::Command(CommandFact::Unknown { .. }));
                    let start = matches!(fact.kind, FactKind::Restarted { .. } | FactKind::Configured { .. });
                    let own = start || unknown || announced || follows(before, &fact.kind);
                    self.hold("6 a start decides nothing else", own, || format!("{fact:?}"));
                    expected.apply(fact);
                }
            }
        }
        let open = |state: &State| state.open().map(|o| (o.id, o.ack.is_some())).collect::<BTreeMap<_, _>>();
        let kept = |before: BTreeMap<EventId, bool>, after: BTreeMap<EventId, bool>| {
            before.into_iter().all(|(id, acknowledged)| after.get(&id).is_some_and(|now| !now | acknowledged))
        };
        self.hold("6 state is the facts", expected == *after, || "the states differ".into());
        self.hold("6 a restart clears nothing", kept(open(before), open(after)), || "occurrences differ".into());
        let damped = after.open().filter(|held| held.chattering.is_some() && held.raise.priority != 1);
        self.damped = damped.filter_map(|held| self.conditions.get(&held.raise.condition).copied()).collect();
        // An overdue review is known from the isolation itself; every other source must be read.
        let read = |condition: &Condition| condition.category.as_str() != "self";
        let known = after.open().any(|o| o.source != Source::Unknown && read(&o.raise.condition) && !o.raise.momentary);
        self.hold("6 every source is unknown until read", !known, || "a source is known".into());
    }

    /// A value reaches the board (invariant 7): it was in the field when it was read.
    pub fn value(&mut self, world: &World, point: u32, reading: &Reading, now: Now) {
        self.hold("7 no read time ahead of its read", reading.at.mono <= now.mono, || format!("{reading:?}"));
        let Some(watched) = self.points.get(&point).copied() else { return };
        let Some(value) = reading.good() else { return };
        let _ = world;
        let on = match value {
            Value::Bit(set) => *set,
            Value::State(state) => *state != 0,
            other => panic!("a watched point says {other:?}"),
        };
        let held = self.held_within(watched, now.mono, on);
        self.hold("7 no wrong value reaches a point", held, || format!("watched {watched} says {value:?} at {now:?}"));
    }

    /// Faults have stopped: the gateway agrees with the field, its points are known, its consumers are served.
    pub fn found_back(
        &mut self,
        engine: &Engine,
        site: &Site,
        board: &[Reading],
        consumer: &Consumer,
        durable: &[Fact],
    ) {
        for (point, reading) in site.points.iter().zip(board) {
            let known = reading.good().is_some();
            self.hold("live: every point is known again", known, || format!("{} is {reading:?}", point.id));
        }
        for occurrence in engine.state().open() {
            let condition = &occurrence.raise.condition;
            let known = occurrence.source != Source::Unknown;
            self.hold("live: every source is known again", known, || format!("{condition}"));
            if condition.category.as_str() == "link-fault" {
                // A link that went often stands until it has held still for five minutes.
                let damped = occurrence.chattering.is_some();
                let quiet = occurrence.source == Source::Quiet || damped;
                self.hold("live: every link is back", quiet, || format!("{condition}"));
            }
        }
        let ids: Vec<_> = durable.iter().map(|fact| fact.id).collect();
        let mut next = 0;
        for id in &consumer.received {
            if next < ids.len() && *id == ids[next] {
                next += 1;
            } else {
                let again = ids[..next].contains(id);
                self.hold("5 consumers see the journal's order", again, || format!("{id:?} out of order"));
            }
        }
        self.hold("5 consumers see every event", next == ids.len(), || format!("{next} of {}", ids.len()));
        *self.tested.count("5 events sent again after an outage") += consumer.resent;
    }
}

/// What a start may decide because its moment passed while nothing ran, or because its fact was lost with the process:
/// nothing that reaches the field.
fn follows(before: &State, kind: &FactKind) -> bool {
    let stage = |run: &EventId, action: u32, target: u32| {
        Some(before.linkages.get(run)?.actions.get(action as usize)?.targets.get(target as usize)?.stage)
    };
    let mode = |run: &EventId| before.linkages.get(run).map(|run| run.met.mode);
    let point = |id: &EventId| before.occurrences.get(id).map(|held| held.raise.condition.point.as_str());
    match kind {
        // A linkage sees again at once where what is latched is enough to judge it.
        FactKind::SourceChanged { occurrence, source: Source::Quiet, .. } => {
            point(occurrence).is_some_and(|point| point.starts_with("gateway/linkage."))
        }
        FactKind::Linkage(LinkageFact::Proposed { run, action, targets, code, .. }) => {
            code == "restarted" && targets.iter().all(|target| stage(run, *action, *target) == Some(Stage::Delayed))
        }
        FactKind::Linkage(LinkageFact::Started { run, .. }) => mode(run) == Some(Mode::Monitor),
        // The evidence of what is still open is weighed anew: nothing of it can be read.
        FactKind::Supervision(SupervisionFact::CauseJudged(judged)) => {
            before.occurrences.get(&judged.occurrence).is_some_and(|held| held.is_open())
        }
        _ => false,
    }
}
