//! Tocsin: a monitoring gateway for fire panels and building equipment.
//!
//! The modules, in the order in which something that happens in the building passes through them:
//!
//! 1. [`sim`]: a simulated building, for trying things without one.
//! 2. [`edge::modbus`]: the wire. Only verified replies come up from it.
//! 3. [`engine::poll`]: one machine per bus. It says what to ask, decodes the answers ([`engine::point`]), evaluates the
//!    rules of its devices ([`engine::event`]), and lets nothing out but changes.
//! 4. [`engine`]: one machine per site. It turns edges, links and acts into decided facts ([`engine::alarm`]).
//! 5. [`edge::journal`]: facts on disk, before anything outside relies on them.
//! 6. [`live`]: what is known now, for every edge to read: points, shown state, health; and the door for acts.
//! 7. [`edge::web`], [`edge::mqtt`], [`edge::trends`], [`edge::influx`]: people, other systems, history.
//!
//! Around them: [`config`] turns files into checked sites and profiles, [`daemon`] joins everything and keeps it running,
//! [`cli`] is the command line.
//!
//! The engine is pure: time is an argument and every act leaves as an effect, so any incident can be played again.
//! `ARCHITECTURE.md` says more; `tests/architecture.rs` holds it.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod config;
pub mod daemon;
pub mod edge;
pub mod engine;
pub mod live;
pub mod sim;
