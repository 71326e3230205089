//! Keeps a task alive.
//!
//! Takes: a way to make the task, and the token that stops everything.
//! Gives: the task running until the token is cancelled, started again whenever it ends or panics.
//! Never: lets a task end in silence, or starts one in a tight loop.

use std::any::Any;
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::error;

/// The waits before the first, second, ... start in a row that did not hold; then always the last.
const PAUSES: [Duration; 5] = [
    Duration::from_millis(250),
    Duration::from_millis(500),
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(5),
];
/// A task that ran this long was well; its next end counts as the first again.
const HELD: Duration = Duration::from_secs(60);
/// After the token is cancelled a task has this long to end by itself.
const FAREWELL: Duration = Duration::from_secs(5);

/// How long to wait after `failures` failures in a row (at least one).
pub(super) fn pause_after(failures: u32) -> Duration {
    PAUSES[(failures.max(1) as usize - 1).min(PAUSES.len() - 1)]
}

/// Runs the task that `make` makes until `stop` is cancelled. Each task must itself end soon after that.
pub async fn supervise<F, T>(name: &str, stop: CancellationToken, mut make: F)
where
    F: FnMut() -> T,
    T: Future<Output = ()> + Send + 'static,
{
    let mut failures = 0;
    while !stop.is_cancelled() {
        let started = Instant::now();
        let mut task = tokio::spawn(make());
        let ended = tokio::select! {
            ended = &mut task => ended,
            () = stop.cancelled() => {
                if timeout(FAREWELL, &mut task).await.is_err() {
                    error!(task = name, "did not stop within {} s and is aborted", FAREWELL.as_secs());
                    task.abort();
                }
                return;
            }
        };
        if stop.is_cancelled() {
            return;
        }
        failures = if started.elapsed() >= HELD { 1 } else { failures + 1 };
        let pause = pause_after(failures);
        let why = match ended {
            Ok(()) => "ended although nobody stopped it".to_owned(),
            Err(broken) if broken.is_panic() => format!("panicked: {}", message(broken.into_panic().as_ref())),
            Err(broken) => broken.to_string(),
        };
        error!(task = name, failures, "{why}; started again in {} ms", pause.as_millis());
        tokio::select! {
            () = sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("without a message")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_or_ends_is_started_again_with_growing_pauses() {
        let (stop, starts) = (CancellationToken::new(), Arc::new(AtomicU32::new(0)));
        let (begun, token) = (Instant::now(), stop.clone());
        supervise("test", stop.clone(), || {
            let (start, token) = (starts.fetch_add(1, Ordering::SeqCst), token.clone());
            async move {
                match start {
                    0 | 2 => panic!("broken on purpose"),
                    1 | 3 => {}
                    _ => token.cancel(),
                }
            }
        })
        .await;
        assert_eq!(starts.load(Ordering::SeqCst), 5);
        // The clock of the test moves only by the pauses: 0.25 + 0.5 + 1 + 2 s.
        assert_eq!(begun.elapsed().as_millis() / 10, 375);
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_heed_the_token_is_aborted() {
        let stop = CancellationToken::new();
        let begun = Instant::now();
        stop.cancel();
        supervise("test", stop.clone(), std::future::pending).await;
        assert_eq!(begun.elapsed(), Duration::ZERO, "a cancelled supervisor starts nothing");
        let stop = CancellationToken::new();
        let token = stop.clone();
        let supervised = tokio::spawn(async move { supervise("test", token, std::future::pending).await });
        tokio::task::yield_now().await;
        stop.cancel();
        supervised.await.expect("the supervisor does not panic");
        assert!(begun.elapsed() >= FAREWELL);
    }
}
