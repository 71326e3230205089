//! `[sparkplug]`: a Sparkplug host over an MQTT broker.
//!
//! Takes: the table, read as texts, numbers and truths.
//! Gives: a checked [`Sparkplug`].
//! Never: an id that MQTT reads as more than one level, or TLS that verifies nothing.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Places, Tls};
use crate::config::problem::Problems;

/// The broker, and who we are to a Sparkplug host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sparkplug {
    /// Host name or address.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// User name.
    pub user: Option<String>,
    /// File whose first line is the password.
    pub password_file: Option<PathBuf>,
    /// The certificates of TLS; without them nothing is encrypted.
    pub tls: Option<Tls>,
    /// The group.
    pub group: String,
    /// The edge node; the site's id when none is given.
    pub node: Option<String>,
    /// The host without which nothing is said.
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
    let files = [&raw.ca_file, &raw.certificate_file, &raw.key_file];
    let tls = super::tls::settle("sparkplug", raw.tls, files, places, problems);
    let port = raw.port.unwrap_or(if tls.is_some() { 8883 } else { 1883 });
    if !(1..=65535).contains(&port) {
        wrong("port", format!("{port} is out of range"), "allowed: 1 to 65535");
    }
    let level = |key: &str, text: Option<String>| {
        if let Some(text) = text.as_deref().filter(|text| text.is_empty() || text.contains(['/', '+', '#', '\0'])) {
            wrong(key, format!("\"{text}\" cannot stand in a topic"), "any text without / + #");
        }
        text
    };
    let (group, node) = (level("group", raw.group), level("node", raw.node));
    let primary_host = level("primary-host", raw.primary_host);
    let password_file = places.secret("sparkplug.password-file", raw.password_file, problems);
    if password_file.is_some() && raw.user.is_none() {
        wrong("password-file", "a password without a user".to_owned(), "add \"user\"");
    }
    let Some(host) = raw.host else {
        wrong("host", "[sparkplug] needs \"host\"".to_owned(), "host = \"127.0.0.1\"");
        return None;
    };
    if host.contains([':', '/', ' ']) && host.parse::<std::net::IpAddr>().is_err() {
        wrong("host", format!("\"{host}\" is not a host"), "the port has its own key");
    }
    Some(Sparkplug {
        host,
        port: u16::try_from(port).unwrap_or(1883),
        user: raw.user,
        password_file,
        tls,
        group: group.unwrap_or_else(|| "tocsin".to_owned()),
        node,
        primary_host,
        commands: raw.commands.unwrap_or(false),
    })
}
