//! The stream of a console.
//!
//! Takes: a visitor, and the id of the last event they have.
//! Gives: `snapshot` or the changes after that id, then `change`s as they come, and a `heartbeat` every five seconds.
//! Never: a change out of order, or one twice.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::{Follower, Told, refresh};
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};

/// A screen that hears nothing for three of these says so.
const HEARTBEAT: Duration = Duration::from_secs(5);

/// The screen has gone, or the gateway stops.
struct Gone;

struct Console {
    web: Arc<Web>,
    visitor: Visitor,
    out: mpsc::Sender<Event>,
    start: i64,
    seen: u64,
    _follower: Follower,
    _place: OwnedSemaphorePermit,
}

/// `GET screen`
pub async fn screen(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let full = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", words::TOO_MANY_STREAMS);
    let place = Arc::clone(&web.streams).try_acquire_owned().map_err(full)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(parse);
    let (out, events) = mpsc::channel(16);
    let follower = web.screen.followed();
    let console = Console { web, visitor, out, start: 0, seen: 0, _follower: follower, _place: place };
    tokio::spawn(console.run(last));
    let events = futures_util::stream::unfold(events, |mut events| async move {
        events.recv().await.map(|event| (Ok::<_, Infallible>(event), events))
    });
    Ok(Sse::new(events).into_response())
}

/// `start-number`
fn parse(id: &str) -> Option<(i64, u64)> {
    let (start, number) = id.rsplit_once('-')?;
    Some((start.parse().ok()?, number.parse().ok()?))
}

impl Console {
    async fn run(mut self, last: Option<(i64, u64)>) {
        let stop = self.web.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            // The screen has gone: nothing else ends it.
            _ = self.follow(last) => {}
        }
    }

    async fn follow(&mut self, last: Option<(i64, u64)>) -> Result<(), Gone> {
        // What was told last may be of the time when somebody looked before.
        refresh(&self.web).await;
        let mut told = self.begin(last).await?;
        let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.heartbeat().await?;
        loop {
            tokio::select! {
                change = told.recv() => match change {
                    Ok(change) => self.send("change", &change).await?,
                    Err(RecvError::Lagged(_)) => told = self.begin(None).await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                _ = beat.tick() => self.heartbeat().await?,
                () = self.out.closed() => return Err(Gone),
            }
        }
    }

    /// What came after `last` when all of it is known, otherwise a snapshot; then the feed of everything after it.
    async fn begin(&mut self, last: Option<(i64, u64)>) -> Result<broadcast::Receiver<Arc<Told>>, Gone> {
        let (told, resumed, snapshot) = {
            let mut held = self.web.screen.held();
            let told = self.web.screen.told.subscribe();
            let resumed = last.and_then(|(start, number)| held.after(start, number));
            self.start = held.start;
            let snapshot = resumed.is_none().then(|| held.snapshot());
            (told, resumed.unwrap_or_default(), snapshot)
        };
        self.seen = last.map_or(0, |(_, number)| number);
        if let Some(snapshot) = snapshot {
            self.seen = 0;
            self.send("snapshot", &snapshot).await?;
        }
        for change in resumed {
            self.send("change", &change).await?;
        }
        Ok(told)
    }

    async fn send(&mut self, name: &str, told: &Told) -> Result<(), Gone> {
        if name == "change" && told.number <= self.seen {
            return Ok(());
        }
        self.seen = told.number;
        let event = Event::default().event(name).id(format!("{}-{}", self.start, told.number)).data(&told.json);
        self.out.send(event).await.map_err(|_| Gone)
    }

    async fn heartbeat(&mut self) -> Result<(), Gone> {
        if !self.web.may_still_read(&self.visitor).await {
            return Err(Gone);
        }
        let feed_age = self.web.screen.held().feed_age.map(|age| u64::try_from(age.as_millis()).unwrap_or(u64::MAX));
        let document = json!({
            "at": self.web.when.rfc3339(self.web.now().wall), "feed_age_ms": feed_age,
            "screens": self.web.screen.followers(),
        });
        let event = Event::default().event("heartbeat").data(document.to_string());
        self.out.send(event).await.map_err(|_| Gone)
    }
}
