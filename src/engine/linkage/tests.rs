//! What counts, and what an input that changed says to the leaves that read it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::graph::Graph;
use super::values::{Known, Values};
use crate::engine::alarm::{Fact, FactId, FactKind, Live, Raise, State};
use crate::engine::base::{Category, Mono, Now, PointId, SiteId, Text, Tone, Truth, Verdict, Wall};
use crate::engine::profile::Expression;
use crate::engine::site::{Alarms, Among, Condition, Linkage, Mode, Place, Quantity, Rule, Sign, Site, When, Window};

const CONDITIONS: [(&str, Category); 4] =
    [("p/d1", Category::Fire), ("p/d1", Category::Prealarm), ("p/d2", Category::Fire), ("p/v1", Category::Feedback)];

fn site(when: When) -> Site {
    let mut site = Site::new(SiteId::new("s"));
    for (point, category) in CONDITIONS {
        site.rules.push(Rule {
            follows: Vec::new(),
            condition: Condition { point: PointId::new(point), category, level: None },
            device: 0,
            name: Text::same(point),
            place: Place::default(),
            code: None,
            kind: None,
            class: None,
            latches: category.rules().latches,
            delay: Duration::ZERO,
            when: Expression::All(Vec::new()),
            advice: Text::default(),
        });
    }
    site.linkages.push(Linkage {
        id: "l".into(),
        name: Text::same("l"),
        mode: Mode::Monitor,
        when,
        actions: Vec::new(),
        panel: None,
        origin: String::new(),
        rows: Vec::new(),
    });
    site
}

fn alarms(rules: &[u32]) -> Alarms {
    Alarms { rules: rules.to_vec(), unlisted: None }
}

fn fact(state: &mut State, kind: FactKind) {
    let id = FactId { epoch: 1, seq: state.last.seq + 1 };
    state.apply(&Fact { v: 2, id, at: Wall(0), by: None, key: None, kind });
}

fn raised(state: &mut State, rule: usize) {
    let (point, category) = CONDITIONS[rule];
    let raise = Raise {
        condition: Condition { point: PointId::new(point), category, level: None },
        name: Text::default(),
        place: Place::default(),
        priority: 1,
        latches: category.rules().latches,
        stays: true,
        tone: Tone::None,
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
    };
    fact(state, FactKind::Raised(Arc::new(raise)));
}

/// What a condition says when these rules are raised, those are known to be quiet, and nothing is known of the rest.
fn says(when: When, active: &[usize], quiet: &[usize], more: impl Fn(&mut State)) -> Truth {
    let site = site(when);
    let (graph, mut live, mut state) = (Graph::new(&site), Live::new(&site), State::default());
    active.iter().for_each(|rule| {
        raised(&mut state, *rule);
        live.truth[*rule] = Truth::True;
    });
    quiet.iter().for_each(|rule| live.truth[*rule] = Truth::False);
    more(&mut state);
    live.clock_trusted = true;
    let now = Now { mono: Mono(0), wall: Wall(1_767_225_600_000_000) };
    let known = Known { site: &site, state: &state, live: &live, now };
    let (mut values, mut moved) = (Values::new(&graph), BTreeSet::new());
    for rule in &site.rules {
        values.count(&graph, known, &rule.condition, &mut moved);
    }
    moved.extend(values.tick(&graph, known));
    moved.extend(0..graph.leaves.len() as u32);
    values.evaluate(&graph, known, moved);
    graph.when[0].evaluate(&|leaf| values.leaf(leaf))
}

#[test]
fn a_quantity_counts_different_points_and_the_unknown_is_neither() {
    let check = |at_least, active: &[usize], quiet: &[usize], expected| {
        let when = When::Alarms(alarms(&[0, 1, 2]), Quantity { at_least });
        assert_eq!(says(when, active, quiet, |_| {}), expected, "{at_least} of {active:?}, quiet {quiet:?}");
    };
    check(1, &[0], &[], Truth::True);
    check(1, &[], &[0, 1, 2], Truth::False);
    check(1, &[], &[0, 1], Truth::Unknown);
    // Two conditions of one point are one detection.
    check(2, &[0, 1], &[2], Truth::False);
    check(2, &[0, 1], &[], Truth::Unknown);
    check(2, &[1, 2], &[0], Truth::True);
    check(3, &[0, 2], &[1], Truth::False);
}

#[test]
fn what_latches_counts_while_it_is_held_and_what_does_not_while_it_is_active() {
    use crate::engine::alarm::{Source, SourceCause};
    let check = |rule: usize, source, expected| {
        let when = When::Alarms(alarms(&[rule as u32]), Quantity { at_least: 1 });
        let change = |state: &mut State| {
            let occurrence = state.open().next().expect("it was raised").id;
            fact(state, FactKind::SourceChanged { occurrence, source, cause: SourceCause::Read });
        };
        assert_eq!(says(when, &[rule], &[], change), expected, "rule {rule}, {source:?}");
    };
    check(0, Source::Quiet, Truth::True);
    check(0, Source::Unknown, Truth::True);
    check(3, Source::Active, Truth::True);
    check(3, Source::Quiet, Truth::False);
    check(3, Source::Unknown, Truth::Unknown);
}

#[test]
fn verdicts_end_a_cause_and_make_one() {
    let check = |when: &dyn Fn() -> When, verdict, expected| {
        let judge = |state: &mut State| {
            let occurrence = state.open().next().expect("it was raised").id;
            fact(state, FactKind::Judged { occurrence, verdict, cause: None });
        };
        assert_eq!(says(when(), &[0], &[1, 2], judge), expected, "{verdict:?}");
    };
    let counts = || When::Alarms(alarms(&[0]), Quantity { at_least: 1 });
    check(&counts, Verdict::Unverified, Truth::True);
    check(&counts, Verdict::False, Truth::False);
    check(&counts, Verdict::Drill, Truth::False);
    let judged = || When::Judged(alarms(&[0, 2]), Verdict::Real);
    check(&judged, Verdict::Unverified, Truth::False);
    check(&judged, Verdict::Real, Truth::True);
    check(&judged, Verdict::False, Truth::False);
}

#[test]
fn signs_negation_and_the_clock_are_three_valued() {
    let sign = |rule, is| Sign::Rule { rule, is };
    let check = |when: When, expected| assert_eq!(says(when.clone(), &[3], &[0], |_| {}), expected, "{when:?}");
    let signs = |list: &[Sign], among| When::Signs(list.to_vec(), among);
    check(signs(&[sign(3, true), sign(0, false)], Among::All), Truth::True);
    check(signs(&[sign(3, true), sign(2, true)], Among::All), Truth::Unknown);
    check(signs(&[sign(3, false), sign(2, true)], Among::All), Truth::False);
    check(signs(&[sign(3, true), sign(2, true)], Among::Any), Truth::True);
    check(When::Not(Box::new(signs(&[sign(2, true)], Among::Any))), Truth::Unknown);
    // Midnight of a Thursday, in UTC.
    let clock = |from, to, days| When::Clock(Window { from, to, days });
    check(clock(0, 1, 1 << 3), Truth::True);
    check(clock(0, 1, 1 << 4), Truth::False);
    check(clock(22 * 60, 6 * 60, 1 << 2), Truth::True);
    check(clock(22 * 60, 6 * 60, 1 << 3), Truth::False);
}
