//! The samples of a tone.
//!
//! Takes: the tone that sounds now, and how many frames are wanted.
//! Gives: stereo frames of 16 bits, little-endian.
//! Never: a pulse that is cut off where the tone goes on, or a tone that begins in the middle of its pattern.

use crate::engine::base::{EventId, Tone};
use crate::live::tones::{SLOPE_MS, pattern, repeats};

/// Frames a second: what every sound card takes without converting.
pub const RATE: u32 = 48_000;
/// Bytes of a frame: two channels of 16 bits.
pub const FRAME: usize = 4;
/// How loud, of 32767. How loud it is in the room is set at the machine's mixer.
const LOUDNESS: f64 = 26_000.0;

const PER_MS: u32 = RATE / 1_000;

/// What sounds now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sounding {
    /// The tone.
    pub tone: Tone,
    /// For a tone that is heard once: for which occurrence.
    pub newest: EventId,
}

impl Sounding {
    /// Silence.
    pub const NOTHING: Sounding = Sounding { tone: Tone::None, newest: EventId { epoch: 0, seq: 0 } };

    /// A tone that is heard once is another one for each occurrence; every other goes on when more of it comes.
    fn is_same(self, other: Sounding) -> bool {
        self.tone == other.tone && (repeats(self.tone) || self.newest == other.newest)
    }
}

/// Plays one tone after the other.
#[derive(Debug)]
pub struct Voice {
    sounding: Sounding,
    /// The pulse, and the frame in it.
    beep: usize,
    frame: u32,
    /// A tone that is heard once was heard.
    over: bool,
}

impl Default for Voice {
    fn default() -> Voice {
        Voice { sounding: Sounding::NOTHING, beep: 0, frame: 0, over: false }
    }
}

impl Voice {
    /// What sounds from here on. The same again goes on; another begins anew.
    pub fn sound(&mut self, sounding: Sounding) {
        if !self.sounding.is_same(sounding) {
            *self = Voice { sounding, ..Voice::default() };
        }
    }

    /// The next `frames`, appended to `bytes`.
    pub fn fill(&mut self, frames: usize, bytes: &mut Vec<u8>) {
        bytes.reserve(frames * FRAME);
        for _ in 0..frames {
            let sample = self.next().to_le_bytes();
            bytes.extend_from_slice(&sample);
            bytes.extend_from_slice(&sample);
        }
    }

    fn next(&mut self) -> i16 {
        let beeps = pattern(self.sounding.tone);
        let Some(beep) = beeps.get(self.beep).filter(|_| !self.over) else { return 0 };
        let (at, on) = (self.frame, beep.on_ms * PER_MS);
        let sample = if at < on { LOUDNESS * swell(at, on) * triangle(at, beep.hertz) } else { 0.0 };
        self.frame += 1;
        if self.frame >= beep.next_ms * PER_MS {
            self.frame = 0;
            self.beep += 1;
            if self.beep == beeps.len() {
                self.beep = 0;
                self.over = !repeats(self.sounding.tone);
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "its amount is at most 26000")]
        let sample = sample.round() as i16;
        sample
    }
}

/// From 0 to 1 at the begin of a pulse of `on` frames, and back at its end.
fn swell(at: u32, on: u32) -> f64 {
    let slope = SLOPE_MS * PER_MS;
    f64::from(at.min(on - at).min(slope)) / f64::from(slope)
}

/// A triangle between -1 and 1: softer than a square, and heard through a wall where a sine is not.
fn triangle(at: u32, hertz: u32) -> f64 {
    // Below 2^32 for pulses of less than 40 s.
    let phase = f64::from((at * hertz) % RATE) / f64::from(RATE);
    let ramp = 4.0 * (phase - (phase + 0.5).floor()).abs();
    ramp - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn played(voice: &mut Voice, ms: u32) -> Vec<i16> {
        let mut bytes = Vec::new();
        voice.fill((ms * PER_MS) as usize, &mut bytes);
        let frames = bytes.chunks_exact(FRAME);
        frames
            .map(|frame| {
                assert_eq!(frame[..2], frame[2..], "both channels alike");
                i16::from_le_bytes([frame[0], frame[1]])
            })
            .collect()
    }

    /// Milliseconds in which something is heard.
    fn heard(samples: &[i16]) -> Vec<bool> {
        samples.chunks(PER_MS as usize).map(|ms| ms.iter().any(|sample| sample.unsigned_abs() > 3_000)).collect()
    }

    fn sounding(tone: Tone, seq: u64) -> Sounding {
        Sounding { tone, newest: EventId { epoch: 1, seq } }
    }

    #[test]
    fn fire_is_heard_as_the_temporal_three_for_as_long_as_it_sounds() {
        let mut voice = Voice::default();
        voice.sound(sounding(Tone::Fire, 1));
        let first = heard(&played(&mut voice, 4_000));
        for (at, wanted) in
            [(250, true), (750, false), (1_250, true), (1_750, false), (2_250, true), (2_750, false), (3_900, false)]
        {
            assert_eq!(first[at], wanted, "at {at} ms");
        }
        voice.sound(sounding(Tone::Fire, 2));
        assert_eq!(heard(&played(&mut voice, 4_000)), first, "another fire does not break the pattern");
        voice.sound(Sounding::NOTHING);
        assert!(played(&mut voice, 500).iter().all(|sample| *sample == 0));
    }

    #[test]
    fn a_short_tone_is_heard_once_for_each_occurrence() {
        let mut voice = Voice::default();
        for (seq, loud) in [(1, true), (1, false), (2, true)] {
            voice.sound(sounding(Tone::Short, seq));
            assert_eq!(heard(&played(&mut voice, 1_000)).contains(&true), loud);
        }
    }

    #[test]
    fn pulses_swell_and_never_clip() {
        let mut voice = Voice::default();
        voice.sound(sounding(Tone::Fault, 1));
        let samples = played(&mut voice, 300);
        let steps = samples.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs());
        assert!(steps.max() < Some(1_500), "nothing clicks");
        assert!(samples.iter().map(|sample| sample.unsigned_abs()).max() > Some(25_000));
        assert_eq!((samples[0], samples.last().copied().map(|last| last.abs() < 300)), (0, Some(true)));
    }
}
