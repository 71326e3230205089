//! The rules, each a function from a file to what is wrong with it.
//!
//! Takes: a [`File`].
//! Gives: sentences: where, what, why.
//! Never: an exception for one file.

use super::source::{File, Named, words as words_of};

/// Who may import whom: the room, what it may name besides itself, and why.
struct Row {
    room: &'static str,
    may: &'static [&'static str],
    why: &'static str,
}

/// The import table of ARCHITECTURE.md. `engine::*` stands for the engine and each of its rooms.
const TABLE: &[Row] = &[
    Row { room: "engine::base", may: &[], why: "base holds the words that all others share, so it knows none of them" },
    Row { room: "engine::profile", may: &["engine::base"], why: "a profile knows no site" },
    Row {
        room: "engine::class",
        may: &["engine::base", "engine::profile"],
        why: "a class knows no device and no site",
    },
    Row {
        room: "engine::site",
        may: &["engine::base", "engine::profile", "engine::class"],
        why: "a site is built from checked profiles",
    },
    Row {
        room: "engine::point",
        may: &["engine::base", "engine::profile", "engine::site"],
        why: "registers become points without knowing what is made of them",
    },
    Row {
        room: "engine::event",
        may: &["engine::base", "engine::profile", "engine::site", "engine::point"],
        why: "points become changes without knowing who polls or alarms",
    },
    Row {
        room: "engine::poll",
        may: &["engine::base", "engine::profile", "engine::site", "engine::point", "engine::event"],
        why: "a bus reports what changed; what it means is the alarm room's",
    },
    Row {
        room: "engine::panel",
        may: &["engine::base", "engine::profile", "engine::site", "engine::poll"],
        why: "what a device said by itself leaves as the report of a bus, like everything that was read",
    },
    Row {
        room: "engine::alarm",
        may: &["engine::base", "engine::profile", "engine::site", "engine::event", "engine::poll", "engine"],
        why: "alarms are decided from reports; of the engine itself they know its words only (acts, inputs, effects)",
    },
    Row {
        room: "engine::linkage",
        may: &[
            "engine::base",
            "engine::profile",
            "engine::class",
            "engine::site",
            "engine::poll",
            "engine::alarm",
            "engine",
        ],
        why: "cause and effect reads what was decided and decides more; nothing of the alarm room reads it",
    },
    Row {
        room: "engine::supervision",
        may: &["engine::base", "engine::profile", "engine::class", "engine::site", "engine::alarm"],
        why: "what takes time is judged from statuses and decided facts, and decides more; nothing of the alarm room reads it",
    },
    Row {
        room: "engine::duty",
        may: &["engine::base", "engine::site", "engine::alarm", "engine"],
        why: "what people owe is found from decided facts and the calendar; nothing of the alarm room reads it",
    },
    Row {
        room: "engine::performance",
        may: &["engine::base", "engine::site", "engine::alarm"],
        why: "figures come from decided facts alone",
    },
    Row {
        room: "engine::report",
        may: &["engine::base", "engine::site", "engine::alarm", "engine::duty", "engine::performance"],
        why: "reports are made of decided facts alone",
    },
    Row {
        room: "engine::trace",
        may: &["engine::base", "engine::site", "engine::poll", "engine::alarm", "engine"],
        why: "the trace tells an engine what another was told; it decides nothing, and no stage of the engine knows it",
    },
    Row { room: "engine", may: &["engine::*"], why: "the engine is pure and knows nobody outside it" },
    Row { room: "live", may: &["engine::*"], why: "live views are what the engine gives to the edges" },
    Row {
        room: "edge",
        may: &["engine::*", "live", "config", "edge::broker", "edge::clock", "edge::line", "edge::export"],
        why: "an edge never imports another edge: what two edges share lies in live or in the engine (only the clock is read by all, and lines are opened, brokers reached and tables written in one place)",
    },
    Row { room: "config", may: &["engine::*"], why: "configuration becomes checked engine types and knows no task" },
    Row {
        room: "sim",
        may: &["engine::*", "config"],
        why: "the simulated field is the other end of the wire: it uses nothing of the gateway's edges",
    },
    Row {
        room: "daemon",
        may: &["engine::*", "live", "edge::*", "config", "sim"],
        why: "the daemon joins the parts; the command line is above it",
    },
    Row {
        room: "cli",
        may: &["engine::*", "live", "edge::*", "config", "sim", "daemon"],
        why: "the command line is the top",
    },
    Row {
        room: "lib",
        may: &["engine::*", "live", "edge::*", "config", "sim", "daemon", "cli"],
        why: "lib.rs is the map",
    },
    Row { room: "main", may: &[], why: "main.rs calls the library" },
];

fn row(room: &str) -> Option<&'static Row> {
    let wide = room.split("::").next().unwrap_or(room);
    TABLE.iter().find(|row| row.room == room).or_else(|| TABLE.iter().find(|row| row.room == wide && wide != "engine"))
}

/// Imports against the table.
pub fn imports(file: &File) -> Vec<String> {
    if file.is_test() {
        return Vec::new();
    }
    let room = file.room();
    let Some(row) = row(&room) else {
        return vec![format!(
            "{}: the room {room} is not in the import table (tests/architecture/rules.rs)",
            file.path
        )];
    };
    let mut said = Vec::new();
    for (line, target) in arrows(file) {
        match target {
            Some(target) if target == room || allows(row, &target) => {}
            Some(target) => said.push(format!("{}:{line}: {room} imports {target}; {}", file.path, row.why)),
            None => said.push(format!(
                "{}:{line}: `super::super` hides where a path leads; write the path from `crate::`",
                file.path
            )),
        }
    }
    said
}

fn allows(row: &Row, target: &str) -> bool {
    row.may.iter().any(|may| match may.strip_suffix("::*") {
        Some(world) => target == world || target.starts_with(&format!("{world}::")),
        None => target == *may,
    })
}

/// Every room a file names, with the line; `None` where the path climbs two steps.
fn arrows(file: &File) -> Vec<(usize, Option<String>)> {
    let mut arrows: Vec<(usize, Option<String>)> = Vec::new();
    for Named { line, segments } in file.paths("crate") {
        arrows.extend(room_of(&segments).map(|room| (line, Some(room))));
    }
    // From a room's own mod.rs, `super` is the world around the room; deeper down it stays inside.
    let own = file.path.strip_prefix("src/").and_then(|path| path.strip_suffix("/mod.rs")).unwrap_or_default();
    let world = own.split_once('/').filter(|(_, inner)| !inner.contains('/')).map(|(world, _)| world);
    for Named { line, mut segments } in file.paths("super") {
        if segments.first().is_some_and(|first| first == "super") {
            arrows.push((line, None));
        } else if let Some(world) = world {
            segments.insert(0, world.to_owned());
            let room = room_of(&segments).filter(|room| room.contains("::"));
            arrows.extend(room.map(|room| (line, Some(room))));
        }
    }
    arrows
}

/// The room a path leads to: `engine::base::Now` lies in `engine::base`, `engine::Effect` in `engine`.
fn room_of(segments: &[String]) -> Option<String> {
    let first = segments.first()?.as_str();
    let second = segments.get(1).map_or("", String::as_str);
    let inner = format!("{first}::{second}");
    match first {
        "engine" if TABLE.iter().any(|row| row.room == inner) => Some(inner),
        "edge" if second.starts_with(|c: char| c.is_ascii_lowercase()) => Some(inner),
        _ => TABLE.iter().any(|row| row.room == first).then(|| first.to_owned()),
    }
}

/// What the pure rooms may not name, and what to do instead. `live` is shared by threads, so it may lock, but not more.
const IMPURE_PATHS: &[(&str, &str)] = &[
    ("std::time::Instant", "time is an argument (`Now`)"),
    ("std::time::SystemTime", "time is an argument (`Now`)"),
    ("std::fs", "files are config's and the edges'"),
    ("std::io", "input and output are the edges'"),
    ("std::net", "sockets are the edges'"),
    ("std::env", "the environment is config's"),
    ("std::process", "processes are the command line's"),
    ("std::thread", "tasks and threads are the daemon's and the edges'"),
    ("std::sync::Mutex", "the engine has one owner"),
    ("std::sync::RwLock", "the engine has one owner"),
    ("std::sync::mpsc", "queues are the daemon's"),
    ("std::collections::HashMap", "its order differs between two runs; use BTreeMap"),
    ("std::collections::HashSet", "its order differs between two runs; use BTreeSet"),
];

const IMPURE_WORDS: &[(&str, &str)] = &[
    ("async", "only edges wait"),
    (".await", "only edges wait"),
    ("println!", "facts and effects speak for the engine"),
    ("eprintln!", "facts and effects speak for the engine"),
    ("print!", "facts and effects speak for the engine"),
    ("dbg!", "facts and effects speak for the engine"),
    ("HashMap", "its order differs between two runs; use BTreeMap"),
    ("HashSet", "its order differs between two runs; use BTreeSet"),
];

/// Crates the engine may name: data, hashing and texts, nothing that acts.
const PURE_CRATES: &[&str] =
    &["std", "core", "alloc", "crate", "super", "self", "serde", "serde_json", "sha2", "thiserror"];

/// No clock, no I/O, no randomness, no logging, no unordered iteration below `engine/`; no clock and no I/O in `live`.
pub fn purity(file: &File) -> Vec<String> {
    let room = file.room();
    let engine = room.starts_with("engine");
    if file.is_test() || !(engine || room == "live") {
        return Vec::new();
    }
    let mut said = Vec::new();
    for Named { line, segments } in file.paths("std") {
        let path = format!("std::{}", segments.join("::"));
        let found = IMPURE_PATHS.iter().find(|(bad, _)| path == *bad || path.starts_with(&format!("{bad}::")));
        let shared = !engine && path.starts_with("std::sync");
        if let Some((bad, why)) = found.filter(|_| !shared) {
            said.push(format!("{}:{line}: {room} names {bad}; {why}", file.path));
        }
    }
    for (word, why) in IMPURE_WORDS.iter().filter(|_| engine) {
        let told = |line: &usize| said.iter().any(|sentence| sentence.contains(&format!(":{line}: ")));
        let lines: Vec<usize> = file.lines_with(word).into_iter().filter(|line| !told(line)).collect();
        said.extend(lines.iter().map(|line| format!("{}:{line}: {room} holds `{word}`; {why}", file.path)));
    }
    for name in CRATES.iter().filter(|name| engine && !PURE_CRATES.contains(name)) {
        let lines: Vec<usize> = file.paths(name).iter().map(|named| named.line).collect();
        said.extend(
            lines.iter().map(|line| format!("{}:{line}: {room} names the crate {name}; the engine is pure", file.path)),
        );
    }
    said
}

/// Every crate that acts on the world or measures it; [`HOMES`] says which room each lives in.
const CRATES: &[&str] = &[
    "tokio",
    "tokio_util",
    "tokio_modbus",
    "tokio_serial",
    "socket2",
    "futures_util",
    "bytes",
    "rumqttc",
    "prost",
    "tracing",
    "tracing_subscriber",
    "config",
    "toml",
    "csv",
    "rust_xlsxwriter",
    "rusqlite",
    "ring",
    "axum",
    "tower_http",
    "maud",
    "reqwest",
    "rustls",
    "influxdb2",
    "argon2",
    "getrandom",
    "rand",
    "governor",
    "jiff",
    "sd_notify",
    "clap",
    "anyhow",
];

/// Crates with traps, each fenced in the room that knows them. Elsewhere the room's own types are used.
const HOMES: &[(&str, &[&str])] = &[
    ("tokio_modbus", &["edge::modbus", "sim"]),
    ("tokio_serial", &["edge::line", "edge::modbus", "sim"]),
    ("rumqttc", &["edge::broker", "edge::mqtt", "edge::sparkplug"]),
    ("prost", &["edge::sparkplug"]),
    ("ring", &["edge::journal"]),
    ("rusqlite", &["edge::journal", "edge::search", "edge::trends", "edge::web"]),
    ("axum", &["edge::web"]),
    ("maud", &["edge::web"]),
    ("tower_http", &["edge::web"]),
    ("argon2", &["edge::web"]),
    ("governor", &["edge::web"]),
    ("rcgen", &["edge::web"]),
    ("tokio_rustls", &["edge::web"]),
    ("reqwest", &["edge::influx"]),
    ("influxdb2", &["edge::influx"]),
    ("sd_notify", &["edge::systemd"]),
    ("toml", &["config", "sim"]),
    ("csv", &["config"]),
    ("rust_xlsxwriter", &["edge::export"]),
    ("clap", &["cli", "main"]),
];

/// A crate with measured traps is named in one room only.
pub fn homes(file: &File) -> Vec<String> {
    let room = file.room();
    if file.is_test() {
        return Vec::new();
    }
    let strangers = HOMES.iter().filter(|(_, rooms)| !rooms.contains(&room.as_str()));
    strangers
        .flat_map(|(name, rooms)| {
            let lines = file.paths(name).into_iter().map(|named| named.line).collect::<Vec<_>>();
            let room = room.clone();
            lines.into_iter().map(move |line| {
                format!("{}:{line}: {room} names {name}, which lives in {} only", file.path, rooms.join(" and "))
            })
        })
        .collect()
}

/// At most 400 lines, and 500 for tests, which are read one at a time; main.rs below 40.
pub fn size(file: &File) -> Vec<String> {
    let lines = file.text.lines().count();
    let most = match (file.path.as_str(), file.is_test()) {
        ("src/main.rs", _) => 39,
        (_, true) => 500,
        (_, false) => 400,
    };
    let sentence = || format!("{} has {lines} lines; at most {most}: split it by what it takes and gives", file.path);
    (lines > most).then(sentence).into_iter().collect()
}

/// One sentence, then *Takes*, *Gives*, *Never*.
pub fn opening(file: &File) -> Vec<String> {
    if file.is_test() || matches!(file.room().as_str(), "lib" | "main") {
        return Vec::new();
    }
    let head: Vec<&str> = file.text.lines().take_while(|line| line.starts_with("//!")).collect();
    if head.first().is_none_or(|first| first.trim_start_matches("//!").trim().is_empty()) {
        return vec![format!("{}: a module opens with `//!` and one sentence that says what it is", file.path)];
    }
    let missing = ["Takes:", "Gives:", "Never:"].into_iter();
    missing
        .filter(|word| !head.iter().any(|line| line.starts_with(&format!("//! {word}"))))
        .map(|word| format!("{}: the opening does not say what it `{word}`", file.path))
        .collect()
}

/// Words that name two ideas, or none, and what is meant by them.
const WORDS: &[(&str, &str)] = &[
    ("slave", "device"),
    ("sensor", "device or point"),
    ("template", "profile"),
    ("util", "say what it does"),
    ("utils", "say what it does"),
    ("helper", "say what it does"),
    ("helpers", "say what it does"),
    ("manager", "say what it does"),
    ("misc", "say what it does"),
    ("common", "say what it is"),
];

/// One word per idea in every declared name; a file is a name too.
pub fn words(file: &File) -> Vec<String> {
    let stems =
        file.path.trim_start_matches("src/").trim_end_matches(".rs").split('/').map(|stem| (1, stem.to_owned()));
    let mut said = Vec::new();
    for (line, name) in file.declared().into_iter().chain(stems) {
        for word in words_of(&name) {
            if let Some((_, instead)) = WORDS.iter().find(|(banned, _)| *banned == word) {
                said.push(format!("{}:{line}: the name {name} holds \"{word}\"; the word is: {instead}", file.path));
            }
        }
    }
    said
}

/// Nothing that can be reached from the wire, a file or the network panics.
pub fn panics(file: &File) -> Vec<String> {
    if file.is_test() {
        return Vec::new();
    }
    let mut said = Vec::new();
    for word in [".unwrap()", "panic!", "todo!", "unimplemented!", ".unwrap_err()"] {
        let lines = file.lines_with(word);
        said.extend(lines.iter().map(|line| format!("{}:{line}: `{word}` outside tests", file.path)));
    }
    for (at, line) in file.code.lines().enumerate() {
        let Some(column) = line.find(".expect(\"") else { continue };
        let proof = line[column + 9..].split('"').next().unwrap_or_default().chars().count();
        if proof < 12 {
            said.push(format!("{}:{}: `expect` needs the proof in its text: why it cannot fail", file.path, at + 1));
        }
    }
    said
}

/// What is served stands in one table, so that no address can be forgotten where all of them are tested.
pub fn addresses(file: &File) -> Vec<String> {
    if file.is_test() || file.path == "src/edge/web/routes.rs" {
        return Vec::new();
    }
    let ways = [".route(", ".route_service(", ".nest_service(", ".fallback_service("];
    let told = |way: &str| {
        let lines = file.lines_with(way);
        lines
            .into_iter()
            .map(|line| format!("{}:{line}: an address that stands in no table of `Rows`", file.path))
            .collect()
    };
    ways.into_iter().flat_map(|way: &str| -> Vec<String> { told(way) }).collect()
}
