use std::time::Duration;

use super::*;
use crate::engine::base::{Mono, Value, Wall};
use crate::engine::profile::{Comparison, Expression, Term};

type Known = Result<Value, Reason>;

const ON: Known = Ok(Value::Bit(true));
const OFF: Known = Ok(Value::Bit(false));

/// Three slots: 0 and 1 are read by request 0, slot 2 by request 1.
struct Field {
    detector: Detector,
    known: Vec<Known>,
    id: u64,
    second: u64,
}

impl Field {
    fn new(watches: Vec<Watch>) -> Field {
        let known = vec![Err(Reason::NeverRead); 3];
        let mut detector = Detector::new(watches, known.len());
        for (slot, source) in [(0, 0), (1, 0), (2, 1)] {
            detector.retarget(slot, source);
        }
        Field { detector, known, id: 0, second: 0 }
    }

    fn now(&self) -> Now {
        Now { mono: Mono(self.second * 1_000_000), wall: Wall(0) }
    }

    /// One answer of `source`, one second after the last step.
    fn answer(&mut self, source: u32, values: &[(u32, Known)], verified: bool) -> Vec<Event> {
        self.second += 1;
        self.id += 1;
        self.detector.answered(source, self.id, verified);
        for (slot, value) in values {
            if self.known[*slot as usize] != *value {
                self.known[*slot as usize] = value.clone();
                self.detector.changed(*slot);
            }
        }
        self.look()
    }

    fn read(&mut self, source: u32, values: &[(u32, Known)]) -> Vec<Event> {
        self.answer(source, values, true)
    }

    fn look(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        let (known, at) = (&self.known, Moment { id: self.id, now: self.now() });
        self.detector.evaluate(|slot| &known[slot as usize], at, &mut events, |_| {});
        events
    }
}

fn watch(when: Expression, delay: u64) -> Watch {
    Watch { rule: 7, when, delay: Duration::from_secs(delay), absent_is_fault: false }
}

fn truth(truth: Truth) -> Vec<Event> {
    vec![Event::Truth { rule: 7, truth }]
}

#[test]
fn a_raise_needs_one_read_and_a_clear_two() {
    let mut field = Field::new(vec![watch(Expression::Bit(0), 0)]);
    let steps = [
        (ON, truth(Truth::True)),
        (ON, vec![]),
        (OFF, vec![]),
        (OFF, truth(Truth::False)),
        (OFF, vec![]),
        (ON, truth(Truth::True)),
        (OFF, vec![]),
        (ON, vec![]),
        (OFF, vec![]),
        (OFF, truth(Truth::False)),
    ];
    for (number, (value, expected)) in steps.into_iter().enumerate() {
        assert_eq!(field.read(0, &[(0, value)]), expected, "step {number}");
    }
}

#[test]
fn a_clear_waits_until_every_input_was_read_again() {
    let both = Expression::Any(vec![Expression::Bit(0), Expression::Bit(2)]);
    let mut field = Field::new(vec![watch(both, 0)]);
    assert_eq!(field.read(1, &[(2, OFF)]), vec![]);
    assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True));
    assert_eq!(field.read(0, &[(0, OFF)]), vec![], "first agreeing read");
    assert_eq!(field.read(0, &[(0, OFF)]), vec![], "the other input is as old as before");
    assert_eq!(field.read(1, &[(2, OFF)]), truth(Truth::False));

    assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True));
    assert_eq!(field.read(0, &[(0, OFF)]), vec![], "first agreeing read");
    assert_eq!(field.read(1, &[(2, OFF)]), vec![], "the one that changed was not read again");
    assert_eq!(field.read(0, &[(0, OFF)]), truth(Truth::False));
}

#[test]
fn the_unknown_is_reported_and_is_never_false() {
    for reason in [Reason::Stale, Reason::LinkDown, Reason::BadValue, Reason::Absent, Reason::DeviceException] {
        let mut field = Field::new(vec![watch(Expression::Bit(0), 0)]);
        assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True));
        for _ in 0..3 {
            let events = field.read(0, &[(0, Err(reason))]);
            let claims_false = events.iter().any(|event| matches!(event, Event::Truth { truth: Truth::False, .. }));
            assert!(!claims_false, "{reason:?}: {events:?}");
        }
        assert_eq!(field.read(0, &[(0, OFF)]).iter().filter(|e| matches!(e, Event::Truth { .. })).count(), 0);
        assert!(field.read(0, &[(0, OFF)]).contains(&truth(Truth::False)[0]));
    }
}

#[test]
fn a_loss_of_quality_between_two_false_reads_starts_the_count_again() {
    let mut field = Field::new(vec![watch(Expression::Bit(0), 0)]);
    field.read(0, &[(0, ON)]);
    assert_eq!(field.read(0, &[(0, OFF)]), vec![]);
    assert_eq!(field.answer(0, &[(0, Err(Reason::DeviceException))], false), truth(Truth::Unknown));
    assert_eq!(field.read(0, &[(0, OFF)]), vec![]);
    assert_eq!(field.read(0, &[(0, OFF)]), truth(Truth::False));
}

#[test]
fn a_rule_is_blind_after_the_second_agreeing_answer_and_sees_again_once() {
    let check = |absent_is_fault, reason, blind_after: Option<usize>| {
        let mut field = Field::new(vec![Watch { absent_is_fault, ..watch(Expression::Bit(0), 0) }]);
        let blind: Vec<usize> = (1..=4)
            .filter(|_| field.read(0, &[(0, Err(reason))]).contains(&Event::Blind { rule: 7, reason }))
            .collect();
        // The filter's closure reads once per number, so its numbers are the numbers of the reads.
        assert_eq!(blind, blind_after.into_iter().collect::<Vec<_>>(), "{reason:?}");
        let seen = field.read(0, &[(0, ON)]);
        assert_eq!(seen.contains(&Event::Sees { rule: 7 }), blind_after.is_some());
    };
    check(false, Reason::BadValue, Some(2));
    check(false, Reason::DeviceException, Some(2));
    check(false, Reason::Stale, Some(1));
    check(false, Reason::Absent, None);
    check(true, Reason::Absent, Some(2));
    check(true, Reason::LinkDown, None);
}

/// What could not be read is not fitted, says the device now: that is known, and no fault any more. Where it is one, or where
/// nothing is heard at all, the rule stays blind.
#[test]
fn a_blind_rule_ends_when_its_input_is_not_fitted_and_is_blind_again_when_that_cannot_be_read() {
    let check = |absent_is_fault, then, sees_after: Option<usize>| {
        let mut field = Field::new(vec![Watch { absent_is_fault, ..watch(Expression::Bit(0), 0) }]);
        let bad = || Err(Reason::BadValue);
        field.read(0, &[(0, bad())]);
        assert!(field.read(0, &[(0, bad())]).contains(&Event::Blind { rule: 7, reason: Reason::BadValue }));
        let sees: Vec<usize> =
            (1..=4).filter(|_| field.read(0, &[(0, Err(then))]).contains(&Event::Sees { rule: 7 })).collect();
        assert_eq!(sees, sees_after.into_iter().collect::<Vec<_>>(), "{then:?}");
        let again: Vec<usize> = (1..=3).filter(|_| !field.read(0, &[(0, bad())]).is_empty()).collect();
        assert_eq!(
            again,
            if sees_after.is_some() { vec![2] } else { vec![] },
            "announced once more, or still announced"
        );
    };
    check(false, Reason::Absent, Some(2));
    check(true, Reason::Absent, None);
    check(false, Reason::LinkDown, None);
    check(false, Reason::BadValue, None);
}

#[test]
fn an_unknown_input_that_does_not_decide_is_no_fault() {
    let either = Expression::Any(vec![Expression::Bit(0), Expression::Bit(2)]);
    let mut field = Field::new(vec![watch(either, 0)]);
    assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True));
    assert_eq!(field.read(1, &[(2, Err(Reason::BadValue))]), vec![]);
    assert_eq!(field.read(1, &[(2, Err(Reason::BadValue))]), vec![]);
}

#[test]
fn a_delay_must_be_held_through() {
    let low = Expression::Compare(Term::Slot(0), Comparison::Less, Term::Literal(150.0));
    let mut field = Field::new(vec![watch(low, 5)]);
    let number = |value: f64| (0, Ok(Value::Number(value)));
    assert_eq!(field.read(0, &[number(100.0)]), vec![], "held since second 1");
    assert_eq!(field.detector.due(), Some(Mono(6_000_000)));
    assert_eq!(field.read(0, &[number(200.0)]), vec![], "it did not hold");
    assert_eq!(field.read(0, &[number(100.0)]), vec![], "held since second 3");
    field.second = 7;
    field.detector.elapse(field.now().mono);
    assert_eq!(field.look(), vec![], "four seconds");
    field.second = 8;
    field.detector.elapse(field.now().mono);
    assert_eq!(field.look(), truth(Truth::True), "five seconds");
    assert_eq!(field.detector.due(), None);
    assert_eq!(field.read(0, &[(0, Err(Reason::LinkDown))]), truth(Truth::Unknown));
    assert_eq!(field.read(0, &[number(100.0)]), truth(Truth::True), "the same episode needs no second delay");
}

#[test]
fn an_interrupted_hold_does_not_count() {
    let mut field = Field::new(vec![watch(Expression::Bit(0), 5)]);
    field.read(0, &[(0, ON)]);
    field.read(0, &[(0, Err(Reason::BadValue))]);
    field.read(0, &[(0, ON)]);
    field.second = 7;
    field.detector.elapse(field.now().mono);
    assert_eq!(field.look(), vec![]);
    field.second = 8;
    field.detector.elapse(field.now().mono);
    assert_eq!(field.look(), truth(Truth::True));
}

#[test]
fn a_confirmation_counts_only_requests_sent_after_it() {
    let mut field = Field::new(vec![watch(Expression::Bit(0), 0)]);
    field.read(0, &[(0, ON)]);
    // Request 2 is on the wire when the call comes.
    field.detector.confirm(0..1, 2);
    assert_eq!(field.read(0, &[(0, ON)]), vec![], "sent before the call");
    assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True), "sent after it, although nothing changed");
    assert_eq!(field.read(0, &[(0, ON)]), vec![], "once");

    field.detector.confirm(0..1, 5);
    assert_eq!(field.read(0, &[(0, OFF)]), vec![], "sent before the call: not one of the two");
    assert_eq!(field.read(0, &[(0, OFF)]), vec![]);
    assert_eq!(field.read(0, &[(0, OFF)]), truth(Truth::False));

    field.detector.confirm(0..1, 8);
    let news = field.answer(0, &[(0, Err(Reason::DeviceException))], false);
    assert_eq!(news, truth(Truth::Unknown), "a change, but sent before the call");
    let anew = field.answer(0, &[(0, Err(Reason::DeviceException))], false);
    assert!(anew.contains(&truth(Truth::Unknown)[0]), "still unknown is an answer too: {anew:?}");
}

#[test]
fn a_confirmation_of_several_inputs_needs_enough_of_them_to_decide() {
    let both = Expression::All(vec![Expression::Bit(0), Expression::Bit(2)]);
    let mut field = Field::new(vec![watch(both, 0)]);
    field.read(0, &[(0, ON)]);
    assert_eq!(field.read(1, &[(2, ON)]), truth(Truth::True));
    field.detector.confirm(0..1, field.id);
    assert_eq!(field.read(0, &[(0, ON)]), vec![]);
    assert_eq!(field.read(1, &[(2, ON)]), truth(Truth::True));
}

#[test]
fn a_raise_from_a_request_on_the_wire_is_not_held_back_by_a_confirmation() {
    let mut field = Field::new(vec![watch(Expression::Bit(0), 0)]);
    field.detector.confirm(0..1, 1);
    assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True), "news");
    assert_eq!(field.read(0, &[(0, ON)]), truth(Truth::True), "the confirmation");
    assert_eq!(field.read(0, &[(0, ON)]), vec![]);
}
