//! What an answer of the server means.
//!
//! Takes: a status, the words of the answer and its headers.
//! Gives: an [`Outcome`].
//! Never: a wait without end because a server asked for one.

use std::time::Duration;

/// How one request ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The server has the lines.
    Stored,
    /// The server has the lines but for some that are older than it keeps; sending them again would change nothing.
    Expired(String),
    /// The server finds something wrong in the lines.
    Malformed(String),
    /// The request is larger than the server takes.
    TooLarge(String),
    /// The server does not want us here, and time alone will not change that.
    Denied(Denial, String),
    /// Not now; after the given time if the server named one.
    Later(String, Option<Duration>),
    /// Nothing came within our time limit: too much at once, or nobody is there.
    Silent,
}

/// Why the server does not want us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denial {
    /// It does not accept the token.
    Token,
    /// Our own file of the token cannot be read.
    TokenFile,
    /// It knows no such bucket or organisation, or serves no write interface at this address.
    Missing,
    /// It sends us to another address; a token is not carried there.
    Elsewhere,
    /// For another reason.
    Other,
}

/// What the headers of an answer say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hints {
    /// `Retry-After`.
    pub after: Option<Duration>,
    /// `Location`.
    pub location: Option<String>,
}

/// A server may ask us to wait, but not for ever.
const LONGEST_ASKED: Duration = Duration::from_secs(300);
/// Letters of an answer that are worth repeating.
const WORDS: usize = 200;

impl Outcome {
    /// What a status means. `words` is what the server said.
    pub fn of(status: u16, words: &str, hints: &Hints) -> Outcome {
        let words: String = words.trim().chars().take(WORDS).collect();
        let mut reason =
            if words.is_empty() { format!("status {status}") } else { format!("status {status}: {words}") };
        let after = hints.after.map(|after| after.min(LONGEST_ASKED));
        match status {
            200..=299 => Outcome::Stored,
            // InfluxDB wrote everything else: "partial write: points beyond retention policy dropped=7".
            400 | 422 if words.contains("partial write") && words.contains("retention policy") => {
                Outcome::Expired(reason)
            }
            400 | 422 => Outcome::Malformed(reason),
            413 => Outcome::TooLarge(reason),
            408 | 425 | 429 | 500..=599 => Outcome::Later(reason, after),
            401 | 403 => Outcome::Denied(Denial::Token, reason),
            404 => Outcome::Denied(Denial::Missing, reason),
            300..=399 => {
                if let Some(location) = &hints.location {
                    reason = format!("status {status} to {}", location.chars().take(WORDS).collect::<String>());
                }
                Outcome::Denied(Denial::Elsewhere, reason)
            }
            _ => Outcome::Denied(Denial::Other, reason),
        }
    }
}

/// `Retry-After` as a length: seconds, or a date, which is measured by the server's own clock in the same answer
/// (`date`), so that ours may be wrong. None for what is neither, and for a date without that clock.
#[cfg_attr(feature = "influxdb2", expect(dead_code, reason = "that crate keeps the headers of an answer to itself"))]
pub fn retry_after(value: &str, date: Option<&str>) -> Option<Duration> {
    if let Ok(seconds) = value.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(value.trim()).ok()?;
    let now = httpdate::parse_http_date(date?.trim()).ok()?;
    // A date that is over asks for no wait.
    Some(until.duration_since(now).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEVEN: Duration = Duration::from_secs(7);

    #[test]
    fn every_status_has_one_meaning() {
        let hints = Hints { after: Some(SEVEN), location: None };
        let check = |status: u16, expected: &Outcome| assert_eq!(&Outcome::of(status, " x\n", &hints), expected);
        let reason = |status: u16| format!("status {status}: x");
        check(200, &Outcome::Stored);
        check(204, &Outcome::Stored);
        for status in [400, 422] {
            check(status, &Outcome::Malformed(reason(status)));
        }
        check(413, &Outcome::TooLarge(reason(413)));
        for status in [401, 403] {
            check(status, &Outcome::Denied(Denial::Token, reason(status)));
        }
        check(404, &Outcome::Denied(Denial::Missing, reason(404)));
        check(301, &Outcome::Denied(Denial::Elsewhere, reason(301)));
        check(405, &Outcome::Denied(Denial::Other, reason(405)));
        for status in [408, 425, 429, 500, 503, 507] {
            check(status, &Outcome::Later(reason(status), Some(SEVEN)));
        }
        let long = Hints { after: Some(Duration::MAX), location: Some("http://other/".into()) };
        let waits = Outcome::Later("status 503".into(), Some(LONGEST_ASKED));
        assert_eq!(Outcome::of(503, "", &long), waits, "a server cannot silence us for ever");
        let elsewhere = Outcome::Denied(Denial::Elsewhere, "status 307 to http://other/".into());
        assert_eq!(Outcome::of(307, "", &long), elsewhere);
    }

    #[test]
    fn what_is_older_than_the_server_keeps_is_no_fault_of_the_lines() {
        let words = "failure writing points to database: partial write: points beyond retention policy dropped=7";
        let expected = Outcome::Expired(format!("status 422: {words}"));
        assert_eq!(Outcome::of(422, words, &Hints::default()), expected);
        let conflict = "partial write: field type conflict: input field \"value\" on measurement \"pump\" dropped=1";
        assert!(matches!(Outcome::of(422, conflict, &Hints::default()), Outcome::Malformed(_)));
    }

    #[test]
    fn a_wait_is_a_number_of_seconds_or_a_date_by_the_servers_clock() {
        let now = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(retry_after(" 7 ", None), Some(SEVEN));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:44 GMT", now), Some(SEVEN));
        assert_eq!(retry_after("Sunday, 06-Nov-94 08:49:44 GMT", now), Some(SEVEN));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:07 GMT", now), Some(Duration::ZERO));
        assert_eq!(retry_after("Sun, 06 Nov 1994 08:49:44 GMT", None), None);
        assert_eq!(retry_after("soon", now), None);
        assert_eq!(retry_after("-7", now), None);
    }
}
