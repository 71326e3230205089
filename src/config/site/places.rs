//! Buildings, floors and zones, and whether a place that somebody names exists.
//!
//! Takes: the `[[building]]` and `[[zone]]` tables.
//! Gives: [`Places`], and [`Places::resolve`] for devices and rows of point lists.
//! Never: a floor without its building.

use std::collections::BTreeMap;

use super::{Once, keys};
use crate::config::document::{Fields, Node};
use crate::config::problem::{Problems, Spot, did_you_mean};
use crate::engine::base::Text;
use crate::engine::site::{Building, Place};

/// Every place of the site.
#[derive(Default)]
pub struct Places {
    /// Buildings in the order of the files.
    pub buildings: Vec<Building>,
    zones: BTreeMap<String, Place>,
}

/// A word that names a place, with where it stands.
pub struct Named<'a> {
    /// The word.
    pub text: &'a str,
    /// Where it stands.
    pub spot: Spot,
}

impl<'a> Named<'a> {
    /// The word of a value.
    pub fn of(node: Node<'a>) -> Option<Named<'a>> {
        Some(Named { text: node.text()?, spot: node.spot() })
    }
}

impl Places {
    /// Reads every `[[building]]`.
    pub fn read_buildings<'a>(&mut self, nodes: impl IntoIterator<Item = Node<'a>>) {
        let mut once = Once::new("building");
        for node in nodes {
            let Some(fields) = node.fields(&keys::BUILDING) else { continue };
            let Some(id) = fields.get("id") else { continue };
            let Some(text) = id.segment() else { continue };
            once.see(text, id.spot(), id.problems());
            let mut floors: Vec<String> = Vec::new();
            for floor in fields.list("floors") {
                let Some(text) = floor.text() else { continue };
                if floors.iter().any(|known| known == text) {
                    floor.error(format!("floor \"{text}\" is listed twice"), "");
                }
                floors.push(text.to_owned());
            }
            let name = fields.get("name").and_then(Node::both_languages).unwrap_or_else(|| Text::same(text));
            let below_ground = below_ground(&fields, &floors);
            self.buildings.push(Building { id: text.to_owned(), name, floors, below_ground });
        }
    }

    /// Reads every `[[zone]]`; buildings come first.
    pub fn read_zones<'a>(&mut self, nodes: impl IntoIterator<Item = Node<'a>>) {
        let mut once = Once::new("zone");
        for node in nodes {
            let Some(fields) = node.fields(&keys::ZONE) else { continue };
            let name = fields.get("name").and_then(Node::both_languages);
            let named = |key: &str| fields.get(key).and_then(Named::of);
            let place = self.resolve(named("building"), named("floor"), None, node.problems());
            let Some(id) = fields.get("id") else { continue };
            let Some(text) = id.segment() else { continue };
            once.see(text, id.spot(), id.problems());
            self.zones.insert(text.to_owned(), Place { text: name.unwrap_or_default(), ..place });
        }
    }

    /// Zones of a floor, and of its building as a whole.
    pub fn zones_on(&self, building: &str, floor: &str) -> Vec<&str> {
        let here = |place: &Place| {
            place.building.as_deref() == Some(building) && place.floor.as_deref().is_none_or(|own| own == floor)
        };
        self.zones.iter().filter(|(_, place)| here(place)).map(|(id, _)| id.as_str()).collect()
    }

    /// Checks a place and fills in what its zone says. What does not exist is reported and left out.
    pub fn resolve(
        &self,
        building: Option<Named<'_>>,
        floor: Option<Named<'_>>,
        zone: Option<Named<'_>>,
        problems: &Problems,
    ) -> Place {
        let mut place = Place::default();
        let building_given = building.is_some();
        if let Some(named) = building {
            if self.buildings.iter().any(|known| known.id == named.text) {
                place.building = Some(named.text.to_owned());
            } else {
                let hint = did_you_mean(named.text, self.buildings.iter().map(|known| known.id.as_str()));
                problems.error(named.spot, format!("unknown building \"{}\"", named.text), hint);
            }
        }
        if let Some(named) = zone {
            match self.zones.get(named.text) {
                Some(known) => {
                    place.zone = Some(named.text.to_owned());
                    if let (Some(of_zone), Some(given)) = (&known.building, &place.building)
                        && of_zone != given
                    {
                        let message = format!("zone \"{}\" is in building \"{of_zone}\", not \"{given}\"", named.text);
                        problems.error(named.spot, message, "");
                    }
                    if !building_given {
                        place.building.clone_from(&known.building);
                    }
                    if floor.is_none() && place.building == known.building {
                        place.floor.clone_from(&known.floor);
                    }
                }
                None => {
                    let hint = did_you_mean(named.text, self.zones.keys().map(String::as_str));
                    problems.error(named.spot, format!("unknown zone \"{}\"", named.text), hint);
                }
            }
        }
        if let Some(named) = floor {
            place.floor = self.floor(&place, building_given, named, problems);
        }
        place
    }

    fn floor(&self, place: &Place, building_given: bool, named: Named<'_>, problems: &Problems) -> Option<String> {
        let Some(id) = &place.building else {
            // A building that does not exist has been reported; its floors cannot be judged.
            if !building_given {
                problems.error(named.spot, format!("floor \"{}\" of which building?", named.text), "add \"building\"");
            }
            return None;
        };
        let floors = self.buildings.iter().find(|known| &known.id == id).map_or(&[][..], |known| &known.floors);
        if floors.iter().any(|floor| floor == named.text) {
            return Some(named.text.to_owned());
        }
        let hint = did_you_mean(named.text, floors.iter().map(String::as_str));
        problems.error(named.spot, format!("building \"{id}\" has no floor \"{}\"", named.text), hint);
        None
    }
}

/// How many floors are below the one at ground level: the first that is not called a basement, unless it is said.
fn below_ground(fields: &Fields<'_>, floors: &[String]) -> usize {
    let basement = |floor: &&String| {
        let number = floor.strip_prefix(['B', '-']).unwrap_or_default();
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    };
    let Some(node) = fields.get("ground") else { return floors.iter().take_while(basement).count() };
    let Some(text) = node.text() else { return 0 };
    floors.iter().position(|floor| floor == text).unwrap_or_else(|| {
        let hint = did_you_mean(text, floors.iter().map(String::as_str));
        node.error(format!("floor \"{text}\" is not among \"floors\""), hint);
        0
    })
}
