//! Which device topics the broker must be told about.
//!
//! Takes: links from [`Vitals`].
//! Gives: the devices whose link changed, and every device again before its word expires.
//! Never: lets the word of a gateway that is gone stay valid: it carries its own end.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::tz::TimeZone;
use serde::Serialize;
use tokio::time::Instant;

use crate::engine::base::{Reason, Text, Wall};
use crate::engine::site::Site;
use crate::live::document::timestamp;
use crate::live::{LinkState, Vitals};

/// How long what is said of a device stays valid.
pub const LIFE: Duration = Duration::from_secs(60);
/// How often the links are looked at.
const LOOK: Duration = Duration::from_millis(250);

/// What was last said of each device.
#[derive(Debug)]
pub struct Devices {
    said: Vec<Option<(Option<bool>, Text)>>,
    stale: BTreeSet<usize>,
    look_at: Instant,
    refresh_at: Instant,
}

/// `device/<device>`
#[derive(Serialize)]
struct Told<'a> {
    available: bool,
    reason: Option<&'a str>,
    valid_until: String,
}

impl Devices {
    /// Nothing was said of any of the site's devices.
    pub fn new(site: &Site) -> Devices {
        let now = Instant::now();
        Devices { said: vec![None; site.devices.len()], stale: BTreeSet::new(), look_at: now, refresh_at: now }
    }

    /// The broker may know nothing: everything is news.
    pub fn refresh(&mut self) {
        self.look_at = Instant::now();
        self.refresh_at = self.look_at;
    }

    /// When to look at the links again.
    pub fn look_at(&self) -> Instant {
        self.look_at
    }

    /// Looks at the links if it is time to.
    pub fn look(&mut self, vitals: &Vitals) {
        let now = Instant::now();
        if now < self.look_at {
            return;
        }
        self.look_at = now + LOOK;
        let all = now >= self.refresh_at;
        if all {
            self.refresh_at = now + LIFE / 3;
        }
        for (number, (said, link)) in self.said.iter_mut().zip(vitals.devices()).enumerate() {
            let present = Some((link.up, link.reason));
            if all || *said != present {
                *said = present;
                self.stale.insert(number);
            }
        }
    }

    /// The next device to tell of.
    pub fn next(&self) -> Option<usize> {
        self.stale.first().copied()
    }

    /// It was told.
    pub fn told(&mut self, number: usize) {
        self.stale.remove(&number);
    }
}

/// What is said of a device at `at`. `refused` is why its configuration takes no part.
pub fn payload(link: &LinkState, refused: Option<&str>, at: Wall, zone: &TimeZone) -> Vec<u8> {
    let available = refused.is_none() && link.up == Some(true);
    let reason = match (refused, link.up) {
        (Some(refused), _) => Some(refused),
        (None, Some(true)) => None,
        (None, None) => Some(Reason::NeverRead.as_str()),
        (None, Some(false)) => Some(link.reason.en.as_str()),
    };
    let told = Told { available, reason, valid_until: timestamp(at.after(LIFE), zone) };
    serde_json::to_vec(&told).expect("three plain fields always become JSON")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_answers_is_available() {
        let check = |up: Option<bool>, refused: Option<&str>, expected: &str| {
            let link = LinkState { up, reason: Text::new("超时", "time-out"), since: Wall(0) };
            let told = String::from_utf8(payload(&link, refused, Wall(0), &TimeZone::UTC)).unwrap();
            assert_eq!(told, format!("{{{expected},\"valid_until\":\"1970-01-01T00:01:00.000+00:00\"}}"));
        };
        check(Some(true), None, r#""available":true,"reason":null"#);
        check(Some(false), None, r#""available":false,"reason":"time-out""#);
        check(None, None, r#""available":false,"reason":"never-read""#);
        check(Some(true), Some("no such profile"), r#""available":false,"reason":"no such profile""#);
    }
}
