//! The keys of `tocsin.toml`: what the reader checks and the written reference prints.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each kind of table, and the environment variable of each key.
//! Never: a key that the reader does not read, or a secret that stands in the file itself.

mod outputs;

use crate::config::document::{REQUIRED, Section, key};

pub use outputs::{INFLUX, MQTT, SPARKPLUG, UPLINK};

/// What a key takes that is either on or off.
pub const TRUTH: &str = "true or false";

/// Every section, in the order of the reference, with what stands before its keys.
pub const SECTIONS: [(&Section, &str); 10] = [
    (&DAEMON, ""),
    (&WALLS, "walls."),
    (&TLS, "tls."),
    (&SOUNDER, "sounder."),
    (&JOURNAL, "journal."),
    (&MQTT, "mqtt."),
    (&SPARKPLUG, "sparkplug."),
    (&INFLUX, "influx."),
    (&TRENDS, "trends."),
    (&UPLINK, "uplink."),
];

/// The file itself.
pub const DAEMON: Section = Section {
    title: "tocsin.toml",
    noun: "the daemon's settings",
    keys: &[
        key("listen", "address:port", "127.0.0.1:8080", "Where the wall display and the HTTP interface listen"),
        key("public-read", TRUTH, "true on loopback", "Whether reading needs no session; acting always needs one"),
        key(
            "certificate-days",
            "1 to 365",
            "30",
            "A certificate of the console, or ours for a broker, that ends within so many days is a fault of the gateway",
        ),
        key("state", "folder", "/var/lib/tocsin", "Journal and trends"),
        key("site", "folder", "site", "Holds site.toml, conf.d and point lists"),
        key(
            "profiles",
            "list of folders",
            "device-profiles, /usr/share/tocsin/device-profiles",
            "Device profiles; the first folder that has one wins, the site's own `device-profiles` before all",
        ),
        key("log", "`error`, `warn`, `info`, `debug`, `trace`", "info", "How much is logged"),
        key("tls", "table", "", "HTTPS for the console and the interface; without it both are plain HTTP"),
        key("walls", "table", "", "Where walls are served"),
        key("wall", "tables", "", "The displays on walls; without one `/wall` is there for whoever may read"),
        key("sounder", "table", "", "What sounds on this machine itself; without it only browsers do"),
        key(
            "journal",
            "table",
            "",
            "How long records are kept (without it for ever), and how much of what led to them",
        ),
        key("mqtt", "table", "", "MQTT broker; without it nothing is published"),
        key("sparkplug", "table", "", "Sparkplug B host; without it nothing is said there"),
        key("influx", "table", "", "Time-series server; without it trends stay here"),
        key("trends", "table", "", "How long trends are kept"),
        key("uplink", "table", "", "City centre (GB/T 26875.3); without it nothing is reported there"),
    ],
};

/// `[tls]`
pub const TLS: Section = Section {
    title: "[tls]",
    noun: "[tls]",
    keys: &[
        key(
            "certificate-file",
            "PEM file",
            "",
            "The certificate, then those that lead to its authority; read again when it changes",
        ),
        key("key-file", "PEM file or credential", "", "The key of the certificate"),
        key(
            "self-made",
            TRUTH,
            "false",
            "Without files of your own: a certificate is made at the first start, kept in the state folder, and its fingerprint printed",
        ),
        key(
            "names",
            "names and addresses, separated by spaces",
            "",
            "What else the self-made certificate is for; the machine's name and the address of `listen` are in it anyway",
        ),
    ],
};

/// `[walls]`
pub const WALLS: Section = Section {
    title: "[walls]",
    noun: "[walls]",
    keys: &[key(
        "listen",
        "address:port",
        "",
        "A listener that serves walls and nothing else; without it they are served where everything is, with the same token",
    )],
};

/// `[[wall]]`; a list, which no variable overrides.
pub const WALL: Section = Section {
    title: "[[wall]]",
    noun: "a wall",
    keys: &[
        key("id", "id", REQUIRED, "Last part of its address, `/wall/<id>`"),
        key("name", "text", REQUIRED, "What people call it"),
        key("language", "`zh`, `en`", "zh", "The language it shows"),
        key(
            "theme",
            "`night`, `day`, `auto`",
            "night",
            "Light or dark; `auto` is light from 7 to 19 o'clock of the site's time",
        ),
        key("palette", "`gb`, `nfpa`", "gb", "Whose meaning colours have"),
        key(
            "distance-m",
            "0.5 to 30",
            "5",
            "From how many metres it is read; with its diagonal this gives the size of letters",
        ),
        key("diagonal-in", "5 to 220", "55", "Diagonal of the display in inches"),
        key(
            "registered",
            TRUTH,
            "true",
            "Whether it must be there: when it is lost, hidden, muted or may not sound, that is a fault of the gateway",
        ),
        key(
            "token-file",
            "file",
            "made in the state folder",
            "Its first line is the token with which the wall comes in; `tocsin walls` prints the address with it",
        ),
    ],
};

/// `[sounder]`
pub const SOUNDER: Section = Section {
    title: "[sounder]",
    noun: "[sounder]",
    keys: &[
        key(
            "alsa",
            "ALSA device",
            "",
            "Plays through this device by `aplay` of alsa-utils: `default`, `plughw:1,0`; kept open, so that its loss is announced",
        ),
        key(
            "relay",
            "device or device/element",
            "",
            "Started while something sounds other than the short tone, and stopped after it; needs `control` of its device and the plain commands `start` and `stop`",
        ),
    ],
};

/// `[journal]`
pub const JOURNAL: Section = Section {
    title: "[journal]",
    noun: "[journal]",
    keys: &[
        key(
            "keep",
            "1y to 100y",
            "for ever",
            "What is older may be archived with a manager's approval, on the page `/journal` of a running gateway or by `tocsin journal retire`; it never happens by itself",
        ),
        key(
            "trace-mib",
            "0, or 8 to 65536",
            "64",
            "How much is kept of what the engine was told, for `tocsin journal replay`; the oldest goes first, and 0 keeps nothing",
        ),
    ],
};

/// `[trends]`; from fine to coarse.
pub const TRENDS: Section = Section {
    title: "[trends]",
    noun: "[trends]",
    keys: &[
        key("raw-days", "1 to 36500", "90", "Every sample: about 1.3 bytes each"),
        key("minute-days", "1 to 36500", "400", "Roll-ups of a minute: about 9 bytes each"),
        key("quarter-days", "1 to 36500", "1100", "Roll-ups of 15 minutes"),
        key("hour-days", "1 to 36500", "3660", "Roll-ups of an hour"),
        key(
            "day-days",
            "1 to 36500",
            "7320",
            "Roll-ups of a day, and when points were in alarm; where the disk is nearly full, the oldest samples go first, then minutes",
        ),
    ],
};

/// The environment variable that overrides `key` (with its section's prefix): `mqtt.client-id` -> `TOCSIN_MQTT_CLIENT_ID`.
pub fn variable(key: &str) -> String {
    format!("TOCSIN_{}", key.to_uppercase().replace(['.', '-'], "_"))
}

/// Every key that the environment may override.
pub fn overridable() -> impl Iterator<Item = String> {
    SECTIONS.into_iter().flat_map(|(section, prefix)| {
        let plain = section.keys.iter().filter(|key| !matches!(key.takes, "table" | "tables"));
        plain.map(move |key| format!("{prefix}{}", key.name))
    })
}
