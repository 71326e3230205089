//! The keys of linkages: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table, and the words of conditions.
//! Never: a key that the reader does not read.

use crate::config::document::{REQUIRED, Section, key};

/// `[[linkage]]`
pub const LINKAGE: Section = Section {
    title: "[[linkage]]",
    noun: "a linkage",
    keys: &[
        key(
            "id",
            "id",
            REQUIRED,
            "Its id; one written out for each value of a variable gets the value behind it: `smoke[4]`",
        ),
        key("name", "text in zh and en", "the id", "What people call it"),
        key(
            "mode",
            "`monitor`, `manual`, `auto`",
            REQUIRED,
            "Who acts: the panel (and each feedback is verified), a person (every action is proposed), Tocsin",
        ),
        key("when", "condition", REQUIRED, "When it is met; see below"),
        key("panel", "id of a device", "", "The panel whose start control and spray permission govern its actions"),
        key("rows", "list of texts", "[]", "Rows of the requirements it carries out"),
        key("action", "list of tables", REQUIRED, "What then happens"),
    ],
};

/// `[[linkage.action]]`
pub const ACTION: Section = Section {
    title: "[[linkage.action]]",
    noun: "an action",
    keys: &[
        key(
            "start",
            "selector",
            "",
            "What is started. This, `stop`, or another verb in its place: `recall = { class = \"lift\" }`",
        ),
        key("stop", "selector", "", "What is stopped"),
        key("name", "text in zh and en", "made of verb and selector", "What people read"),
        key("delay", "0s to 10m", "0s", "How long after the linkage was met"),
        key(
            "feedback",
            "word of a status, `!` before it for its contrary; `fed-back`; `none`",
            "by verb and class",
            "What proves it: a status, or the element's own feedback. `none` only where Tocsin or a person acts",
        ),
        key("feedback-within", "1s to 10m", "10s", "By when, counted from the start of the action"),
        key("interlock", "condition", "", "What must be true for it beside the permissions"),
        key(
            "full-automatic",
            "true or false",
            "false",
            "Only while the panel is in full automatic (`==` of a panel's formula)",
        ),
        key(
            "discharge",
            "true or false",
            "false",
            "It releases extinguishing agent; written where it does, and nowhere else",
        ),
        key(
            "call-point-ends-delay",
            "true or false",
            "true; false for a discharge",
            "A manual call point among the linkage's alarms ends the delay; never for a discharge",
        ),
        key(
            "where-present",
            "true or false",
            "false",
            "With a variable: leave the action out where there is nothing of the kind, instead of refusing it",
        ),
        key("advice", "text in zh and en", "by verb", "The next manual step when the feedback does not come"),
    ],
};

/// Selector of an action.
pub const SELECTOR: Section = Section {
    title: "start = { … }",
    noun: "a selector",
    keys: &[
        key("class", "class, or several joined by `\\|`", "", "Equipment of this class"),
        key("building", "id of a building, `$building`", "", "In this building"),
        key("floor", "floor, `$floor`", "", "On this floor"),
        key("zone", "id of a zone, `$zone`", "", "In this zone"),
        key("device", "id of a device", "", "This device, or the elements of this panel"),
        key("equipment", "id of a device or element", "", "This one: `pump-1`, `panel-1/l2-m46`"),
        key(
            "code",
            "six characters",
            "",
            "Secondary code: digits, `*` any digit, `&` the same digit as in the condition",
        ),
        key("type", "two characters", "", "Device type of the secondary code, likewise"),
    ],
};

/// The conditions of a linkage.
pub const CONDITION: Section = Section {
    title: "when = \"…\" of a linkage",
    noun: "a condition",
    keys: &[
        key("fire(…)", "or any category", "", "Such an alarm holds: `fire(zone='2-04')`, `fault(equipment='pump-1')`"),
        key(
            "alarm(category, …)",
            "categories, `acted`",
            "",
            "An alarm of one of these categories holds; `acted` is everything a detector or module says when it alarms or acts",
        ),
        key(
            "count(category, …) >= 2",
            "1 to 1000",
            "",
            "So many different points hold such an alarm: two conditions of one point are one detection",
        ),
        key(
            "verdict(real, …)",
            "`real`, `false`, `drill`",
            "",
            "A person judged such an alarm so; without a category a fire",
        ),
        key(
            "status(class, word, …)",
            "class may be left out",
            "",
            "One of the selected equipment shows this status; `!word` for its contrary",
        ),
        key("all-status(class, word, …)", "class may be left out", "", "Every one of them does"),
        key(
            "time(08:00-18:00, mon-fri)",
            "window, days",
            "every day",
            "The wall clock lies in this window; it may reach over midnight",
        ),
        key(
            "&&, \\|\\|, !, ( )",
            "",
            "",
            "Joined, in three-valued logic: a linkage acts on true only, and unknown is announced",
        ),
    ],
};

/// A file of `rules-tests/`.
pub const TESTS: Section = Section {
    title: "rules-tests/*.toml",
    noun: "a file of tests",
    keys: &[key("test", "list of tables", REQUIRED, "Tests of rules; they may stand in the site's own files too")],
};

/// `[[test]]`
pub const TEST: Section = Section {
    title: "[[test]]",
    noun: "a test",
    keys: &[
        key("name", "text", REQUIRED, "What it shows"),
        key("starts", "`22:00`, `22:00 sat`", "00:00 mon", "Local time at which it begins"),
        key(
            "given",
            "table",
            "everything at rest",
            "How conditions (`panel-1/d1:fire`), statuses (`fan-4/running`) and points stand before: true, false, `\"unknown\"`, a number, the key of a state. At rest no condition holds, and a status is as its class has it",
        ),
        key("when", "list of tables", "[]", "What happens"),
        key("then", "list of tables", REQUIRED, "What must follow"),
    ],
};

/// `given` by itself, for one setting of the command line.
pub const GIVEN: Section =
    Section {
        title: "given = { … }", noun: "a setting", keys: &[key("given", "table", REQUIRED, "How things stand")]
    };

/// `when` of a test.
pub const TEST_WHEN: Section = Section {
    title: "when = [{ … }] of a test",
    noun: "a step of a test",
    keys: &[
        key("at", "0s to 24h", "0s", "When, from the beginning"),
        key("set", "table", "", "What changes, as in `given`; this, or what a person does"),
        key("judge", "condition", "", "A person judges its open alarm"),
        key("as", "`real`, `false`, `drill`", "real", "As what"),
        key("acknowledge", "condition", "", "A person acknowledges its open alarm"),
        key("isolate", "point", "", "A person isolates it"),
        key("release", "id of a linkage", "", "A person releases a proposed action of it"),
        key("withdraw", "id of a linkage", "", "A person withdraws an action of it"),
        key("action", "number", "0", "Which action, from 0"),
        key("reset", "id of a building", "", "A person resets it"),
        key("drill", "id of a building", "", "A drill begins there"),
        key("refused", "code", "", "It must be refused for this reason"),
    ],
};

/// `then` of a test.
pub const TEST_THEN: Section = Section {
    title: "then = [{ … }] of a test",
    noun: "an expectation",
    keys: &[
        key("at", "0s to 24h", "", "When it must be so; with `is`"),
        key("linkage", "id of a linkage", "", "`met` or `clear`; beside `target`: whose target"),
        key(
            "target",
            "id of equipment",
            "",
            "`delayed`, `proposed`, `started`, `withdrawn`, `cancelled`, `arrived` (its feedback), `missing`",
        ),
        key("alarm", "condition", "", "`open` or `closed`"),
        key("command", "point, or point and verb", "", "`sent`"),
        key("is", "word", "", "What must be so"),
        key("never", "word", "", "What must never be so, until 30 s after the last moment of the test"),
        key("why", "code", "", "Why an action is only proposed: `manual-mode`, `start-control`, `interlock`, …"),
    ],
};

/// Every section, in the order of the reference.
pub const SECTIONS: [&Section; 8] = [&LINKAGE, &CONDITION, &ACTION, &SELECTOR, &TESTS, &TEST, &TEST_WHEN, &TEST_THEN];
