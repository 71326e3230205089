//! What is known now, shared between the engine's task and the edges.
//!
//! Takes: values from the buses, shown facts from the engine.
//! Gives: [`Board`] (every point's reading) and [`Picture`] (the shown state), readable by any edge at any time.
//! Never: decides anything, and never lets a slow reader hold up a writer.

mod board;
mod picture;

pub use board::{Board, Subscription};
pub use picture::{Picture, Shown};
