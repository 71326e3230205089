//! What each tone sounds like: the one table, for the sounder of this machine and for every browser.
//!
//! Takes: a [`Tone`].
//! Gives: its [`Beep`]s, one turn of its pattern; `GET tones` serves the same table.
//! Never: a fault that could be taken for a fire (FA-12): only fire is three long pulses and a pause.

use std::time::Duration;

use serde_json::{Value, json};

use crate::engine::alarm::SOUND_TEST;
use crate::engine::base::Tone;

/// One pulse of a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Beep {
    /// Its frequency in hertz.
    pub hertz: u32,
    /// How long it is heard, in milliseconds.
    pub on_ms: u32,
    /// From its begin to that of the next, in milliseconds.
    pub next_ms: u32,
}

/// How long a pulse swells and fades, in milliseconds: what is cut off clicks.
pub const SLOPE_MS: u32 = 10;
/// How long a sound test lasts: three pulses of the fire pattern.
pub const TEST_LASTS: Duration = SOUND_TEST;

const fn beep(hertz: u32, on_ms: u32, next_ms: u32) -> Beep {
    Beep { hertz, on_ms, next_ms }
}

/// The temporal three of ISO 8201 and of NFPA 72, 18.4.2: 0.5 s on, 0.5 s off, three times, the last followed by 1.5 s
/// off; each within 10 %. The frequency is free; 970 Hz is that of many sounders of EN 54-3.
const FIRE: &[Beep] = &[beep(970, 500, 1_000), beep(970, 500, 1_000), beep(970, 500, 2_000)];
/// Ours, like all that follow: no standard fixes them. Three short pulses and a short rest.
const EMERGENCY: &[Beep] = &[beep(880, 150, 200), beep(880, 150, 200), beep(880, 150, 600)];
const SUPERVISORY: &[Beep] = &[beep(520, 800, 1_600)];
const PREALARM: &[Beep] = &[beep(700, 120, 200), beep(700, 120, 4_800)];
const FAULT: &[Beep] = &[beep(330, 300, 2_700)];
const SHORT: &[Beep] = &[beep(440, 120, 200)];

/// Every tone that is heard, most urgent first.
pub const HEARD: [Tone; 6] = [Tone::Fire, Tone::Emergency, Tone::Supervisory, Tone::Prealarm, Tone::Fault, Tone::Short];

/// One turn of the pattern of a tone.
pub fn pattern(tone: Tone) -> &'static [Beep] {
    match tone {
        Tone::Fire => FIRE,
        Tone::Emergency => EMERGENCY,
        Tone::Supervisory => SUPERVISORY,
        Tone::Prealarm => PREALARM,
        Tone::Fault => FAULT,
        Tone::Short => SHORT,
        Tone::None => &[],
    }
}

/// Whether its pattern is played again and again. The short tone is heard once for each new occurrence.
pub fn repeats(tone: Tone) -> bool {
    tone != Tone::Short
}

/// The table as `GET tones` gives it.
pub fn document() -> Value {
    let tones: Vec<Value> = HEARD
        .into_iter()
        .map(|tone| {
            let beeps: Vec<Value> = pattern(tone)
                .iter()
                .map(|beep| json!({ "hertz": beep.hertz, "on_ms": beep.on_ms, "next_ms": beep.next_ms }))
                .collect();
            json!({ "tone": tone, "repeats": repeats(tone), "beeps": beeps })
        })
        .collect();
    json!({ "wave": "triangle", "slope_ms": SLOPE_MS, "test_ms": u64::try_from(TEST_LASTS.as_millis()).unwrap_or(0), "tones": tones })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fire_is_the_temporal_three_and_nothing_else_is_like_it() {
        let times: Vec<(u32, u32)> = FIRE.iter().map(|beep| (beep.on_ms, beep.next_ms - beep.on_ms)).collect();
        assert_eq!(times, [(500, 500), (500, 500), (500, 1_500)]);
        for tone in HEARD.into_iter().skip(1) {
            let beeps = pattern(tone);
            assert!(!beeps.is_empty() && beeps.iter().all(|beep| beep.on_ms < beep.next_ms), "{tone:?}");
            assert!(beeps.iter().all(|beep| beep.on_ms > 2 * SLOPE_MS), "{tone:?} is heard");
            assert_ne!(beeps.iter().map(|beep| beep.on_ms).collect::<Vec<_>>(), [500, 500, 500], "{tone:?}");
        }
        assert!(pattern(Tone::None).is_empty());
    }

    #[test]
    fn browsers_play_the_same_table() {
        let script = include_str!("../../web/src/shared/sound.ts");
        let plain = include_str!("../edge/web/assets/live.js");
        let seconds = |ms: u32| f64::from(ms) / 1000.0;
        for tone in HEARD {
            let name = json!(tone);
            let beeps: Vec<String> = pattern(tone)
                .iter()
                .map(|beep| format!("beep({}, {}, {})", beep.hertz, seconds(beep.on_ms), seconds(beep.next_ms)))
                .collect();
            let line = format!("  {}: [{}],", name.as_str().unwrap_or_default(), beeps.join(", "));
            assert!(script.contains(&line), "web/src/shared/sound.ts lacks `{line}`");
            let line = line.replace("beep(", "[").replace(')', "]");
            assert!(plain.contains(line.trim()), "live.js lacks `{line}`");
        }
    }
}
