//! The way to the server by the crate `influxdb2`, in place of our own (cargo feature `influxdb2`).
//!
//! Takes: line protocol of our own writer.
//! Gives: how the request ended.
//! Never: relies on the crate for a time limit (it has none) or for TLS (it is built without).

use std::time::Duration;

use influxdb2::{Client, ClientBuilder, RequestError};

use super::Settings;
use super::outcome::{Denial, Hints, Outcome};

/// The crate's client, and what it is made from: the crate binds the token to the client.
pub struct Transport {
    url: String,
    org: String,
    bucket: String,
    answer: Duration,
    client: Option<(Option<String>, Client)>,
}

impl Transport {
    /// A client for the server of `settings`.
    ///
    /// # Errors
    /// The address is not a plain `http://host:port`: the crate panics at what is no address and drops a path.
    pub fn new(settings: &Settings) -> Result<Transport, String> {
        let url = reqwest::Url::parse(&settings.url).map_err(|error| format!("{}: {error}", settings.url))?;
        if url.scheme() != "http" || url.path() != "/" || !url.has_host() {
            let said = "the transport `influxdb2` needs a plain http://host:port";
            return Err(format!("{}: {said}", settings.url));
        }
        Ok(Transport {
            url: url.to_string(),
            org: settings.org.clone(),
            bucket: settings.bucket.clone(),
            answer: settings.waits.answer,
            client: None,
        })
    }

    /// Writes `lines` in one request.
    pub async fn write(&mut self, token: Option<&str>, lines: &[u8]) -> Outcome {
        let client = match self.client.take() {
            Some((with, client)) if with.as_deref() == token => client,
            _ => match ClientBuilder::new(self.url.as_str(), self.org.as_str(), token.unwrap_or_default()).build() {
                Ok(client) => client,
                Err(error) => return Outcome::Denied(Denial::Other, error.to_string()),
            },
        };
        let written = client.write_line_protocol(&self.org, &self.bucket, lines.to_vec());
        let outcome = match tokio::time::timeout(self.answer, written).await {
            Ok(Ok(())) => Outcome::Stored,
            // The crate takes 204 alone for a success, and keeps the headers to itself.
            Ok(Err(RequestError::Http { status, text })) => Outcome::of(status.as_u16(), &text, &Hints::default()),
            Ok(Err(error)) => Outcome::Later(error.to_string(), None),
            Err(_) => Outcome::Silent,
        };
        self.client = Some((token.map(str::to_owned), client));
        outcome
    }
}
