//! What every table of a broker has: where it is and how to log in.
//!
//! Takes: the keys that `[mqtt]` and `[sparkplug]` share.
//! Gives: a checked [`Broker`].
//! Never: TLS that verifies nothing, or a password for nobody.

use std::path::PathBuf;

use super::{Places, Tls};
use crate::config::problem::Problems;

/// Where a broker is and how to log in there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broker {
    /// Host name or address.
    pub host: String,
    /// TCP port, usually 1883, with TLS 8883.
    pub port: u16,
    /// User name; none connects without one.
    pub user: Option<String>,
    /// File whose first line is the password; read again before each attempt to connect.
    pub password_file: Option<PathBuf>,
    /// Certificates, read again before each attempt to connect; without them nothing is encrypted.
    pub tls: Option<Tls>,
}

/// The keys as they were read.
pub(super) struct Raw {
    pub host: Option<String>,
    pub port: Option<i64>,
    pub user: Option<String>,
    pub password_file: Option<String>,
    pub tls: Option<bool>,
    /// Authorities, certificate, key.
    pub files: [Option<String>; 3],
}

/// Checks the keys of `table`; none where it is not said which broker.
pub(super) fn settle(table: &str, raw: Raw, places: &Places<'_>, problems: &Problems) -> Option<Broker> {
    let wrong =
        |key: &str, message: String, hint: &str| problems.error(places.spot(&format!("{table}.{key}")), message, hint);
    let tls = super::tls::settle(table, raw.tls, raw.files.each_ref(), places, problems);
    let port = raw.port.unwrap_or(if tls.is_some() { 8883 } else { 1883 });
    if !(1..=65535).contains(&port) {
        wrong("port", format!("{port} is out of range"), "allowed: 1 to 65535");
    }
    let password_file = places.secret(&format!("{table}.password-file"), raw.password_file, problems);
    if password_file.is_some() && raw.user.is_none() {
        wrong("password-file", "a password without a user".to_owned(), "add \"user\"");
    }
    let Some(host) = raw.host else {
        wrong("host", format!("[{table}] needs \"host\""), "host = \"127.0.0.1\"");
        return None;
    };
    if host.contains([':', '/', ' ']) && host.parse::<std::net::IpAddr>().is_err() {
        wrong("host", format!("\"{host}\" is not a host"), "the port has its own key");
    }
    Some(Broker { host, port: u16::try_from(port).unwrap_or(1883), user: raw.user, password_file, tls })
}
