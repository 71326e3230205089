//! What a mark of a plan means on this site.
//!
//! Takes: a [`Label`] and the floor of the plan.
//! Gives: the equipment that is meant.
//! Never: one of several, or something of another floor.

use super::marks::{Label, Mark};
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::site::{Equipment, Site};

/// One floor of the site, and what stands there.
pub struct Floor<'a> {
    /// The site.
    pub site: &'a Site,
    /// Building id.
    pub building: &'a str,
    /// Floor id.
    pub floor: &'a str,
    /// What stands there, with its index in the site.
    pub here: Vec<(u32, &'a Equipment)>,
}

impl<'a> Floor<'a> {
    /// A floor of the site.
    pub fn of(site: &'a Site, building: &'a str, floor: &'a str) -> Floor<'a> {
        Floor { site, building, floor, here: site.equipment_on(building, floor).collect() }
    }

    /// What a mark means; nothing when it is only the id of a shape, or was refused with a reason.
    pub fn find(&self, mark: &Mark, problems: &Problems) -> Option<u32> {
        match &mark.label {
            Label::Point(text) => self.point(text, mark, problems),
            Label::Code(text) => self.code(text, mark, problems),
            Label::Id(text) => {
                // Drawing programs do not let people write a slash into an id.
                let point = text.replacen(':', "/", 1);
                let device = point.split('/').next().unwrap_or_default();
                if self.site.devices.iter().any(|held| held.id.as_str() == device) {
                    self.point(&point, mark, problems)
                } else if is_code(text) {
                    self.code(text, mark, problems)
                } else {
                    None
                }
            }
        }
    }

    fn point(&self, text: &str, mark: &Mark, problems: &Problems) -> Option<u32> {
        if let Some((at, _)) = self.here.iter().find(|(_, held)| held.id == text) {
            return Some(*at);
        }
        if let Some(held) = self.site.equipment_named(text) {
            let at = self.site.equipment.iter().position(|other| std::ptr::eq(other, held));
            if held.place.floor.is_none() && held.place.building.as_deref().is_none_or(|id| id == self.building) {
                return at.and_then(|at| u32::try_from(at).ok());
            }
            problems.error(mark.spot.clone(), format!("\"{text}\" is {}", stands(held)), self.own_floor());
            return None;
        }
        let device = text.split('/').next().unwrap_or_default();
        let refused = |id: &str| self.site.devices.iter().any(|held| held.id.as_str() == id && held.refused.is_some());
        // What a refused device would bring is missing because of it; its own fault says so.
        if refused(device) {
            return None;
        }
        let hint = if self.site.points.iter().any(|point| point.id.as_str() == text) {
            format!("it is a value of \"{device}\": place the device")
        } else {
            did_you_mean(text, self.here.iter().map(|(_, held)| held.id.as_str()))
        };
        problems.error(mark.spot.clone(), format!("nothing on this site is called \"{text}\""), hint);
        None
    }

    fn code(&self, text: &str, mark: &Mark, problems: &Problems) -> Option<u32> {
        if !is_code(text) {
            let hint = "six digits, with the two of its type or without; * stands for any digit";
            problems.error(mark.spot.clone(), format!("\"{text}\" is no secondary code"), hint);
            return None;
        }
        let found: Vec<&(u32, &Equipment)> = self.here.iter().filter(|(_, held)| has_code(held, text)).collect();
        match found[..] {
            [(at, _)] => Some(*at),
            [] => {
                // It may be of a device that is refused, which nobody can tell by its code.
                if self.site.devices.iter().all(|device| device.refused.is_none()) {
                    self.no_such_code(text, mark, problems);
                }
                None
            }
            [(_, first), (_, second), ..] => {
                let message = format!("code {text} means several: {} and {}", first.id, second.id);
                problems.error(mark.spot.clone(), message, "name the point: data-point, or the column \"point\"");
                None
            }
        }
    }

    fn no_such_code(&self, text: &str, mark: &Mark, problems: &Problems) {
        let elsewhere = self.site.equipment.iter().find(|held| !text.contains('*') && has_code(held, text));
        let (message, hint) = match elsewhere {
            Some(held) => (format!("code {text} is {}", stands(held)), self.own_floor()),
            None => {
                let message = format!(
                    "nothing on floor \"{}\" of building \"{}\" has the code {text}",
                    self.floor, self.building
                );
                (message, did_you_mean(text, self.here.iter().filter_map(|(_, held)| held.code.as_deref())))
            }
        };
        problems.error(mark.spot.clone(), message, hint);
    }

    fn own_floor(&self) -> String {
        format!("this is the plan of floor \"{}\" of building \"{}\"", self.floor, self.building)
    }
}

fn stands(held: &Equipment) -> String {
    match (&held.place.building, &held.place.floor) {
        (Some(building), Some(floor)) => format!("on floor \"{floor}\" of building \"{building}\""),
        (Some(building), None) => format!("in building \"{building}\""),
        _ => "on no floor".to_owned(),
    }
}

fn is_code(text: &str) -> bool {
    matches!(text.len(), 6 | 8) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'*')
}

fn has_code(held: &Equipment, wanted: &str) -> bool {
    let (Some(code), Some(kind)) = (&held.code, &held.kind) else { return false };
    let whole = code.bytes().chain(kind.bytes());
    wanted.len() <= code.len() + kind.len()
        && wanted.bytes().zip(whole).all(|(wanted, found)| wanted == b'*' || wanted == found)
}
