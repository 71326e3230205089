//! Idempotency keys: the same act is done once, and a key stands for one act only.
//!
//! Takes: the key a sender gave, the act it came with, and the keys of the last acts.
//! Gives: the key as a fact carries it, and whether it is known.
//! Never: answers one act with the outcome of another.

use super::Act;
use super::alarm::{FactId, State};

/// What is known of a key.
pub(super) enum Known {
    /// Nothing: the act is new.
    New,
    /// This act was done; its first fact.
    Done(FactId),
    /// Another act was done under it.
    Another,
}

/// The key with a fingerprint of its act, as facts carry it: the same key with another act can be told also after a
/// restart.
pub(super) fn bound(key: &str, act: &Act) -> String {
    // FNV-1a: nobody gains anything by making two of their own acts collide.
    let bytes = serde_json::to_vec(act).unwrap_or_default();
    let print = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |print, byte| (print ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{key}#{print:016x}")
}

/// Whether `user` has used a bound key.
pub(super) fn look_up(state: &State, user: &str, bound: &str) -> Known {
    let signed = format!("{user}/{bound}");
    let name = |text: &str| text.rsplit_once('#').map(|(name, _)| name.to_owned());
    match state.keys.iter().find(|(known, _)| name(known) == name(&signed)) {
        Some((known, fact)) if *known == signed => Known::Done(*fact),
        Some(_) => Known::Another,
        None => Known::New,
    }
}
