//! Keys of `[commands]`: what a device can be told to do.
//!
//! Takes: nothing.
//! Gives: the key tables of commands and their parts.
//! Never: a key that the program does not read.

use crate::config::document::{REQUIRED, Section, key};

/// One entry of `[commands]`.
pub const COMMAND: Section = Section {
    title: "[commands] name = { … }",
    noun: "a command",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people read: `Start`"),
        key("write", "table", REQUIRED, "What is written"),
        key(
            "verb",
            "`silence`, `reset`, `isolate`, `release`, `start`, `stop`, `set-clock`, `self-test`, or the profile's own",
            "its name",
            "What it does; `silence` and `reset` are sent along with the act of that name",
        ),
        key("on", "name of a point", "", "The point it belongs to; else it stands under its verb. Not in arrays"),
        key(
            "danger",
            "`plain`, `armed`, `discharge`",
            "plain",
            "`armed`: arm, then fire within 10 s, by the same person; `discharge`: releases agent, never by a person alone",
        ),
        key(
            "ttl",
            "1s to 1m; for a clock 1s to 2s",
            "5s; 2s",
            "What could not be sent by then fails and is never sent",
        ),
        key("feedback", "table, or `none`", "", "What proves it; left out, the profile is warned about"),
        key("pulse", "table", "", "The output goes off again by itself"),
    ],
};

/// `write` of a command.
pub const WRITE: Section = Section {
    title: "write = { … }",
    noun: "a write",
    keys: &[
        key("table", "`coil`, `holding`", "the array's; `holding` for `mask` and `clock`", "Modbus table"),
        key("address", "0 to 65535", "in an array 0", "Address on the wire; in an array from the element's first"),
        key("value", "true, false or -32768 to 65535", "", "One coil (function 5) or register (6)"),
        key("values", "list", "", "Several coils (15) or registers (16)"),
        key("mask", "0 to 65535", "", "Bits of a holding register that change; it is read, changed and written back"),
        key("bits", "0 to 65535", "", "What the bits of the mask become"),
        key(
            "clock",
            "list of `year`, `month`, `day`, `hour`, `minute`, `second`, `weekday`",
            "",
            "The site's time, one register each",
        ),
        key(
            "function",
            "`multiple`, `mask-write`",
            "",
            "`multiple`: one value by function 15 or 16; `mask-write`: function 22",
        ),
    ],
};

/// `feedback` of a command.
pub const FEEDBACK: Section = Section {
    title: "feedback = { … }",
    noun: "a feedback",
    keys: &[
        key("when", "condition", REQUIRED, "What must hold, of points read after the write: `running && !fault`"),
        key("within", "100ms to 5m", "10s", "By when, from the accepted write"),
    ],
};

/// `pulse` of a command.
pub const PULSE: Section = Section {
    title: "pulse = { … }",
    noun: "a pulse",
    keys: &[
        key("after", "50ms to 1m", REQUIRED, "How long after the accepted write it ends"),
        key("value", "as in `write`", "", "What ends it, where `write` has `value`"),
        key("values", "as in `write`", "", "What ends it, where `write` has `values`"),
        key("bits", "as in `write`", "", "What ends it, where `write` has `mask`"),
    ],
};
