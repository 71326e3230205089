//! The keys of `profile.toml` that only devices which report by themselves have.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

use crate::config::document::{REQUIRED, Section, key};

/// `[text]`
pub const TEXT: Section = Section {
    title: "[text]",
    noun: "[text]",
    keys: &[
        key("encoding", "`gb18030`, `ascii`", "gb18030", "Character set; GB 2312 and GBK are parts of GB 18030"),
        key("begins", "list of byte sequences", "[]", "What begins a record, ended or not the one before: `\"1B 36\"`"),
        key("ends", "list of byte sequences", "[]", "What ends a record; the longest that fits wins: `\"0A 0A\"`"),
        key("ignore", "list of byte sequences", "[]", "Printer commands, taken out before patterns are tried"),
        key("pause", "20ms to 1m", "500ms", "What was begun and is silent so long is taken as it stands"),
        key("longest", "16 to 4096", "512", "Bytes; a longer record is cut there and kept as not understood"),
        key("heartbeat", "1s to 168h", "", "The panel prints something at least this often; silence is a fault then"),
        key("patterns", "table of patterns", REQUIRED, "What records mean, by name; the first that fits counts"),
    ],
};

/// One entry of `[text.patterns]`.
pub const PATTERN: Section = Section {
    title: "[text.patterns] name = { … }",
    noun: "a pattern",
    keys: &[
        key(
            "matches",
            "regular expression",
            REQUIRED,
            "What the record must hold, with groups `(?<loop>…)`, `index`, `place`, `kind`, `year`, `month`, `day`, \
             `hour`, `minute`, `second`",
        ),
        key("means", "a category, `reset`, `operation`, `nothing`", REQUIRED, "What it means; `nothing` is not kept"),
        key("over", "true or false", "false", "The condition is over"),
        key("array", "name of an array", "the only one", "With a group `index`: where the element is"),
        key("alarm", "name of an alarm", "the pattern's name", "Without `index`: which of the panel's own alarms"),
        key("name", "text in zh and en", "", "For `operation`, and required there: what people read"),
    ],
};

/// One entry of `[alarms]` of a device that reports by itself.
pub const ALARM: Section = Section {
    title: "[alarms] name = { … } (protocol `text` or `gbt26875`)",
    noun: "an alarm of a device that reports by itself",
    keys: &[
        key("category", "a category", REQUIRED, "What it is; not `limit`, `link-fault` or `self`"),
        key("name", "text in zh and en", REQUIRED, "What people read"),
    ],
};

/// `[arrays.<name>]` of a device that reports by itself.
pub const ARRAY: Section = Section {
    title: "[arrays.name] (protocol `text` or `gbt26875`)",
    noun: "an array of a device that reports by itself",
    keys: &[
        key("element", "pattern", REQUIRED, "Name of an element, with `{loop}` and `{index}`: `l{loop}-p{index}`"),
        key("loop", "[first, last]", "[1, 1]", "Loops"),
        key("index", "[first, last]", REQUIRED, "Addresses on a loop"),
        key("alarms", "table of alarms", REQUIRED, "What an element can report; each condition belongs to it"),
    ],
};
