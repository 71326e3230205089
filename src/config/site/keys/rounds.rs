//! The keys of what people owe by the calendar: patrols and maintenance (FL-05, PT-01, PT-02).
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table.
//! Never: a key that the reader does not read.

use crate::config::document::{Key, REQUIRED, Section, key};

const ID: Key = key("id", "id", REQUIRED, "Its id");
const NAME: Key = key("name", "text in zh and en", "the id", "What people call it");
const DAYS: Key = key("days", "`mon` to `sun`", "every day", "On which days of the week");
const DATES: Key =
    key("dates", "list of days", "every day", "On which days of the month: `[\"01\"]`, or of the year: `[\"07-15\"]`");

/// `[[patrol]]`
pub const PATROL: Section = Section {
    title: "[[patrol]]",
    noun: "a patrol",
    keys: &[
        ID,
        NAME,
        key("items", "list of tables", REQUIRED, "What is looked at"),
        key("at", "list of times", REQUIRED, "When on a day: `[\"08:30\", \"20:30\"]`"),
        DAYS,
        DATES,
        key("within", "1m to 1440h", "2h", "How long after it is due it must be recorded; else it is announced"),
        key("role", "`operator`, `supervisor`, `engineer`, `manager`", "operator", "Who at least records it"),
        key("building", "id of a building", "", "Where it leads"),
        key("floor", "floor of that building", "", "Where it leads"),
        key("zone", "id of a zone", "", "Where it leads"),
        key("place", "text in zh and en", "", "Where it leads, in words"),
        key("devices", "ids of devices", "[]", "Devices it is about"),
        key("figures", "ids of points", "[]", "Points whose values are noted with every record"),
    ],
};

/// `[[maintenance]]`
pub const MAINTENANCE: Section = Section {
    title: "[[maintenance]]",
    noun: "a maintenance job",
    keys: &[
        ID,
        NAME,
        key("items", "list of tables", REQUIRED, "What is done"),
        key("at", "list of times", REQUIRED, "When on a day it is due: `[\"09:00\"]`"),
        DAYS,
        DATES,
        key("within", "1m to 1440h", "168h", "How long after it is due it must be recorded; else it is announced"),
        key("role", "`operator`, `supervisor`, `engineer`, `manager`", "engineer", "Who at least records it"),
        key("building", "id of a building", "", "Where the work is"),
        key("floor", "floor of that building", "", "Where the work is"),
        key("zone", "id of a zone", "", "Where the work is"),
        key("place", "text in zh and en", "", "Where the work is, in words"),
        key("devices", "ids of devices", "[]", "Devices that are maintained"),
        key("figures", "ids of points", "[]", "Their running figures, noted with every record: hours, starts"),
    ],
};

/// One of `items` of a patrol or a maintenance job.
pub const ITEM: Section = Section {
    title: "items = [{ … }]",
    noun: "an item",
    keys: &[ID, key("name", "text in zh and en", "the id", "What people read")],
};
