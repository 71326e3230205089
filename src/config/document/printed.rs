//! A table of keys as the written reference shows it.
//!
//! Takes: a [`Section`].
//! Gives: its title and keys as Markdown.
//! Never: a key that is read but not printed.

use std::fmt::Write;

use super::{Key, Section};

/// One section; also for the references of profiles and classes.
pub fn section(section: &Section) -> String {
    let mut text = String::new();
    table(&mut text, section, None);
    text
}

/// Adds one section to a page; with `variable` each key has the name of its environment variable beside it.
pub fn table(page: &mut String, section: &Section, variable: Option<&dyn Fn(&Key) -> String>) {
    let (head, line) = if variable.is_some() { (" environment |", " --- |") } else { ("", "") };
    // Writing to a String cannot fail.
    let _ = write!(page, "\n## `{}`\n\n| key | takes | default | meaning |{head}\n", section.title);
    let _ = writeln!(page, "| --- | --- | --- | --- |{line}");
    for key in section.keys {
        let default = if key.is_required() { "**required**" } else { key.default };
        let _ = write!(page, "| `{}` | {} | {default} | {} |", key.name, key.takes, key.meaning);
        if let Some(variable) = variable {
            let _ = write!(page, " {} |", variable(key));
        }
        page.push('\n');
    }
}
