//! What is taken out of a site, so that the story of its row must fail.

use std::fmt;
use std::sync::Arc;

use tocsin::engine::base::Category;
use tocsin::engine::profile::Expression;
use tocsin::engine::site::Site;

/// One thing taken out.
pub enum Switch {
    /// The rule of this condition's point, whatever its category.
    Alarm(String),
    /// The linkage of this id, with every value it was written out for.
    Linkage(String),
    /// A sequence of a class.
    Sequence(String, String),
    /// Rules of this category hold nothing until a reset.
    Latch(Category),
    /// A status is never known.
    Status(String),
    /// Nothing has a battery whose time is counted: no class says how long one may carry its equipment.
    Battery,
    /// Nobody watches whether a point that was judged false alarms again.
    Watch,
    /// In a file of the site, this text is another.
    Edit(String, String, String),
    /// People do nothing.
    Act,
}

impl fmt::Display for Switch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Switch::Alarm(id) => write!(f, "alarm {id}"),
            Switch::Linkage(id) => write!(f, "linkage {id}"),
            Switch::Sequence(class, key) => write!(f, "sequence {class} {key}"),
            Switch::Latch(category) => write!(f, "latch {}", category.as_str()),
            Switch::Status(id) => write!(f, "status {id}"),
            Switch::Battery => write!(f, "battery"),
            Switch::Watch => write!(f, "watch"),
            Switch::Edit(file, old, new) => write!(f, "edit {file} | {old} | {new}"),
            Switch::Act => write!(f, "act"),
        }
    }
}

/// Reads what follows `without`.
pub fn read(words: &str) -> Result<Switch, String> {
    let list: Vec<&str> = words.split_whitespace().collect();
    Ok(match list.as_slice() {
        ["alarm", id] => Switch::Alarm((*id).into()),
        ["linkage", id] => Switch::Linkage((*id).into()),
        ["sequence", class, key] => Switch::Sequence((*class).into(), (*key).into()),
        ["latch", category] => {
            let found = Category::ALL.into_iter().find(|known| known.as_str() == *category);
            Switch::Latch(found.ok_or("no such category")?)
        }
        ["status", id] => Switch::Status((*id).into()),
        ["battery"] => Switch::Battery,
        ["watch"] => Switch::Watch,
        ["act"] => Switch::Act,
        ["edit", ..] => {
            let parts: Vec<&str> = words.trim_start_matches("edit").split('|').map(str::trim).collect();
            let [file, old, new] = parts.as_slice() else { return Err("`edit FILE | OLD | NEW`".into()) };
            Switch::Edit((*file).into(), (*old).into(), (*new).into())
        }
        _ => return Err("nothing of that kind can be taken out".into()),
    })
}

/// Takes it out. Indices stay as they are: what is taken out never holds.
pub fn apply(switch: &Switch, site: &mut Site) -> Result<(), String> {
    let never = || Expression::Any(Vec::new());
    let found = match switch {
        Switch::Alarm(id) => {
            let rules = site.rules.iter_mut().filter(|rule| rule.condition.point.as_str() == id);
            rules.map(|rule| rule.when = never()).count()
        }
        Switch::Linkage(id) => {
            let before = site.linkages.len();
            site.linkages.retain(|linkage| linkage.id.split('[').next() != Some(id.as_str()));
            before - site.linkages.len()
        }
        Switch::Sequence(class, key) => {
            let classes = &mut Arc::make_mut(&mut site.classes).list;
            let sequences = classes.iter_mut().filter(|held| held.id == *class).map(|held| &mut held.sequences);
            sequences
                .map(|list| {
                    let before = list.len();
                    list.retain(|sequence| sequence.key != *key);
                    before - list.len()
                })
                .sum()
        }
        Switch::Latch(category) => {
            let rules = site.rules.iter_mut().filter(|rule| rule.condition.category == *category && rule.latches);
            rules.map(|rule| rule.latches = false).count()
        }
        Switch::Status(id) => {
            let statuses = site.statuses.iter_mut().filter(|status| status.id.as_str() == id);
            statuses.map(|status| status.when = Expression::Reported).count()
        }
        Switch::Battery => {
            let classes = &mut Arc::make_mut(&mut site.classes).list;
            let settings = classes.iter_mut().flat_map(|class| &mut class.settings);
            settings.filter(|setting| setting.key == "battery-time").map(|setting| setting.key.clear()).count()
        }
        Switch::Watch => {
            site.settings.false_alarm_watch = std::time::Duration::ZERO;
            1
        }
        // Done before the site was read, and to what people do.
        Switch::Edit(..) | Switch::Act => 1,
    };
    if found == 0 { Err("there is nothing of that name".into()) } else { Ok(()) }
}
