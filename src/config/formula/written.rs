//! A formula as a `[[linkage]]`.
//!
//! Takes: a checked [`Formula`] and what it belongs to.
//! Gives: TOML as a person would have written it, with the formula itself in a comment.
//! Never: a text of the list in it but that comment, from which nothing is read.

use std::fmt::Write;

use super::syntax::{Formula, Join, Term};
use super::{Options, Precedence, tree};
use crate::engine::site::{Equipment, Mode, Site};

/// The head of the file.
pub fn head(name: &str, options: &Options) -> String {
    let mut text = format!("# Linkages made of the panel formulas of {} in {}.\n", options.panel, shown(name));
    if let Some(precedence) = options.precedence {
        let word = match precedence {
            Precedence::And => "X binds closer than +",
            Precedence::Or => "+ binds closer than X",
            Precedence::Left => "from left to right",
        };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "# Precedence, as declared: {word}.");
    }
    text
}

/// One linkage.
pub fn linkage(
    formula: &Formula,
    number: usize,
    line: &str,
    options: &Options,
    held: &[&Equipment],
    site: &Site,
) -> String {
    let panel = &options.panel;
    let mode = match options.mode {
        Mode::Monitor => "monitor",
        Mode::Manual => "manual",
        Mode::Auto => "auto",
    };
    let tree = tree(formula, options.precedence.unwrap_or(Precedence::Left));
    let term = |at: usize| {
        let Term { code, kind, .. } = &formula.terms[at];
        format!("alarm(acted, device='{panel}', code='{code}', type='{kind}')")
    };
    let when = tree.fold(&term, &|join, parts: Vec<String>, inside| {
        let joined = parts.join(if join == Join::Or { " || " } else { " && " });
        if inside { format!("({joined})") } else { joined }
    });
    let mut text = format!("\n# {}\n[[linkage]]\nid = \"{panel}.f{number}\"\n", shown(line));
    let _ = writeln!(text, "name = {{ zh = \"联动公式{number}\", en = \"Panel formula {number}\" }}");
    let _ = writeln!(text, "mode = \"{mode}\"\npanel = \"{panel}\"\nwhen = \"{when}\"");
    for effect in &formula.effects {
        let Term { code, kind, .. } = &effect.term;
        let verb = if formula.stop { "stop" } else { "start" };
        let _ = writeln!(text, "[[linkage.action]]");
        let _ = writeln!(text, "{verb} = {{ device = \"{panel}\", code = \"{code}\", type = \"{kind}\" }}");
        let _ = writeln!(text, "delay = \"{}s\"", effect.delay);
        if formula.full_automatic {
            text.push_str("full-automatic = true\n");
        }
        if !formula.stop && releases(&effect.term, held, site) {
            text.push_str("discharge = true\n");
        }
    }
    text
}

/// Whether the one element that the term names releases extinguishing agent.
fn releases(term: &Term, held: &[&Equipment], site: &Site) -> bool {
    !term.code.is_wild()
        && !term.kind.is_wild()
        && held.iter().any(|held| {
            let class = held.class.and_then(|at| site.classes.list.get(at as usize));
            class.is_some_and(|class| class.discharges)
                && held.code.as_deref().is_some_and(|code| term.code.fits(code))
                && held.kind.as_deref().is_some_and(|kind| term.kind.fits(kind))
        })
}

/// A text of somebody else's file within a comment.
fn shown(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
