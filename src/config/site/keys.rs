//! The keys of `site.toml`, `conf.d/*.toml` and point lists: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table, and the columns of a point list.
//! Never: a key that the reader does not read.

mod rounds;

use crate::config::document::{REQUIRED, Section, key};
pub use rounds::{ITEM, MAINTENANCE, PATROL};

/// Every section, in the order of the reference.
pub const SECTIONS: [&Section; 15] = [
    &FILE,
    &SITE,
    &TIMES,
    &BUILDING,
    &ZONE,
    &PLAN,
    &BUS,
    &POLL,
    &DEVICE,
    &ALARM,
    &PATROL,
    &MAINTENANCE,
    &ITEM,
    &LIST,
    &PLAN_LIST,
];

/// A file of the site.
pub const FILE: Section = Section {
    title: "site.toml and conf.d/*.toml",
    noun: "a site file",
    keys: &[
        key("site", "table", "", "The site itself; in one of the files"),
        key("building", "list of tables", "", "Buildings"),
        key("zone", "list of tables", "", "Zones"),
        key("plan", "list of tables", "", "Floor plans"),
        key("bus", "list of tables", "", "Serial lines and TCP endpoints"),
        key("device", "list of tables", "", "Devices"),
        key("linkage", "list of tables", "", "Cause and effect (联动)"),
        key("patrol", "list of tables", "", "Rounds of patrol (巡查)"),
        key("maintenance", "list of tables", "", "Jobs of the maintenance plan (维护保养计划)"),
        key("test", "list of tables", "", "Tests of rules, run by `tocsin rules test`"),
    ],
};

/// `[site]`
pub const SITE: Section = Section {
    title: "[site]",
    noun: "[site]",
    keys: &[
        key("id", "id", REQUIRED, "First segment of every MQTT topic after the prefix"),
        key("name", "text in zh and en", REQUIRED, "What people call it"),
        key("timezone", "IANA name", REQUIRED, "Zone in which people read times: `Asia/Shanghai`"),
        key(
            "shifts",
            "list of times",
            "[]",
            "When shifts change: `[\"08:00\", \"16:00\", \"00:00\"]`; what is isolated is told anew",
        ),
        key(
            "on-duty",
            "0 to 50",
            "2",
            "How many must sign in for each shift; fewer are announced, and nobody leaves without relief",
        ),
        key("code-layout", "six of `F`, `B`, `D`", "FFBDDD", "Digits of a secondary code: floor, building, device"),
        key("times", "table", "", "Times the standards leave open"),
    ],
};

/// `[site.times]`
pub const TIMES: Section = Section {
    title: "[site.times]",
    noun: "[site.times]",
    keys: &[
        key("resound-after", "60s to 5m", "3m", "Unacknowledged fire sounds again this long after it was silenced"),
        key(
            "false-alarm-watch",
            "1h to 168h",
            "24h",
            "A point judged false that alarms again within it is proposed for isolation",
        ),
        key("clock-off", "10s to 1h", "1m", "A panel whose clock is off by more is a fault"),
        key("standing-fault", "10m to 720h", "24h", "A fault that is not removed for so long is announced again"),
        key("take-over", "1m to 2h", "15m", "How long after a shift began people may take to sign in"),
        key(
            "chatter-times",
            "2 to 20",
            "3",
            "A condition that becomes active so often within `chatter-within` is marked as chattering",
        ),
        key("chatter-within", "10s to 10m", "1m", "See `chatter-times`"),
        key("chatter-still", "1m to 1h", "5m", "The mark ends when the condition held still for so long"),
        key("reset-window", "1s to 1m", "20s", "How long after a reset the panel may take to show it"),
    ],
};

/// `[[building]]`
pub const BUILDING: Section = Section {
    title: "[[building]]",
    noun: "a building",
    keys: &[
        key("id", "id", REQUIRED, "What secondary codes call it"),
        key("name", "text in zh and en", REQUIRED, "What people call it"),
        key("floors", "list of texts", "[]", "Its floors from the bottom up"),
        key("ground", "floor of it", "the first not called `B1`, `-1`, …", "The lowest floor that is not below ground"),
    ],
};

/// `[[zone]]`
pub const ZONE: Section = Section {
    title: "[[zone]]",
    noun: "a zone",
    keys: &[
        key("id", "id", REQUIRED, "Its id"),
        key("name", "text in zh and en", REQUIRED, "What people call it"),
        key("building", "id of a building", "", "Where it is"),
        key("floor", "floor of that building", "", "Where it is"),
    ],
};

/// `[[plan]]`
pub const PLAN: Section = Section {
    title: "[[plan]]",
    noun: "a plan",
    keys: &[
        key("building", "id of a building", REQUIRED, "Which building"),
        key("floor", "floor of that building", "", "Which floor; this or `floors`"),
        key("floors", "list of floors", "[]", "Floors that look alike and share the drawing"),
        key(
            "file",
            "SVG file in the site folder",
            REQUIRED,
            "The drawing, up to 2 MiB, with a `viewBox`. What is not shape, text, group or pattern is left out. A shape \
             places what its `data-point` (`panel-1/l4-d5`), its `data-code` (a secondary code, `*` for any digit, with \
             its type or without) or its `id` names; one with `data-zone` is the area of that zone. Text with \
             `lang=\"zh\"` or `lang=\"en\"` is shown in that language only",
        ),
        key(
            "points",
            "CSV file in the site folder",
            "",
            "Where things stand, in the drawing's units; beside its shapes",
        ),
    ],
};

/// Columns of `points` of a plan.
pub const PLAN_LIST: Section = Section {
    title: "points of a plan (CSV, UTF-8, first line names the columns)",
    noun: "a list of a plan",
    keys: &[
        key("point", "device or element", "", "What stands there; this or `code`"),
        key("code", "six digits", "", "Secondary code, `*` for any digit"),
        key("type", "two digits", "", "Device type of the secondary code"),
        key("x", "number", REQUIRED, "From the left, in the units of the drawing"),
        key("y", "number", REQUIRED, "From the top"),
    ],
};

/// `[[bus]]`
pub const BUS: Section = Section {
    title: "[[bus]]",
    noun: "a bus",
    keys: &[
        key("id", "id", REQUIRED, "Its id"),
        key("name", "text in zh and en", "the id", "What people call it"),
        key("tcp", "host:port", "", "Modbus TCP gateway or terminal server; this, `serial` or `listen`"),
        key("serial", "path", "", "Serial line: its device file, best below `/dev/serial/by-id`"),
        key("listen", "address:port", "", "Where devices report to that speak `gbt26875`"),
        key("protocol", "`modbus`, `text`, `gbt26875`", "modbus", "What is spoken there"),
        key("framing", "`tcp`, `rtu`", "tcp", "Frames on a TCP connection: Modbus TCP, or RTU frames (with checksum)"),
        key("transport", "`tcp`, `udp`", "tcp", "For `listen`"),
        key("silent-after", "10s to 1h", "90s", "For `listen`: a device that says nothing for so long is lost"),
        key("checksum", "`standard`, `from-command`", "standard", "For `listen`: over which bytes devices sum"),
        key("baud", "1200 to 115200", "9600", "Bits a second of a serial line"),
        key("parity", "`none`, `even`, `odd`", "even", "Parity of a serial line"),
        key("stop-bits", "1 or 2", "1", "Stop bits of a serial line"),
        key("poll", "table", "", "Period of each pace"),
    ],
};

/// `poll` of a bus.
pub const POLL: Section = Section {
    title: "poll = { … }",
    noun: "\"poll\"",
    keys: &[
        key("fire", "50ms to 10s", "1s", "Fire points"),
        key("fast", "50ms to 1m", "1s", "States people wait for"),
        key("normal", "50ms to 10m", "5s", "Ordinary measurements"),
        key("slow", "50ms to 24h", "1m", "Counters, settings, identities"),
    ],
};

/// `[[device]]`
pub const DEVICE: Section = Section {
    title: "[[device]]",
    noun: "a device",
    keys: &[
        key("id", "id, not `gateway`", REQUIRED, "Its id"),
        key("name", "text in zh and en", "the id", "What people call it"),
        key("bus", "id of a bus", REQUIRED, "Where it is connected"),
        key("unit", "1 to 247, on TCP also 255", "the profile's", "Modbus unit id"),
        key("address", "number or six bytes in hex", "", "Source address under which it reports by `gbt26875`"),
        key("profile", "id of a profile", REQUIRED, "What kind of device it is"),
        key("building", "id of a building", "", "Where it stands"),
        key("floor", "floor of that building", "", "Where it stands"),
        key("zone", "id of a zone", "", "Where it stands; gives building and floor too when they are left out"),
        key("place", "text in zh and en", "", "Where it stands, in words"),
        key("points", "CSV file in the site folder", "", "Point list of a panel: its detectors and modules"),
        key("control", "true or false", "false", "Whether it may be commanded"),
        key(
            "class",
            "id of a class",
            "the profile's",
            "What it is, where that is not what its profile was written for",
        ),
        key("settings", "table", "", "Numbers of its class: `{ start-time = \"20s\", voltage-low = 370 }`"),
        key("alarms", "table of tables", "", "What this site says otherwise of its alarms, by their keys"),
        key(
            "supplied-by",
            "ids of devices",
            "everything in its building",
            "Transfer switches and meters that show whether it has mains",
        ),
        key("panel", "id of a device", "", "The panel whose start control and spray permission govern its commands"),
    ],
};

/// One entry of `alarms` of a device.
pub const ALARM: Section = Section {
    title: "[device.alarms.name]",
    noun: "an alarm of a device",
    keys: &[
        key("off", "true or false", "false", "The site does not want it; never of `fire`, `discharge`, `gas`"),
        key(
            "delay",
            "0s to 1h",
            "the profile's or class's",
            "How long it must hold; never of `fire`, `discharge`, `gas`",
        ),
        key(
            "category",
            "a category, not `limit`",
            "the profile's or class's",
            "What it is; never to or from the three",
        ),
    ],
};

/// Columns of a point list.
pub const LIST: Section = Section {
    title: "point list (CSV, UTF-8, first line names the columns)",
    noun: "a point list",
    keys: &[
        key("array", "name of an array", "the only one", "Array of the profile"),
        key("loop", "number", "the only one", "Loop"),
        key("address", "number", REQUIRED, "Address on the loop"),
        key("code", "six digits", "", "Secondary code, unique at its panel; with `type`"),
        key("type", "two digits", "", "Device type of the secondary code"),
        key("building", "id of a building", "the device's", "Where it is"),
        key("floor", "floor of that building", "", "Where it is"),
        key("zone", "id of a zone", "", "Where it is; gives building and floor too when they are left out"),
        key("text_zh", "text", REQUIRED, "The place in Simplified Chinese"),
        key("text_en", "text", REQUIRED, "The place in English"),
    ],
};
