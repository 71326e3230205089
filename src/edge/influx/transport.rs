//! The way to the server: `reqwest`, gzip and an own time limit.
//!
//! Takes: line protocol.
//! Gives: how the request ended.
//! Never: waits without limit, follows a redirect with our token, or reads an answer without end.

use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, DATE, HeaderName, LOCATION, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, Url};

use super::Settings;
use super::outcome::{Hints, Outcome, retry_after};

/// Bytes of an answer that are worth reading.
const ANSWER_LIMIT: usize = 1_024;

/// A client and the address it writes to.
pub struct Transport {
    client: Client,
    address: Url,
}

impl Transport {
    /// A client for the server of `settings`.
    ///
    /// # Errors
    /// The address is none, or the machine's certificates cannot be used.
    pub fn new(settings: &Settings) -> Result<Transport, String> {
        // Another part of the process may have installed the same provider already.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(settings.waits.answer)
            .redirect(Policy::none())
            .no_proxy()
            .build()
            .map_err(|error| spell(&error))?;
        let base = format!("{}/api/v2/write", settings.url.trim_end_matches('/'));
        let query = [("org", settings.org.as_str()), ("bucket", settings.bucket.as_str()), ("precision", "ns")];
        let address = Url::parse_with_params(&base, query).map_err(|error| format!("{}: {error}", settings.url))?;
        Ok(Transport { client, address })
    }

    /// Writes `lines` in one request.
    pub async fn write(&mut self, token: Option<&str>, lines: &[u8]) -> Outcome {
        let mut request = self
            .client
            .post(self.address.clone())
            .header(CONTENT_TYPE, "text/plain; charset=utf-8")
            .header(CONTENT_ENCODING, "gzip")
            .body(compressed(lines));
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Token {token}"));
        }
        match request.send().await {
            Ok(response) => answer(response).await,
            Err(error) if error.is_timeout() && !error.is_connect() => Outcome::Silent,
            Err(error) => Outcome::Later(spell(&error), None),
        }
    }
}

async fn answer(mut response: Response) -> Outcome {
    let status = response.status().as_u16();
    let header = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
    let after = header(RETRY_AFTER).and_then(|after| retry_after(after, header(DATE)));
    let hints = Hints { after, location: header(LOCATION).map(str::to_owned) };
    let mut words = Vec::new();
    while words.len() < ANSWER_LIMIT {
        // An answer that breaks off has said its status already.
        let Ok(Some(chunk)) = response.chunk().await else { break };
        words.extend_from_slice(&chunk);
    }
    words.truncate(ANSWER_LIMIT);
    Outcome::of(status, &String::from_utf8_lossy(&words), &hints)
}

fn compressed(lines: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(lines.len() / 4), Compression::fast());
    encoder.write_all(lines).expect("writing to a vector cannot fail");
    encoder.finish().expect("writing to a vector cannot fail")
}

/// The error and what it rests on, in one line; without the address, which people know from the settings.
fn spell(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut source: &dyn std::error::Error = error;
    while let Some(below) = source.source() {
        source = below;
    }
    source.to_string()
}
