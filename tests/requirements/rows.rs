//! The page docs/requirements.md: every row, what shows it, and what it fails without.

use std::fmt::Write as _;
use std::path::Path;

use crate::Played;

/// Every row that a story must show, and what it is about.
const ROWS: &[(&str, &str)] = &[
    ("FA-01", "fire: silence, place, check, verdict"),
    ("FA-02", "true fire: sounders, people, brigade, extinguishing"),
    ("FA-03", "false alarm: cause, cancel or reset, watch, isolate, order"),
    ("FA-04", "fault: silence, place, confirm, act by kind"),
    ("FA-05", "mains fault judged: outage or local"),
    ("FA-06", "backup fault: connector, wiring, or carried too long"),
    ("FA-07", "field device fault: repair, isolate, release"),
    ("FA-08", "abnormal sound, light or smell at the panel"),
    ("FA-09", "battery running time; backup switch off and on"),
    ("FA-10", "self-test, with a fire during it"),
    ("FA-11", "silence stops only the sound; light until reset"),
    ("FA-12", "faults within 100 s, unlike fire"),
    ("FA-13", "left in manual is an alarm"),
    ("FA-14", "windows for alarms, actions and faults"),
    ("FA-15", "isolate by secondary code"),
    ("FA-16", "spray permission"),
    ("FA-17", "start control: manual, auto, neither"),
    ("FA-18", "start and stop by code with wildcards"),
    ("FA-19", "clock setting; one time for all records"),
    ("FA-20", "kinds of points, each with its meaning"),
    ("FA-21", "manual start panel: start, lamp, withdraw"),
    ("FA-22", "registration: missing and new devices"),
    ("FL-01", "floor and zone of an alarm"),
    ("FL-02", "confirmed fire: nine actions with feedback"),
    ("FL-03", "no fire: false alarm, reset, normal operation"),
    ("FL-04", "handling record of every alarm and action"),
    ("FL-05", "duty around the clock, four forms"),
    ("FW-01", "soft-start pump: lamps, bypass, soft stop"),
    ("FW-02", "start time exceeded"),
    ("FW-03", "overload trip latched; nuisance trips"),
    ("FW-04", "supply voltage, lamps, basin level"),
    ("FW-05", "valves in their start position"),
    ("FW-06", "pumps can start; flow and pressure switches"),
    ("FW-07", "static and working pressures"),
    ("FW-08", "flow and pressure switches supervised; red lamp"),
    ("SM-01", "smoke and supply fans, vents"),
    ("SH-01", "shutters, fire doors and windows"),
    ("GX-01", "gas extinguishing"),
    ("EX-01", "spray, mist, powder, foam"),
    ("EL-01", "emergency lighting"),
    ("BC-01", "broadcast and fire telephone"),
    ("PW-01", "low-voltage distribution and fire power"),
    ("GE-01", "diesel generator"),
    ("WS-01", "domestic water"),
    ("WS-02", "drainage, pits, tanks"),
    ("HV-01", "air, heating, cooling, boiler"),
    ("WC-01", "weak-current systems"),
    ("LT-01", "timed lighting"),
    ("MT-01", "meters"),
    ("LI-01", "lift fault"),
];

/// What must have a story with a golden transcript, and which: in this folder, or where a path is given, there.
const NAMED: &[(&str, &[&str])] = &[
    ("true fire from first smoke to reset", &["fire-on-the-fourth-floor", "true-fire-people-told"]),
    ("false alarm repeated, then isolated, released", &["false-alarm-watched-and-isolated"]),
    ("fire during a fault", &["fire-during-a-fault"]),
    ("fire during self-test", &["fire-during-a-self-test"]),
    ("mains outage against blown panel fuse", &["mains-outage-or-blown-fuse"]),
    ("battery limit", &["battery-at-its-limit"]),
    ("pump that does not come up", &["fire-pump-does-not-come-up"]),
    ("generator that fails to start", &["generator-fails-to-start"]),
    ("lift not recalled, its feedback missing", &["lift-recalled-or-not"]),
    ("spray not permitted, abort held", &["spray-permission"]),
    ("spray permission unknown or stale", &["gas-never-without-its-rules", "tests/alarms/discharge-refused"]),
    ("one detection only", &["gas-never-without-its-rules", "tests/alarms/discharge-refused"]),
    (
        "no release by a wildcard",
        &["started-by-code-with-wildcards", "tests/alarms/discharge-refused", "tests/alarms/keypad"],
    ),
    ("no release in a drill or a test", &["gas-never-in-a-drill", "tests/alarms/discharge-drill"]),
    (
        "hostile rule file: refused by the configuration, or at the gate",
        &["tests/rejected/linkage-discharge", "tests/alarms/discharge-refused", "gas-never-without-its-rules"],
    ),
    ("false verdict while the pump runs: it keeps running", &["false-verdict-while-the-pump-runs"]),
    ("manual mode", &["manual-mode-proposes", "start-control-neither-manual-automatic"]),
    ("wildcard start and stop", &["started-by-code-with-wildcards"]),
    ("withdrawn start", &["start-withdrawn-by-the-same-key", "tests/alarms/withdrawn-start"]),
    ("broadcast feedback", &["broadcast-floor-by-floor"]),
];

const NAMED_HEAD: &str = "
## Named stories

Each has a golden transcript beside it, or, where something is refused before it runs, a golden list of what is said.

| what | story |
| --- | --- |
";

const OPENING: &str = "# Requirements and what shows them

Made by `cargo test --test requirements` from the stories it has just played; do not edit it. A story is one file of
`tests/requirements`: the simulated field answers the real buses word for word, people act, and each line `expect` looks at what is
shown, journalled, published, read or written. Each story was played again with one thing taken out, and failed: the last
column says without what.

| row | what | story | expectations | result | fails without |
| --- | --- | --- | --- | --- | --- |
";

/// The whole page.
pub fn page(played: &[Played]) -> String {
    let mut page = OPENING.to_owned();
    for (row, what) in ROWS {
        let shown: Vec<&Played> = played.iter().filter(|played| played.story.rows.iter().any(|of| of == row)).collect();
        if shown.is_empty() {
            let _ = writeln!(page, "| {row} | {what} | **none yet** | 0 | | |");
        }
        for one in shown {
            let without: Vec<String> = one.story.without.iter().map(|switch| format!("{switch}")).collect();
            assert_eq!(without.len(), one.failed.len(), "each was played");
            let without = without.join("<br>").replace('|', "\\|");
            let (name, count) = (&one.story.name, one.story.expectations());
            let _ = writeln!(page, "| {row} | {what} | `{name}` | {count} | pass | {without} |");
        }
    }
    page.push_str(NAMED_HEAD);
    for (what, stories) in NAMED {
        let of = |story: &&str| format!("`{}`", golden(story));
        let _ = writeln!(page, "| {what} | {} |", stories.iter().map(of).collect::<Vec<_>>().join("<br>"));
    }
    let unknown = played.iter().flat_map(|one| &one.story.rows).find(|row| !ROWS.iter().any(|(known, _)| known == row));
    assert!(unknown.is_none(), "a story shows {unknown:?}, which is no row");
    page
}

/// The golden file of a named story; a story without one shows nothing.
fn golden(story: &str) -> String {
    let path = if story.contains('/') { story.to_owned() } else { format!("tests/requirements/{story}") };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = [format!("{path}.transcript"), format!("{path}/expected.txt")];
    found.into_iter().find(|path| root.join(path).is_file()).unwrap_or_else(|| panic!("{story} has no golden file"))
}
