//! What the cases of a profile leave out.
//!
//! Takes: a profile and its cases.
//! Gives: one sentence for each gap: a point without an expected value, an alarm that no case raises, no silent device.
//! Never: a gap that is excused.

use std::collections::BTreeSet;

use crate::config::cases::{Case, Given, Wanted};
use crate::engine::profile::{AlarmSpec, ArraySpec, Profile};

/// Every gap.
pub fn gaps(profile: &Profile, cases: &[Case]) -> Vec<String> {
    let values = cases.iter().flat_map(|case| &case.expect);
    let expected: BTreeSet<&str> =
        values.filter(|value| !matches!(value.value, Wanted::Unknown(_))).map(|value| value.point.as_str()).collect();
    let raised: BTreeSet<&str> =
        cases.iter().flat_map(|case| &case.active).map(|active| active.condition.as_str()).collect();
    let mut said = Vec::new();
    for point in profile.points.iter().filter(|point| !expected.contains(point.key.as_str())) {
        said.push(format!("cases: no case expects a value of \"{}\"", point.key));
    }
    for alarm in &profile.alarms {
        let segment = alarm.on.map_or(&alarm.key, |slot| &profile.points[slot as usize].key);
        if !raised.contains(condition(segment, alarm).as_str()) {
            said.push(format!("cases: no case raises \"{}\"", condition(segment, alarm)));
        }
    }
    for array in &profile.arrays {
        array_gaps(array, cases, &expected, &raised, &mut said);
    }
    for code in profile.memory.iter().flat_map(|memory| &memory.codes) {
        let mut remembered = cases.iter().flat_map(|case| &case.remembered);
        if !remembered.any(|entry| entry.text.rsplit(' ').next() == Some(&code.key)) {
            said.push(format!("cases: no case remembers \"{}\"", code.key));
        }
    }
    if !cases.iter().any(|case| case.given == Given::Silence) {
        said.push("cases: none has a device that answers nothing (reply = \"none\")".to_owned());
    }
    said
}

fn array_gaps(
    array: &ArraySpec,
    cases: &[Case],
    expected: &BTreeSet<&str>,
    raised: &BTreeSet<&str>,
    said: &mut Vec<String>,
) {
    let all = cases.iter().flat_map(|case| &case.elements).filter(|element| element.array == array.key);
    let name = |number_of_loop: u16, index: u16| {
        array.naming.replace("{loop}", &number_of_loop.to_string()).replace("{index}", &index.to_string())
    };
    let elements: BTreeSet<String> = all.map(|element| name(element.loop_number, element.index)).collect();
    for field in &array.fields {
        if !elements.iter().any(|element| expected.contains(format!("{element}.{}", field.key).as_str())) {
            said.push(format!("cases: no case expects a value of \"{}\" of any {}", field.key, array.key));
        }
    }
    for alarm in &array.alarms {
        if !elements.iter().any(|element| raised.contains(condition(element, alarm).as_str())) {
            said.push(format!("cases: no case raises \"{}\" of any {}", alarm.category.as_str(), array.key));
        }
    }
}

fn condition(segment: &str, alarm: &AlarmSpec) -> String {
    let level = alarm.level.map_or(String::new(), |level| format!(":{}", level.as_str()));
    format!("{segment}:{}{level}", alarm.category.as_str())
}
