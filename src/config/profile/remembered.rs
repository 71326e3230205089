//! The keys of `profile.toml` that describe an event memory.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

use crate::config::document::{REQUIRED, Section, key};

/// `[memory]`
pub const MEMORY: Section = Section {
    title: "[memory]",
    noun: "[memory]",
    keys: &[
        key("table", "`input`, `holding`", REQUIRED, "Modbus table"),
        key("first", "0 to 65535", REQUIRED, "Address of the first entry"),
        key("entries", "1 to 1000", REQUIRED, "How many entries it holds"),
        key("stride", "1 to 16", REQUIRED, "Words from one entry to the next. All 0 or all 0xFFFF is no entry"),
        key("order", "`newest-first`, `oldest-first`", REQUIRED, "How they stand; a ring is `oldest-first`"),
        key("counter", "0 to 65535", "", "Address of a word that changes with every entry: spares reading them all"),
        key("code", "0 to 15", REQUIRED, "Where in an entry its code stands, one word"),
        key("time", "0 to 14", "", "Where in an entry its time stands: seconds, two words"),
        key("time-order", "`ABCD`, `CDAB`, `BADC`, `DCBA`", "ABCD", "The order of the bytes of the time"),
        key(
            "epoch",
            "date",
            "",
            "The day from which the seconds count: `\"1970-01-01\"`; left out, the number is shown",
        ),
        key("codes", "table of codes", REQUIRED, "What the codes mean; one that is not listed is kept and announced"),
    ],
};

/// One entry of `[memory.codes]`.
pub const CODE: Section = Section {
    title: "[memory.codes] name = { … }",
    noun: "a code",
    keys: &[
        key("code", "0 to 65535, or [first, last]", REQUIRED, "The code, or several that mean the same"),
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key("category", "a category", "", "What it is. Left out, it is only history"),
        key("active", "true or false", "true", "Something began; `false`: it ended, and is never announced"),
        key("alarms", "list of alarms", "all of the category", "Alarms of the device that say the same live"),
    ],
};
