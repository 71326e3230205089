//! Devices that report by themselves: what one of them said becomes a record of the site.
//!
//! Takes: what a codec understood of a frame ([`Statement`]) or the bytes a panel prints, and the port's state.
//! Gives: [`Report`](crate::engine::poll::Report)s with records and links: from a [`Listener`] per bus, and for panels
//! that print from a [`Printer`], which cuts and reads the text before it.
//! Never: asks. Such a device cannot be asked, so what it said while nobody listened is not known, and silence clears
//! nothing.

mod cutter;
mod elements;
mod listener;
mod printer;
mod reader;
mod unread;

#[cfg(test)]
mod tests;

pub use cutter::{Cut, Cutter};
pub use listener::Listener;
pub use printer::Printer;
pub use reader::{Heard, Reader, What};

use crate::engine::base::Category;

/// One condition of which a device said that it began or ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    /// Loop number; 0 together with index 0 for the device itself.
    pub loop_number: u16,
    /// Address on the loop.
    pub index: u16,
    /// Which array of the profile the element is in; or, for the device itself, which of its alarms is meant. Nothing
    /// when there is only one it can be.
    pub array: Option<String>,
    /// What it is.
    pub category: Category,
    /// Whether it holds now.
    pub active: bool,
    /// Type of the element, in words or as the code of its protocol.
    pub kind: Option<String>,
    /// The place, in the device's own words.
    pub place: Option<String>,
    /// The device's own time, as it wrote it.
    pub device_time: Option<String>,
    /// The record's own words.
    pub words: String,
}
