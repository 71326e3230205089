//! Tocsin.
#![forbid(unsafe_code)]
#![warn(missing_docs, clippy::unwrap_used, clippy::too_many_lines)]

pub mod cli;
pub mod config;
pub mod daemon;
pub mod edge;
pub mod engine;
pub mod live;
pub mod sim;
