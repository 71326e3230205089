//! Whether the primary host listens (Sparkplug 3.0, 6.4.6 and 5.3).
//!
//! Takes: what the broker has under `spBv1.0/STATE/<host>`: `{"online":true,"timestamp":1700000000000}`.
//! Gives: whether births may be said.
//! Never: believes a host's end that is older than its beginning: the broker may deliver its last will late.

use serde::Deserialize;

/// The primary host.
#[derive(Clone, Debug)]
pub struct Host {
    /// Its id; none where births wait for nobody.
    id: Option<String>,
    heard: Option<State>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
struct State {
    online: bool,
    timestamp: u64,
}

impl Host {
    /// Nothing was heard of it.
    pub fn new(id: Option<&str>) -> Host {
        Host { id: id.map(str::to_owned), heard: None }
    }

    /// Whether births may be said.
    pub fn listens(&self) -> bool {
        self.id.is_none() || self.heard.is_some_and(|state| state.online)
    }

    /// Its id, while it is waited for.
    pub fn awaited(&self) -> Option<&str> {
        self.id.as_deref().filter(|_| !self.listens())
    }

    /// A new connection: what is retained is told again.
    pub fn forget(&mut self) {
        self.heard = None;
    }

    /// The broker says how it is. What is no state of Sparkplug 3.0, or older than what is known, changes nothing.
    pub fn hear(&mut self, payload: &[u8]) {
        let Ok(state) = serde_json::from_slice::<State>(payload) else {
            tracing::warn!("the primary host's state is not of Sparkplug 3.0 and is not believed");
            return;
        };
        if self.heard.is_none_or(|known| known.timestamp <= state.timestamp) {
            self.heard = Some(state);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn births_wait_for_the_host_and_an_old_end_ends_nothing() {
        assert!(Host::new(None).listens(), "waits for nobody");
        let mut host = Host::new(Some("ignition"));
        let mut check = |said: &str, listens: bool| {
            host.hear(said.as_bytes());
            assert_eq!(host.listens(), listens, "{said}");
            assert_eq!(host.awaited().is_some(), !listens);
        };
        check("", false);
        check("ONLINE", false);
        check(r#"{"online":true}"#, false);
        check(r#"{"online":false,"timestamp":5}"#, false);
        check(r#"{"online":true,"timestamp":7}"#, true);
        check(r#"{"online":false,"timestamp":6}"#, true);
        check(r#"{"online":false,"timestamp":7}"#, false);
        host.hear(br#"{"online":true,"timestamp":8}"#);
        host.forget();
        assert!(!host.listens(), "a new connection has to hear it again");
    }
}
