//! What must hold against whoever should not act: every route for every role, and the ways around them.

mod access;
mod around;
mod looks;
mod routes;
mod tls;

use tocsin::engine::base::Role;

use crate::bench::{Bench, PASSWORD};

/// Every role with the account of the bench that has it.
const ROLES: [(&str, Role); 5] = [
    ("wall", Role::Display),
    ("wang", Role::Operator),
    ("zhou", Role::Supervisor),
    ("chen", Role::Engineer),
    ("li", Role::Manager),
];

/// The accounts that the bench has not got by itself.
fn add_missing_roles(bench: &Bench) {
    let held = bench.accounts.list().unwrap();
    for (name, role) in ROLES.into_iter().filter(|(name, _)| held.iter().all(|account| account.name != *name)) {
        bench.accounts.add(name, role, PASSWORD, bench.now().wall).unwrap();
    }
}
