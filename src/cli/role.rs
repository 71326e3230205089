//! Roles as words of the command line (AC-01).
//!
//! Takes: the word.
//! Gives: [`RoleArg`], and with it the [`Role`].
//! Never: a role that accounts do not have.

use clap::ValueEnum;

use crate::engine::base::Role;

/// A role as an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// A screen: reads, never acts
    Display,
    /// Operator on duty
    Operator,
    /// Supervisor of the shift
    Supervisor,
    /// Engineer
    Engineer,
    /// Manager
    Manager,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Role {
        match role {
            RoleArg::Display => Role::Display,
            RoleArg::Operator => Role::Operator,
            RoleArg::Supervisor => Role::Supervisor,
            RoleArg::Engineer => Role::Engineer,
            RoleArg::Manager => Role::Manager,
        }
    }
}
