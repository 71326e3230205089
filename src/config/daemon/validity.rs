//! From when until when certificates are good.
//!
//! Takes: certificates in DER, the files that `tocsin.toml` names, an instant.
//! Gives: [`Validity`], and a fault in words for what ends soon, has ended or has not begun; [`Certificates`].
//! Never: a judgement of anything else in a certificate (rustls makes that), and never a clock of its own.

use std::path::PathBuf;
use std::time::Duration;

use jiff::civil::DateTime;
use rustls::pki_types::CertificateDer;

use super::tls::certificates;
use super::{Https, Places, Tls};
use crate::config::problem::{Problems, Spot};
use crate::engine::base::{Text, Wall};

const DAY: Duration = Duration::from_secs(86_400);
/// The key of how long before its end a certificate is a fault.
const KEY: &str = "certificate-days";
/// The most that can be asked for.
const MOST: i64 = 365;

/// The certificates that the settings name, and how long before their end somebody must know.
#[derive(Clone, Debug, PartialEq)]
pub struct Certificates {
    /// Those in files of the site's own.
    pub named: Vec<Named>,
    /// A certificate that ends within this time is a fault.
    pub warned: Duration,
}

impl Default for Certificates {
    fn default() -> Certificates {
        Certificates { named: Vec::new(), warned: DAY * 30 }
    }
}

/// A certificate in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Whose: `console`, `mqtt`, `sparkplug`.
    pub whose: &'static str,
    /// The file.
    pub file: PathBuf,
    /// Where it is named.
    pub spot: Spot,
}

impl Named {
    /// When it is good; nothing where the file cannot be read. Blocking.
    pub fn validity(&self) -> Option<Validity> {
        Validity::of_chain(&certificates("certificate-file", &self.file).ok()?)
    }
}

/// When a certificate, with those that lead to its authority, is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Validity {
    /// From here on.
    pub from: Wall,
    /// Up to here.
    pub until: Wall,
}

impl Validity {
    /// When every one of them is good; nothing where one has no dates that can be read.
    pub fn of_chain(chain: &[CertificateDer<'_>]) -> Option<Validity> {
        let mut all = chain.iter().map(|one| Validity::of(one));
        let first = all.next()??;
        all.try_fold(first, |sum, one| {
            let one = one?;
            Some(Validity { from: sum.from.max(one.from), until: sum.until.min(one.until) })
        })
    }

    /// The dates of one certificate in DER (RFC 5280, 4.1): the fifth part of what is signed, after its version, number,
    /// algorithm and issuer.
    fn of(certificate: &[u8]) -> Option<Validity> {
        const VERSION: u8 = 0xa0;
        let (_, certificate, _) = element(certificate)?;
        let (_, mut rest, _) = element(certificate)?;
        if let Some((VERSION, _, after)) = element(rest) {
            rest = after;
        }
        for _ in 0..3 {
            rest = element(rest)?.2;
        }
        let (_, dates, _) = element(rest)?;
        let (form, from, dates) = element(dates)?;
        let from = instant(form, from)?;
        let (form, until, _) = element(dates)?;
        Some(Validity { from, until: instant(form, until)? })
    }

    /// What is wrong with it at `now`, in words with the date as `date` writes it; nothing while it is good for longer than
    /// `warned`.
    pub fn fault(&self, now: Wall, warned: Duration, date: impl Fn(Wall) -> String) -> Option<Text> {
        let (zh, en) = if now >= self.until {
            let on = date(self.until);
            (
                format!("证书已于 {on} 到期，对方会拒绝它；请立即更换"),
                format!("The certificate ended on {on}; others refuse it until it is replaced"),
            )
        } else if now < self.from {
            let on = date(self.from);
            (
                format!("证书自 {on} 起才有效，请核对证书和本机时钟"),
                format!("The certificate is good only from {on} on; look at it and at this machine's clock"),
            )
        } else if now.after(warned) >= self.until {
            let on = date(self.until);
            (format!("证书将于 {on} 到期，请更换"), format!("The certificate ends on {on}; replace it before then"))
        } else {
            return None;
        };
        Some(Text::new(&zh, &en))
    }
}

/// The first element of some DER: its tag, what it holds, and what comes after it.
fn element(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match *first {
        short @ 0..0x80 => (usize::from(short), rest),
        long => {
            let (digits, rest) = rest.split_at_checked(usize::from(long & 0x7f))?;
            if digits.is_empty() || digits.len() > 4 {
                return None;
            }
            (digits.iter().fold(0, |sum: usize, digit| (sum << 8) | usize::from(*digit)), rest)
        }
    };
    let (held, rest) = rest.split_at_checked(length)?;
    Some((*tag, held, rest))
}

/// `YYMMDDHHMMSSZ`, of 1950 to 2049, or with a year of four digits.
fn instant(form: u8, text: &[u8]) -> Option<Wall> {
    const SHORT: u8 = 0x17;
    const LONG: u8 = 0x18;
    let text = std::str::from_utf8(text).ok()?.strip_suffix('Z')?;
    let text = match form {
        SHORT if text.get(..2)? < "50" => format!("20{text}"),
        SHORT => format!("19{text}"),
        LONG => text.to_owned(),
        _ => return None,
    };
    let at = DateTime::strptime("%Y%m%d%H%M%S", text).ok()?;
    let since = at.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0));
    i64::try_from(since.as_micros()).ok().map(Wall)
}

/// What of all this the file names.
pub(super) fn settle(
    days: Option<i64>,
    https: Option<&Https>,
    clients: [(&'static str, Option<&Tls>); 2],
    places: &Places<'_>,
    problems: &Problems,
) -> Certificates {
    let days = days.unwrap_or(30);
    if !(1..=MOST).contains(&days) {
        problems.error(places.spot(KEY), "out of range", format!("allowed: 1 to {MOST}"));
    }
    let console = match https {
        Some(Https::Own(pair)) => Some(("console", "tls", pair.certificate_file.clone())),
        Some(Https::SelfMade { .. }) | None => None,
    };
    let clients = clients.into_iter().filter_map(|(whose, tls)| Some((whose, whose, tls?.certificate_file.clone()?)));
    let named = console.into_iter().chain(clients).map(|(whose, table, file)| Named {
        whose,
        file,
        spot: places.spot(&format!("{table}.certificate-file")),
    });
    Certificates { named: named.collect(), warned: DAY * u32::try_from(days).unwrap_or(30) }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, KeyPair, date_time_ymd};

    use super::*;

    fn certificate(from: (i32, u8, u8), until: (i32, u8, u8)) -> CertificateDer<'static> {
        let mut wanted = CertificateParams::new(vec!["console.example".to_owned()]).unwrap();
        wanted.not_before = date_time_ymd(from.0, from.1, from.2);
        wanted.not_after = date_time_ymd(until.0, until.1, until.2);
        wanted.self_signed(&KeyPair::generate().unwrap()).unwrap().der().clone()
    }

    fn at(text: &str) -> Wall {
        Wall(text.parse::<jiff::Timestamp>().unwrap().as_microsecond())
    }

    fn day(at: Wall) -> String {
        jiff::Timestamp::from_microsecond(at.0).unwrap().strftime("%Y-%m-%d").to_string()
    }

    #[test]
    fn the_dates_are_those_of_the_certificate_in_both_forms_of_a_year() {
        let read = |from, until| Validity::of(&certificate(from, until)).unwrap();
        let short = read((2026, 1, 31), (2049, 12, 31));
        assert_eq!(short, Validity { from: at("2026-01-31T00:00:00Z"), until: at("2049-12-31T00:00:00Z") });
        assert_eq!(read((1999, 2, 3), (2050, 1, 1)).until, at("2050-01-01T00:00:00Z"));
        assert!(read((1999, 2, 3), (9999, 12, 31)).until > at("9000-01-01T00:00:00Z"));
        assert_eq!(read((1999, 2, 3), (2050, 1, 1)).from, at("1999-02-03T00:00:00Z"));
    }

    #[test]
    fn a_chain_is_good_while_all_of_it_is() {
        let chain = [certificate((2026, 1, 1), (2030, 1, 1)), certificate((2025, 6, 1), (2028, 1, 1))];
        let held = Validity { from: at("2026-01-01T00:00:00Z"), until: at("2028-01-01T00:00:00Z") };
        assert_eq!(Validity::of_chain(&chain), Some(held));
        assert_eq!(Validity::of_chain(&[]), None);
    }

    #[test]
    fn what_is_cut_or_no_certificate_has_no_dates_and_breaks_nothing() {
        let whole = certificate((2026, 1, 1), (2030, 1, 1));
        for end in 0..whole.len() {
            let _any = Validity::of(&whole[..end]);
        }
        for broken in [&[][..], &[0x30], &[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], &[0x30, 0xff, 1, 2], b"PEM, not DER"] {
            assert_eq!(Validity::of(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn it_is_said_before_it_ends_once_it_has_and_while_it_is_not_good_yet() {
        let held = Validity::of(&certificate((2026, 3, 1), (2026, 12, 1))).unwrap();
        let month = DAY * 30;
        let said = |now: &str, warned| held.fault(at(now), warned, day).map(|text| text.en).unwrap_or_default();
        assert_eq!(said("2026-10-31T23:59:59Z", month), "");
        assert_eq!(said("2026-11-01T00:00:00Z", month), "The certificate ends on 2026-12-01; replace it before then");
        assert_eq!(said("2026-11-01T00:00:00Z", DAY), "", "as long before as the site wants");
        assert!(said("2026-12-01T00:00:00Z", month).starts_with("The certificate ended on 2026-12-01"));
        assert!(said("2026-02-28T23:59:59Z", month).starts_with("The certificate is good only from 2026-03-01"));
        let zh = held.fault(at("2027-01-01T00:00:00Z"), month, day).unwrap().zh;
        assert!(zh.contains("2026-12-01 到期"), "{zh}");
    }
}
