//! States that several points share: a controller's forty alarms have one table of codes, written once.
//!
//! Takes: the entries of `[states]`.
//! Gives: [`SharedStates`], which finds the table a point names.
//! Never: checks the codes; that is done at each point, whose bits say how large a code may be.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use toml::de::DeValue;

use crate::config::document::{Name, Node};
use crate::config::problem::{Problems, Spot, did_you_mean};

/// The shared tables, and which of them were used.
pub struct SharedStates<'a> {
    tables: BTreeMap<&'a str, (Spot, Node<'a>)>,
    used: RefCell<BTreeSet<&'a str>>,
}

impl<'a> SharedStates<'a> {
    /// The tables by name.
    pub fn new(entries: &[(Name<'a>, Node<'a>)]) -> SharedStates<'a> {
        let tables = entries.iter().map(|(name, node)| (name.text, (name.spot.clone(), *node))).collect();
        SharedStates { tables, used: RefCell::default() }
    }

    /// The table that a point's `states` means: its own, or the shared one it names.
    pub fn resolve<'b>(&self, node: Node<'b>) -> Option<Node<'b>>
    where
        'a: 'b,
    {
        if !matches!(node.value(), DeValue::String(_)) {
            return Some(node);
        }
        let name = node.text()?;
        match self.tables.get_key_value(name) {
            Some((name, (_, table))) => {
                self.used.borrow_mut().insert(name);
                Some(*table)
            }
            None => {
                let hint = did_you_mean(name, self.tables.keys().copied());
                node.error(format!("there are no shared states \"{name}\""), hint);
                None
            }
        }
    }

    /// A table that no point names is a leftover, or a name that somebody forgot.
    pub fn warn_of_unused(&self, problems: &Problems) {
        for (name, (spot, _)) in self.tables.iter().filter(|(name, _)| !self.used.borrow().contains(*name)) {
            problems.warning(spot.clone(), format!("no point uses the shared states \"{name}\""), "");
        }
    }
}
