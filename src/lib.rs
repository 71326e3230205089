//! Tocsin.
#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod cli;
pub mod config;
pub mod daemon;
pub mod edge;
pub mod engine;
pub mod live;
pub mod sim;
