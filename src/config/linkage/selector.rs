//! What a condition or an action addresses: class, place, code, device.
//!
//! Takes: words that [`super::catalogue`] has looked up.
//! Gives: [`Selector`], whether it addresses a [`Subject`], and the [`Binding`] of its variables there.
//! Never: a floor without its building.

use super::pattern::{Digit, Pattern, Shared};
use crate::engine::site::Place;

/// A place that is given, or filled in for each value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Where {
    /// This one.
    Is(String),
    /// `$floor`, `$zone`, `$building`.
    Variable,
}

/// A rule or a piece of equipment, as a selector looks at it.
#[derive(Clone, Copy)]
pub struct Subject<'a> {
    /// Its class.
    pub class: Option<&'a str>,
    /// Where it is.
    pub place: &'a Place,
    /// Its secondary code.
    pub code: Option<&'a str>,
    /// Its device type.
    pub kind: Option<&'a str>,
    /// Its device.
    pub device: &'a str,
    /// What it is, or belongs to.
    pub equipment: &'a str,
}

/// What is addressed. Everything that is given must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector {
    /// One of these classes.
    pub classes: Vec<String>,
    /// Building.
    pub building: Option<Where>,
    /// Floor.
    pub floor: Option<Where>,
    /// Zone.
    pub zone: Option<Where>,
    /// Secondary code.
    pub code: Option<Pattern>,
    /// Its device type.
    pub kind: Option<Pattern>,
    /// Device.
    pub device: Option<String>,
    /// Device or element.
    pub equipment: Option<String>,
}

/// The values of a linkage's variables, for one that is written out.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Binding {
    /// `$building`, and the building of `$floor`.
    pub building: Option<String>,
    /// `$floor`.
    pub floor: Option<String>,
    /// `$zone`.
    pub zone: Option<String>,
    /// Digits written `&`.
    pub digits: Shared,
}

/// Which variables occur.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// `$building`
    pub building: bool,
    /// `$floor`
    pub floor: bool,
    /// `$zone`
    pub zone: bool,
    /// Positions written `&`.
    pub digits: [bool; 8],
}

impl Variables {
    /// Whether there is one.
    pub fn any(self) -> bool {
        self != Variables::default()
    }

    /// Those of both.
    #[must_use]
    pub fn with(self, other: Variables) -> Variables {
        let mut digits = self.digits;
        digits.iter_mut().zip(other.digits).for_each(|(digit, other)| *digit |= other);
        Variables {
            building: self.building || other.building,
            floor: self.floor || other.floor,
            zone: self.zone || other.zone,
            digits,
        }
    }

    /// The first that `bound` does not have, as it is written.
    pub fn beyond(self, bound: Variables) -> Option<&'static str> {
        let digit = self.digits.iter().zip(bound.digits).any(|(used, bound)| *used && !bound);
        let found = [
            (self.building && !bound.building && !bound.floor, "$building"),
            (self.floor && !bound.floor, "$floor"),
            (self.zone && !bound.zone, "$zone"),
            (digit, "&"),
        ];
        found.into_iter().find(|(missing, _)| *missing).map(|(_, name)| name)
    }
}

impl Selector {
    /// The keys a selector knows.
    pub const KEYS: [&'static str; 8] = ["class", "building", "floor", "zone", "device", "equipment", "code", "type"];

    /// Which variables occur in it.
    pub fn variables(&self) -> Variables {
        let is = |place: &Option<Where>| *place == Some(Where::Variable);
        let mut digits = [false; 8];
        for (first, pattern) in [(0, &self.code), (6, &self.kind)] {
            for (at, digit) in pattern.iter().flat_map(|pattern| pattern.digits()).enumerate() {
                digits[first + at] = *digit == Digit::Shared;
            }
        }
        Variables { building: is(&self.building), floor: is(&self.floor), zone: is(&self.zone), digits }
    }

    /// Whether it addresses one thing by its name or its whole code.
    pub fn names_one(&self) -> bool {
        let whole = |pattern: &Option<Pattern>| pattern.as_ref().is_some_and(|pattern| !pattern.is_wild());
        self.equipment.is_some() || (whole(&self.code) && whole(&self.kind))
    }

    /// Whether a code or type of it leaves a digit open.
    pub fn is_wild(&self) -> bool {
        [&self.code, &self.kind].into_iter().flatten().any(Pattern::is_wild)
    }

    /// Whether the subject belongs to it for some value of its variables.
    pub fn fits(&self, subject: &Subject<'_>) -> bool {
        let place = |wanted: &Option<Where>, found: &Option<String>| match wanted {
            None => true,
            Some(Where::Is(wanted)) => found.as_ref() == Some(wanted),
            Some(Where::Variable) => found.is_some(),
        };
        let coded = |pattern: &Option<Pattern>, found: Option<&str>| match pattern {
            None => true,
            Some(pattern) => found.is_some_and(|found| pattern.fits(found)),
        };
        let at = subject.place;
        (self.classes.is_empty() || subject.class.is_some_and(|class| self.classes.iter().any(|known| known == class)))
            && place(&self.building, &at.building)
            && place(&self.floor, &at.floor)
            && place(&self.zone, &at.zone)
            && coded(&self.code, subject.code)
            && coded(&self.kind, subject.kind)
            && self.device.as_deref().is_none_or(|device| device == subject.device)
            && self.equipment.as_deref().is_none_or(|equipment| equipment == subject.equipment)
    }

    /// Itself without one thing that it gives, for each of them.
    pub fn each_relaxed(&self) -> Vec<(&'static str, Selector)> {
        let without = |key: &'static str| {
            let mut relaxed = self.clone();
            match key {
                "class" => relaxed.classes.clear(),
                "building" => relaxed.building = None,
                "floor" => relaxed.floor = None,
                "zone" => relaxed.zone = None,
                "device" => relaxed.device = None,
                "equipment" => relaxed.equipment = None,
                "code" => relaxed.code = None,
                _ => relaxed.kind = None,
            }
            (key, relaxed)
        };
        Selector::KEYS.into_iter().map(without).filter(|(_, relaxed)| relaxed != self).collect()
    }

    /// Those values of a binding that this selector asks for. A floor is one of its building; only where the selector
    /// names a building itself, the floor of that name there is meant.
    pub fn asked(&self, full: &Binding) -> Binding {
        let own = self.variables();
        let kept = |asked: bool, value: &Option<String>| if asked { value.clone() } else { None };
        let mut digits = full.digits;
        digits.iter_mut().zip(own.digits).filter(|(_, asked)| !asked).for_each(|(digit, _)| *digit = None);
        Binding {
            building: kept(own.building || (own.floor && self.building.is_none()), &full.building),
            floor: kept(own.floor, &full.floor),
            zone: kept(own.zone, &full.zone),
            digits,
        }
    }
}

impl Binding {
    /// The values of `variables` at a subject; nothing when it does not say all of them.
    pub fn at(subject: &Subject<'_>, variables: Variables) -> Option<Binding> {
        let mut bound = Binding::default();
        let at = subject.place;
        if variables.building || variables.floor {
            bound.building = Some(at.building.clone()?);
        }
        if variables.floor {
            bound.floor = Some(at.floor.clone()?);
        }
        if variables.zone {
            bound.zone = Some(at.zone.clone()?);
        }
        let code = subject.code.unwrap_or_default().bytes().map(Some).chain(std::iter::repeat(None)).take(6);
        let kind = subject.kind.unwrap_or_default().bytes().map(Some).chain(std::iter::repeat(None)).take(2);
        for ((used, digit), slot) in variables.digits.iter().zip(code.chain(kind)).zip(&mut bound.digits) {
            if *used {
                *slot = Some(digit?);
            }
        }
        Some(bound)
    }

    /// What stands behind the id of a linkage that was written out; nothing without variables. `in_building` says that
    /// the file names the building already.
    pub fn label(&self, in_building: bool) -> Option<String> {
        let digits: String = self.digits.iter().flatten().map(|digit| char::from(*digit)).collect();
        let mut parts: Vec<&str> = Vec::new();
        if self.floor.is_none() || !in_building {
            parts.extend(self.building.as_deref());
        }
        parts.extend(self.floor.as_deref());
        parts.extend(self.zone.as_deref());
        if !digits.is_empty() {
            parts.push(&digits);
        }
        (!parts.is_empty()).then(|| parts.join("."))
    }
}
