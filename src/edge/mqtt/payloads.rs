//! What is said of the gateway itself, and of what happened.
//!
//! Takes: the epoch, facts.
//! Gives: payloads of `status` and `event`, and the last will.
//! Never: an event that is too large for the way: it would never let the next one pass.

use jiff::tz::TimeZone;
use serde_json::json;

use super::client::Publication;
use super::topics::Topics;
use crate::engine::alarm::Fact;
use crate::live::document::event_document;

/// An event larger than this is sent without its details: a broker that refuses it would never let the next one pass.
const EVENT_LIMIT: usize = 256 * 1024;

/// The payload of `status` while we are there.
pub fn online(epoch: u32) -> Vec<u8> {
    json!({"status": "online", "epoch": epoch}).to_string().into_bytes()
}

/// The payload of `status` when we are not: `stopped` in order, or `lost` without a word.
pub fn offline(epoch: u32, reason: &str) -> Vec<u8> {
    json!({"status": "offline", "epoch": epoch, "reason": reason}).to_string().into_bytes()
}

/// What the broker says of us when we are gone without a word.
pub fn will(topics: &Topics, epoch: u32) -> Publication {
    Publication {
        topic: topics.status(),
        payload: offline(epoch, "lost"),
        acknowledged: true,
        retain: true,
        life: None,
    }
}

/// The payload of `event`: at most `largest` bytes, as long as its head fits.
pub fn event(fact: &Fact, zone: &TimeZone, largest: usize) -> Vec<u8> {
    let document = event_document(fact, zone);
    let payload = document.to_string().into_bytes();
    if payload.len() <= EVENT_LIMIT.min(largest) {
        return payload;
    }
    let head = |field: &str| document.get(field).cloned().unwrap_or_default();
    json!({
        "id": head("id"), "seq": head("seq"), "epoch": head("epoch"), "at": head("at"), "kind": head("kind"),
        "truncated": true,
    })
    .to_string()
    .into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::alarm::{FACT_VERSION, FactId, FactKind};
    use crate::engine::base::{Actor, Role, Wall};

    #[test]
    fn an_event_that_is_too_large_goes_out_with_its_head() {
        let by = Actor { user: "l".repeat(2_000), role: Role::Operator, origin: "desk".into() };
        let (id, kind) = (FactId { epoch: 2, seq: 9 }, FactKind::ClockStepped { by_us: 1 });
        let fact = Fact { v: FACT_VERSION, id, at: Wall(0), by: Some(by), key: None, kind };
        let whole = event(&fact, &TimeZone::UTC, usize::MAX);
        assert_eq!(event(&fact, &TimeZone::UTC, whole.len()), whole);
        let head = String::from_utf8(event(&fact, &TimeZone::UTC, whole.len() - 1)).unwrap();
        let expected = r#"{"at":"1970-01-01T00:00:00.000+00:00","epoch":2,"id":"2-9","kind":"clock-stepped","seq":9,"truncated":true}"#;
        assert_eq!(head, expected);
    }
}
