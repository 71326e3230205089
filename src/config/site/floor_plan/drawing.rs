//! A foreign SVG, read as data and written anew from what is on the list.
//!
//! Takes: the bytes of a file.
//! Gives: [`Sketch`]: a [`Drawing`] and the marks by which its shapes say what stands there.
//! Never: a DTD, an entity, a script, a style sheet, a link or an image; a file that is large, deep or unfolds without end.

use roxmltree::{Document, Node, ParsingOptions};
use sha2::{Digest, Sha256};

use super::allowed::SVG;
use super::file::File;
use super::geometry::numbers;
use super::marks::Mark;
use super::pen::Pen;
use super::references::{MOST_NODES, References};
use crate::config::problem::Spot;
use crate::engine::site::{Drawing, DrawnZone};

/// Largest file in bytes.
const MOST_BYTES: usize = 2 << 20;
/// Groups in groups.
const DEEPEST: usize = 32;
/// Attributes of one element; more make the parser slow.
const MOST_ATTRIBUTES: usize = 500;

/// A drawing with what it says of itself.
#[derive(Clone, Debug)]
pub struct Sketch {
    /// What is drawn.
    pub drawing: Drawing,
    /// What stands where.
    pub marks: Vec<Mark>,
    /// Where each zone of the drawing is named.
    pub zones: Vec<(String, Spot)>,
}

impl File<'_> {
    /// Reads it; `number` makes its ids differ from those of other drawings on the same page.
    pub fn read(&self, bytes: &[u8], number: usize) -> Option<Sketch> {
        if bytes.len() > MOST_BYTES {
            self.whole(
                format!("{} bytes are too much for a plan", bytes.len()),
                "at most 2 MiB; leave out furniture and dimensions",
            );
            return None;
        }
        let Ok(text) = std::str::from_utf8(bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes)) else {
            self.whole("is not UTF-8 text", "save it as plain SVG in UTF-8");
            return None;
        };
        if text.split('<').any(|tag| tag.bytes().filter(|byte| *byte == b'=').count() > MOST_ATTRIBUTES) {
            self.whole("an element has more than 500 attributes", "save it as plain SVG");
            return None;
        }
        let options = ParsingOptions { allow_dtd: false, nodes_limit: MOST_NODES, ..ParsingOptions::default() };
        match Document::parse_with_options(text, options) {
            Ok(document) => self.draw(&document, number),
            Err(error) => {
                self.not_xml(&error);
                None
            }
        }
    }

    fn not_xml(&self, error: &roxmltree::Error) {
        let (row, column) = (error.pos().row as usize, error.pos().col as usize);
        let spot = Spot { line: row, column, ..Spot::file(self.name) };
        let (message, hint) = match error {
            roxmltree::Error::DtdDetected => {
                ("it has a DTD".to_owned(), "delete <!DOCTYPE …>, or save it as plain SVG")
            }
            roxmltree::Error::NodesLimitReached => {
                (format!("it has more than {MOST_NODES} elements"), "leave out furniture and dimensions")
            }
            _ => {
                let said = error.to_string();
                let said = said.rsplit_once(" at ").map_or(said.as_str(), |(said, _)| said);
                (format!("is no SVG: {said}"), "save it as plain SVG")
            }
        };
        self.problems.error(spot, message, hint);
    }

    fn draw(&self, document: &Document<'_>, number: usize) -> Option<Sketch> {
        let root = document.root_element();
        if (root.tag_name().name(), root.tag_name().namespace()) != ("svg", Some(SVG)) {
            let hint = format!("it begins with <svg xmlns=\"{SVG}\" viewBox=\"…\">");
            self.problems.error(self.spot(document, root.range().start), "is no SVG", hint);
            return None;
        }
        if let Some(deep) = too_deep(root) {
            let message = format!("groups in groups in groups, more than {DEEPEST}");
            self.problems.error(self.spot(document, deep.range().start), message, "ungroup, and save it as plain SVG");
            return None;
        }
        let view_box = self.view_box(document, root)?;
        let references = References::of(self, document, number)?;
        let mut pen = Pen::new(self, document, references);
        pen.write_root(root, view_box);
        let hash = Sha256::digest(pen.text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
        let zones =
            pen.zones.iter().map(|(zone, (around, _))| DrawnZone { zone: zone.clone(), bounds: around.rectangle() });
        let own_colours = pen.has_own_colours();
        let drawing = Drawing { hash, view_box, own_colours, zones: zones.collect(), svg: pen.text };
        let zones = pen.zones.into_iter().map(|(zone, (_, spot))| (zone, spot)).collect();
        Some(Sketch { drawing, marks: pen.marks, zones })
    }

    fn view_box(&self, document: &Document<'_>, root: Node<'_, '_>) -> Option<[f64; 4]> {
        let figures = |text: &str| -> Vec<f64> {
            numbers(text).filter_map(|part| part.strip_suffix("px").unwrap_or(part).parse().ok()).collect()
        };
        let given = root.attribute("viewBox").map_or_else(
            || {
                let size = |name: &str| root.attribute(name).map(figures).unwrap_or_default();
                [vec![0.0, 0.0], size("width"), size("height")].concat()
            },
            figures,
        );
        match given[..] {
            [left, top, width, height]
                if given.iter().all(|figure| figure.is_finite()) && width > 0.0 && height > 0.0 =>
            {
                Some([left, top, width, height])
            }
            _ => {
                let spot = self.spot(document, root.range().start);
                self.problems.error(
                    spot,
                    "a plan needs a viewBox",
                    "viewBox=\"0 0 720 480\": left, top, width, height",
                );
                None
            }
        }
    }
}

fn too_deep<'a, 'input>(root: Node<'a, 'input>) -> Option<Node<'a, 'input>> {
    let mut waiting = vec![(root, 0)];
    while let Some((node, depth)) = waiting.pop() {
        if depth > DEEPEST {
            return Some(node);
        }
        waiting.extend(node.children().filter(Node::is_element).map(|child| (child, depth + 1)));
    }
    None
}
