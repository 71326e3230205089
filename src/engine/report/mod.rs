//! Reports: what the journal says of a day, a month or an incident, as tables.
//!
//! Takes: decided facts in the order of the journal, and a stretch of time.
//! Gives: documents of tables, which others print, export and send.
//! Never: anything but facts; a fact is looked at once and let go.

mod sheet;

pub use sheet::{Cell, Column, Head};
