//! The keys of points and of an array's fields: where a value is, and what its bits mean.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

use crate::config::document::{Key, REQUIRED, Section, key};

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
