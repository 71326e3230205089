//! What a profile gets from its class, and what it does not get because it does not show a status.
//!
//! Takes: a checked profile and the classes.
//! Gives: lines for people ([`lines`]) and the same for programs ([`as_json`]).
//! Never: a class alarm that is missing in silence.

use serde_json::{Value, json};

use crate::engine::class::{Class, ClassAlarm, Classes};
use crate::engine::profile::{AlarmSpec, Profile, StatusSpec};

/// What one device, or the elements of one array, get.
struct Share<'a> {
    /// Empty for the device itself.
    array: &'a str,
    class: &'a Class,
    shown: Vec<&'a str>,
    /// Keys that come from the class.
    gets: Vec<&'a str>,
    /// Keys that do not, with the statuses that they lack.
    lacks: Vec<(&'a str, Vec<&'a str>)>,
}

/// Lines such as `class fan: shows running; alarms of the class: overload` and `not, for want of a status: no-air (flow)`.
pub fn lines(profile: &Profile, classes: &Classes) -> Vec<String> {
    let mut lines = Vec::new();
    for share in shares(profile, classes) {
        let of = if share.array.is_empty() { String::new() } else { format!("{}: ", share.array) };
        let list = |keys: &[&str]| if keys.is_empty() { "nothing".to_owned() } else { keys.join(", ") };
        let id = &share.class.id;
        lines.push(format!("{of}class {id}: shows {}; alarms of the class: {}", list(&share.shown), list(&share.gets)));
        if !share.lacks.is_empty() {
            let one = |(key, lacking): &(&str, Vec<&str>)| format!("{key} ({})", lacking.join(", "));
            let lacks: Vec<String> = share.lacks.iter().map(one).collect();
            lines.push(format!("{of}not, for want of a status: {}", lacks.join(", ")));
        }
    }
    lines
}

/// The same as an array of objects.
pub fn as_json(profile: &Profile, classes: &Classes) -> Value {
    let one = |share: Share<'_>| {
        let lacks: Vec<Value> =
            share.lacks.iter().map(|(alarm, statuses)| json!({ "alarm": alarm, "statuses": statuses })).collect();
        let array = (!share.array.is_empty()).then_some(share.array);
        json!({ "array": array, "class": share.class.id, "statuses": share.shown, "alarms": share.gets, "lacks": lacks })
    };
    shares(profile, classes).map(one).collect()
}

fn shares<'a>(profile: &'a Profile, classes: &'a Classes) -> impl Iterator<Item = Share<'a>> {
    let own = share("", &profile.class, &profile.statuses, (&profile.alarms, &profile.without), classes);
    let arrays = profile.arrays.iter().filter_map(|array| {
        share(&array.key, array.class.as_deref()?, &array.statuses, (&array.alarms, &array.without), classes)
    });
    own.into_iter().chain(arrays)
}

fn share<'a>(
    array: &'a str,
    class: &str,
    statuses: &'a [StatusSpec],
    (own, without): (&'a [AlarmSpec], &'a [String]),
    classes: &'a Classes,
) -> Option<Share<'a>> {
    let (_, class) = classes.find(class)?;
    let shown: Vec<&str> = statuses.iter().map(|status| status.key.as_str()).collect();
    let told = |key: &String| without.contains(key) || own.iter().any(|spec| spec.key == *key);
    let free = class.alarms.iter().filter(|alarm| !told(&alarm.key));
    let lacking = |alarm: &'a ClassAlarm| (alarm.key.as_str(), class.lacking(&alarm.when, |key| shown.contains(&key)));
    let (gets, lacks): (Vec<_>, Vec<_>) = free.map(lacking).partition(|(_, lacking)| lacking.is_empty());
    Some(Share { array, class, gets: gets.into_iter().map(|(key, _)| key).collect(), lacks, shown })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{class, profile};

    #[test]
    fn what_is_not_shown_is_named_with_the_status_it_lacks() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles/deepsea-gencomm");
        let (profile, _) = profile::load(&folder).expect("a shipped profile");
        let lines = lines(&profile, &class::shipped());
        assert!(lines[0].starts_with("class generator: shows commanded, cranking, running"), "{lines:#?}");
        assert!(lines[0].contains("alarms of the class: start-not-completed"), "{lines:#?}");
        assert!(lines[1].starts_with("not, for want of a status: not-ready (ready, fault), "), "{lines:#?}");
        assert!(!lines[1].contains("not-in-auto"), "its own takes that place: {lines:#?}");
        let values = as_json(&profile, &class::shipped());
        assert_eq!(values[0]["class"], "generator");
        assert!(values[0]["lacks"].as_array().is_some_and(|list| !list.is_empty()));
    }
}
