//! The written reference of `device-classes/`, printed from the key tables and from the classes themselves.
//!
//! Takes: the classes.
//! Gives: [`page`], which is `device-classes/README.md` (`UPDATE=1 cargo test --test documents` writes it).
//! Never: a class, a status, a setting or an alarm that exists but is not printed.

use std::fmt::Write;
use std::time::Duration;

use super::keys;
use crate::config::document::{printed, spell_duration};
use crate::engine::class::{Class, Classes, Lapse, Setting};

const OPENING: &str = "\
# Classes of equipment

What a pump, a lift or a smoke fan is, whoever made it: the statuses it has, the alarms that follow from them, the numbers a site
may set, and what it does step by step. A profile names its class and says in `[status]` how its device shows each status; then the
device has every alarm of the class whose statuses are all shown. An alarm of the profile with the same key takes its place. What
is not shown is not watched: `tocsin profile check` says so.

The binary carries these files. A site's own folder `device-classes` beside its `site.toml` adds classes and takes the place of
whole files; device types in a site's own `types.toml` come before the shipped ones, one by one. A site sets numbers, delays and
categories of single devices in `[[device]]` (config/README.md). Fire, discharge and gas are never delayed, taken away or made
something else.

An element of a panel is of the class its device type says, else of the class its array names. Where the panel only says that it is
activated (`category = \"by-class\"`), the class says what that means.

Numbers that no document gives are ours; each file says so at its head. This page is printed from the tables and the files that the
program reads; do not edit it.
";

/// The whole page.
pub fn page(classes: &Classes) -> String {
    let mut page = OPENING.to_owned();
    page.push_str("\n# The classes\n");
    for class in &classes.list {
        one(&mut page, class);
    }
    page.push_str(
        "\n# Device types of secondary codes\n\n| type | 中文 | English | class |\n| --- | --- | --- | --- |\n",
    );
    for (digits, kind) in &classes.types {
        let class = classes.list.get(kind.class as usize).map_or("", |class| class.id.as_str());
        // Writing to a String cannot fail.
        let _ = writeln!(page, "| `{digits}` | {} | {} | `{class}` |", kind.name.zh, kind.name.en);
    }
    page.push_str("\n# Keys\n");
    for section in keys::SECTIONS {
        page.push_str(&printed::section(section));
    }
    page
}

fn one(page: &mut String, class: &Class) {
    let _ = writeln!(page, "\n## `{}` {} {}\n", class.id, class.name.zh, class.name.en);
    let mut said: Vec<String> = Vec::new();
    said.extend(class.activated.map(|category| format!("Activated means `{}`.", category.as_str())));
    said.extend(class.runs_on.then(|| "Runs on until a person stops it.".to_owned()));
    said.extend(class.discharges.then(|| "Releases extinguishing agent.".to_owned()));
    said.extend(class.mains.is_some().then(|| "Shows whether the mains are there.".to_owned()));
    if !said.is_empty() {
        let _ = writeln!(page, "{}\n", said.join(" "));
    }
    let normal =
        |normal: Option<bool>| normal.map_or("", |normal| if normal { ", normally so" } else { ", normally not" });
    let status = |status: &crate::engine::class::ClassStatus| {
        format!("`{}` {} {}{}", status.key, status.name.zh, status.name.en, normal(status.normal))
    };
    let statuses: Vec<String> = class.statuses.iter().map(status).collect();
    let _ = writeln!(page, "Statuses: {}.", statuses.join("; "));
    settings(page, class);
    alarms(page, class);
    sequences(page, class);
}

fn settings(page: &mut String, class: &Class) {
    if class.settings.is_empty() {
        return;
    }
    page.push_str("\n| setting | default | range | meaning |\n| --- | --- | --- | --- |\n");
    for setting in &class.settings {
        let spelt = |number| spelt(setting, number);
        let (default, (least, most)) = (spelt(setting.default), setting.range);
        let names = format!("{} {}", setting.name.zh, setting.name.en);
        let _ = writeln!(page, "| `{}` | {default} | {} to {} | {names} |", setting.key, spelt(least), spelt(most));
    }
}

/// A number of a setting as people read it.
pub fn spelt(setting: &Setting, number: f64) -> String {
    match setting.unit.as_str() {
        "s" => spell_duration(Duration::try_from_secs_f64(number).unwrap_or_default()),
        unit => format!("{number} {unit}"),
    }
}

fn alarms(page: &mut String, class: &Class) {
    if class.alarms.is_empty() {
        return;
    }
    page.push_str(
        "\n| alarm | category | after | reads | 中文 | English | rows |\n| --- | --- | --- | --- | --- | --- | --- |\n",
    );
    for alarm in &class.alarms {
        let reads = class.lacking(&alarm.when, |_| false).join(", ");
        let (key, category, after) = (&alarm.key, alarm.category.as_str(), lapse(class, alarm.delay));
        let (zh, en, rows) = (&alarm.name.zh, &alarm.name.en, alarm.rows.join(", "));
        let _ = writeln!(page, "| `{key}` | {category} | {after} | {reads} | {zh} | {en} | {rows} |");
    }
}

fn sequences(page: &mut String, class: &Class) {
    for sequence in &class.sequences {
        let names = format!("{} {}", sequence.name.zh, sequence.name.en);
        let _ = writeln!(page, "\nSequence `{}` {names} ({}):\n", sequence.key, sequence.rows.join(", "));
        page.push_str("| phase | within | category | when it does not come |\n| --- | --- | --- | --- |\n");
        for phase in &sequence.phases {
            let within = lapse(class, phase.within);
            let (key, category) = (&phase.key, phase.category.as_str());
            let _ = writeln!(
                page,
                "| `{key}` {} | {within} | {category} | {} {} |",
                phase.name.en, phase.missing.zh, phase.missing.en
            );
        }
    }
}

fn lapse(class: &Class, lapse: Lapse) -> String {
    match lapse {
        Lapse::Fixed(Duration::ZERO) => String::new(),
        Lapse::Fixed(time) => spell_duration(time),
        Lapse::Setting(at) => {
            class.settings.get(at as usize).map_or_else(String::new, |setting| format!("`${}`", setting.key))
        }
    }
}
