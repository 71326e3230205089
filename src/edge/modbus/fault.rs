//! What can be wrong with what comes from the other side.
//!
//! Takes: nothing.
//! Gives: [`Fault`], which says what may still be done with the stream.
//! Never: a frame that was let up.

/// What the fence found wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// The line or connection is gone.
    Gone(String),
    /// The stream no longer tells where a frame begins.
    Desync(String),
    /// A frame came that is no answer; the stream is sound.
    Refused(String),
}
