//! `[uplink]`: the city centre.
//!
//! Takes: the table, read as texts and numbers.
//! Gives: a checked [`Uplink`].
//! Never: an uplink without an address of its own: the centre would take it for another site.

use std::time::Duration;

use serde::Deserialize;

use super::Places;
use crate::config::address;
use crate::config::document::parse_duration;
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::site::Checksum;

/// The city centre and how it is spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uplink {
    /// `host:port`.
    pub centre: String,
    /// Over UDP instead of TCP.
    pub udp: bool,
    /// Our address; six bytes.
    pub source: u64,
    /// The centre's address; six bytes.
    pub destination: u64,
    /// The longest time in which nothing is sent.
    pub heartbeat: Duration,
    /// For a confirmation.
    pub answer_within: Duration,
    /// Sendings after the first.
    pub resends: u8,
    /// How frames are summed up.
    pub checksum: Checksum,
    /// The two version bytes, as they are sent.
    pub version: [u8; 2],
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RawUplink {
    centre: Option<String>,
    transport: Option<String>,
    source: Option<String>,
    destination: Option<String>,
    heartbeat: Option<String>,
    answer_within: Option<String>,
    resends: Option<i64>,
    checksum: Option<String>,
    version: Option<String>,
}

/// Checks the table.
pub(super) fn settle(raw: RawUplink, places: &Places<'_>, problems: &Problems) -> Option<Uplink> {
    let wrong =
        |key: &str, message: String, hint: &str| problems.error(places.spot(&format!("uplink.{key}")), message, hint);
    let word = |key: &str, text: Option<String>, words: [&str; 2]| {
        let text = text.unwrap_or_else(|| words[0].to_owned());
        if !words.contains(&text.as_str()) {
            wrong(key, format!("unknown word \"{text}\""), &did_you_mean(&text, words));
        }
        text == words[1]
    };
    let span = |key: &str, text: Option<String>, default: u64, (least, most): (u64, u64)| {
        let Some(text) = text else { return Duration::from_secs(default) };
        let span = parse_duration(&text).filter(|span| (least..=most).contains(&span.as_secs()));
        if span.is_none() {
            wrong(key, format!("\"{text}\" is no time that can be"), &format!("{least}s to {most}s"));
        }
        span.unwrap_or(Duration::from_secs(default))
    };
    let of = |key: &str, text: Option<String>| {
        let Some(text) = text else {
            wrong(key, format!("[uplink] needs \"{key}\""), "as the centre gave it");
            return None;
        };
        let address = address::parse(&text);
        if address.is_none() {
            let hint = "a number, or six bytes as they are sent: \"79 03 00 00 00 00\"";
            wrong(key, format!("\"{text}\" is not an address"), hint);
        }
        address
    };
    let udp = word("transport", raw.transport, ["tcp", "udp"]);
    let from_command = word("checksum", raw.checksum, ["standard", "from-command"]);
    let heartbeat = span("heartbeat", raw.heartbeat, 25, (5, 3600));
    // Six and a half of the standard: a time-out should not exceed ten seconds.
    let answer_within = span("answer-within", raw.answer_within, 10, (1, 10));
    let resends = raw.resends.unwrap_or(3);
    let resends = u8::try_from(resends).ok().filter(|resends| *resends <= 10);
    if resends.is_none() {
        wrong("resends", "out of range".to_owned(), "allowed: 0 to 10");
    }
    let text = raw.version.unwrap_or_else(|| "1.1".to_owned());
    let version = text.split_once('.').and_then(|(first, second)| Some([first.parse().ok()?, second.parse().ok()?]));
    if version.is_none() {
        wrong("version", format!("\"{text}\" is not a version"), "two bytes, as they are sent: \"1.1\"");
    }
    let (source, destination) = (of("source", raw.source), of("destination", raw.destination));
    let Some(centre) = raw.centre else {
        wrong("centre", "[uplink] needs \"centre\"".to_owned(), "centre = \"centre.example:5200\"");
        return None;
    };
    if centre.rsplit_once(':').is_none_or(|(host, port)| host.is_empty() || port.parse::<u16>().is_err()) {
        wrong("centre", format!("\"{centre}\" is not host:port"), "write for example \"10.0.0.9:5200\"");
    }
    let checksum = if from_command { Checksum::FromCommand } else { Checksum::Standard };
    Some(Uplink {
        centre,
        udp,
        source: source?,
        destination: destination?,
        heartbeat,
        answer_within,
        resends: resends?,
        checksum,
        version: version?,
    })
}
