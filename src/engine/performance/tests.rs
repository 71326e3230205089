//! The fold against a computation that anybody can check, over made journals.

use std::sync::Arc;

use super::{Acknowledged, Figures, Performance};
use crate::engine::alarm::{
    Cause, CloseReason, FACT_VERSION, Fact, FactId, FactKind, Judged, Raise, Source, SourceCause, SupervisionFact,
};
use crate::engine::base::{Actor, Category, EventId, PointId, Role, Text, Wall};
use crate::engine::site::{Condition, Place};

const MINUTE: i64 = 60_000_000;
const CATEGORIES: [Category; 4] = [Category::Fire, Category::Supervisory, Category::Fault, Category::Start];

/// A journal under the pen, and everything that was announced in it, in the plainest form.
#[derive(Default)]
struct Pen {
    facts: Vec<Fact>,
    now: i64,
    told: Vec<(i64, usize, EventId)>,
    waits: Vec<(i64, i64)>,
    open: Vec<Option<(EventId, i64)>>,
    last: Vec<Option<(i64, bool)>>,
}

fn condition(number: usize) -> Condition {
    let point = PointId::new(&format!("panel-1/d{number}"));
    Condition { point, category: CATEGORIES[number % CATEGORIES.len()], level: None }
}

fn raise(condition: Condition) -> Raise {
    let rules = condition.category.rules();
    Raise {
        name: Text::same(condition.point.as_str()),
        condition,
        place: Place::default(),
        priority: rules.priority,
        latches: false,
        stays: rules.stays_until_acknowledged,
        tone: rules.tone,
        code: None,
        kind: None,
        incident: None,
        first: false,
        realarm: false,
        arrival: None,
        detail: None,
        advice: None,
        class: None,
        momentary: false,
    }
}

impl Pen {
    fn new(conditions: usize) -> Pen {
        Pen { open: vec![None; conditions], last: vec![None; conditions], ..Pen::default() }
    }

    fn write(&mut self, kind: FactKind) -> EventId {
        let id = FactId { epoch: 1, seq: self.facts.len() as u64 + 1 };
        let by = Some(Actor { user: "li".into(), role: Role::Operator, origin: "desk".into() });
        self.facts.push(Fact { v: FACT_VERSION, id, at: Wall(self.now), by, key: None, kind });
        id.into()
    }

    fn counts(number: usize) -> bool {
        CATEGORIES[number % CATEGORIES.len()].rules().stays_until_acknowledged
    }

    /// The condition becomes active, again or for the first time.
    fn alarm(&mut self, number: usize) {
        let id = match self.open[number] {
            None => {
                let id = self.write(FactKind::Raised(Arc::new(raise(condition(number)))));
                self.open[number] = Some((id, self.now));
                id
            }
            Some((occurrence, _)) => {
                self.write(FactKind::Reactivated { occurrence });
                occurrence
            }
        };
        if Pen::counts(number) {
            self.told.push((self.now, number, id));
        }
        self.last[number] = Some((self.now, false));
    }

    fn acknowledge(&mut self, number: usize) {
        let Some((id, _)) = self.open[number] else { return };
        let Some((told, false)) = self.last[number] else { return };
        self.write(FactKind::Acknowledged { occurrences: vec![id], note: None });
        self.last[number] = Some((told, true));
        if Pen::counts(number) {
            self.waits.push((told, self.now));
        }
    }

    fn close(&mut self, number: usize) {
        let Some((occurrence, _)) = self.open[number] else { return };
        self.write(FactKind::SourceChanged { occurrence, source: Source::Quiet, cause: SourceCause::Read });
        self.write(FactKind::Closed { occurrence, reason: CloseReason::Over });
        self.open[number] = None;
    }

    fn figures(&self, from: i64, to: i64) -> Figures {
        let mut performance = Performance::of(Wall(from), Wall(to));
        self.facts.iter().for_each(|fact| performance.note(fact));
        performance.figures()
    }

    /// Alarms of the ten minutes that end at `at`.
    fn lately(&self, at: i64) -> usize {
        self.told.iter().filter(|(told, ..)| *told <= at && *told > at - 10 * MINUTE).count()
    }

    /// How long floods lasted between `from` and `to`: every instant at which the number changes is looked at.
    fn flooded(&self, from: i64, to: i64) -> (u64, u64) {
        let mut instants: Vec<i64> = self.told.iter().flat_map(|(at, ..)| [*at, *at + 10 * MINUTE]).collect();
        instants.push(to);
        instants.sort_unstable();
        let (mut since, mut lasted, mut count) = (None, 0, 0);
        for at in instants.into_iter().filter(|at| *at <= to) {
            let lately = self.lately(at);
            match since {
                None if lately > 10 && at < to => since = Some(at),
                Some(begun) if lately < 5 || at == to => {
                    let within = at - i64::max(begun, from);
                    if within > 0 {
                        (lasted, count) = (lasted + within as u64, count + 1);
                    }
                    since = None;
                }
                _ => {}
            }
        }
        (count, lasted)
    }
}

/// A small generator: the same seed, the same journal.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

fn made(seed: u64) -> Pen {
    let mut random = Random(seed);
    let mut pen = Pen::new(14);
    for _ in 0..400 {
        // Hours of rest, and bursts.
        let pace = if random.below(20) == 0 { 7_200 } else { 45 };
        pen.now += (random.below(pace) * 1_000_000) as i64 + 1;
        let number = random.below(14) as usize;
        match random.below(4) {
            0 | 1 => pen.alarm(number),
            2 => pen.acknowledge(number),
            _ => pen.close(number),
        }
    }
    pen
}

#[test]
fn the_fold_says_what_plain_counting_says() {
    let mut floods = 0;
    for seed in 0..60 {
        let pen = made(seed);
        let (from, to) = (pen.now / 5, pen.now * 4 / 5);
        let told: Vec<_> = pen.told.iter().filter(|(at, ..)| (from..to).contains(at)).collect();
        let figures = pen.figures(from, to);
        assert_eq!(figures.alarms, told.len() as u64, "seed {seed}");
        let per_window =
            |window: i64| told.iter().filter(|(at, ..)| (at - from) / (10 * MINUTE) == window).count() as u64;
        let windows: Vec<u64> = (0..(to - from + 10 * MINUTE - 1) / (10 * MINUTE)).map(per_window).collect();
        assert_eq!(figures.windows.all, windows.len() as u64, "seed {seed}");
        assert_eq!(figures.windows.above_ten, windows.iter().filter(|many| **many > 10).count() as u64, "seed {seed}");
        assert_eq!(Some(&figures.windows.peak), windows.iter().max(), "seed {seed}");
        assert_eq!((figures.floods.count, figures.floods.lasted_us), pen.flooded(from, to), "seed {seed}");
        floods += figures.floods.count;
        let of = |number: usize| told.iter().filter(|(_, one, _)| *one == number).count() as u64;
        let mut worst: Vec<u64> = (0..14).map(of).filter(|many| *many > 0).collect();
        worst.sort_unstable_by_key(|many| std::cmp::Reverse(*many));
        worst.truncate(10);
        assert_eq!(figures.worst.iter().map(|actor| actor.alarms).collect::<Vec<_>>(), worst, "seed {seed}");
        let mut waits: Vec<u64> = pen
            .waits
            .iter()
            .filter(|(told, at)| (from..to).contains(told) && *at < to)
            .map(|(told, at)| (at - told) as u64)
            .collect();
        waits.sort_unstable();
        assert_eq!(figures.acknowledged.count, waits.len() as u64, "seed {seed}");
        let half = waits.iter().filter(|wait| Some(**wait) <= figures.acknowledged.median_us).count();
        assert!(half * 2 >= waits.len(), "seed {seed}");
        assert!(
            (1..=3).map(|priority| figures.priorities.get(&priority).copied().unwrap_or(0)).sum::<u64>()
                <= figures.alarms
        );
        assert_eq!(figures.priorities.values().sum::<u64>(), figures.alarms, "seed {seed}");
    }
    assert!(floods > 20, "the journals have floods: {floods}");
}

#[test]
fn what_stands_is_counted_at_the_end_and_what_stands_for_a_day_is_stale() {
    let mut pen = Pen::new(4);
    pen.alarm(0);
    pen.now += 5 * MINUTE;
    pen.alarm(1);
    pen.now += 5 * MINUTE;
    pen.alarm(3);
    let day = 24 * 60 * MINUTE;
    let at = |to: i64| pen.figures(0, to);
    assert_eq!((at(day).standing, at(day).stale), (2, 0), "a start asks for nobody");
    assert_eq!((at(day + 1).standing, at(day + 1).stale), (2, 1));
    assert_eq!(at(day + 6 * MINUTE).stale, 2);
    assert_eq!(at(5 * MINUTE).standing, 1, "what comes at the end itself is not in the window");
}

#[test]
fn times_to_acknowledge_are_of_nearest_rank() {
    let mut pen = Pen::new(80);
    for number in (0..80).filter(|number| Pen::counts(*number)).take(20) {
        pen.alarm(number);
        pen.now += 1_000_000 * (number as i64 + 1);
        pen.acknowledge(number);
    }
    let mut waits: Vec<u64> = pen.waits.iter().map(|(told, at)| (at - told) as u64).collect();
    waits.sort_unstable();
    let figures = pen.figures(0, pen.now + 1);
    let expected = Acknowledged { count: 20, median_us: Some(waits[9]), p95_us: Some(waits[18]) };
    assert_eq!(figures.acknowledged, expected);
}

#[test]
fn what_folds_as_it_comes_is_no_alarm() {
    let mut pen = Pen::new(4);
    pen.alarm(1);
    pen.now += MINUTE;
    pen.alarm(2);
    let judged = |pen: &Pen| Judged {
        occurrence: pen.told[1].2,
        cause: Cause::Consequence,
        words: Text::default(),
        evidence: Vec::new(),
        under: Some(pen.told[0].2),
    };
    let kind = FactKind::Supervision(SupervisionFact::CauseJudged(Arc::new(judged(&pen))));
    let late = {
        let mut late = Pen { now: pen.now + MINUTE, ..Pen::new(4) };
        late.facts = pen.facts.clone();
        late.write(kind.clone());
        late.figures(0, late.now + 1)
    };
    pen.write(kind);
    let at_once = pen.figures(0, pen.now + 1);
    assert_eq!((at_once.alarms, at_once.folded), (1, 1));
    assert_eq!((late.alarms, late.folded), (2, 0), "what was heard before it folded was an alarm");
}
