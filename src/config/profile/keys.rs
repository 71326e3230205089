//! The keys of `profile.toml`: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

mod commands;

use super::{remembered, spoken};
use crate::config::class::keys::FOLLOWS;
use crate::config::document::{Key, REQUIRED, Section, key};
pub use commands::{COMMAND, FEEDBACK, PULSE, WRITE};

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

/// One entry of `[points]`.
pub const POINT: Section = Section {
    title: "[points] name = { … }",
    noun: "a point",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key("table", "`coil`, `discrete`, `input`, `holding`", REQUIRED, "Modbus table"),
        key("address", "0 to 65535", REQUIRED, "Address as sent on the wire, from 0"),
        TYPE,
        ORDER,
        BITS,
        BIT,
        BYTE,
        REGISTERS,
        ENCODING,
        BYTES,
        SCALE,
        OFFSET,
        UNIT,
        VALID,
        ABSENT,
        DEADBAND,
        POLL,
        STATES,
        ONLY_IF_KEY,
        SCALE_BY_KEY,
        SETTLE,
        TOGGLES_WITHIN,
    ],
};

const TYPE: Key = key(
    "type",
    "`bit`, `u8`, `i8`, `u16`, `i16`, `u32`, `i32`, `u64`, `i64`, `f32`, `f64`, `bcd16`, `bcd32`, `text`",
    REQUIRED,
    "Raw pattern. 64-bit integers are exact up to 2^53, beyond that to 16 digits",
);
const ORDER: Key = key(
    "order",
    "`ABCD`, `CDAB`, `BADC`, `DCBA`; of one register and of texts `AB`, `BA`",
    "ABCD",
    "Bytes as they come: words reversed (`CDAB`, `DCBA`), bytes in each swapped (`BADC`, `DCBA`); of four registers \
     likewise, `CDAB` is GHEFCDAB",
);
const BITS: Key =
    key("bits", "[lowest, how many]", "", "Part of a `u16`, `u32` or `u64`; bit 0 is the least significant");
const BYTE: Key = key("byte", "`high`, `low`", "", "For `u8` and `i8`: which byte of the word");
const REGISTERS: Key =
    key("registers", "1 to 125", "", "For `text`: how many registers; NUL ends it, spaces are padding");
const ENCODING: Key = key("encoding", "`ascii`, `gb18030`", "ascii", "For `text`: its character set");
const BYTES: Key =
    key("bytes", "`both`, `high`, `low`", "both", "For `text`: which bytes of a register carry characters");
const BIT: Key = key("bit", "0 to 15", "", "For `bit` in a word table: which bit");
const SCALE: Key = key("scale", "number", "1", "number = raw * scale + offset");
const OFFSET: Key = key("offset", "number", "0", "Added after scaling");
const UNIT: Key = key("unit", "text, up to 12 characters", "", "Unit of the number, as displayed");
const VALID: Key = key("valid", "[least, most]", "", "Values outside are unknown (`bad-value`), in the unit");
const ABSENT: Key = key("absent", "list of raw patterns", "[]", "Patterns by which the device says it has no value");
const DEADBAND: Key = key("deadband", "number, 0 or more", "0", "Smaller changes are not published, in the unit");
const POLL: Key = key("poll", "`fire`, `fast`, `normal`, `slow`", "normal", "How often it is read");
const STATES: Key = key(
    "states",
    "table of states, or the name of a shared one",
    "",
    "For a code: every state by key; a code not listed is unknown",
);

const ONLY_IF_KEY: Key =
    key("only-if", "table", "", "It exists only while another point of the device says so; else absent");
const SCALE_BY_KEY: Key = key(
    "scale-by",
    "name of a point, or table",
    "",
    "Its scale or unit is another point's to say; that is read as often",
);
const SETTLE: Key =
    key("settle", "1s to 10m", "", "What is read so soon after the first answer is not believed; not at the fire pace");
const TOGGLES_WITHIN: Key = key(
    "toggles-within",
    "1s to 10m",
    "",
    "A heartbeat: standing still for longer means that the device answers but no longer lives; its link is down then",
);

/// `only-if`
pub const ONLY_IF: Section = Section {
    title: "only-if = { … }",
    noun: "only-if",
    keys: &[
        key("point", "name of a point", REQUIRED, "A bit or a point with states, of the same element or of the device"),
        key("is", "list of states, or true or false", REQUIRED, "What it must say one of"),
    ],
};

/// `scale-by`
pub const SCALE_BY: Section = Section {
    title: "scale-by = { … }",
    noun: "scale-by",
    keys: &[
        key("point", "name of a point", REQUIRED, "A point of the same element or of the device"),
        key(
            "as",
            "`value`, `divisor`, `power`, `magnitude`",
            "value",
            "Of a number: times it, divided by it, times ten to its power, times the power of ten not above it",
        ),
        key(
            "factors",
            "{ state = factor }",
            "",
            "Of states: times the factor; `[factor, offset]` adds the offset. A state left out gives no value",
        ),
    ],
};

/// A point that says how fast a counter grows.
pub const RATED: Section = Section {
    title: "[points] name = { rate = { … } }",
    noun: "a rate",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key("rate", "table", REQUIRED, "How fast a counter beside it grows; it has no registers of its own"),
        UNIT,
        DEADBAND,
    ],
};

/// `rate`
pub const RATE: Section = Section {
    title: "rate = { … }",
    noun: "rate",
    keys: &[
        key("of", "name of a point", REQUIRED, "The counter: a number of the same list of points"),
        key("per", "1s to 24h", REQUIRED, "Per how much time: `1h` for m³/h"),
        key("over", "1s to 168h", REQUIRED, "Over how much time; unknown before, and when the counter was set back"),
        key("times", "number", "1", "Times this, to compare with another rate: `3` for three times the usual"),
    ],
};

/// One entry of `states`.
pub const STATE: Section = Section {
    title: "states = { key = { … } }",
    noun: "a state",
    keys: &[
        key("code", "raw code", REQUIRED, "Code on the wire, after `bits`"),
        key("zh", "text", REQUIRED, "Simplified Chinese"),
        key("en", "text", REQUIRED, "English"),
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

/// One entry of `[arrays.<name>.fields]`.
pub const FIELD: Section = Section {
    title: "[arrays.name.fields] name = { … }",
    noun: "a field",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key("address", "0 to 65535", "0", "Counted from the element's first address"),
        TYPE,
        ORDER,
        BITS,
        BIT,
        BYTE,
        REGISTERS,
        ENCODING,
        BYTES,
        SCALE,
        OFFSET,
        UNIT,
        VALID,
        ABSENT,
        DEADBAND,
        POLL,
        STATES,
        ONLY_IF_KEY,
        SCALE_BY_KEY,
        SETTLE,
        TOGGLES_WITHIN,
    ],
};
