use super::*;
use crate::engine::alarm::State;
use crate::engine::alarm::fact::FactKind::Raised;
use crate::engine::alarm::{Fact, FactId};

/// A raise as older versions wrote it, or with a number.
fn raised(seq: u64, arrival: &str) -> Fact {
    let text = format!(
        r#"{{"v":2,"epoch":1,"seq":{seq},"at":{seq},"kind":"raised","condition":{{"point":"panel-1/d{seq}","category":"fire"}},"name":{{"zh":"","en":""}},"place":{{"building":null,"floor":null,"zone":null,"text":{{"zh":"","en":""}}}},"priority":1,"latches":true,"stays":true,"tone":"fire","incident":"1-1"{arrival},"first":false,"realarm":false}}"#
    );
    Fact::from_bytes(text.as_bytes()).expect("a fact as it is written")
}

fn opened() -> State {
    let mut state = State::default();
    let id = FactId { epoch: 1, seq: 1 };
    let kind = FactKind::IncidentOpened {};
    state.apply(&Fact { v: 2, id, at: crate::engine::base::Wall(1), by: None, key: None, kind });
    state
}

fn next(state: &State) -> u32 {
    state.incidents.values().next().expect("one incident").next_number()
}

#[test]
fn what_was_raised_before_alarms_were_numbered_counts() {
    let mut state = opened();
    assert_eq!(next(&state), 1);
    state.apply(&raised(2, ""));
    state.apply(&raised(3, ""));
    assert_eq!(next(&state), 3);
    // A snapshot of that time knows the alarms of an incident and no numbers.
    let mut told = serde_json::to_value(&state).expect("a state");
    told["incidents"]["1-1"].as_object_mut().expect("the incident").remove("numbered");
    let mut state: State = serde_json::from_value(told).expect("an older state");
    assert_eq!(next(&state), 3);
    state.apply(&raised(4, r#","arrival":{"number":3}"#));
    assert_eq!(next(&state), 4);
}

#[test]
fn a_number_that_is_kept_takes_no_new_one_and_a_tie_marks_both() {
    let mut state = opened();
    state.apply(&raised(2, r#","arrival":{"number":1}"#));
    state.apply(&raised(3, r#","arrival":{"number":2}"#));
    assert!(state.occurrences.values().all(|held| !held.tied));
    state.apply(&raised(4, r#","arrival":{"number":3,"tied":"1-3"}"#));
    let tied: Vec<u64> = state.occurrences.values().filter(|held| held.tied).map(|held| held.id.seq).collect();
    assert_eq!(tied, [3, 4]);
    // What a reset brings back.
    state.apply(&raised(5, r#","arrival":{"number":1}"#));
    assert_eq!(next(&state), 4);
    let written = raised(6, r#","arrival":{"number":3,"tied":"1-3"}"#);
    let Raised(raise) = &written.kind else { panic!("raised") };
    assert_eq!(raise.arrival.map(|arrival| (arrival.number, arrival.tied.map(|tied| tied.seq))), Some((3, Some(3))));
}
