//! Floor plans: what a floor looks like, and where on it things are.
//!
//! Takes: nothing; `config` draws and places (a plan is foreign text that was written anew there).
//! Gives: [`FloorPlan`], [`Drawing`], and what of a floor is not placed.
//! Never: a place for something that the site does not have, or outside of the drawing.

use std::sync::Arc;

use super::{Equipment, Site};

/// The plan of one floor.
#[derive(Clone, Debug, PartialEq)]
pub struct FloorPlan {
    /// Building id.
    pub building: String,
    /// Floor id.
    pub floor: String,
    /// What is drawn; floors that look alike share it.
    pub drawing: Arc<Drawing>,
    /// What is placed, in the order of [`Site::equipment`].
    pub placed: Vec<Placed>,
}

/// A drawing, written by us from what was on the list of what a plan may hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Drawing {
    /// SVG without scripts, styles, links and entities.
    pub svg: String,
    /// Of `svg`: first 16 hexadecimal digits of its SHA-256.
    pub hash: String,
    /// Left, top, width and height in user units.
    pub view_box: [f64; 4],
    /// It names colours of its own, so it needs paper under it; otherwise it takes those of the page.
    pub own_colours: bool,
    /// Zones that are drawn as areas.
    pub zones: Vec<DrawnZone>,
}

/// A zone that is drawn as an area.
#[derive(Clone, Debug, PartialEq)]
pub struct DrawnZone {
    /// Zone id; its shapes bear it as `data-zone`.
    pub zone: String,
    /// Left, top, width and height of the smallest rectangle around it, in user units.
    pub bounds: [f64; 4],
}

/// Where something is on a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placed {
    /// Index in [`Site::equipment`].
    pub equipment: u32,
    /// From the left, in user units of the drawing.
    pub x: f64,
    /// From the top.
    pub y: f64,
}

impl Site {
    /// The plan of a floor, where there is one.
    pub fn floor_plan(&self, building: &str, floor: &str) -> Option<&FloorPlan> {
        self.floor_plans.iter().find(|plan| plan.building == building && plan.floor == floor)
    }

    /// What stands on a floor, in the order of the site.
    pub fn equipment_on<'a>(&'a self, building: &'a str, floor: &'a str) -> impl Iterator<Item = (u32, &'a Equipment)> {
        let here = move |held: &Equipment| {
            held.place.building.as_deref() == Some(building) && held.place.floor.as_deref() == Some(floor)
        };
        (0u32..).zip(&self.equipment).filter(move |(_, held)| here(held))
    }

    /// Whether it tells of fire, discharge or gas.
    pub fn tells_of_fire(&self, equipment: &Equipment) -> bool {
        let rule = |at: &u32| self.rules.get(*at as usize);
        equipment.rules.iter().filter_map(rule).any(|rule| rule.condition.category.is_immediate())
    }
}

impl FloorPlan {
    /// Whether this is placed.
    pub fn has(&self, equipment: u32) -> bool {
        self.placed.binary_search_by_key(&equipment, |placed| placed.equipment).is_ok()
    }
}
