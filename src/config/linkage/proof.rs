//! What proves that an action reached its target: its feedback.
//!
//! Takes: a piece of equipment, the verb, and what the file asks for.
//! Gives: the [`Sign`] that must be shown.
//! Never: a proof that the equipment cannot show; nothing at all only where the file says `none`.

use super::catalogue::class_of;
use crate::config::problem::did_you_mean;
use crate::engine::base::Category;
use crate::engine::site::{Equipment, Sign, Site};

/// What the file asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// What verb and class suggest.
    Usual,
    /// The element's own feedback.
    FedBack(bool),
    /// A status.
    Status(String, bool),
    /// Nothing: whoever acts sees it.
    Nothing,
}

impl Wanted {
    /// Reads the word of the file.
    pub fn parse(text: &str) -> Wanted {
        let (word, is) = text.strip_prefix('!').map_or((text, true), |word| (word, false));
        match word {
            "none" if is => Wanted::Nothing,
            "fed-back" => Wanted::FedBack(is),
            word => Wanted::Status(word.to_owned(), is),
        }
    }
}

/// The sign, or why there is none, with what would be right.
pub fn sign(site: &Site, held: &Equipment, verb: &str, wanted: &Wanted) -> Result<Option<Sign>, (String, String)> {
    let status = |word: &str, is: bool| held.statuses.get(word).map(|status| Sign::Status { status: *status, is });
    let shows = || {
        let mut words: Vec<&str> = held.statuses.keys().map(String::as_str).collect();
        words.extend(fed_back(site, held).map(|_| "fed-back"));
        words
    };
    let found = match wanted {
        Wanted::Nothing => return Ok(None),
        Wanted::FedBack(is) => fed_back(site, held).map(|rule| Sign::Rule { rule, is: *is }),
        Wanted::Status(word, is) => status(word, *is),
        Wanted::Usual => {
            let class = class_of(site, held).unwrap_or_default();
            let own = usual(class, verb).iter().find_map(|(word, is)| status(word, *is));
            own.or_else(|| fed_back(site, held).map(|rule| Sign::Rule { rule, is: verb != "stop" }))
        }
    };
    if found.is_some() {
        return Ok(found);
    }
    let message = match wanted {
        Wanted::Status(word, _) => format!("\"{}\" does not show \"{word}\"", held.id),
        Wanted::FedBack(_) => format!("\"{}\" has no feedback of its own", held.id),
        _ => format!("nothing that \"{}\" shows proves \"{verb}\"", held.id),
    };
    let word = if let Wanted::Status(word, _) = wanted { word.as_str() } else { "" };
    let hint = match &shows()[..] {
        [] => "it shows nothing: bind its statuses in its profile".to_owned(),
        words => did_you_mean(word, words.iter().copied()),
    };
    Err((message, hint))
}

/// The condition by which an element says that it acted.
fn fed_back(site: &Site, held: &Equipment) -> Option<u32> {
    let is =
        |rule: &&u32| site.rules.get(**rule as usize).is_some_and(|rule| rule.condition.category == Category::Feedback);
    held.rules.iter().find(is).copied()
}

/// The statuses that prove a verb at equipment of a class, the best first.
fn usual(class: &str, verb: &str) -> &'static [(&'static str, bool)] {
    match (verb, class) {
        ("start" | "recall", "lift") => &[("recalled", true), ("fire-mode", true)],
        ("start" | "evacuate", "broadcast") => &[("evacuating", true), ("running", true)],
        ("start", "shutter" | "fire-door" | "damper") => &[("closed", true)],
        ("start", "vent") => &[("open", true)],
        ("start" | "cut", "breaker" | "power-cut-off") => {
            &[("tripped", true), ("open", true), ("off", true), ("closed", false), ("on", false)]
        }
        ("start", "transfer-switch") => &[("on-backup", true), ("backup-supply", true)],
        ("start", "gas-cylinder" | "extinguishing") => &[("released", true)],
        ("start", _) => &[("running", true), ("on", true), ("open", true)],
        ("stop", "broadcast") => &[("evacuating", false), ("running", false)],
        ("stop", _) => &[("stopped", true), ("running", false), ("on", false)],
        ("open", _) => &[("open", true), ("closed", false)],
        ("close", _) => &[("closed", true), ("open", false)],
        ("cut", _) => &[("tripped", true), ("open", true), ("off", true), ("running", false)],
        ("recall", _) => &[("recalled", true)],
        ("evacuate", _) => &[("evacuating", true)],
        ("transfer", _) => &[("on-backup", true), ("backup-supply", true)],
        _ => &[],
    }
}
