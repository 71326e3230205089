//! Who acts.
//!
//! Takes: what the web edge has authenticated.
//! Gives: [`Actor`] and [`Role`] (AC-01).
//! Never: a decision what a role may do; that is the gate's (`engine::gate`).

use serde::{Deserialize, Serialize};

/// What a person, or a display, is here for (AC-01).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// A read-only display.
    Display,
    /// Operator on duty.
    Operator,
    /// Supervisor of the shift.
    Supervisor,
    /// Engineer.
    Engineer,
    /// Manager.
    Manager,
}

/// A signed act's author: everything done is signed with who, when and from where (AC-01).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Actor {
    /// The account's name.
    pub user: String,
    /// The account's role when it acted.
    pub role: Role,
    /// From where: an address or a console's name.
    pub origin: String,
}
