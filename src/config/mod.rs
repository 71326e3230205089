//! Text files -> checked engine types; every problem at once, each with file, line, column and the nearest right word.
//!
//! Takes: `tocsin.toml` and the environment, the site folder, the folders of device profiles, classes of equipment.
//! Gives: [`daemon::Daemon`], [`load`] (a [`crate::engine::site::Site`]), [`profile`] (checked device profiles),
//! [`class`] (checked classes of equipment).
//! Never: a value that was not checked; a secret in a message; the first problem only.

mod address;
pub mod cases;
mod category;
pub mod class;
pub mod daemon;
pub mod document;
pub mod draft;
pub mod expression;
pub mod formula;
pub mod layout;
mod letters;
pub mod linkage;
pub mod problem;
pub mod profile;
pub mod reference;
pub mod rows;
pub mod site;

pub use problem::{Problem, Severity};
pub use site::{load, load_lenient};
