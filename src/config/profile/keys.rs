//! The keys of `profile.toml`: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

mod commands;
mod points;

use super::{remembered, spoken};
use crate::config::class::keys::FOLLOWS;
use crate::config::document::{Key, REQUIRED, Section, key};
pub use commands::{COMMAND, FEEDBACK, PULSE, WRITE};
pub use points::{FIELD, ONLY_IF, POINT, RATE, RATED, SCALE_BY, STATE};

/// Every section, in the order of the reference.
pub const SECTIONS: [&Section; 24] = [
    &PROFILE,
    &LINK,
    &FORBIDDEN,
    &LIMIT,
    &IDENTITY,
    &POINT,
    &STATE,
    &ONLY_IF,
    &SCALE_BY,
    &RATED,
    &RATE,
    &ALARM,
    &COMMAND,
    &WRITE,
    &FEEDBACK,
    &PULSE,
    &ARRAY,
    &FIELD,
    &remembered::MEMORY,
    &remembered::CODE,
    &spoken::TEXT,
    &spoken::PATTERN,
    &spoken::ALARM,
    &spoken::ARRAY,
];

/// The file itself.
pub const PROFILE: Section = Section {
    title: "profile.toml",
    noun: "a profile",
    keys: &[
        key("vendor", "text", REQUIRED, "Maker, spelt as the maker spells it"),
        key("model", "text", REQUIRED, "Model or family"),
        key("class", "id of a class", REQUIRED, "Kind of equipment: `panel`, `generator`, `meter`, `fire-pump`, …"),
        key("source", "text", REQUIRED, "Document, revision and pages the rows were taken from"),
        key("verified", "`hardware`, `capture`, `manual-only`", REQUIRED, "How far it has been proven"),
        key("protocol", "`modbus`, `text`, `gbt26875`", "modbus", "What it speaks: it is asked, or reports by itself"),
        key("text", "table", "", "For `text`: how records are cut and what they say"),
        key("unit", "1 to 255", "", "Unit id the maker ships; a device of a site may leave out its own then"),
        key("holds-alarms", "true or false", "false", "The device latches alarms itself until it is reset there"),
        key("link", "table", "", "How it behaves on the line"),
        key("states", "table of tables of states", "", "States that several points share, by name"),
        key("points", "table of points", "", "Its single points by name"),
        key("alarms", "table of alarms", "", "Alarm rules over its single points by name"),
        key("commands", "table of commands", "", "What it can be told to do, where a site enables control"),
        key(
            "status",
            "table of conditions",
            "",
            "How it shows the statuses of its class: `running = \"bypass-closed\"`",
        ),
        key("without", "list of keys", "[]", "Alarms of its class that it tells in its own, more exact ones"),
        key("arrays", "table of arrays", "", "Regular arrays of points by name, such as the detectors of loops"),
        key("memory", "table", "", "Its event memory, read after every outage"),
    ],
};

/// `[link]`
pub const LINK: Section = Section {
    title: "[link]",
    noun: "[link]",
    keys: &[
        key("reply-within", "10ms to 10s", "500ms", "Deadline of every request"),
        key(
            "max-response",
            "10ms to 30s",
            "1s",
            "The longest a late reply can take; a line rests so long after a time-out",
        ),
        key("pause", "0s to 5s", "0s", "Rest before each request to this device, and after it before one to another"),
        key("max-registers", "1 to 125", "125", "Most registers in one request"),
        key("max-bits", "1 to 2000", "2000", "Most coils or discrete inputs in one request"),
        key("bridge", "true or false", "true", "Gaps between points are read along where that is faster"),
        key("forbidden", "list of regions", "[]", "Addresses that no request may touch"),
        key("limits", "list of regions with `most`", "[]", "Where one request may ask for less"),
        key(
            "identity",
            "table",
            "",
            "Registers that say what the device is; looked at before one that returns is believed",
        ),
        key(
            "workarounds",
            "list of `ignores-transaction-id`, `closes-after-answer`, `echoes`",
            "[]",
            "What its gateway or adapter does against the specification; holds for the whole bus",
        ),
        key(
            "reconnect-after",
            "0s to 60s",
            "0s",
            "Its gateway serves one connection: how long after one the next may come",
        ),
    ],
};

const TABLE: Key = key("table", "`coil`, `discrete`, `input`, `holding`", REQUIRED, "Modbus table");
const FIRST: Key = key("first", "0 to 65535", REQUIRED, "Its first address");
const LAST: Key = key("last", "0 to 65535", REQUIRED, "Its last address");

/// One entry of `forbidden`.
pub const FORBIDDEN: Section =
    Section { title: "[link] forbidden = [{ … }]", noun: "a forbidden region", keys: &[TABLE, FIRST, LAST] };

/// One entry of `limits`.
pub const LIMIT: Section = Section {
    title: "[link] limits = [{ … }]",
    noun: "a limited region",
    keys: &[
        TABLE,
        FIRST,
        LAST,
        key("most", "1 to 125; of bits, to 2000", REQUIRED, "Most addresses in one request; none crosses its border"),
    ],
};

/// `identity`
pub const IDENTITY: Section = Section {
    title: "[link] identity = { … }",
    noun: "an identity",
    keys: &[
        key("table", "`input`, `holding`", REQUIRED, "Modbus table"),
        key("address", "0 to 65535", REQUIRED, "Address of the first word"),
        key(
            "accept",
            "list of words, or of lists of words",
            REQUIRED,
            "What it may say: `[0x0102]`, `[[0x4E46, 2], [0x4E46, 3]]`",
        ),
    ],
};

/// One entry of `[alarms]`.
pub const ALARM: Section = Section {
    title: "[alarms] name = { … }",
    noun: "an alarm",
    keys: &[
        key("when", "condition", REQUIRED, "When it holds: `oil-pressure < 150 && running`, `voltage < $voltage-low`"),
        key(
            "category",
            "a category; in an array also `by-class`",
            REQUIRED,
            "What it is: `fire`, `fault`, `limit`, …; `by-class`: what it means that an element of that class is activated",
        ),
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key("on", "name of a point", "", "The point it belongs to; else it stands under its own name. Not in arrays"),
        key("level", "`low-low`, `low`, `high`, `high-high`", "", "Which bound; for `limit`, and required there"),
        key("delay", "0s to 1h", "0s", "How long it must hold; never for `fire`, `discharge`, `gas`"),
        key("latches", "true or false", "false", "Stays until reset; for `limit` only, the other categories fix it"),
        key("advice", "text in zh and en", "", "What a person does next"),
        key("follows", "list of keys, or `outage`", "those of its class's alarm", FOLLOWS),
    ],
};

/// `[arrays.<name>]`
pub const ARRAY: Section = Section {
    title: "[arrays.name]",
    noun: "an array",
    keys: &[
        key("element", "pattern", REQUIRED, "Name of an element, with `{loop}` and `{index}`: `l{loop}-d{index}`"),
        key("table", "`coil`, `discrete`, `input`, `holding`", REQUIRED, "Modbus table of all its fields"),
        key("address", "formula", REQUIRED, "First address of an element: `(loop-1)*400 + (index-1)`"),
        key("loop", "[first, last]", "[1, 1]", "Loops"),
        key("index", "[first, last]", REQUIRED, "Addresses on a loop"),
        key("fields", "table of points", REQUIRED, "The points of one element by name"),
        key("alarms", "table of alarms", "", "Rules over the fields; each condition belongs to the element"),
        key("commands", "table of commands", "", "What an element can be told to do"),
        key("class", "id of a class", "", "Class of the elements whose device type does not say another"),
        key("status", "table of conditions", "", "How an element shows the statuses of its class"),
        key("without", "list of keys", "[]", "Alarms of its class that it tells in its own, more exact ones"),
    ],
};
