//! What in a drawing refers to what: `use`, and colours that are patterns.
//!
//! Takes: a parsed SVG.
//! Gives: [`References`]: new ids for what is referred to within the file.
//! Never: a reference to another file, a circle, or a few lines that unfold into millions.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::allowed::{self, is_kept};
use super::file::File;

const XLINK: &str = "http://www.w3.org/1999/xlink";
/// Most elements, texts and comments of a file; and as many shapes once everything used is unfolded.
pub const MOST_NODES: u32 = 50_000;
/// Uses within uses.
const DEEPEST: usize = 16;

/// Ids that something of the drawing refers to, as they are written.
pub struct References<'a> {
    renamed: BTreeMap<&'a str, String>,
}

impl<'a> References<'a> {
    /// Finds them. Nothing, and a problem, when the drawing unfolds without end.
    pub fn of(file: &File<'_>, document: &'a Document<'_>, number: usize) -> Option<References<'a>> {
        let mut targets: BTreeMap<&'a str, Node<'a, '_>> = BTreeMap::new();
        for node in document.descendants().filter(|node| node.is_element() && is_drawn(node)) {
            if let Some(id) = node.attribute("id") {
                targets.entry(id).or_insert(node);
            }
        }
        let mut unfolding = Unfolding { targets: &targets, known: BTreeMap::new() };
        if unfolding.size(document.root_element(), 0) > u64::from(MOST_NODES) {
            let message = format!("<use> within <use> draws more than {MOST_NODES} shapes, or itself");
            let spot = file.spot(document, document.root_element().range().start);
            file.problems.error(spot, message, "draw it without <use>");
            return None;
        }
        let mut renamed = BTreeMap::new();
        for node in document.descendants().filter(|node| node.is_element() && is_drawn(node)) {
            let styled = allowed::properties(node.attribute("style").unwrap_or_default()).map(|(_, value)| value);
            let painted = ["fill", "stroke"].into_iter().filter_map(|name| node.attribute(name)).chain(styled);
            let patterns = painted.filter_map(allowed::painted_with).filter(|id| is(&targets, id, &["pattern"]));
            let used = target(&node).filter(|id| is(&targets, id, &USABLE));
            for id in patterns.chain(used) {
                let next = format!("plan{number}-{}", renamed.len() + 1);
                renamed.entry(id).or_insert(next);
            }
        }
        Some(References { renamed })
    }

    /// The new id of an element that something refers to.
    pub fn id(&self, id: &str) -> Option<&str> {
        self.renamed.get(id).map(String::as_str)
    }

    /// The new id of what a `use` shows.
    pub fn used(&self, node: &Node<'_, '_>) -> Option<&str> {
        self.id(target(node)?)
    }
}

const USABLE: [&str; 10] = ["g", "symbol", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"];

fn is(targets: &BTreeMap<&str, Node<'_, '_>>, id: &str, names: &[&str]) -> bool {
    targets.get(id).is_some_and(|node| names.contains(&node.tag_name().name()))
}

/// Whether an element and everything around it is on the list.
fn is_drawn(node: &Node<'_, '_>) -> bool {
    let root = node.document().root_element();
    node.ancestors().take_while(|held| *held != root).all(|held| is_kept(&held))
}

/// The id that a `use` of the same file names.
fn target<'a>(node: &Node<'a, '_>) -> Option<&'a str> {
    if node.tag_name().name() != "use" {
        return None;
    }
    let href = node.attribute("href").or_else(|| node.attribute((XLINK, "href")))?;
    href.trim().strip_prefix('#').filter(|id| !id.is_empty())
}

/// How many shapes an element is once everything used is unfolded.
struct Unfolding<'t, 'a, 'input> {
    targets: &'t BTreeMap<&'a str, Node<'a, 'input>>,
    known: BTreeMap<u32, u64>,
}

impl<'a, 'input> Unfolding<'_, 'a, 'input> {
    fn size(&mut self, node: Node<'a, 'input>, uses: usize) -> u64 {
        if uses > DEEPEST {
            return u64::MAX;
        }
        if let Some(known) = self.known.get(&node.id().get()) {
            return *known;
        }
        let mut size: u64 = 1;
        for child in node.children().filter(Node::is_element) {
            size = size.saturating_add(self.size(child, uses));
        }
        if let Some(used) = target(&node).and_then(|id| self.targets.get(id)).copied() {
            size = size.saturating_add(self.size(used, uses + 1));
        }
        self.known.insert(node.id().get(), size);
        size
    }
}
