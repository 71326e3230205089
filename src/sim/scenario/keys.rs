//! The known keys of a scenario file.
//!
//! Takes: nothing.
//! Gives: one [`Section`] per kind of table, which the reader checks by.
//! Never: a key that the reader does not use.

use crate::config::document::{Key, REQUIRED, Section, key};

const POINT: Key = key("point", "text", REQUIRED, "`device/point`");

/// The whole file.
pub static SCENARIO: Section = Section {
    title: "scenario",
    noun: "a scenario",
    keys: &[
        key("name", "{ zh, en }", REQUIRED, "what people call it"),
        key("rest", "{ \"device/point\" = value }", "", "how the field stands before it begins"),
        key("reaction", "list of tables", "", "what devices do when they are written to"),
        key("step", "list of tables", REQUIRED, "what happens"),
    ],
};

/// One step.
pub static STEP: Section = Section {
    title: "[[step]]",
    noun: "a step",
    keys: &[
        key("at", "duration", REQUIRED, "when, counted from the beginning"),
        key("repeat", "{ every, times }", "", "again and again"),
        key("say", "{ zh, en }", "", "what the people who watch are told"),
        key("set", "{ \"device/point\" = value }", "", "points that change at once"),
        key("ramp", "{ point, to, over } or a list", "", "numbers that move evenly"),
        key("wander", "{ point, by, every } or a list", "", "numbers that tremble around where they stand"),
        key(
            "fault",
            "{ device, mode, by, code } or a list",
            "",
            "devices or buses that misbehave, or no longer (`none`)",
        ),
        key("note", "{ device, code } or a list", "", "what devices note in their event memories"),
        key("print", "{ device, text } or a list", "", "what panels print at their text ports"),
        key("cut", "bus id or a list", "", "lines that break, ports that refuse"),
        key("mend", "bus id or a list", "", "lines and ports that work again"),
    ],
};

pub(super) static REPEAT: Section = Section {
    title: "repeat",
    noun: "a repetition",
    keys: &[
        key("every", "duration", REQUIRED, "time from one turn to the next"),
        key("times", "whole number", "", "how many turns in all; for ever when left out"),
    ],
};

pub(super) static RAMP: Section = Section {
    title: "ramp",
    noun: "a ramp",
    keys: &[
        POINT,
        key("to", "number", REQUIRED, "where it ends"),
        key("over", "duration", REQUIRED, "how long it takes"),
    ],
};

pub(super) static WANDER: Section = Section {
    title: "wander",
    noun: "a wander",
    keys: &[
        POINT,
        key("by", "number", REQUIRED, "how far to either side"),
        key("every", "duration", REQUIRED, "how often it changes"),
    ],
};

pub(super) static FAULT: Section = Section {
    title: "fault",
    noun: "a fault",
    keys: &[
        key("device", "device id", "", "who misbehaves"),
        key("bus", "bus id", "", "which line or port misbehaves, whoever is on it"),
        key("mode", "word", REQUIRED, "how"),
        key(
            "by",
            "duration",
            "",
            "`late`, `restart`, `closes-idle`, `foreign-master`: by how much, how long, how often",
        ),
        key("code", "whole number", "4", "`exception`: which"),
    ],
};

pub(super) static NOTE: Section = Section {
    title: "note",
    noun: "a note",
    keys: &[
        key("device", "device id", REQUIRED, "which device"),
        key("code", "name of a code of its `[memory]`", REQUIRED, "what it notes"),
    ],
};

pub(super) static PRINT: Section = Section {
    title: "print",
    noun: "a print",
    keys: &[
        key("device", "device id", REQUIRED, "which panel"),
        key("text", "text", REQUIRED, "what, control characters included: `\\u001b` is ESC"),
    ],
};

/// What the devices of a profile say of themselves by function 43.
pub static IDENTITY: Section = Section {
    title: "[[identity]]",
    noun: "an identity",
    keys: &[
        key("profile", "profile id", REQUIRED, "whose devices"),
        key("vendor", "text", REQUIRED, "who makes them"),
        key("product", "text", REQUIRED, "their product code"),
        key("revision", "text", REQUIRED, "their firmware"),
    ],
};

/// What the panels of a profile print when they are switched on.
pub static POWER_UP: Section = Section {
    title: "[[power-up]]",
    noun: "a power-up",
    keys: &[
        key("profile", "profile id", REQUIRED, "which panels"),
        key("text", "text", REQUIRED, "what, control characters included: `\\u001b` is ESC"),
        key("after", "duration", "1s", "how long after they are switched on, which is when the story begins"),
    ],
};

/// One reaction.
pub static REACTION: Section = Section {
    title: "[[reaction]]",
    noun: "a reaction",
    keys: &[
        key("device", "device id", "", "which device"),
        key("profile", "profile id", "", "every device of a profile"),
        key("verb", "word", "", "the command of its profile that sets it off"),
        key("write", "{ table, address, value, mask }", "", "the write that sets it off"),
        key("set", "{ \"point\" = value }", "", "points that change then"),
        key("after", "duration", "100ms", "how long after the write they do"),
        key("refuse", "exception code", "", "the write is refused"),
        key("nothing", "true", "", "the write is accepted, and nothing happens"),
    ],
};

pub(super) static WRITE: Section = Section {
    title: "write",
    noun: "a write",
    keys: &[
        key("table", "`coil` or `holding`", REQUIRED, "where"),
        key("address", "whole number", REQUIRED, "wire address"),
        key("value", "whole number", REQUIRED, "what it must become"),
        key("mask", "whole number", "0xFFFF", "the bits that count"),
    ],
};

pub(super) static SPECIAL: Section = Section {
    title: "value",
    noun: "a value",
    keys: &[
        key("unknown", "\"absent\"", "", "the device says that it has no such value"),
        key("raw", "whole number", "", "a raw pattern, whatever it means"),
    ],
};
