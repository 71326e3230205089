//! How a simulated line or port misbehaves, whoever is on it.
//!
//! Takes: the name and the number a scenario or a person gives.
//! Gives: [`Trouble`].
//! Never: a trouble of the other kind of bus: a line accepts no connections, a port has no noise.

use std::time::Duration;

/// One way in which a bus misbehaves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Trouble {
    /// None.
    #[default]
    None,
    /// Port: connections stand and are read, nothing is ever answered. Line: nothing is answered.
    HalfOpen,
    /// Port: connections stand and are not even read.
    Unread,
    /// Port: connections are accepted and closed.
    Closes,
    /// Port: a connection is closed in the middle of every answer.
    ClosesMidFrame,
    /// Port: a connection on which nothing was asked for so long is closed.
    ClosesIdle(Duration),
    /// Port: one connection is served, another one is closed.
    OneConnection,
    /// Port: every answer bears the transaction id 0.
    ZeroTransaction,
    /// Line: the adapter is pulled out; when it is back it is another device file under the same link.
    Unplugged,
    /// Line: every request comes back before its answer.
    Echo,
    /// Line: bytes that mean nothing come before every answer.
    NoiseBefore,
    /// Line: they come in the middle of every answer.
    NoiseWithin,
    /// Line: they come after every answer.
    NoiseAfter,
    /// Line: another master asks unit 247 something this often, and is answered.
    ForeignMaster(Duration),
}

/// The words of scenarios and of the line commands, in the order they are told to people.
pub const TROUBLES: [&str; 14] = [
    "none",
    "half-open",
    "unread",
    "closes",
    "closes-mid-frame",
    "closes-idle",
    "one-connection",
    "zero-transaction",
    "unplugged",
    "echo",
    "noise-before",
    "noise-within",
    "noise-after",
    "foreign-master",
];

/// What noise is made of.
pub(super) const NOISE: [u8; 5] = [0x00, 0xFF, 0xA5, 0x01, 0x83];

impl Trouble {
    /// The trouble of a word; `closes-idle` takes milliseconds (1000 by default), `foreign-master` too (2000).
    pub fn named(word: &str, number: Option<u64>) -> Option<Trouble> {
        let millis = |usual| Duration::from_millis(number.unwrap_or(usual).max(1));
        Some(match word {
            "none" => Trouble::None,
            "half-open" => Trouble::HalfOpen,
            "unread" => Trouble::Unread,
            "closes" => Trouble::Closes,
            "closes-mid-frame" => Trouble::ClosesMidFrame,
            "closes-idle" => Trouble::ClosesIdle(millis(1_000)),
            "one-connection" => Trouble::OneConnection,
            "zero-transaction" => Trouble::ZeroTransaction,
            "unplugged" => Trouble::Unplugged,
            "echo" => Trouble::Echo,
            "noise-before" => Trouble::NoiseBefore,
            "noise-within" => Trouble::NoiseWithin,
            "noise-after" => Trouble::NoiseAfter,
            "foreign-master" => Trouble::ForeignMaster(millis(2_000)),
            _ => return None,
        })
    }

    /// Whether it can befall a line, if `line`, or else a port.
    pub fn befalls(self, line: bool) -> bool {
        match self {
            Trouble::None | Trouble::HalfOpen => true,
            Trouble::Unread
            | Trouble::Closes
            | Trouble::ClosesMidFrame
            | Trouble::ClosesIdle(_)
            | Trouble::OneConnection
            | Trouble::ZeroTransaction => !line,
            Trouble::Unplugged
            | Trouble::Echo
            | Trouble::NoiseBefore
            | Trouble::NoiseWithin
            | Trouble::NoiseAfter
            | Trouble::ForeignMaster(_) => line,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_has_its_trouble_and_each_befalls_something() {
        for word in TROUBLES {
            let trouble = Trouble::named(word, None).unwrap_or_else(|| panic!("{word}"));
            assert!(trouble.befalls(true) || trouble.befalls(false), "{word}");
        }
        assert_eq!(Trouble::named("half-opne", None), None);
    }
}
