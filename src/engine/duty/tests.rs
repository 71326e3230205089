use super::*;
use crate::engine::alarm::{Fact, State};
use crate::engine::base::{Actor, BusId, Role, SiteId, Zone};
use crate::engine::input::Effect;
use crate::engine::site::{DayOfMonth, Item, PlanKind, Site};
use crate::engine::{Act, Engine, Finding, Input, Part, Refusal, RoundReport, Start};
use std::sync::Arc;
use std::time::Duration;

/// 2026-01-01, 08:00 in Shanghai.
const BEGIN: i64 = 1_767_225_600;

fn site() -> Site {
    let item = |id: &str| Item { id: id.into(), name: Text::same(id) };
    let patrol = Plan {
        kind: PlanKind::Patrol,
        id: "round".into(),
        name: Text::new("巡查", "Round"),
        place: Place::default(),
        items: vec![item("display"), item("lamps")],
        times: vec![8 * 60 + 30, 20 * 60 + 30],
        days: 0x7F,
        dates: Vec::new(),
        within: Duration::from_secs(3600),
        role: Role::Operator,
        devices: Vec::new(),
        figures: vec![PointId::new("pump-1/hours")],
    };
    let job = Plan {
        kind: PlanKind::Maintenance,
        id: "pumps".into(),
        times: vec![9 * 60],
        dates: vec![DayOfMonth { month: None, day: 2 }],
        within: Duration::from_secs(24 * 3600),
        role: Role::Engineer,
        items: vec![item("oil")],
        ..patrol.clone()
    };
    let mut site = Site::new(SiteId::new("s"));
    site.zone = Zone { changes: vec![(Wall(0), 8 * 3600)] };
    site.shifts = vec![8 * 60, 20 * 60];
    site.plans = vec![patrol, job];
    site
}

/// An engine on a disk that answers at once.
struct Desk {
    engine: Engine,
    facts: Vec<Fact>,
    now: Now,
    site: Arc<Site>,
    epoch: u32,
}

impl Desk {
    fn new(site: Site) -> Desk {
        let now = Now { mono: Mono(0), wall: Wall(BEGIN * 1_000_000) };
        let site = Arc::new(site);
        let start = Start { epoch: 1, version: "t".into(), clock_trusted: true };
        let (engine, effects) = Engine::start(Arc::clone(&site), State::default(), &start, now);
        let mut desk = Desk { engine, facts: Vec::new(), now, site, epoch: 1 };
        desk.take(effects);
        desk
    }

    /// The process dies and is started again `later`, on what was committed.
    fn again(&mut self, later: Duration, site: Site) {
        self.site = Arc::new(site);
        self.now = Now { mono: self.now.mono.after(later), wall: self.now.wall.after(later) };
        self.epoch += 1;
        let mut state = State::default();
        self.facts.iter().for_each(|fact| state.apply(fact));
        assert_eq!(&state, self.engine.state(), "the state is the facts applied");
        let start = Start { epoch: self.epoch, version: "t".into(), clock_trusted: true };
        let (engine, effects) = Engine::start(Arc::clone(&self.site), state, &start, self.now);
        self.engine = engine;
        self.take(effects);
    }

    fn take(&mut self, effects: Vec<Effect>) -> Option<Refusal> {
        let mut refused = None;
        for effect in effects {
            match effect {
                Effect::Commit(facts) => {
                    let upto = facts.last().map_or(0, |fact| fact.id.seq);
                    self.facts.extend(facts);
                    let more = self.engine.handle(Input::Committed { upto }, self.now);
                    refused = self.take(more).or(refused);
                }
                Effect::Answer { outcome: Err(refusal), .. } => refused = Some(refusal),
                _ => {}
            }
        }
        refused
    }

    /// Lets time pass, waking the engine when it asks for it.
    fn pass(&mut self, lapse: Duration) {
        let until = self.now.mono.after(lapse);
        while let Some(due) = self.engine.next_deadline().filter(|due| *due <= until) {
            let step = due.since(self.now.mono);
            self.now = Now { mono: self.now.mono.after(step), wall: self.now.wall.after(step) };
            let effects = self.engine.handle(Input::Wake, self.now);
            self.take(effects);
        }
        let step = until.since(self.now.mono);
        self.now = Now { mono: until, wall: self.now.wall.after(step) };
    }

    fn act(&mut self, user: &str, role: Role, act: Act) -> Option<Refusal> {
        let by = Actor { user: user.into(), role, origin: "desk".into() };
        let effects = self.engine.handle(Input::Act { ticket: 1, by, key: None, act }, self.now);
        self.take(effects)
    }

    fn li(&mut self, act: Act) -> Option<Refusal> {
        self.act("li", Role::Operator, act)
    }

    fn kinds(&self) -> Vec<&'static str> {
        self.facts.iter().map(|fact| fact.kind.as_str()).collect()
    }

    fn count(&self, kind: &str) -> usize {
        self.kinds().iter().filter(|held| **held == kind).count()
    }

    fn open(&self, point: &str) -> Option<&crate::engine::alarm::Occurrence> {
        self.engine.state().open().find(|held| held.raise.condition.point.as_str() == point)
    }
}

const fn minutes(count: u64) -> Duration {
    Duration::from_secs(count * 60)
}

fn report(of: PlanKind, plan: &str, findings: &[(&str, Option<&str>)]) -> Act {
    let findings = findings.iter().map(|(item, words)| Finding {
        item: (*item).into(),
        ok: words.is_none(),
        words: words.map(str::to_owned),
        point: None,
    });
    let figure = |id: &str| crate::engine::alarm::Figure { point: PointId::new(id), name: Text::same(id), value: None };
    Act::RecordRound(RoundReport {
        of,
        plan: plan.into(),
        findings: findings.collect(),
        note: None,
        figures: vec![figure("pump-1/hours"), figure("pump-1/other")],
    })
}

fn all_well() -> Act {
    report(PlanKind::Patrol, "round", &[("display", None), ("lamps", None)])
}

#[test]
fn a_round_is_due_announced_when_late_and_over_when_recorded() {
    let mut desk = Desk::new(site());
    desk.pass(minutes(29));
    assert_eq!(desk.count("round-due"), 0);
    desk.pass(minutes(2));
    assert_eq!(desk.count("round-due"), 1);
    desk.pass(minutes(58));
    assert!(desk.open("gateway/patrol.round").is_none());
    desk.pass(minutes(2));
    let late = desk.open("gateway/patrol.round").unwrap();
    assert_eq!(late.raise.detail.as_ref().unwrap().en, "Due at 2026-01-01 08:30, not recorded by 2026-01-01 09:30");
    assert_eq!((late.raise.condition.category, late.raise.tone), (Category::Own, crate::engine::base::Tone::Fault));
    let id = late.id;
    assert_eq!(desk.li(Act::Acknowledge { ids: vec![id], note: None, counts: BTreeMap::new() }), None);
    assert!(desk.open("gateway/patrol.round").is_some(), "nothing but a record ends it");
    assert_eq!(desk.li(all_well()), None);
    assert!(desk.open("gateway/patrol.round").is_none());
}

#[test]
fn a_round_that_nobody_made_is_missed_and_said_again() {
    let mut desk = Desk::new(site());
    desk.pass(minutes(13 * 60));
    assert_eq!((desk.count("round-due"), desk.count("round-overdue"), desk.count("round-missed")), (2, 1, 1));
    assert_eq!(desk.open("gateway/patrol.round").unwrap().count, 1);
    desk.pass(minutes(60));
    assert_eq!(desk.open("gateway/patrol.round").unwrap().count, 2);
}

#[test]
fn rounds_survive_restarts_and_those_of_the_dead_hours_are_counted() {
    let mut desk = Desk::new(site());
    desk.pass(minutes(31));
    desk.again(minutes(1), site());
    assert_eq!((desk.count("round-due"), desk.count("plan-taken-up")), (1, 2));
    desk.again(minutes(60), site());
    desk.pass(minutes(1));
    assert_eq!(desk.count("round-overdue"), 1, "{:?}", desk.kinds());
    desk.again(minutes(1), site());
    assert_eq!(desk.open("gateway/patrol.round").unwrap().source, Source::Active);
    // Two days dark: four rounds fell into them, the last of which is due now.
    desk.again(minutes(48 * 60), site());
    desk.pass(minutes(1));
    let due = desk.facts.iter().rev().find_map(|fact| match &fact.kind {
        FactKind::Duty(DutyFact::RoundDue(due)) if due.of == PlanKind::Patrol => Some(due),
        _ => None,
    });
    assert_eq!(due.map(|due| due.skipped), Some(3));
    let mut without = site();
    without.plans.clear();
    desk.again(minutes(1), without);
    assert_eq!(desk.count("plan-dropped"), 2);
    assert!(desk.engine.state().duty.plans.is_empty());
    assert_eq!(desk.open("gateway/patrol.round").unwrap().source, Source::Quiet);
}

#[test]
fn a_record_names_every_item_once_and_what_is_found_is_a_fault() {
    let mut desk = Desk::new(site());
    desk.pass(minutes(31));
    let wrong = report(PlanKind::Patrol, "round", &[("display", None), ("lamp", None)]);
    let refused = Refusal::ItemsDiffer { missing: vec!["lamps".into()], unknown: vec!["lamp".into()] };
    assert_eq!(desk.li(wrong), Some(refused));
    let no_words = report(PlanKind::Patrol, "round", &[("display", None), ("lamps", Some(" "))]);
    assert_eq!(desk.li(no_words), Some(Refusal::Missing { field: "finding" }));
    assert!(matches!(desk.li(report(PlanKind::Patrol, "x", &[])), Some(Refusal::NoSuchPlan { .. })));
    let job = || report(PlanKind::Maintenance, "pumps", &[("oil", None)]);
    assert_eq!(desk.li(job()), Some(Refusal::NotPermitted { needs: Role::Engineer }));
    assert_eq!(desk.act("chen", Role::Engineer, job()), None);
    assert_eq!(desk.count("round-recorded"), 1);

    assert_eq!(desk.li(report(PlanKind::Patrol, "round", &[("display", None), ("lamps", Some("dark"))])), None);
    let found = desk.open("gateway/patrol.round.lamps").unwrap();
    assert!(found.is_unacknowledged() && found.raise.detail.as_ref().unwrap().en.starts_with("dark"));
    let id = found.id;
    assert_eq!(desk.li(Act::Acknowledge { ids: vec![id], note: None, counts: BTreeMap::new() }), None);
    assert!(desk.engine.state().duty.unrecorded.contains_key(&id), "it wants a handling record");
    let mut rounds = Rounds::default();
    desk.facts.iter().for_each(|fact| rounds.apply(fact));
    let recorded = rounds.due[0].recorded.as_ref().unwrap();
    assert_eq!(recorded.by.as_ref().unwrap().user, "li");
    assert_eq!(recorded.record.figures.len(), 1, "only what the plan names");
    assert_eq!(rounds.besides.len(), 1, "the job was not due yet");
}

#[test]
fn a_shift_needs_its_people_and_nobody_leaves_without_relief() {
    let mut desk = Desk::new(site());
    desk.pass(minutes(14));
    assert!(desk.open("gateway/duty").is_none());
    desk.pass(minutes(2));
    assert!(desk.open("gateway/duty").unwrap().raise.detail.as_ref().unwrap().en.contains("needs 2"));
    assert_eq!(desk.li(Act::SignOut), Some(Refusal::NotOnDuty));
    assert_eq!(desk.li(Act::SignIn), None);
    assert_eq!(desk.act("wall", Role::Display, Act::SignIn), Some(Refusal::NotPermitted { needs: Role::Operator }));
    assert_eq!(desk.open("gateway/duty").unwrap().source, Source::Active);
    assert_eq!(desk.act("wang", Role::Operator, Act::SignIn), None);
    assert_eq!(desk.open("gateway/duty").unwrap().source, Source::Quiet);
    assert_eq!(desk.li(Act::SignOut), Some(Refusal::NoRelief { left: 1, needs: 2 }));
    // 20:00, and nobody comes: they stay, and it is said again.
    desk.again(minutes(1), site());
    assert_eq!(desk.count("shift-short"), 1);
    desk.pass(minutes(12 * 60));
    let short = desk.open("gateway/duty").unwrap();
    assert_eq!(short.source, Source::Active);
    assert_eq!(desk.count("shift-short"), 2);
    assert_eq!(desk.act("zhou", Role::Operator, Act::SignIn), None);
    assert_eq!(desk.act("sun", Role::Operator, Act::SignIn), None);
    assert_eq!(desk.open("gateway/duty").unwrap().source, Source::Quiet);
    assert_eq!(desk.li(Act::SignOut), None);
    assert_eq!(desk.act("wang", Role::Operator, Act::SignOut), None);
    assert!(matches!(desk.act("sun", Role::Operator, Act::SignOut), Some(Refusal::NoRelief { left: 1, .. })));
}

#[test]
fn a_fault_that_stands_is_said_again_and_again_until_it_is_over() {
    let mut site = site();
    (site.plans, site.shifts) = (Vec::new(), Vec::new());
    site.settings.standing_fault = minutes(60);
    let bus = crate::engine::site::Bus {
        id: BusId::new("lan"),
        name: Text::same("lan"),
        endpoint: crate::engine::site::Endpoint::Tcp("127.0.0.1:502".into()),
        periods: BTreeMap::new(),
        devices: Vec::new(),
    };
    site.buses = vec![bus];
    let again = site.clone();
    let mut desk = Desk::new(site);
    // The bus's task never reports: its line is lost.
    desk.pass(minutes(50));
    let fault = desk.open("gateway/bus.lan").unwrap().id;
    desk.pass(minutes(11));
    assert_eq!(desk.count("fault-standing"), 1);
    assert_eq!(desk.open("gateway/bus.lan.standing").unwrap().count, 1);
    desk.again(minutes(1), again);
    desk.pass(minutes(40));
    assert_eq!(desk.count("fault-standing"), 1, "a restart does not begin its time anew");
    desk.pass(minutes(30));
    assert_eq!(desk.count("fault-standing"), 2);
    assert_eq!(desk.open("gateway/bus.lan.standing").unwrap().count, 2);
    let acked = Act::Acknowledge { ids: vec![fault], note: Some("called".into()), counts: BTreeMap::new() };
    assert_eq!(desk.li(acked), None);
    let report = crate::engine::poll::Report {
        links: vec![crate::engine::poll::Link {
            of: crate::engine::poll::LinkOf::Bus(0),
            up: true,
            reason: Text::default(),
            at: desk.now,
        }],
        ..Default::default()
    };
    let effects = desk.engine.handle(Input::Report { bus: 0, report }, desk.now);
    desk.take(effects);
    assert!(desk.open("gateway/bus.lan").is_none(), "{:?}", desk.kinds());
    assert_eq!(desk.open("gateway/bus.lan.standing").unwrap().source, Source::Quiet);

    // It is over, and nobody said what it came from.
    assert!(desk.engine.state().duty.unrecorded.contains_key(&fault));
    let handled = |cause: &str| Act::Handled {
        ids: vec![fault],
        cause: cause.into(),
        measure: "plugged in".into(),
        result: None,
    };
    assert_eq!(desk.li(handled(" ")), Some(Refusal::Missing { field: "cause" }));
    assert_eq!(desk.li(handled("switch off")), None);
    assert!(desk.engine.state().duty.unrecorded.is_empty());
    assert_eq!(desk.li(Act::Note { id: fault, text: "photo taken".into() }), None);
    let mut record = Handling::default();
    desk.facts.iter().for_each(|fact| record.apply(fact));
    let whole = (Wall(0), Wall(i64::MAX));
    let entry = record.within(whole.0, whole.1).find(|entry| entry.id == fault).unwrap();
    assert_eq!(entry.noticed.as_ref().unwrap().by.as_ref().unwrap().user, "li");
    assert_eq!(entry.kept[0].cause, "switch off");
    assert!(entry.over.is_some());
    let steps: Vec<&str> = entry.steps.iter().map(|step| step.kind).collect();
    assert_eq!(steps.first(), Some(&"raised"));
    assert_eq!(&steps[steps.len() - 3..], ["closed", "handled", "noted"]);
    assert_eq!(record.before(), None);
}

#[test]
fn what_began_before_the_first_fact_read_is_kept_in_mind() {
    let mut desk = Desk::new(site());
    let fault = Input::Health { part: Part::Disk, fault: Some(Text::same("full")) };
    let effects = desk.engine.handle(fault, desk.now);
    desk.take(effects);
    let id = desk.open("gateway/disk").unwrap().id;
    assert_eq!(desk.li(Act::Acknowledge { ids: vec![id], note: None, counts: BTreeMap::new() }), None);
    let mut record = Handling::default();
    desk.facts.iter().filter(|fact| EventId::from(fact.id) > id).for_each(|fact| record.apply(fact));
    assert_eq!(record.before(), Some(id));
}
