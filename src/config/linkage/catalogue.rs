//! The site's words and things, looked up once for all linkages.
//!
//! Takes: a [`Site`] with all its devices.
//! Gives: [`Catalogue`]: what a selector may name, and what may belong to it.
//! Never: a word that the site does not know; that is told with the nearest one.

use std::collections::{BTreeMap, BTreeSet};

use super::pattern::Pattern;
use super::selector::{Selector, Subject, Where};
use super::verbs;
use crate::config::problem::did_you_mean;
use crate::engine::site::{Equipment, Rule, Site};

/// The site's words and things, looked up once for all linkages.
pub struct Catalogue<'a> {
    /// The site.
    pub site: &'a Site,
    /// By rule: the id of its equipment.
    owner: Vec<&'a str>,
    /// Every verb that an action may have.
    pub verbs: Vec<&'a str>,
    devices: BTreeMap<&'a str, usize>,
    by_id: BTreeMap<&'a str, usize>,
    by_code: BTreeMap<&'a str, Vec<usize>>,
    classes: BTreeSet<&'a str>,
    zones: BTreeSet<&'a str>,
}

impl<'a> Catalogue<'a> {
    /// Looks through the site.
    pub fn of(site: &'a Site) -> Catalogue<'a> {
        let mut owner = vec![""; site.rules.len()];
        let (mut classes, mut zones) = (BTreeSet::new(), BTreeSet::new());
        let (mut by_id, mut by_code) = (BTreeMap::new(), BTreeMap::<&str, Vec<usize>>::new());
        for (at, held) in site.equipment.iter().enumerate() {
            by_id.insert(held.id.as_str(), at);
            if let Some(code) = &held.code {
                by_code.entry(code).or_default().push(at);
            }
            for rule in &held.rules {
                if let Some(slot) = owner.get_mut(*rule as usize) {
                    *slot = &held.id;
                }
            }
            classes.extend(class_of(site, held));
            zones.extend(held.place.zone.as_deref());
        }
        classes.extend(site.classes.list.iter().map(|class| class.id.as_str()));
        classes.extend(site.rules.iter().filter_map(|rule| rule.class.as_deref()));
        let devices = site.devices.iter().enumerate().map(|(at, device)| (device.id.as_str(), at)).collect();
        Catalogue { site, owner, verbs: verbs::known(site), devices, by_id, by_code, classes, zones }
    }

    /// Rules that may belong to a selector, without looking at more than need be.
    pub fn rules(&self, selector: &Selector) -> Vec<u32> {
        let site = self.site;
        if let Some(wanted) = &selector.equipment {
            return self.by_id.get(wanted.as_str()).map(|at| site.equipment[*at].rules.clone()).unwrap_or_default();
        }
        let of_device = selector.device.as_deref().and_then(|id| self.devices.get(id)).map(|at| &site.devices[*at]);
        match (of_device, selector.code.as_ref().filter(|code| !code.is_wild())) {
            (_, Some(code)) => {
                let held = self.by_code.get(code.to_string().as_str()).into_iter().flatten();
                held.flat_map(|at| site.equipment[*at].rules.iter().copied()).collect()
            }
            (Some(device), None) => device.rules.clone().collect(),
            (None, None) => (0..u32::try_from(site.rules.len()).unwrap_or(u32::MAX)).collect(),
        }
    }

    /// Equipment that may belong to a selector, likewise.
    pub fn all_equipment(&self, selector: &Selector) -> Vec<u32> {
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        if let Some(wanted) = &selector.equipment {
            return self.by_id.get(wanted.as_str()).map(|at| number(*at)).into_iter().collect();
        }
        match selector.code.as_ref().filter(|code| !code.is_wild()) {
            Some(code) => {
                let held = self.by_code.get(code.to_string().as_str()).into_iter().flatten();
                held.map(|at| number(*at)).collect()
            }
            None => (0..number(self.site.equipment.len())).collect(),
        }
    }

    /// A rule.
    pub fn rule(&self, number: u32) -> Option<Subject<'_>> {
        let rule: &Rule = self.site.rules.get(number as usize)?;
        Some(Subject {
            class: rule.class.as_deref(),
            place: &rule.place,
            code: rule.code.as_deref(),
            kind: rule.kind.as_deref(),
            device: self.site.devices.get(rule.device as usize).map_or("", |device| device.id.as_str()),
            equipment: self.owner.get(number as usize).copied().unwrap_or_default(),
        })
    }

    /// A piece of equipment.
    pub fn equipment(&self, number: u32) -> Option<Subject<'_>> {
        let held = self.site.equipment.get(number as usize)?;
        Some(Subject {
            class: class_of(self.site, held),
            place: &held.place,
            code: held.code.as_deref(),
            kind: held.kind.as_deref(),
            device: self.site.devices.get(held.device as usize).map_or("", |device| device.id.as_str()),
            equipment: &held.id,
        })
    }

    /// Whether several panels have the code that a selector gives in full, and it names none of them: message and hint.
    pub fn ambiguous(&self, selector: &Selector) -> Option<(String, String)> {
        let code = selector.code.as_ref().filter(|code| !code.is_wild())?;
        let all = self.all_equipment(selector);
        let fits = all.iter().filter_map(|number| self.equipment(*number)).filter(|subject| selector.fits(subject));
        let panels: BTreeSet<String> = fits.map(|subject| format!("\"{}\"", subject.device)).collect();
        let first = panels.first().filter(|_| panels.len() > 1)?;
        let names: Vec<&str> = panels.iter().map(String::as_str).collect();
        Some((format!("code {code} is at {}", names.join(" and ")), format!("say which: device = {first}")))
    }

    /// Reads one value of a selector into it; the message and hint of what is wrong with it otherwise, and the byte
    /// offset within the value.
    pub fn read(&self, selector: &mut Selector, key: &str, value: &str) -> Result<(), (usize, String, String)> {
        let site = self.site;
        let place = |name: &str| if value == name { Where::Variable } else { Where::Is(value.to_owned()) };
        let unknown = |what: &str, known: &mut dyn Iterator<Item = &str>| {
            let hint = match value.strip_prefix('$') {
                Some(_) => "variables are $building, $floor and $zone, each for its own key".to_owned(),
                None => did_you_mean(value, known),
            };
            Err((0, format!("unknown {what} \"{value}\""), hint))
        };
        match key {
            "class" => {
                let mut offset = 0;
                for word in value.split('|') {
                    if !self.classes.contains(word) {
                        let hint = did_you_mean(word, self.classes.iter().copied());
                        return Err((offset, format!("unknown class \"{word}\""), hint));
                    }
                    selector.classes.push(word.to_owned());
                    offset += word.len() + 1;
                }
            }
            "building" => {
                selector.building = Some(place("$building"));
                let mut buildings = site.buildings.iter().map(|building| building.id.as_str());
                if value != "$building" && !buildings.clone().any(|known| known == value) {
                    return unknown("building", &mut buildings);
                }
            }
            "floor" => {
                selector.floor = Some(place("$floor"));
                let floors = site.buildings.iter().flat_map(|building| &building.floors).map(String::as_str);
                if value != "$floor" && !floors.clone().any(|known| known == value) {
                    return unknown("floor", &mut floors.collect::<BTreeSet<_>>().into_iter());
                }
            }
            "zone" => {
                selector.zone = Some(place("$zone"));
                if value != "$zone" && !self.zones.contains(value) {
                    return unknown("zone", &mut self.zones.iter().copied());
                }
            }
            "device" => {
                selector.device = Some(value.to_owned());
                if !self.devices.contains_key(value) {
                    return unknown("device", &mut site.devices.iter().map(|device| device.id.as_str()));
                }
            }
            "equipment" => {
                selector.equipment = Some(value.to_owned());
                if !self.by_id.contains_key(value) {
                    return unknown("equipment", &mut site.equipment.iter().map(|held| held.id.as_str()));
                }
            }
            "code" => selector.code = Some(pattern(value, 6, "a secondary code", "six")?),
            _ => selector.kind = Some(pattern(value, 2, "a device type", "two")?),
        }
        Ok(())
    }
}

fn pattern(value: &str, length: usize, what: &str, many: &str) -> Result<Pattern, (usize, String, String)> {
    Pattern::parse(value, length).map_err(|offset| {
        let hint = format!("{many} characters: digits, * for any, & for the same as in the condition");
        (offset, format!("\"{value}\" is not {what}"), hint)
    })
}

/// The class of a piece of equipment: its own, else the word its profile gives.
pub fn class_of<'a>(site: &'a Site, held: &'a Equipment) -> Option<&'a str> {
    match held.class.and_then(|at| site.classes.list.get(at as usize)) {
        Some(class) => Some(&class.id),
        None => {
            let device = site.devices.get(held.device as usize).filter(|device| device.id.as_str() == held.id)?;
            Some(device.profile.class.as_str()).filter(|class| !class.is_empty())
        }
    }
}
