//! Equipment: what stands in the building, as linkage and people address it.
//!
//! Takes: nothing; [`super::expand`] fills these from devices and the elements of panels.
//! Gives: [`Equipment`] and its [`Status`]es.
//! Never: how a status is read. That is the bus's affair; here it is a number that is true, false or unknown.

use std::collections::BTreeMap;

use super::{Follow, Place, Site};
use crate::engine::base::{PointId, Text};
use crate::engine::profile::Expression;

/// One pump, fan, lift, detector or module.
#[derive(Clone, Debug, PartialEq)]
pub struct Equipment {
    /// `pump-1` for a device, `panel-1/l2-m46` for an element.
    pub id: String,
    /// Index of the device it is, or is connected to, in [`super::Site::devices`].
    pub device: u32,
    /// Index of its class in the site's classes; none when the class is not known.
    pub class: Option<u32>,
    /// What people call it.
    pub name: Text,
    /// Where it is.
    pub place: Place,
    /// Secondary code, six digits (FA-15).
    pub code: Option<String>,
    /// Two-digit device type of the secondary code.
    pub kind: Option<String>,
    /// By the class's word: index in [`super::Site::statuses`].
    pub statuses: BTreeMap<String, u32>,
    /// Its conditions, by index in [`super::Site::rules`].
    pub rules: Vec<u32>,
    /// Its commands, by index in [`super::Site::commands`].
    pub commands: Vec<u32>,
    /// What supervision and linkage say of it by themselves, by their words (`start.bypass`, `feedback`), and what that may
    /// be the consequence of.
    pub follows: Vec<(String, Vec<Follow>)>,
    /// What the site set otherwise than its class, by the setting's word.
    pub settings: BTreeMap<String, f64>,
}

impl Equipment {
    /// The point under which something of it is known: `pump-1/start.bypass`, `panel-1/l2-m46.fault`.
    pub fn point(&self, word: &str) -> PointId {
        PointId::new(&format!("{}{}{word}", self.id, if self.id.contains('/') { '.' } else { '/' }))
    }
}

impl Site {
    /// Name and place of what supervision says of equipment by itself, when the site still has it: `point` is one phase of
    /// a sequence, or what is said of its battery or its trips.
    pub fn supervised(&self, point: &PointId) -> Option<(Text, Place)> {
        let held = self.equipment.iter().filter(|held| point.as_str().starts_with(&held.id)).find(|held| {
            let class = held.class.and_then(|class| self.classes.list.get(class as usize));
            let sequences = class.map_or(&[][..], |class| &class.sequences);
            let words = ["battery-limit", "battery-switch", "repeated-trips"];
            if class.is_some() && words.iter().any(|word| held.point(word) == *point) {
                return true;
            }
            sequences.iter().any(|sequence| {
                sequence.phases.iter().any(|phase| held.point(&format!("{}.{}", sequence.key, phase.key)) == *point)
            })
        })?;
        Some((held.name.clone(), held.place.clone()))
    }
}

/// One status of one piece of equipment: a truth that no alarm has to follow from.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// `pump-1/running`.
    pub id: PointId,
    /// Index of its device in [`super::Site::devices`].
    pub device: u32,
    /// Index of its equipment in [`super::Site::equipment`].
    pub equipment: u32,
    /// The class's word.
    pub key: String,
    /// What people read: the equipment first.
    pub name: Text,
    /// When it is true; slots index [`super::Site::points`].
    pub when: Expression,
}
