//! The pen that writes a drawing anew, element by element.
//!
//! Takes: a parsed SVG of which every element is checked against the list.
//! Gives: the text of the new one, and the marks of its shapes.
//! Never: a byte of the file that was not recognised, or not escaped.

use std::collections::BTreeMap;
use std::fmt::Write;

use roxmltree::{Document, Node};

use super::allowed::{self, SVG, is_kept};
use super::file::File;
use super::geometry::{self, Affine, Bounds};
use super::marks::{Label, Mark};
use super::references::References;
use crate::config::problem::Spot;

/// Writes the drawing.
pub struct Pen<'a, 'input> {
    file: &'a File<'a>,
    document: &'a Document<'input>,
    references: References<'a>,
    /// What is written so far.
    pub text: String,
    own_colours: bool,
    page_colours: bool,
    /// What stands where.
    pub marks: Vec<Mark>,
    /// Around the shapes of each zone, and where it is named first.
    pub zones: BTreeMap<String, (Bounds, Spot)>,
}

impl<'a, 'input> Pen<'a, 'input> {
    /// A pen that has written nothing yet.
    pub fn new(file: &'a File<'a>, document: &'a Document<'input>, references: References<'a>) -> Pen<'a, 'input> {
        Pen {
            file,
            document,
            references,
            text: String::new(),
            own_colours: false,
            page_colours: false,
            marks: Vec::new(),
            zones: BTreeMap::new(),
        }
    }

    /// Whether it needs paper under it: it names colours of its own, or none at all, which is black.
    pub fn has_own_colours(&self) -> bool {
        self.own_colours || !self.page_colours
    }

    /// Writes everything.
    pub fn write_root(&mut self, root: Node<'a, 'input>, [left, top, width, height]: [f64; 4]) {
        // Writing to a String cannot fail, here and below.
        let _ = write!(self.text, "<svg xmlns=\"{SVG}\" viewBox=\"{left} {top} {width} {height}\"");
        const OURS: [&str; 8] = ["viewBox", "width", "height", "x", "y", "transform", "preserveAspectRatio", "lang"];
        self.write_attributes(root, false, &OURS);
        self.text.push('>');
        self.write_children(root, Around::default());
        self.text.push_str("</svg>");
    }

    fn write_children(&mut self, node: Node<'a, 'input>, around: Around) {
        let holds_text = matches!(node.tag_name().name(), "text" | "tspan");
        for child in node.children() {
            if let Some(text) = child.text().filter(|_| holds_text && child.is_text()) {
                escape(&mut self.text, text);
            }
            if !child.is_element() {
                continue;
            }
            if is_kept(&child) {
                self.write_element(child, around);
            } else if child.tag_name().namespace() == Some(SVG) && !allowed::SILENT.contains(&child.tag_name().name()) {
                self.leave_out(&child);
            }
        }
    }

    fn leave_out(&self, node: &Node<'_, '_>) {
        let name = node.tag_name().name();
        let hint = match name {
            "style" => "save it with attributes (\"presentation attributes\") instead of a style sheet",
            "image" => "draw what is to be seen, or trace it",
            "use" => "it may use a shape or group of the same file",
            _ => "a plan holds shapes, text, groups and patterns",
        };
        self.file.problems.warning(
            self.file.spot(self.document, node.range().start),
            format!("<{name}> is left out of the plan"),
            hint,
        );
    }

    fn write_element(&mut self, node: Node<'a, 'input>, around: Around) {
        let name = node.tag_name().name();
        let own = node.attribute("transform").and_then(Affine::parse).unwrap_or_default();
        let within = Around {
            moved: around.moved.after(&own),
            in_pattern: around.in_pattern || name == "pattern",
            aside: around.aside || matches!(name, "defs" | "symbol" | "pattern"),
        };
        let used = self.references.used(&node).map(str::to_owned);
        // What shows nothing of this file may still say what stands there.
        let name = if name == "use" && used.is_none() {
            self.leave_out(&node);
            "g"
        } else {
            name
        };
        let _ = write!(self.text, "<{name}");
        if let Some(id) = node.attribute("id").and_then(|id| self.references.id(id)) {
            let _ = write!(self.text, " id=\"{id}\"");
        }
        if let Some(id) = used {
            let _ = write!(self.text, " href=\"#{id}\"");
        }
        self.write_attributes(node, within.in_pattern, &[]);
        if !within.aside {
            self.take_marks(node, &within.moved);
        }
        if node.has_children() {
            self.text.push('>');
            self.write_children(node, within);
            let _ = write!(self.text, "</{name}>");
        } else {
            self.text.push_str("/>");
        }
    }

    /// Attributes that are on the list; those of `style` that are attributes, too, win over them, as they do in a browser.
    fn write_attributes(&mut self, node: Node<'a, 'input>, in_pattern: bool, without: &[&str]) {
        let mut written: BTreeMap<&str, String> = BTreeMap::new();
        let plain = node.attributes().filter(|attribute| attribute.namespace().is_none());
        let plain = plain.map(|attribute| (attribute.name(), attribute.value()));
        let styled = allowed::properties(node.attribute("style").unwrap_or_default());
        for (name, text) in plain.chain(styled.filter(|(name, _)| allowed::is_property(name))) {
            if without.contains(&name) {
                continue;
            }
            let painted = allowed::painted_with(text).filter(|_| matches!(name, "fill" | "stroke") && !in_pattern);
            let value = match painted {
                Some(id) => self.references.id(id).map(|id| format!("url(#{id})")),
                None => allowed::value(name, text),
            };
            if let Some(value) = value {
                written.insert(name, value);
            }
        }
        if let Some(language) = node.attribute((XML, "lang")).and_then(|text| allowed::value("lang", text)) {
            written.insert("lang", language);
        }
        for (name, value) in written {
            if matches!(name, "fill" | "stroke" | "color") {
                self.own_colours |= allowed::is_own_colour(&value);
                self.page_colours |= allowed::is_page_colour(&value);
            }
            let _ = write!(self.text, " {name}=\"");
            escape(&mut self.text, &value);
            self.text.push('"');
        }
    }

    /// What a shape says it shows.
    fn take_marks(&mut self, node: Node<'a, 'input>, moved: &Affine) {
        // An id counts where nothing says it better.
        let said = ["data-point", "data-code", "id"].into_iter().find_map(|name| node.attribute_node(name));
        let found: Vec<_> = said.into_iter().chain(node.attribute_node("data-zone")).collect();
        if found.is_empty() {
            return;
        }
        let Some(around) = extent(node, moved) else { return };
        let (x, y) = around.middle();
        for attribute in found {
            let spot = self.file.spot(self.document, attribute.range().start);
            let value = attribute.value().trim().to_owned();
            let label = match attribute.name() {
                "data-point" => Label::Point(value),
                "data-code" => Label::Code(value),
                "id" => Label::Id(value),
                _ => {
                    // Its shapes bear it, so that the page can colour them.
                    let _ = write!(self.text, " data-zone=\"");
                    escape(&mut self.text, &value);
                    self.text.push('"');
                    let held = self.zones.entry(value).or_insert((around, spot));
                    held.0 = held.0.with(&around);
                    continue;
                }
            };
            self.marks.push(Mark { label, x, y, spot });
        }
    }
}

const XML: &str = "http://www.w3.org/XML/1998/namespace";

/// What the groups around an element make of it.
#[derive(Clone, Copy, Default)]
struct Around {
    moved: Affine,
    /// It is part of a pattern: patterns in patterns unfold without end.
    in_pattern: bool,
    /// It is drawn only where something uses it.
    aside: bool,
}

/// Around a shape, or everything in a group; `moved` is how the shape itself is moved.
fn extent(node: Node<'_, '_>, moved: &Affine) -> Option<Bounds> {
    if node.tag_name().name() != "g" {
        return geometry::bounds(node.tag_name().name(), |name| node.attribute(name), moved);
    }
    let children = node.children().filter(|child| child.is_element() && is_kept(child));
    let held = children.filter_map(|child| {
        let own = child.attribute("transform").and_then(Affine::parse).unwrap_or_default();
        extent(child, &moved.after(&own))
    });
    held.reduce(|all, one| all.with(&one))
}

fn escape(text: &mut String, foreign: &str) {
    for letter in foreign.chars() {
        match letter {
            '&' => text.push_str("&amp;"),
            '<' => text.push_str("&lt;"),
            '>' => text.push_str("&gt;"),
            '"' => text.push_str("&quot;"),
            letter if letter.is_control() => text.push(' '),
            letter => text.push(letter),
        }
    }
}
