//! The stories and resting values that the binary carries, so that `demo` needs no file.
//!
//! Takes: nothing.
//! Gives: the texts of `config/scenarios`.
//! Never: a story that only the binary knows; each is a file of the repository.

/// `resting.toml`.
pub const RESTING: &str = include_str!("../../config/scenarios/resting.toml");

/// Every shipped story by name, sorted.
pub const SCENARIOS: [(&str, &str); 6] = [
    ("bus-cut", include_str!("../../config/scenarios/bus-cut.toml")),
    ("detector-lost", include_str!("../../config/scenarios/detector-lost.toml")),
    ("every-fault", include_str!("../../config/scenarios/every-fault.toml")),
    ("mains-out", include_str!("../../config/scenarios/mains-out.toml")),
    ("panel-reset", include_str!("../../config/scenarios/panel-reset.toml")),
    ("smoke", include_str!("../../config/scenarios/smoke.toml")),
];

/// The text of a shipped story.
pub fn scenario(name: &str) -> Option<&'static str> {
    SCENARIOS.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}
