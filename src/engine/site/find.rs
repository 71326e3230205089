//! What belongs together in a site: a device, its equipment, its commands and their classes.
//!
//! Takes: a [`Site`].
//! Gives: the way from a command to its equipment, and from a device to what is connected to it.
//! Never: walks the whole site; equipment stands in the order of its devices.

use super::{Command, Equipment, Site};
use crate::engine::base::Text;
use crate::engine::class::Class;

impl Site {
    /// The building's name, or its id where the site does not list it.
    pub fn building_name(&self, id: &str) -> Text {
        self.buildings.iter().find(|building| building.id == id).map_or_else(|| Text::same(id), |b| b.name.clone())
    }

    /// What is, or is connected to, a device. Equipment stands in the order of its devices.
    pub fn equipment_at(&self, device: u32) -> &[Equipment] {
        let from = self.equipment.partition_point(|held| held.device < device);
        let until = self.equipment.partition_point(|held| held.device <= device);
        &self.equipment[from..until]
    }

    /// The equipment of this id: a device, or an element of one.
    pub fn equipment_named(&self, id: &str) -> Option<&Equipment> {
        let device = id.split_once('/').map_or(id, |(device, _)| device);
        let at = self.devices.iter().position(|held| held.id.as_str() == device)?;
        self.equipment_at(u32::try_from(at).ok()?).iter().find(|held| held.id == id)
    }

    /// The equipment that a command of this site moves.
    pub fn equipment_of(&self, command: &Command) -> Option<&Equipment> {
        let is_it = |at: &u32| {
            let held = self.commands.get(*at as usize);
            held.is_some_and(|held| held.point == command.point && held.spec.verb == command.spec.verb)
        };
        self.equipment_at(command.device).iter().find(|equipment| equipment.commands.iter().any(is_it))
    }

    /// The class of a piece of equipment.
    pub fn class_of(&self, equipment: Option<&Equipment>) -> Option<&Class> {
        self.classes.list.get(equipment?.class? as usize)
    }

    /// The command of this verb that moves a piece of equipment.
    pub fn moves(&self, equipment: u32, verb: &str) -> Option<u32> {
        let held = self.equipment.get(equipment as usize)?;
        let wanted = |at: &u32| self.commands.get(*at as usize).is_some_and(|held| held.spec.verb == verb);
        held.commands.iter().copied().find(wanted)
    }
}
