//! The keys of a case file: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

use crate::config::document::{REQUIRED, Section, key};

/// Every section of a case file, in the order of the reference.
pub const SECTIONS: [&Section; 6] = [&CASE, &ELEMENT, &GIVEN, &super::printed::HEX, &UNKNOWN, &ACTIVE];

/// The file itself.
pub const CASE: Section = Section {
    title: "cases/<name>.toml",
    noun: "a case",
    keys: &[
        key("elements", "list of elements", "[]", "Which elements of arrays exist in this case"),
        key("given", "table", "", "What the device answers, or …"),
        key(
            "heartbeat",
            "`beats`, `stands-still`",
            "beats",
            "Whether points with `toggles-within` change, as they should",
        ),
        key(
            "growing",
            "{ point = number or [number, number] }",
            "{}",
            "Counters that grow by so much an hour, of two by the second in the last hour; the case lasts until every `rate` is known",
        ),
        key("reply", "`none`", "", "… that it answers nothing: every point must be unknown and its link down"),
        key(
            "expect",
            "table of values",
            "{}",
            "What points must say: number, true/false, key of a state, text, or unknown",
        ),
        key(
            "said",
            "list of texts",
            "[]",
            "What printed records say, in order: `point:category`, `… over`, `reset`, `unread`",
        ),
        key(
            "remembered",
            "list of texts",
            "[]",
            "What its event memory holds, the oldest first: time of the device and name of the code, or `unknown 99`",
        ),
        key("active", "table", "", "The conditions that must be active; left out: none may be"),
    ],
};

/// One entry of `elements`.
pub const ELEMENT: Section = Section {
    title: "elements = [{ … }]",
    noun: "an element",
    keys: &[
        key("array", "name of an array", REQUIRED, "Which array of the profile"),
        key("loop", "0 to 65535", "1", "Loop number"),
        key("index", "0 to 65535", REQUIRED, "Address on the loop"),
    ],
};

/// `[given]`
pub const GIVEN: Section = Section {
    title: "[given]",
    noun: "[given]",
    keys: &[
        key("holding", "{ address = word }", "{}", "Holding registers; addresses as on the wire, also \"0x1A0\""),
        key("input", "{ address = word }", "{}", "Input registers"),
        key("coil", "{ address = 0 or 1 }", "{}", "Coils"),
        key("discrete", "{ address = 0 or 1 }", "{}", "Discrete inputs"),
        key(
            "printed",
            "list of texts or { hex = … }",
            "",
            "What a panel prints, instead of registers; `\\u001b` is ESC",
        ),
    ],
};

/// `{ unknown = … }`
pub const UNKNOWN: Section = Section {
    title: "{ unknown = … }",
    noun: "an unknown value",
    keys: &[key(
        "unknown",
        "`absent`, `bad-value`, `device-exception`, `link-down`, `never-read`",
        REQUIRED,
        "Why there is no value",
    )],
};

/// `[active]`
pub const ACTIVE: Section = Section {
    title: "[active]",
    noun: "[active]",
    keys: &[key("conditions", "list of texts", REQUIRED, "Each `point:category`, or `point:limit:level`")],
};
