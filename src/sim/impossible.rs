//! What a person or a scenario asks of a simulated field and cannot have.
//!
//! Takes: nothing.
//! Gives: [`Impossible`], in words.
//! Never: a silent refusal.

use super::encode::Misfit;

/// Something a person or a scenario asked for does not exist, or cannot be.
#[derive(Clone, Debug, PartialEq)]
pub enum Impossible {
    /// The site has no such point.
    NoPoint(String),
    /// The site has no such device.
    NoDevice(String),
    /// The site has no such bus.
    NoBus(String),
    /// What was asked for befalls the other kind of bus only.
    OtherKind(String),
    /// The point cannot say that.
    Misfit(String, Misfit),
}

impl std::fmt::Display for Impossible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Impossible::NoPoint(id) => write!(f, "the site has no point \"{id}\""),
            Impossible::NoDevice(id) => write!(f, "the site has no device \"{id}\""),
            Impossible::NoBus(id) => write!(f, "the site has no bus \"{id}\""),
            Impossible::OtherKind(id) => write!(f, "that cannot befall the bus \"{id}\""),
            Impossible::Misfit(id, misfit) => write!(f, "{id}: {misfit}"),
        }
    }
}
