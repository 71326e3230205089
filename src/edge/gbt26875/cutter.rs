//! Cuts a stream into frames.
//!
//! Takes: bytes as a connection gives them, in whatever pieces.
//! Gives: frames one after the other, noise (how much of it there was), and broken frames with the reason.
//! Never: holds more than one frame's worth of bytes between two calls, or lets a broken frame hide the one behind it.
//!
//! After `@@` a frame is taken at its word: its length says where `##` must stand. When that proves wrong, only its first
//! byte is dropped and the search goes on in what follows, because a frame may have begun inside what a broken length
//! claimed for itself, or one byte later (`@@@`).

use super::frame::{Dialect, Edition, Error, Frame, Refused, decode};
use super::v2011;

/// What a stream gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cut {
    /// A frame.
    Frame(Frame),
    /// Something that began like a frame and is none.
    Refused(Refused),
    /// Bytes before a start.
    Noise(usize),
}

/// Cuts one stream.
#[derive(Debug)]
pub struct Cutter {
    dialect: Dialect,
    held: Vec<u8>,
}

impl Cutter {
    /// Begins with nothing.
    pub fn new(dialect: Dialect) -> Cutter {
        Cutter { dialect, held: Vec::new() }
    }

    /// Takes bytes and gives everything that is whole now.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Cut> {
        let mut cuts = Vec::new();
        // Piece by piece, so that a large read does not make the buffer large.
        for piece in bytes.chunks(v2011::HEAD + v2011::DATA_MOST + v2011::TAIL) {
            self.held.extend(piece);
            while let Some(cut) = self.cut() {
                cuts.push(cut);
            }
        }
        cuts
    }

    /// Whether a frame has begun and is not whole. One that stays so is given up.
    pub fn is_within(&self) -> bool {
        self.held.starts_with(&v2011::START)
    }

    /// The frame that has begun will not become whole: gives it up, and everything behind its start a chance.
    pub fn give_up(&mut self) -> Vec<Cut> {
        if !self.is_within() {
            return Vec::new();
        }
        let mut cuts = vec![self.refuse(Refused { what: Error::TooShort, header: v2011::header(&self.held) })];
        while let Some(cut) = self.cut() {
            cuts.push(cut);
        }
        cuts
    }

    /// Bytes held between two calls.
    #[cfg(test)]
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    fn cut(&mut self) -> Option<Cut> {
        let start = self.held.windows(2).position(|pair| pair == v2011::START);
        // The last byte may be the first half of a start.
        let halved = usize::from(self.held.last() == Some(&v2011::START[0]));
        let noise = start.unwrap_or(self.held.len() - halved);
        if noise > 0 {
            self.held.drain(..noise);
            return Some(Cut::Noise(noise));
        }
        start?;
        let whole = match self.dialect.edition {
            Edition::V2011 => v2011::whole(&self.held),
        };
        let length = match whole {
            Ok(None) => return None,
            Ok(Some(length)) if self.held.len() < length => return None,
            Ok(Some(length)) => length,
            Err(what) => return Some(self.refuse(Refused { what, header: v2011::header(&self.held) })),
        };
        match decode(&self.held[..length], self.dialect) {
            Ok(frame) => {
                self.held.drain(..length);
                Some(Cut::Frame(frame))
            }
            // Its ends stand where its length says, so what is wrong lies inside: it is one frame, and dropped whole,
            // unless its length was what broke and another frame ends where it claims to end.
            Err(refused) if matches!(refused.what, Error::Checksum { .. } | Error::Command(_)) => {
                let inner =
                    (v2011::START.len()..length).find(|at| decode(&self.held[*at..length], self.dialect).is_ok());
                self.held.drain(..inner.unwrap_or(length));
                Some(Cut::Refused(refused))
            }
            Err(refused) => Some(self.refuse(refused)),
        }
    }

    fn refuse(&mut self, refused: Refused) -> Cut {
        self.held.drain(..1);
        Cut::Refused(refused)
    }
}
