//! Server-sent events: everything that is shown, as it is shown.
//!
//! Takes: the picture's feed, the journal for what was missed, changed points.
//! Gives: `snapshot`, `fact`, `points` and, every five seconds, `heartbeat`; ids are `epoch-seq`.
//! Never: leaves a gap. Who cannot be resumed, or falls behind, gets a snapshot.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use axum::Extension;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use tokio::sync::broadcast::{self, error::RecvError};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval_at};

use super::Query;
use crate::edge::web::problem::Problem;
use crate::edge::web::visitor::Visitor;
use crate::edge::web::{Web, words};
use crate::engine::alarm::Fact;
use crate::engine::base::EventId;
use crate::live::document::event_document;
use crate::live::{Shown, Subscription};

/// A screen that hears nothing for three of these greys itself.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Changed points are sent at most this often.
const POINTS_EVERY: Duration = Duration::from_millis(250);
/// Points of one event.
const POINTS_AT_ONCE: usize = 1_000;
/// Who missed more than this gets a snapshot.
const RESUMED: usize = 4_096;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StreamQuery {
    /// `no` leaves the `points` events out.
    points: Option<String>,
    /// Only the points of this device.
    device: Option<String>,
}

/// The screen has gone, or the gateway stops.
struct Gone;

struct Feed {
    web: Arc<Web>,
    visitor: Visitor,
    out: mpsc::Sender<Event>,
    /// The last fact this screen has.
    seen: EventId,
    /// The points it is told of, by index in the site.
    only: Range<u32>,
    _place: OwnedSemaphorePermit,
}

/// `GET stream`
pub async fn stream(
    State(web): State<Arc<Web>>,
    Extension(visitor): Extension<Visitor>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let site = &web.services.site;
    let only = match &query.device {
        None => 0..u32::MAX,
        Some(id) => {
            let device = site.devices.iter().find(|device| device.id.as_str() == id);
            device.ok_or_else(|| Problem::not_found(id))?.points.clone()
        }
    };
    let full = |_| Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too-many-streams", words::TOO_MANY_STREAMS);
    let place = Arc::clone(&web.streams).try_acquire_owned().map_err(full)?;
    let last = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let with_points = query.points.as_deref() != Some("no");
    let (out, events) = mpsc::channel(16);
    let feed = Feed { web, visitor, out, seen: EventId::default(), only, _place: place };
    tokio::spawn(feed.run(last, with_points));
    let events = futures_util::stream::unfold(events, |mut events| async move {
        events.recv().await.map(|event| (Ok::<_, std::convert::Infallible>(event), events))
    });
    Ok(Sse::new(events).into_response())
}

impl Feed {
    async fn run(mut self, last: Option<EventId>, with_points: bool) {
        let stop = self.web.stop.clone();
        tokio::select! {
            () = stop.cancelled() => {}
            // The screen has gone: nothing else ends it.
            _ = self.follow(last, with_points) => {}
        }
    }

    async fn follow(&mut self, last: Option<EventId>, with_points: bool) -> Result<(), Gone> {
        let mut shown = self.begin(last).await?;
        let mut points = with_points.then(|| self.web.services.board.subscribe());
        let mut beat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut points_next = Instant::now();
        self.heartbeat().await?;
        loop {
            tokio::select! {
                fact = shown.recv() => match fact {
                    Ok(fact) => self.fact(&fact).await?,
                    Err(RecvError::Lagged(_)) => shown = self.begin(None).await?,
                    Err(RecvError::Closed) => return Ok(()),
                },
                changed = changed(&mut points, points_next) => {
                    self.points(&changed).await?;
                    points_next = Instant::now() + POINTS_EVERY;
                }
                _ = beat.tick() => self.heartbeat().await?,
                () = self.out.closed() => return Err(Gone),
            }
        }
    }

    /// What was missed since `last` when that can be told, otherwise a snapshot; then the feed of everything after it.
    async fn begin(&mut self, last: Option<EventId>) -> Result<broadcast::Receiver<Shown>, Gone> {
        let (state, shown) = self.web.services.picture.follow();
        let upto = EventId::from(state.last);
        let missed = match last {
            Some(last) => self.missed(last, upto).await,
            None => None,
        };
        match missed {
            Some(facts) => {
                self.seen = last.unwrap_or_default();
                for fact in facts {
                    self.fact(&Shown { fact: Arc::new(fact), recorded: true }).await?;
                }
            }
            None => {
                // The state may have moved on since `follow`: facts it already holds are then sent again, never left out.
                let document = json!({ "state": self.web.state_document(), "alarms": self.web.alarms_document(Some(true))["alarms"] });
                self.send("snapshot", Some(upto), &document).await?;
                self.seen = upto;
            }
        }
        Ok(shown)
    }

    /// The facts after `last` up to `upto`; none when `last` is not of this journal, or too long ago.
    async fn missed(&self, last: EventId, upto: EventId) -> Option<Vec<Fact>> {
        if last == upto {
            return Some(Vec::new());
        }
        if last.seq == 0 || last.seq > upto.seq || upto.seq - last.seq > RESUMED as u64 {
            return None;
        }
        let records = Arc::clone(&self.web.services.records);
        // One fact before it: whether the screen's last fact is this journal's, or was lost in a crash.
        let read = self.web.waiting(move || records.read(last.seq - 1, RESUMED + 1)).await.ok()?.ok()?;
        let mut facts = read.into_iter();
        let known = facts.next().is_some_and(|fact| EventId::from(fact.id) == last);
        let facts: Vec<Fact> = facts.take_while(|fact| fact.id.seq <= upto.seq).collect();
        // Facts that are shown but not yet recorded cannot be read back.
        let complete = facts.last().is_some_and(|fact| fact.id.seq == upto.seq);
        (known && complete).then_some(facts)
    }

    async fn fact(&mut self, shown: &Shown) -> Result<(), Gone> {
        let id = EventId::from(shown.fact.id);
        // A fact that was shown unrecorded comes again when it is durable; the screen learns that from the second one.
        if id.seq <= self.seen.seq && !shown.recorded {
            return Ok(());
        }
        let mut document = event_document(&shown.fact, self.web.when.zone());
        document["recorded"] = json!(shown.recorded);
        self.seen = self.seen.max(id);
        self.send("fact", Some(id), &document).await
    }

    async fn points(&mut self, changed: &[u32]) -> Result<(), Gone> {
        let changed: Vec<u32> = changed.iter().copied().filter(|point| self.only.contains(point)).collect();
        for some in changed.chunks(POINTS_AT_ONCE) {
            let document = json!({ "points": self.web.listed_points(some) });
            self.send("points", None, &document).await?;
        }
        Ok(())
    }

    async fn heartbeat(&mut self) -> Result<(), Gone> {
        if !self.web.may_still_read(&self.visitor).await {
            return Err(Gone);
        }
        let now = self.web.now();
        let document =
            json!({ "at": self.web.when.rfc3339(now.wall), "seq": self.web.services.picture.state().last.seq });
        self.send("heartbeat", None, &document).await
    }

    async fn send(&self, name: &str, id: Option<EventId>, document: &Value) -> Result<(), Gone> {
        let mut event = Event::default().event(name).data(document.to_string());
        if let Some(id) = id {
            event = event.id(id.to_string());
        }
        self.out.send(event).await.map_err(|_| Gone)
    }
}

/// Changed points, not before `not_before`; never when nobody asked for them.
async fn changed(points: &mut Option<Subscription>, not_before: Instant) -> Vec<u32> {
    match points {
        Some(points) => {
            tokio::time::sleep_until(not_before).await;
            points.changed().await
        }
        None => std::future::pending().await,
    }
}
