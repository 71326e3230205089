//! What stands in the way of a device that is to be made part of a site.
//!
//! Takes: what the row or the profile says.
//! Gives: [`ExpandError`].
//! Never: a sentence; whoever read the file knows where it stands.

/// Why a device, or a row of its point list, cannot be made part of a site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExpandError {
    /// The profile has no such array.
    NoArray {
        /// The row's number in its file.
        row: usize,
        /// The name it gave.
        array: String,
    },
    /// Loop or address outside the array.
    OutOfRange {
        /// The row's number in its file.
        row: usize,
        /// What was out of range: `loop` or `address`.
        what: &'static str,
        /// The number it gave.
        number: u16,
        /// First and last that the profile knows.
        range: (u16, u16),
    },
    /// A condition reads a setting that the class does not have.
    NoSetting {
        /// The class the profile was written for; empty when there is none.
        class: String,
    },
}
