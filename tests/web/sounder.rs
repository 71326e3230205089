//! The sounder of the machine, played through real ALSA into a file that is listened to afterwards.
//!
//! Needs `aplay` (tests/prerequisites.sh). ALSA's `file` device writes what a sound card would have played.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tocsin::edge::sounder::{Feed, Settings, run};
use tocsin::engine::Part;
use tocsin::engine::base::{Text, Tone};
use tocsin::engine::poll::{CommandFailure, Progress};
use tocsin::engine::profile::Danger;
use tocsin::engine::site::Site;
use tocsin::live::tones::{Beep, TEST_LASTS, pattern};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::bench::Bench;
use super::client::Client;

const RATE: usize = 48_000;
/// Milliseconds of samples that are judged together.
const WINDOW: usize = 20;
const FIRE: &str = "panel-1/l1-d1:fire";

struct Played {
    bench: Bench,
    person: Client,
    folder: tempfile::TempDir,
    stop: CancellationToken,
}

impl Played {
    async fn new() -> Played {
        // A generator whose start takes one act stands for the relay: what its commands are called is all that counts.
        let plain = |site: &mut Site| site.commands.iter_mut().for_each(|command| command.spec.danger = Danger::Plain);
        let bench = Bench::start_changed(&["gen-1"], plain).await;
        bench.all_is_well().await;
        let person = Client::log_in(&bench.url, "wang").await;
        Played { bench, person, folder: tempfile::tempdir().unwrap(), stop: CancellationToken::new() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("played.raw")
    }

    /// A device that writes everything into our file.
    fn device(&self) -> String {
        format!("file:'{}',raw", self.file().display())
    }

    fn run(&self, settings: Settings) {
        let feed = Feed {
            site: Arc::clone(&self.bench.site),
            picture: Arc::clone(&self.bench.picture),
            vitals: Arc::clone(&self.bench.vitals),
            acts: self.bench.acts.clone(),
        };
        tokio::spawn(run(settings, feed, self.stop.clone()));
    }

    /// Plays into the file, once it does.
    async fn play(&self) {
        self.run(Settings { alsa: Some(self.device()), relay: None });
        self.until(&Part::Sounder, true).await;
    }

    /// Waits until a part is well, or is not.
    async fn until(&self, part: &Part, well: bool) -> Option<Text> {
        let end = Instant::now() + Duration::from_secs(90);
        loop {
            match self.bench.vitals.parts().get(part) {
                Some(None) if well => return None,
                Some(Some(fault)) if !well => return Some(fault.clone()),
                told => assert!(Instant::now() < end, "{part:?} is to be well: {well}; told {told:?}"),
            }
            sleep(Duration::from_millis(20)).await;
        }
    }

    async fn act(&self, path: &str) {
        let answer = self.person.post(path, "").await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    }

    /// The left channel, as far as it was written.
    fn samples(&self) -> Vec<i16> {
        let bytes = std::fs::read(self.file()).unwrap_or_default();
        bytes.chunks_exact(4).map(|frame| i16::from_le_bytes([frame[0], frame[1]])).collect()
    }

    fn written(&self) -> usize {
        self.samples().len() * 1_000 / RATE
    }

    /// Waits until so many milliseconds were written.
    async fn until_written(&self, ms: usize) {
        let end = Instant::now() + Duration::from_secs(90);
        while self.written() < ms {
            assert!(Instant::now() < end, "{} of {ms} ms were written", self.written());
            sleep(Duration::from_millis(100)).await;
        }
    }
}

impl Drop for Played {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// Pulses: when each begins, how long it is heard, in milliseconds.
fn pulses(samples: &[i16]) -> Vec<(usize, usize)> {
    let windows = samples.chunks(RATE / 1_000 * WINDOW).map(|some| some.iter().any(|one| one.unsigned_abs() > 2_000));
    let mut pulses: Vec<(usize, usize)> = Vec::new();
    let mut open = false;
    for (number, loud) in windows.enumerate() {
        match (open, loud) {
            (false, true) => pulses.push((number * WINDOW, WINDOW)),
            (true, true) => pulses.last_mut().expect("it is open").1 += WINDOW,
            _ => {}
        }
        open = loud;
    }
    pulses
}

/// Goertzel: how much of `hertz` is in these samples, against all that is in them; 1 is a pure sine.
fn share(samples: &[i16], hertz: u32) -> f64 {
    let coefficient = 2.0 * (2.0 * std::f64::consts::PI * f64::from(hertz) / RATE as f64).cos();
    let (mut one, mut two, mut all) = (0.0, 0.0, 0.0);
    for sample in samples {
        let value = f64::from(*sample);
        (one, two) = (value + coefficient * one - two, one);
        all += value * value;
    }
    let power = one * one + two * two - coefficient * one * two;
    2.0 * power / (all * samples.len() as f64)
}

/// The pulses are those of the pattern, one turn and as much of the next as was written.
fn is_pattern(samples: &[i16], beeps: &[Beep]) {
    let found = pulses(samples);
    assert!(found.len() >= beeps.len(), "{found:?}");
    let near = |found: usize, wanted: u32| found.abs_diff(wanted as usize) <= 2 * WINDOW;
    for (number, pair) in found.windows(2).enumerate() {
        let beep = beeps[number % beeps.len()];
        assert!(
            near(pair[0].1, beep.on_ms) && near(pair[1].0 - pair[0].0, beep.next_ms),
            "{number}: {beep:?} {found:?}"
        );
        let from = (pair[0].0 + WINDOW) * RATE / 1_000;
        let pulse = &samples[from..from + RATE / 1_000 * (beep.on_ms as usize - 4 * WINDOW)];
        assert!(share(pulse, beep.hertz) > 0.9, "{} Hz in {number}: {}", beep.hertz, share(pulse, beep.hertz));
        for other in [beep.hertz * 4 / 3, beep.hertz * 3 / 4] {
            assert!(share(pulse, other) < 0.1, "{other} Hz in {number}");
        }
    }
}

#[tokio::test]
async fn a_fire_is_heard_as_the_temporal_three_until_it_is_silenced_and_the_next_one_again() {
    let played = Played::new().await;
    played.play().await;
    let quiet = played.written();
    assert!(pulses(&played.samples()).is_empty(), "nothing sounds, and the device is fed all the same");
    played.bench.tell(FIRE, true).await;
    played.until_written(quiet + 7_000).await;
    is_pattern(&played.samples(), pattern(Tone::Fire));

    played.act("/api/v1/silence").await;
    let silenced = played.written();
    played.until_written(silenced + 3_000).await;
    let last = *pulses(&played.samples()).last().unwrap();
    assert!(last.0 + last.1 <= silenced + 1_000, "{last:?} after the silence at {silenced} ms");

    let from = played.written();
    played.bench.tell("panel-1/l1-d2:fire", true).await;
    played.until_written(from + 7_000).await;
    is_pattern(&played.samples()[from * RATE / 1_000..], pattern(Tone::Fire));
}

#[tokio::test]
async fn a_fault_is_never_taken_for_a_fire() {
    let played = Played::new().await;
    played.play().await;
    let from = played.written();
    played.bench.lose("gen-1").await;
    played.until_written(from + 9_500).await;
    is_pattern(&played.samples(), pattern(Tone::Fault));
}

#[tokio::test]
async fn a_sound_test_is_heard_for_three_seconds_and_is_in_the_journal() {
    let played = Played::new().await;
    played.play().await;
    let from = played.written();
    assert_eq!(played.person.get("/api/v1/state").await.json()["sound"]["test"], json!(null));
    played.act("/api/v1/sound/test").await;
    let told = played.person.get("/api/v1/state").await.json()["sound"].clone();
    assert_eq!(
        (&told["tone"], &told["test"]["by"]),
        (&json!(null), &json!("wang")),
        "walls are told, and it is no alarm"
    );
    played.until_written(from + 6_000).await;
    let found = pulses(&played.samples());
    assert_eq!(found.len(), 3, "{found:?}");
    let lasted = found[2].0 + found[2].1 - found[0].0;
    assert!(Duration::from_millis(lasted as u64) <= TEST_LASTS, "{found:?}");
    assert_eq!(played.person.get("/api/v1/state").await.json()["sound"]["test"], json!(null));
    let journal = played.person.get("/api/v1/journal?kind=sound-tested").await.json();
    let facts = journal["events"].as_array().unwrap();
    assert_eq!((facts.len(), &facts[0]["by"]["user"]), (1, &json!("wang")), "{journal}");
    let nobody = Client::new(&played.bench.url).post("/api/v1/sound/test", "").await;
    assert_eq!(nobody.error(), (401, "no-session".into()));
}

#[tokio::test]
async fn the_table_of_tones_is_served() {
    let bench = Bench::start().await;
    let table = Client::new(&bench.url).get("/api/v1/tones").await.json();
    assert_eq!(table["tones"][0]["tone"], "fire");
    let fire = json!([{ "hertz": 970, "on_ms": 500, "next_ms": 1000 }, { "hertz": 970, "on_ms": 500, "next_ms": 1000 }, { "hertz": 970, "on_ms": 500, "next_ms": 2000 }]);
    assert_eq!((&table["tones"][0]["beeps"], &table["test_ms"]), (&fire, &json!(3_000)));
}

#[tokio::test]
async fn a_device_that_is_not_there_is_a_fault_in_its_own_words() {
    let played = Played::new().await;
    played.run(Settings { alsa: Some("nowhere".into()), relay: None });
    let fault = played.until(&Part::Sounder, false).await.expect("a fault");
    assert!(
        fault.en.contains("\u{201c}nowhere\u{201d} does not play") && fault.en.contains("audio open error"),
        "{fault:?}"
    );
    assert!(fault.zh.contains("无法发声"), "{fault:?}");
    played
        .bench
        .until("its row", |state| state.open().any(|one| one.raise.condition.point.as_str() == "gateway/sounder"))
        .await;
}

#[tokio::test]
async fn a_player_that_dies_is_a_fault_and_another_is_started() {
    let played = Played::new().await;
    played.play().await;
    let device = played.device();
    let ours = || {
        let all = std::fs::read_dir("/proc").unwrap().flatten();
        all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok()).find(|pid| {
            std::fs::read(format!("/proc/{pid}/cmdline"))
                .is_ok_and(|line| line.split(|byte| *byte == 0).any(|part| part == device.as_bytes()))
        })
    };
    let first = ours().expect("the player runs");
    assert!(std::process::Command::new("kill").args(["-9", &first.to_string()]).status().unwrap().success());
    played.until(&Part::Sounder, false).await;
    played.until(&Part::Sounder, true).await;
    assert_ne!(ours(), Some(first), "another player runs");
    played.stop.cancel();
    let end = Instant::now() + Duration::from_secs(90);
    while ours().is_some() {
        assert!(Instant::now() < end, "the player ends with the gateway");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_relay_is_on_while_something_sounds_and_what_keeps_it_from_that_is_a_fault() {
    let relay = |name: &str| Settings { alsa: None, relay: Some(name.into()) };
    let other = Played::new().await;
    other.run(relay("meter-1"));
    let fault = other.until(&Part::Relay, false).await.expect("a fault");
    assert!(fault.en.contains("meter-1: it has no plain commands"), "{fault:?}");
    drop(other);
    let played = Played::new().await;
    played.run(relay("gen-1"));
    played.until(&Part::Relay, true).await;
    assert_eq!(played.bench.sent(), [], "nothing sounds, nothing is switched");
    let sent = async |verb: &str| {
        let end = Instant::now() + Duration::from_secs(90);
        loop {
            // A silence also goes to devices that say something themselves; that is not the relay's.
            for one in played.bench.sent() {
                let asked = played.bench.picture.state().commands[&one.id].asked.clone();
                if asked.verb != "silence" {
                    assert_eq!((asked.point.as_str(), asked.verb.as_str()), (format!("gen-1/{verb}").as_str(), verb));
                    return one.id;
                }
            }
            assert!(Instant::now() < end, "{verb} was not sent");
            sleep(Duration::from_millis(20)).await;
        }
    };
    played.bench.tell(FIRE, true).await;
    let on = sent("start").await;
    played.bench.news(on, Progress::Failed(CommandFailure::NoAnswer)).await;
    let fault = played.until(&Part::Relay, false).await.expect("a fault");
    assert!(fault.en.contains("was not switched on"), "{fault:?}");
    let again = sent("start").await;
    assert_ne!(on, again);
    played.bench.news(again, Progress::Accepted).await;
    played.bench.news(again, Progress::Confirmed).await;
    played.until(&Part::Relay, true).await;
    played.act("/api/v1/silence").await;
    let off = sent("stop").await;
    let by = played.bench.picture.state().commands[&off].by.clone().expect("signed");
    assert_eq!((by.user.as_str(), by.origin.as_str()), ("sounder", "gateway"));
}
