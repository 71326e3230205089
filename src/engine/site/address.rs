//! Secondary codes as people type them: what a code with its device type addresses (FA-15, FA-18).
//!
//! Takes: a code and a type, each digit or `*` for any digit, the panel where it is given, and the site. A code is unique
//! at its panel and not in the site.
//! Gives: [`Address`], the equipment it addresses, and the site's [`CodeLayout`].
//! Never: what releases extinguishing agent, when a wildcard addresses it (design §4).

use super::{Command, Equipment, Site};
use crate::engine::base::{DeviceId, PointId};
use crate::engine::profile::Danger;

/// A secondary code and its device type, with wildcards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    code: String,
    kind: Option<String>,
    panel: Option<DeviceId>,
}

impl Address {
    /// Six digits or `*`, and two for the type where it is given; nothing when it is none.
    pub fn new(code: &str, kind: Option<&str>) -> Option<Address> {
        let fits = |text: &str, length| text.len() == length && text.bytes().all(|b| b.is_ascii_digit() || b == b'*');
        let fine = fits(code, 6) && kind.is_none_or(|kind| fits(kind, 2));
        fine.then(|| Address { code: code.to_owned(), kind: kind.map(str::to_owned), panel: None })
    }

    /// The same at this panel only.
    #[must_use]
    pub fn at(self, panel: Option<DeviceId>) -> Address {
        Address { panel, ..self }
    }

    /// Whether any digit of it stands for several.
    pub fn is_wild(&self) -> bool {
        self.code.contains('*') || self.kind.as_deref().is_none_or(|kind| kind.contains('*'))
    }

    fn matches(&self, code: Option<&str>, kind: Option<&str>) -> bool {
        let fits = |pattern: &str, text: &str| {
            pattern.len() == text.len() && pattern.bytes().zip(text.bytes()).all(|(p, t)| p == b'*' || p == t)
        };
        code.is_some_and(|code| fits(&self.code, code))
            && self.kind.as_deref().is_none_or(|wanted| kind.is_some_and(|kind| fits(wanted, kind)))
    }
}

/// Which digits of a secondary code say what: `FFBDDD` is floor, floor, building, device, device, device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeLayout(String);

impl Default for CodeLayout {
    fn default() -> CodeLayout {
        CodeLayout("FFBDDD".to_owned())
    }
}

impl CodeLayout {
    /// Six letters of `F`, `B` and `D`, with one `D` at least.
    pub fn new(text: &str) -> Option<CodeLayout> {
        let fine = text.len() == 6 && text.bytes().all(|b| matches!(b, b'F' | b'B' | b'D')) && text.contains('D');
        fine.then(|| CodeLayout(text.to_owned()))
    }

    /// The digits of floor, building and device; empty where the layout has none.
    pub fn read(&self, code: &str) -> (String, String, String) {
        let of =
            |letter: char| self.0.chars().zip(code.chars()).filter(|(l, _)| *l == letter).map(|(_, c)| c).collect();
        (of('F'), of('B'), of('D'))
    }
}

impl Site {
    /// The command of this verb at this point.
    pub fn command(&self, point: &PointId, verb: &str) -> Option<&Command> {
        self.commands.iter().find(|command| command.point == *point && command.spec.verb == verb)
    }

    /// The device's own command of this verb, not one of its elements', when an act of that name may send it along:
    /// control is enabled, and one act is enough for it.
    pub fn goes_through(&self, device: u32, verb: &str) -> Option<&Command> {
        let held = self.devices.get(device as usize).filter(|device| device.control)?;
        let commands = &self.commands[held.commands.start as usize..held.commands.end as usize];
        let own = commands.iter().take(held.profile.commands.len());
        own.filter(|command| command.spec.danger == Danger::Plain).find(|command| command.spec.verb == verb)
    }

    /// The equipment an address means.
    pub fn addressed<'a>(&'a self, address: &'a Address) -> impl Iterator<Item = &'a Equipment> {
        let at = |held: &&Equipment| {
            let panel = self.devices.get(held.device as usize).map(|device| &device.id);
            address.panel.as_ref().is_none_or(|wanted| panel == Some(wanted))
        };
        self.equipment.iter().filter(|held| address.matches(held.code.as_deref(), held.kind.as_deref())).filter(at)
    }

    /// The panels of which a code without any wildcard could be meant, when there are several: whoever means one of them
    /// must say which. With a wildcard all of them are meant.
    pub fn ambiguous(&self, address: &Address) -> Vec<DeviceId> {
        if address.code.contains('*') {
            return Vec::new();
        }
        let mut panels: Vec<u32> = self.addressed(address).map(|held| held.device).collect();
        panels.dedup();
        if panels.len() < 2 {
            return Vec::new();
        }
        panels.iter().filter_map(|panel| self.devices.get(*panel as usize)).map(|device| device.id.clone()).collect()
    }

    /// The commands of a verb that an address means. What releases agent is no part of a wildcard.
    pub fn addressed_commands<'a>(&'a self, address: &'a Address, verb: &'a str) -> Vec<&'a Command> {
        let commands = self.addressed(address).filter(|held| !address.is_wild() || !self.discharges(held));
        let commands = commands.flat_map(|held| &held.commands).filter_map(|at| self.commands.get(*at as usize));
        commands
            .filter(|command| command.spec.verb == verb)
            .filter(|command| !address.is_wild() || command.spec.danger != Danger::Discharge)
            .collect()
    }

    /// Whether equipment releases extinguishing agent.
    pub fn discharges(&self, equipment: &Equipment) -> bool {
        let class = equipment.class.and_then(|class| self.classes.list.get(class as usize));
        let commands = equipment.commands.iter().filter_map(|at| self.commands.get(*at as usize));
        class.is_some_and(|class| class.discharges)
            || commands.into_iter().any(|command| command.spec.danger == Danger::Discharge)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_is_any_digit_and_nothing_else() {
        let address = |code, kind| Address::new(code, kind);
        assert_eq!(address("04214", None), None);
        assert_eq!(address("04214x", None), None);
        assert_eq!(address("042146", Some("3")), None);
        let check = |code, kind, have: (&str, &str), expected| {
            let address = Address::new(code, kind).expect("it is an address");
            assert_eq!(address.matches(Some(have.0), Some(have.1)), expected, "{code} {kind:?}");
        };
        check("042146", Some("30"), ("042146", "30"), true);
        check("04214*", Some("30"), ("042147", "30"), true);
        check("******", Some("3*"), ("112233", "30"), true);
        check("******", Some("3*"), ("112233", "40"), false);
        check("042146", None, ("042146", "99"), true);
        assert!(!Address::new("******", None).expect("an address").matches(None, None));
        assert!(Address::new("042146", None).expect("an address").is_wild());
        assert!(!Address::new("042146", Some("30")).expect("an address").is_wild());
    }

    #[test]
    fn a_layout_says_which_digits_are_what() {
        let read = |layout: &str, code: &str| CodeLayout::new(layout).map(|layout| layout.read(code));
        let split = |floor: &str, building: &str, device: &str| Some((floor.into(), building.into(), device.into()));
        assert_eq!(read("FFBDDD", "042146"), split("04", "2", "146"));
        assert_eq!(read("BFFDDD", "204146"), split("04", "2", "146"));
        assert_eq!(read("DDDDDD", "204146"), split("", "", "204146"));
        for wrong in ["FFBDD", "FFBDDX", "FFFBBB", ""] {
            assert_eq!(CodeLayout::new(wrong), None, "{wrong}");
        }
    }
}
