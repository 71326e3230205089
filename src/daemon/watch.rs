//! What nobody reports by itself: the clock, the disk, the trend store.
//!
//! Takes: the clock, the state directory, the trends.
//! Gives: clock steps to the engine, the health of the disk and of the trends to the vitals.
//! Never: judges by one look alone what a clock does; steps are measured against the monotonic clock.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::growth::Growth;
use crate::edge::clock::Clock;
use crate::edge::journal::free_bytes;
use crate::edge::trends::Trends;
use crate::engine::base::{Mono, Now, Text, Wall, in_chinese};
use crate::engine::{Input, Part};
use crate::live::Vitals;

/// 2026-01-01T00:00:00Z: a wall clock before the program was written cannot be trusted.
const WRITTEN: Wall = Wall(1_767_225_600_000_000);
/// With less free space than this a fault is raised; trends are thinned at the same bound.
pub(super) const KEEP_FREE: u64 = 512 * 1024 * 1024;
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Longer than between two looks at the room that is left: a disk that stays short of it is one fault.
const LOSS_STAYS: Duration = Duration::from_secs(150);
/// A step of the wall clock is a fact from here on, in microseconds.
const STEP_US: i64 = 1_000_000;

/// Whether the wall clock can be believed at all.
pub(super) fn is_trusted(now: Now) -> bool {
    now.wall >= WRITTEN
}

/// Watches until `stop`.
pub(super) async fn watch(
    clock: Clock,
    state_dir: PathBuf,
    trends: Trends,
    vitals: Arc<Vitals>,
    inputs: mpsc::Sender<(Input, Now)>,
    stop: CancellationToken,
) {
    let mut beat = tokio::time::interval(LOOK_EVERY);
    let mut moved = clock.moved_us();
    let mut trusted = None;
    let mut growth = Growth::default();
    let mut losses = Losses::default();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = beat.tick() => {}
        }
        let now = clock.now();
        let stepped_us = clock.moved_us().saturating_sub(moved);
        let is_trusted = is_trusted(now);
        if stepped_us.abs() >= STEP_US || trusted != Some(is_trusted) {
            moved = clock.moved_us();
            trusted = Some(is_trusted);
            if stepped_us.abs() >= STEP_US {
                vitals.meters().clock.steps.add(1);
                vitals.meters().clock.last_step_us.store(stepped_us, Ordering::Relaxed);
            }
            // The engine's task goes away only when the gateway stops.
            let _ = inputs.send((Input::Clock { stepped_us, trusted: is_trusted }, now)).await;
        }
        let free = free_bytes(&state_dir);
        if let Ok(free) = free {
            growth.note(now.mono, free.saturating_sub(KEEP_FREE));
            vitals.meters().set_days_left(growth.days_left());
        }
        vitals.report(Part::Disk, disk(free));
        let fault = trends.fault().map(|fault| told("趋势未写入", "Trends are not written", &fault));
        let lost = losses.look(trends.thinned(), trends.dropped(), now);
        vitals.report(Part::Trends, fault.or(lost));
    }
}

/// What of the trends was given up.
#[derive(Default)]
struct Losses {
    thinned: u64,
    dropped: u64,
    /// The last one, and how long it stays a fault.
    told: Option<(Text, Mono)>,
}

impl Losses {
    /// A fault for as long as something is being lost, and a little longer.
    fn look(&mut self, thinned: u64, dropped: u64, now: Now) -> Option<Text> {
        let text = if thinned > self.thinned {
            Some(Text::new(
                "磁盘空间不足，最旧的趋势已删除",
                "The disk is short of room: the oldest trends were removed",
            ))
        } else if dropped > self.dropped {
            Some(Text::new(
                "趋势样本来不及写入，部分已丢弃",
                "Trends come faster than they are written: samples were dropped",
            ))
        } else {
            None
        };
        (self.thinned, self.dropped) = (thinned, dropped);
        if let Some(text) = text {
            self.told = Some((text, now.mono.after(LOSS_STAYS)));
        }
        self.told.as_ref().filter(|(_, until)| now.mono < *until).map(|(text, _)| text.clone())
    }
}

fn disk(free: std::io::Result<u64>) -> Option<Text> {
    match free {
        Ok(free) if free >= KEEP_FREE => None,
        // Coarse figures, so that the text does not change with every look.
        Ok(_) => Some(Text::new("磁盘剩余不足 512 MiB", "Less than 512 MiB of disk are left")),
        Err(error) => Some(told("无法查看磁盘", "The disk cannot be looked at", &error.to_string())),
    }
}

fn told(zh: &str, en: &str, detail: &str) -> Text {
    Text::new(&format!("{zh}：{}", in_chinese(detail)), &format!("{en}: {detail}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_given_up_is_a_fault_until_nothing_more_goes() {
        let mut losses = Losses::default();
        let at = |second| Now { mono: Mono(0).after(Duration::from_secs(second)), wall: Wall(0) };
        assert_eq!(losses.look(0, 0, at(0)), None);
        let first = losses.look(500, 0, at(60)).expect("a fault");
        assert!(first.en.contains("the oldest trends were removed"), "{}", first.en);
        assert_eq!(losses.look(500, 0, at(119)), Some(first.clone()));
        assert_eq!(losses.look(1_000, 0, at(120)), Some(first.clone()), "one fault while it goes on");
        assert_eq!(losses.look(1_000, 0, at(269)), Some(first));
        assert_eq!(losses.look(1_000, 0, at(270)), None);
        let dropped = losses.look(1_000, 7, at(300)).expect("a fault");
        assert!(dropped.en.contains("samples were dropped"), "{}", dropped.en);
    }
}
