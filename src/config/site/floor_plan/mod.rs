//! `[[plan]]`: what a floor looks like, and where on it things stand.
//!
//! Takes: the tables, SVG and CSV files of the site folder, a site whose devices are read.
//! Gives: checked [`FloorPlan`]s; [`read_drawing`] for one file.
//! Never: a mark that names nothing, or lies outside of its plan; anything of a foreign file that is not on the list.

mod allowed;
mod drawing;
mod file;
mod geometry;
mod marks;
mod naming;
mod pen;
mod references;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::places::{Named, Places};
use super::{Once, Parts, keys};
use crate::config::document::{Fields, Node};
use crate::config::problem::{Problem, Problems, Spot, did_you_mean};
use crate::engine::site::{Drawing, FloorPlan, Placed, Site};
use drawing::Sketch;
use file::File;
use marks::Mark;
use naming::Floor;

/// Reads one drawing by itself: as it is shown, with what is worth a look.
///
/// # Errors
/// What is wrong with it.
pub fn read_drawing(name: &str, bytes: &[u8]) -> Result<(Drawing, Vec<Problem>), Vec<Problem>> {
    let problems = Problems::default();
    let sketch = File { name, problems: &problems }.read(bytes, 0);
    match sketch {
        Some(sketch) => Ok((sketch.drawing, problems.sorted())),
        None => Err(problems.sorted()),
    }
}

/// What the plans of a site are read with.
pub struct Reader<'a> {
    /// The site folder.
    pub folder: &'a Path,
    /// Its places.
    pub places: &'a Places,
    /// Its devices and elements.
    pub site: &'a Site,
    /// Every file that takes part.
    pub parts: &'a mut Parts,
}

/// A drawing that several floors may share.
type Shared = Option<(Arc<Drawing>, Sketch)>;

impl Reader<'_> {
    /// Reads every `[[plan]]`.
    pub fn read<'a>(&mut self, nodes: impl IntoIterator<Item = Node<'a>>) -> Vec<FloorPlan> {
        let mut once = Once::new("the plan of");
        let mut sketches: BTreeMap<String, Shared> = BTreeMap::new();
        let mut placed_before: BTreeMap<u32, Spot> = BTreeMap::new();
        let mut plans = Vec::new();
        for node in nodes {
            let Some(fields) = node.fields(&keys::PLAN) else { continue };
            let floors = self.floors(node, &fields, &mut once);
            let Some(file) = fields.get("file") else { continue };
            let Some(name) = file.text() else { continue };
            if !sketches.contains_key(name) {
                let sketch = self.sketch(file, name, sketches.len() + 1);
                sketches.insert(name.to_owned(), sketch);
            }
            let listed = self.listed(&fields);
            let Some(Some((drawing, sketch))) = sketches.get(name) else { continue };
            for (building, floor) in floors {
                let here = Floor::of(self.site, &building, &floor);
                zones(self.places, &here, sketch, node.problems());
                let marks = sketch.marks.iter().chain(&listed);
                let placed = place(&here, marks, drawing.view_box, &mut placed_before, node.problems());
                plans.push(FloorPlan { drawing: Arc::clone(drawing), placed, building, floor });
            }
        }
        plans
    }

    /// The floors a plan is of, as building and floor.
    fn floors(&self, node: Node<'_>, fields: &Fields<'_>, once: &mut Once) -> Vec<(String, String)> {
        let many = fields.list("floors");
        let nodes: Vec<Node<'_>> = fields.get("floor").into_iter().chain(many).collect();
        if nodes.is_empty() && fields.get("floors").is_none() {
            node.error("a plan of which floor?", "floor = \"12\", or floors = [\"2\", \"3\"] where they look alike");
        }
        let mut floors = Vec::new();
        for floor in nodes {
            let building = fields.get("building").and_then(Named::of);
            let place = self.places.resolve(building, Named::of(floor), None, node.problems());
            let (Some(building), Some(named)) = (place.building, place.floor) else { continue };
            once.see(&format!("building {building} floor {named}"), floor.spot(), floor.problems());
            floors.push((building, named));
        }
        floors
    }

    fn sketch(&mut self, node: Node<'_>, name: &str, number: usize) -> Shared {
        let bytes = self.bytes(node, name, "svg")?;
        let sketch = File { name, problems: node.problems() }.read(&bytes, number)?;
        Some((Arc::new(sketch.drawing.clone()), sketch))
    }

    fn listed(&mut self, fields: &Fields<'_>) -> Vec<Mark> {
        let Some(node) = fields.get("points") else { return Vec::new() };
        let Some(name) = node.text() else { return Vec::new() };
        let bytes = self.bytes(node, name, "csv");
        bytes.map_or_else(Vec::new, |bytes| marks::read(name, &bytes, node.problems()))
    }

    fn bytes(&mut self, node: Node<'_>, name: &str, extension: &str) -> Option<Vec<u8>> {
        match fs::read(self.folder.join(name)) {
            Ok(bytes) => {
                self.parts.add(name, &bytes);
                Some(bytes)
            }
            Err(error) => {
                let inside = Path::new(name).parent().map_or_else(PathBuf::new, Path::to_path_buf);
                let near: Vec<String> = super::files(&self.folder.join(&inside), extension)
                    .into_iter()
                    .map(|file| inside.join(file).display().to_string())
                    .collect();
                let hint = did_you_mean(name, near.iter().map(String::as_str));
                node.error(format!("\"{name}\" cannot be read: {error}"), hint);
                None
            }
        }
    }
}

/// Zones that are drawn are zones of that floor.
fn zones(places: &Places, here: &Floor<'_>, sketch: &Sketch, problems: &Problems) {
    let known = places.zones_on(here.building, here.floor);
    for (zone, spot) in sketch.zones.iter().filter(|(zone, _)| !known.contains(&zone.as_str())) {
        let message = format!("floor \"{}\" of building \"{}\" has no zone \"{zone}\"", here.floor, here.building);
        problems.error(spot.clone(), message, did_you_mean(zone, known.iter().copied()));
    }
}

/// Everything that is marked, each once and within the drawing, in the order of the site.
fn place<'a>(
    here: &Floor<'_>,
    marks: impl Iterator<Item = &'a Mark>,
    [left, top, width, height]: [f64; 4],
    placed_before: &mut BTreeMap<u32, Spot>,
    problems: &Problems,
) -> Vec<Placed> {
    let mut placed = Vec::new();
    for mark in marks {
        let Some(equipment) = here.find(mark, problems) else { continue };
        let id = here.site.equipment.get(equipment as usize).map_or("", |held| held.id.as_str());
        if !(left..=left + width).contains(&mark.x) || !(top..=top + height).contains(&mark.y) {
            let message = format!("\"{id}\" at {}, {} is outside of the plan", mark.x, mark.y);
            let hint = format!("its viewBox is \"{left} {top} {width} {height}\"");
            problems.error(mark.spot.clone(), message, hint);
            continue;
        }
        if let Some(first) = placed_before.get(&equipment) {
            problems.error(mark.spot.clone(), format!("\"{id}\" is placed twice"), format!("first at {first}"));
            continue;
        }
        placed_before.insert(equipment, mark.spot.clone());
        placed.push(Placed { equipment, x: mark.x, y: mark.y });
    }
    placed.sort_by_key(|placed| placed.equipment);
    placed
}

#[cfg(test)]
mod tests;
