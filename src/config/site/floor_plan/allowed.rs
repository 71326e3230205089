//! What may stand in a plan: shapes, text and their looks, and nothing that acts, fetches or refers outside.
//!
//! Takes: names and values of foreign SVG.
//! Gives: the value as it may be written, or nothing.
//! Never: a value that was not recognised from its first to its last character.

use roxmltree::Node;

use super::geometry::{Affine, numbers};

/// The namespace of SVG.
pub const SVG: &str = "http://www.w3.org/2000/svg";
/// Elements that are drawn.
pub const SHAPES: [&str; 9] = ["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "use"];
/// Elements that hold others.
pub const GROUPS: [&str; 5] = ["g", "defs", "symbol", "pattern", "tspan"];
/// Elements that say something about the file and draw nothing; nobody misses them.
pub const SILENT: [&str; 4] = ["title", "desc", "metadata", "view"];

/// Whether an element may be drawn by itself.
pub fn is_kept(node: &Node<'_, '_>) -> bool {
    let name = node.tag_name().name();
    node.tag_name().namespace() == Some(SVG) && (SHAPES.contains(&name) || GROUPS.contains(&name))
}

/// What a value must be.
#[derive(Clone, Copy)]
enum Kind {
    /// A number with `px`, `%` or nothing.
    Length,
    /// Numbers between spaces and commas, or `none`.
    Numbers,
    /// The data of a path.
    Path,
    /// Movements; the geometry reads them.
    Transform,
    /// A colour, a variable of the page, or a pattern of the same file.
    Paint,
    /// One word.
    Word,
    /// `zh` or `en`.
    Language,
}

const ATTRIBUTES: [(&str, Kind); 54] = [
    ("alignment-baseline", Kind::Word),
    ("color", Kind::Paint),
    ("cx", Kind::Length),
    ("cy", Kind::Length),
    ("d", Kind::Path),
    ("display", Kind::Word),
    ("dominant-baseline", Kind::Word),
    ("dx", Kind::Numbers),
    ("dy", Kind::Numbers),
    ("fill", Kind::Paint),
    ("fill-opacity", Kind::Length),
    ("fill-rule", Kind::Word),
    ("font-size", Kind::Length),
    ("font-style", Kind::Word),
    ("font-weight", Kind::Word),
    ("height", Kind::Length),
    ("lang", Kind::Language),
    ("lengthAdjust", Kind::Word),
    ("letter-spacing", Kind::Length),
    ("opacity", Kind::Length),
    ("paint-order", Kind::Word),
    ("pathLength", Kind::Length),
    ("patternContentUnits", Kind::Word),
    ("patternTransform", Kind::Transform),
    ("patternUnits", Kind::Word),
    ("points", Kind::Numbers),
    ("preserveAspectRatio", Kind::Word),
    ("r", Kind::Length),
    ("rotate", Kind::Numbers),
    ("rx", Kind::Length),
    ("ry", Kind::Length),
    ("shape-rendering", Kind::Word),
    ("stroke", Kind::Paint),
    ("stroke-dasharray", Kind::Numbers),
    ("stroke-dashoffset", Kind::Length),
    ("stroke-linecap", Kind::Word),
    ("stroke-linejoin", Kind::Word),
    ("stroke-miterlimit", Kind::Length),
    ("stroke-opacity", Kind::Length),
    ("stroke-width", Kind::Length),
    ("text-anchor", Kind::Word),
    ("textLength", Kind::Length),
    ("transform", Kind::Transform),
    ("vector-effect", Kind::Word),
    ("viewBox", Kind::Numbers),
    ("visibility", Kind::Word),
    ("width", Kind::Length),
    ("word-spacing", Kind::Length),
    ("x", Kind::Numbers),
    ("x1", Kind::Length),
    ("x2", Kind::Length),
    ("y", Kind::Numbers),
    ("y1", Kind::Length),
    ("y2", Kind::Length),
];

/// An attribute's value as it may be written. References to other elements are not decided here.
pub fn value(name: &str, text: &str) -> Option<String> {
    let (_, kind) = ATTRIBUTES.iter().find(|(known, _)| *known == name)?;
    let text = text.trim();
    let fine = match kind {
        Kind::Length => length(text),
        Kind::Numbers => text == "none" || !text.is_empty() && numbers(text).all(length),
        Kind::Path => text.chars().all(|letter| "MmZzLlHhVvCcSsQqTtAaEe0123456789+-., \t\r\n".contains(letter)),
        Kind::Transform => Affine::parse(text).is_some(),
        Kind::Paint => paint(text),
        Kind::Word => {
            !text.is_empty()
                && text.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-' || letter == ' ')
        }
        Kind::Language => text == "zh" || text == "en",
    };
    fine.then(|| text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn length(text: &str) -> bool {
    let number = text.strip_suffix("px").or_else(|| text.strip_suffix('%')).unwrap_or(text);
    number.bytes().all(|byte| byte.is_ascii_digit() || b"+-.eE".contains(&byte))
        && number.parse::<f64>().is_ok_and(f64::is_finite)
}

fn paint(text: &str) -> bool {
    let inside = |name: &str| text.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')');
    if let Some(variable) = inside("var") {
        let (name, otherwise) = variable.split_once(',').unwrap_or((variable, "none"));
        return is_variable(name.trim()) && !otherwise.contains("var(") && paint(otherwise.trim());
    }
    if let Some(colour) = text.strip_prefix('#') {
        return matches!(colour.len(), 3 | 4 | 6 | 8) && colour.bytes().all(|byte| byte.is_ascii_hexdigit());
    }
    if let Some(figures) = ["rgb", "rgba", "hsl", "hsla"].into_iter().find_map(inside) {
        return figures.bytes().all(|byte| byte.is_ascii_digit() || b" ,.%/".contains(&byte));
    }
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn is_variable(name: &str) -> bool {
    name.strip_prefix("--").is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    })
}

/// Whether a colour is that of the page around it.
pub fn is_page_colour(paint: &str) -> bool {
    paint.starts_with("var(") || paint == "currentColor"
}

/// Whether a colour is the drawing's own.
pub fn is_own_colour(paint: &str) -> bool {
    !is_page_colour(paint) && !paint.starts_with("url(") && !["none", "inherit", "transparent"].contains(&paint)
}

/// The id that a paint names: `url(#hatch)`.
pub fn painted_with(text: &str) -> Option<&str> {
    let inside = text.trim().strip_prefix("url(")?.strip_suffix(')')?.trim();
    let bare = inside.trim_matches(['"', '\'']);
    bare.strip_prefix('#').filter(|id| !id.is_empty())
}

/// Properties of a `style` as the attributes they also are.
pub fn properties(style: &str) -> impl Iterator<Item = (&str, &str)> {
    style.split(';').filter_map(|part| part.split_once(':')).map(|(name, value)| (name.trim(), value.trim()))
}

/// Whether a property of a `style` is an attribute of the same meaning.
pub fn is_property(name: &str) -> bool {
    const GEOMETRY: [&str; 6] = ["d", "x", "y", "width", "height", "transform"];
    name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-') && !GEOMETRY.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_recognised_whole_or_not_at_all() {
        for (name, text) in [
            ("fill", "var(--panel)"),
            ("fill", "var(--panel, #eee)"),
            ("stroke", "currentColor"),
            ("stroke", "rgb(10, 20 30 / 5%)"),
            ("fill", "#A0b1c2"),
            ("d", "M0 0L10-2.5e1Z"),
            ("stroke-dasharray", "4, 2"),
            ("x", "-1.5"),
            ("width", "12px"),
            ("lang", "zh"),
        ] {
            assert_eq!(value(name, text).as_deref(), Some(text), "{name}");
        }
        for (name, text) in [
            ("fill", "url(https://example.org/x)"),
            ("fill", "var(--panel, url(x))"),
            ("fill", "var(--a, var(--b, red))"),
            ("fill", "expression(alert(1))"),
            ("fill", "red;background:url(x)"),
            ("stroke", "#12345"),
            ("d", "M0 0<script>"),
            ("x", "calc(1px)"),
            ("x", "NaN"),
            ("width", "infinity"),
            ("transform", "translate(1"),
            ("onclick", "alert(1)"),
            ("style", "fill:red"),
            ("href", "#a"),
            ("lang", "fr"),
        ] {
            assert_eq!(value(name, text), None, "{name}={text}");
        }
    }

    #[test]
    fn paints_name_patterns_of_the_same_file_only() {
        assert_eq!(painted_with("url(#hatch)"), Some("hatch"));
        assert_eq!(painted_with(" url( \"#hatch\" ) "), Some("hatch"));
        assert_eq!(painted_with("url(other.svg#hatch)"), None);
        assert_eq!(painted_with("url(#)"), None);
    }
}
