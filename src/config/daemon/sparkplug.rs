//! `[sparkplug]`: a Sparkplug host over an MQTT broker.
//!
//! Takes: the table, read as texts, numbers and truths.
//! Gives: a checked [`Sparkplug`].
//! Never: an id that MQTT reads as more than one level.

use serde::Deserialize;

use super::{Broker, Places, broker};
use crate::config::problem::Problems;

/// The broker, and who we are to a Sparkplug host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparkplug {
    /// Where it is.
    pub broker: Broker,
    /// The Sparkplug group.
    pub group: String,
    /// Id of the edge node; the site's id when none is given.
    pub node: Option<String>,
    /// The host without which nothing is said; none says everything to whoever listens.
    pub primary_host: Option<String>,
    /// Whether commands are taken.
    pub commands: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RawSparkplug {
    host: Option<String>,
    port: Option<i64>,
    user: Option<String>,
    password_file: Option<String>,
    tls: Option<bool>,
    ca_file: Option<String>,
    certificate_file: Option<String>,
    key_file: Option<String>,
    group: Option<String>,
    node: Option<String>,
    primary_host: Option<String>,
    commands: Option<bool>,
}

/// Checks the table.
pub(super) fn settle(raw: RawSparkplug, places: &Places<'_>, problems: &Problems) -> Option<Sparkplug> {
    let wrong = |key: &str, message: String, hint: &str| {
        problems.error(places.spot(&format!("sparkplug.{key}")), message, hint)
    };
    let level = |key: &str, text: Option<String>| {
        if let Some(text) = text.as_deref().filter(|text| text.is_empty() || text.contains(['/', '+', '#', '\0'])) {
            wrong(key, format!("\"{text}\" cannot stand in a topic"), "any text without / + #");
        }
        text
    };
    let (group, node) = (level("group", raw.group), level("node", raw.node));
    let primary_host = level("primary-host", raw.primary_host);
    let raw_broker = broker::Raw {
        host: raw.host,
        port: raw.port,
        user: raw.user,
        password_file: raw.password_file,
        tls: raw.tls,
        files: [raw.ca_file, raw.certificate_file, raw.key_file],
    };
    Some(Sparkplug {
        broker: broker::settle("sparkplug", raw_broker, places, problems)?,
        group: group.unwrap_or_else(|| "tocsin".to_owned()),
        node,
        primary_host,
        commands: raw.commands.unwrap_or(false),
    })
}
