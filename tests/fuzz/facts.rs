//! Facts as they lie on the disk, which may have been written by anybody.

use tocsin::engine::alarm::{Fact, State};

use super::harness::Target;

const WORDS: &[&str] = &[
    "\"",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    "null",
    "true",
    "-1",
    "0",
    "1e999",
    "18446744073709551615",
    "-9223372036854775808",
    "\"v\":",
    "\"v\":65535",
    "\"kind\":",
    "\"raised\"",
    "\"seq\":",
    "\"epoch\":",
    "\\u0000",
    "\\ud800",
    "{\"v\":2}",
];

#[test]
fn stored_facts() {
    let all = [include_str!("../journals/v1/facts.jsonl"), include_str!("../journals/v2/facts.jsonl")];
    let seeds: Vec<Vec<u8>> = all.iter().flat_map(|text| text.lines()).map(|line| line.as_bytes().to_vec()).collect();
    // A state in which most of what a fact may speak of exists.
    let mut lived = State::default();
    for seed in &seeds {
        lived.apply(&Fact::from_bytes(seed).expect("a stored fact"));
    }
    Target { name: "fact", seeds, cases: 2_000, words: WORDS }.run(|bytes| {
        let Ok(fact) = Fact::from_bytes(bytes) else { return Ok(()) };
        for mut state in [State::default(), lived.clone()] {
            state.apply(&fact);
        }
        match Fact::from_bytes(&fact.to_bytes()) {
            Ok(again) if again == fact => Ok(()),
            other => Err(format!("{fact:?} is written and read as {other:?}")),
        }
    });
}
