//! A draft as the text of a `profile.toml`.
//!
//! Takes: a [`Draft`].
//! Gives: its text, and which line came from where.
//! Never: a value that TOML would read as something else.

use std::collections::BTreeMap;

use super::quoted::quoted;
use super::{Draft, Row};
use crate::config::problem::Spot;

/// The text, and the places of the rows by line.
pub(super) fn profile(draft: &Draft) -> (String, BTreeMap<usize, Spot>) {
    let device = &draft.device;
    let mut lines = vec![
        "# Made from a list of registers by `tocsin profile new`. Hold every row against the manual, then against the"
            .to_owned(),
        "# device (`tocsin profile try`), before `verified` says more. All keys: device-profiles/README.md".to_owned(),
        format!("vendor = {}", quoted(&device.vendor)),
        format!("model = {}", quoted(&device.model)),
        format!("class = {}", quoted(&device.class)),
        format!("source = {}", quoted(&device.source)),
        "verified = \"manual-only\"               # until somebody has seen it work: capture, hardware".to_owned(),
    ];
    lines.extend(device.unit.map(|unit| format!("unit = {unit}")));
    lines.extend([
        String::new(),
        "# Addresses as sent on the wire, from 0. Give measurements `valid`, and `absent` where the manual names a pattern".to_owned(),
        "# for \"no value\"; poll alarms \"fire\" or \"fast\", measurements \"normal\", counters \"slow\".".to_owned(),
        "[points]".to_owned(),
    ]);
    let mut places = BTreeMap::new();
    for row in &draft.rows {
        lines.push(point(row));
        places.insert(lines.len(), row.spot.clone());
    }
    let alarms: Vec<&Row> = draft.rows.iter().filter(|row| row.alarm.is_some()).collect();
    if !alarms.is_empty() {
        lines.extend([String::new(), "[alarms]".to_owned()]);
    }
    for row in alarms {
        lines.push(alarm(row));
        places.insert(lines.len(), row.spot.clone());
    }
    lines.push(String::new());
    (lines.join("\n"), places)
}

fn name(zh: &str, en: &str) -> String {
    format!("{{ zh = {}, en = {} }}", quoted(zh), quoted(en))
}

fn point(row: &Row) -> String {
    let mut parts = vec![
        format!("table = \"{}\"", row.table),
        format!("address = {}", row.address),
        format!("type = {}", quoted(&row.kind)),
    ];
    parts.extend(row.rest.iter().map(|(key, value)| format!("{key} = {value}")));
    if !row.states.is_empty() {
        let state = |(code, key, zh, en): &(u32, String, String, String)| {
            format!("{} = {{ code = {code}, zh = {}, en = {} }}", quoted(key), quoted(zh), quoted(en))
        };
        let states: Vec<String> = row.states.iter().map(state).collect();
        parts.push(format!("states = {{ {} }}", states.join(", ")));
    }
    parts.push(format!("name = {}", name(&row.zh, &row.en)));
    format!("{} = {{ {} }}", key(&row.key), parts.join(", "))
}

fn alarm(row: &Row) -> String {
    let category = row.alarm.map_or("", |category| category.as_str());
    let (plain, quoted_key) = (&row.key, quoted(&row.key));
    format!(
        "{} = {{ when = {quoted_key}, category = \"{category}\", on = {quoted_key}, name = {} }}",
        key(plain),
        name(&row.zh, &row.en)
    )
}

/// A key, bare when TOML lets it.
fn key(text: &str) -> String {
    let bare = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if bare { text.to_owned() } else { quoted(text) }
}
