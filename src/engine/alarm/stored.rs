//! Facts as the journal stores them.
//!
//! Takes: a [`Fact`], or stored bytes of any released version.
//! Gives: the bytes that are stored and hashed; the fact.
//! Never: reads what a newer release wrote as if it were its own.

use serde::Deserialize;

use super::fact::Fact;

/// The version this build writes. Every released version stays readable; a newer one is refused.
pub const FACT_VERSION: u16 = 2;

/// Why stored bytes are no fact of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FactError {
    /// Written by a newer release: refuse to start rather than start empty.
    Newer(u16),
    /// Not a fact at all.
    Broken(String),
}

impl Fact {
    /// The bytes the journal stores and hashes.
    pub fn to_bytes(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a fact has string keys and no failing serializer, so it always becomes JSON")
    }

    /// Reads stored bytes of any released version.
    pub fn from_bytes(bytes: &[u8]) -> Result<Fact, FactError> {
        #[derive(Deserialize)]
        struct Version {
            v: u16,
        }
        match serde_json::from_slice::<Fact>(bytes) {
            Ok(fact) if fact.v <= FACT_VERSION => Ok(fact),
            Ok(fact) => Err(FactError::Newer(fact.v)),
            // What a newer release wrote need not even look like a fact of ours.
            Err(error) => match serde_json::from_slice(bytes) {
                Ok(Version { v }) if v > FACT_VERSION => Err(FactError::Newer(v)),
                _ => Err(FactError::Broken(error.to_string())),
            },
        }
    }
}
