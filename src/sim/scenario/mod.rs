//! Stories a simulated field lives through, as TOML files.
//!
//! Takes: the text of a scenario and the site it plays at.
//! Gives: a checked [`Scenario`]: every point found, every value already a raw pattern.
//! Never: a story that fails half-way; what it names wrongly is refused with file, line, column and the nearest word.

mod keys;
mod manners;
mod reaction;
mod read;

use std::time::Duration;

pub(crate) use manners::{identities, power_ups};
pub(crate) use reaction::reactions;
pub(crate) use read::setting;

use crate::config::document::{Node, Source};
use crate::config::problem::{Problem, Problems};
use crate::engine::base::Text;
use crate::engine::site::Site;
use crate::sim::encode::Pattern;
use crate::sim::fault::Fault;
use crate::sim::reaction::Reaction;
use crate::sim::trouble::Trouble;
use keys::SCENARIO;
use read::{settings, step};

/// A checked story.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scenario {
    /// What people call it.
    pub name: Text,
    /// How the field stands before it begins, where that differs from `resting.toml`: point and raw pattern.
    pub rest: Vec<(u32, Pattern)>,
    /// What devices do when they are written to.
    pub reactions: Vec<Reaction>,
    /// What happens, in the order of the file.
    pub steps: Vec<Step>,
}

/// What happens at one moment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// When, counted from the beginning.
    pub at: Duration,
    /// Again and again.
    pub repeat: Option<Repeat>,
    /// What the people who watch are told.
    pub say: Option<Text>,
    /// What changes at once.
    pub changes: Vec<Change>,
    /// What changes slowly.
    pub ramps: Vec<Ramp>,
    /// What never stands still.
    pub wanders: Vec<Wander>,
}

/// How often a step happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// Time from one turn to the next.
    pub every: Duration,
    /// How many turns in all; `None` is for ever.
    pub times: Option<u32>,
}

/// One change of the field. Points, devices and buses are indices into the site.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// A point says this raw pattern, and rests there.
    Put(u32, Pattern),
    /// A point says this number for the moment, in its unit.
    Drift(u32, f64),
    /// Where a point stands when nothing makes it wander, in its unit; its registers stay.
    Settle(u32, f64),
    /// A device misbehaves, or no longer.
    Fault(u32, Fault),
    /// A bus misbehaves, or no longer.
    Trouble(u32, Trouble),
    /// A bus is cut, or mended.
    Cut(u32, bool),
    /// A device notes this code in its event memory.
    Note(u32, u16),
    /// A panel prints these bytes at its bus.
    Print(u32, Vec<u8>),
}

/// A number that moves evenly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ramp {
    /// Which point.
    pub point: u32,
    /// Where it ends, in the point's unit.
    pub to: f64,
    /// How long it takes.
    pub over: Duration,
}

/// A number that trembles around where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wander {
    /// Which point.
    pub point: u32,
    /// How far to either side, in the point's unit.
    pub by: f64,
    /// How often it changes.
    pub every: Duration,
}

impl Scenario {
    /// Reads and checks a scenario that plays at `site`; `file` is how problems call it. Every problem comes at once.
    pub fn parse(file: &str, text: &str, site: &Site) -> Result<Scenario, Vec<Problem>> {
        let problems = Problems::default();
        let source = Source::new(file, text.to_owned());
        let mut scenario = Scenario::default();
        if let Some(table) = source.parse(&problems) {
            let root = source.root(&table, &SCENARIO, &problems);
            scenario.name = root.get("name").and_then(Node::both_languages).unwrap_or_default();
            scenario.rest = settings(root.get("rest"), site);
            scenario.reactions = root.list("reaction").into_iter().flat_map(|node| reactions(node, site)).collect();
            scenario.steps = root.list("step").into_iter().filter_map(|node| step(node, site)).collect();
        }
        if problems.has_errors() { Err(problems.sorted()) } else { Ok(scenario) }
    }
}
