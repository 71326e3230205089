//! The keys of `device-classes/*.toml`: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

use crate::config::document::{REQUIRED, Section, key};

/// What `follows` means, for classes and profiles alike.
pub const FOLLOWS: &str =
    "Alarms of the same equipment, or an outage of its building, that it folds under as their consequence";

/// Every section, in the order of the reference.
pub const SECTIONS: [&Section; 8] = [&CLASS, &STATUS, &SETTING, &ALARM, &SEQUENCE, &PHASE, &TYPES, &TYPE];

/// The file of a class; its name is the class's id.
pub const CLASS: Section = Section {
    title: "<id>.toml",
    noun: "a class",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people call such equipment"),
        key(
            "statuses",
            "table of statuses",
            REQUIRED,
            "What it says of itself by name; a profile says how it shows each",
        ),
        key("settings", "table of settings", "", "Numbers that a site may set, by name"),
        key("alarms", "table of alarms", "", "Alarms it has wherever its profile shows every status they read"),
        key("sequence", "list of tables", "", "What it does step by step, each step within its time"),
        key("mains", "condition", "", "When it shows that the mains are there, over its statuses"),
        key("runs-on", "true or false", "false", "It runs on although its cause is gone; only a person stops it"),
        key("discharges", "true or false", "false", "It releases agent: never by a wildcard, a test or a drill"),
        key("feedback-follows", "list of keys", "[]", "Alarms that a missing feedback of it folds under"),
        key(
            "activated",
            "a category",
            "",
            "What it means that an element of this class is activated, where its panel does not say",
        ),
    ],
};

/// One entry of `[statuses]`.
pub const STATUS: Section = Section {
    title: "[statuses] name = { … }",
    noun: "a status",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people read while it is true"),
        key("normal", "true or false", "", "How it stands while nothing happens; left out where both are ordinary"),
    ],
};

/// One entry of `[settings]`.
pub const SETTING: Section = Section {
    title: "[settings] name = { … }",
    noun: "a setting",
    keys: &[
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key(
            "unit",
            "text, up to 12 characters",
            REQUIRED,
            "`s` for a time, else that of the points it is compared with",
        ),
        key("default", "number, or a time for `s`", REQUIRED, "The value shipped"),
        key("range", "[least, most], like `default`", REQUIRED, "What a site may set"),
    ],
};

/// One entry of `[alarms]`.
pub const ALARM: Section = Section {
    title: "[alarms] name = { … }",
    noun: "an alarm of a class",
    keys: &[
        key("when", "condition", REQUIRED, "When it holds, over the statuses: `!auto`"),
        key("category", "a category, not `limit`", REQUIRED, "What it is"),
        key("name", "text in zh and en", REQUIRED, "What people read, after the name of the equipment"),
        key("advice", "text in zh and en", REQUIRED, "What a person does next"),
        key("delay", "0s to 1h, or `$setting`", "0s", "How long it must hold; never for `fire`, `discharge`, `gas`"),
        key("follows", "list of keys, or `outage`", "[]", FOLLOWS),
        key("rows", "list of ids", "[]", "The rows of the requirements it carries out"),
    ],
};

/// One `[[sequence]]`.
pub const SEQUENCE: Section = Section {
    title: "[[sequence]]",
    noun: "a sequence",
    keys: &[
        key("id", "id", REQUIRED, "Its word: `start`"),
        key("name", "text in zh and en", REQUIRED, "What people read"),
        key("begins", "condition", REQUIRED, "What begins it when it becomes true, over the statuses"),
        key("abandoned", "condition", "", "What ends it at any step without a complaint"),
        key("rows", "list of ids", "[]", "The rows of the requirements it carries out"),
        key("phase", "list of tables", REQUIRED, "Its phases, one after the other"),
    ],
};

/// One `[[sequence.phase]]`.
pub const PHASE: Section = Section {
    title: "[[sequence.phase]]",
    noun: "a phase",
    keys: &[
        key("id", "id", REQUIRED, "Its word: `bypass`"),
        key("name", "text in zh and en", REQUIRED, "What people read while it lasts"),
        key("until", "condition", REQUIRED, "What ends it; passed over where the profile does not show its statuses"),
        key("within", "1s to 1h, or `$setting`", REQUIRED, "By when"),
        key("missing", "text in zh and en", REQUIRED, "What is wrong when it does not come in time"),
        key("category", "a category, not `limit`", REQUIRED, "What that is"),
        key("advice", "text in zh and en", REQUIRED, "What a person does next"),
        key("follows", "list of keys, or `outage`", "[]", FOLLOWS),
    ],
};

/// `types.toml`
pub const TYPES: Section = Section {
    title: "types.toml",
    noun: "the table of device types",
    keys: &[key("types", "table of device types", REQUIRED, "By the two digits of a secondary code's device type")],
};

/// One entry of `[types]`.
pub const TYPE: Section = Section {
    title: "[types] \"30\" = { … }",
    noun: "a device type",
    keys: &[
        key("class", "id of a class", REQUIRED, "What it is"),
        key("name", "text in zh and en", REQUIRED, "What people read"),
    ],
};
