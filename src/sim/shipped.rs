//! The stories and resting values that the binary carries, so that `demo` needs no file.
//!
//! Takes: nothing.
//! Gives: the texts of `config/scenarios`.
//! Never: a story that only the binary knows; each is a file of the repository.

/// `resting.toml`.
pub const RESTING: &str = include_str!("../../config/scenarios/resting.toml");

/// Every shipped story by name, sorted.
pub const SCENARIOS: [(&str, &str); 19] = [
    ("alarm-flood", include_str!("../../config/scenarios/alarm-flood.toml")),
    ("burst", include_str!("../../config/scenarios/burst.toml")),
    ("bus-cut", include_str!("../../config/scenarios/bus-cut.toml")),
    ("detector-lost", include_str!("../../config/scenarios/detector-lost.toml")),
    ("every-fault", include_str!("../../config/scenarios/every-fault.toml")),
    ("false-alarm", include_str!("../../config/scenarios/false-alarm.toml")),
    ("fire-during-fault", include_str!("../../config/scenarios/fire-during-fault.toml")),
    ("gas-leak", include_str!("../../config/scenarios/gas-leak.toml")),
    ("gas-release", include_str!("../../config/scenarios/gas-release.toml")),
    ("lift-entrapment", include_str!("../../config/scenarios/lift-entrapment.toml")),
    ("lift-not-recalled", include_str!("../../config/scenarios/lift-not-recalled.toml")),
    ("mains-out", include_str!("../../config/scenarios/mains-out.toml")),
    ("panel-fuse", include_str!("../../config/scenarios/panel-fuse.toml")),
    ("panel-reset", include_str!("../../config/scenarios/panel-reset.toml")),
    ("pit-flood", include_str!("../../config/scenarios/pit-flood.toml")),
    ("printed-fire", include_str!("../../config/scenarios/printed-fire.toml")),
    ("pump-does-not-start", include_str!("../../config/scenarios/pump-does-not-start.toml")),
    ("smoke", include_str!("../../config/scenarios/smoke.toml")),
    ("water-outage", include_str!("../../config/scenarios/water-outage.toml")),
];

/// The text of a shipped story.
pub fn scenario(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
