//! What a console shows, told once and sent to all: sections and alarms, each only when it differs from before.
//!
//! Takes: the shown state and its feed, readings, the gateway's health.
//! Gives: a snapshot, and numbered changes after it; `GET screen`.
//! Never: works while nobody looks, costs more with a hundred consoles than with one, or leaves a gap: who cannot be
//! resumed gets a snapshot.

mod dark;
mod feed;
mod last;
mod rows;
mod sections;

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, broadcast};
use tokio::time::{Instant, MissedTickBehavior, interval_at, sleep};

pub use feed::screen;

use super::Web;
use super::summary::Word;
use crate::engine::base::{Mono, Now, Wall};
use last::Last;
use rows::Rows;

/// What comes within this time of a fact is told together: the eye does not see it, and a flood costs ten tellings a second.
const TOGETHER: Duration = Duration::from_millis(100);
/// What no fact tells (readings, links, ages of parts) is looked at this often.
const LOOKED: Duration = Duration::from_secs(1);
/// After a pause of this nobody knows when the state came about.
const UNWATCHED: Duration = Duration::from_secs(10);
/// Changes kept for consoles that come back.
const KEPT: usize = 512;

/// A change with its number.
#[derive(Debug)]
pub struct Told {
    number: u64,
    json: String,
}

/// The screen as it was told last.
pub struct Screen {
    held: Mutex<Held>,
    told: broadcast::Sender<Arc<Told>>,
    followers: AtomicUsize,
    wanted: Notify,
}

struct Held {
    /// Of this start of the gateway: ids of another start cannot be resumed.
    start: i64,
    number: u64,
    at: String,
    word: Lasting,
    feed_age: Option<Duration>,
    sections: BTreeMap<&'static str, String>,
    rows: Rows,
    last: Last,
    kept: VecDeque<Arc<Told>>,
    snapshot: Option<Arc<Told>>,
}

/// How long the state word has stood, as far as it was looked at without a pause.
#[derive(Default)]
struct Lasting {
    word: Option<Word>,
    looked: Option<Mono>,
    since: Option<Wall>,
}

impl Lasting {
    /// Looks at the word now; gives since when it stands, or nothing where nobody looked when it came.
    fn look(&mut self, word: Word, now: Now) -> Option<Wall> {
        let watched = self.looked.is_some_and(|looked| now.mono.since(looked) < UNWATCHED);
        if !watched || self.word != Some(word) {
            self.since = watched.then_some(now.wall);
            self.word = Some(word);
        }
        self.looked = Some(now.mono);
        self.since
    }
}

/// A console that follows; dropped when it has gone.
pub struct Follower {
    screen: Arc<Screen>,
}

impl Drop for Follower {
    fn drop(&mut self) {
        self.screen.followers.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Screen {
    /// Nothing was told yet; `start` tells this start of the gateway from others.
    pub fn new(start: i64) -> Arc<Screen> {
        Arc::new(Screen {
            held: Mutex::new(Held {
                start,
                number: 0,
                at: String::new(),
                word: Lasting::default(),
                feed_age: None,
                sections: BTreeMap::new(),
                rows: Rows::default(),
                last: Last::default(),
                kept: VecDeque::new(),
                snapshot: None,
            }),
            told: broadcast::Sender::new(KEPT),
            followers: AtomicUsize::new(0),
            wanted: Notify::new(),
        })
    }

    /// Consoles that follow now.
    pub fn followers(&self) -> usize {
        self.followers.load(Ordering::Relaxed)
    }

    fn followed(self: &Arc<Screen>) -> Follower {
        self.followers.fetch_add(1, Ordering::Relaxed);
        self.wanted.notify_one();
        Follower { screen: Arc::clone(self) }
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells changes for as long as somebody looks, until the gateway stops.
pub async fn run(web: Arc<Web>) {
    let stop = web.stop.clone();
    tokio::select! {
        () = stop.cancelled() => {}
        () = tell(&web) => {}
    }
}

async fn tell(web: &Arc<Web>) {
    let (_, mut shown) = web.services.picture.follow();
    let mut tick = interval_at(Instant::now() + LOOKED, LOOKED);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        if web.screen.followers() == 0 {
            web.screen.wanted.notified().await;
        }
        tokio::select! {
            // A fact, or more of them than the feed holds: either way something changed.
            _ = shown.recv() => {
                sleep(TOGETHER).await;
                shown = shown.resubscribe();
            }
            _ = tick.tick() => {}
        }
        refresh(web).await;
    }
}

/// Compares with what was told last, and tells what differs. The work is done on a thread that may take its time.
async fn refresh(web: &Arc<Web>) {
    let worker = Arc::clone(web);
    // A failed refresh is a defect that the log already has; the next one tells everything.
    let _ = web.waiting(move || worker.screen.refresh_now(&worker)).await;
}

impl Screen {
    fn refresh_now(&self, web: &Web) {
        let summary = web.summary();
        let state = web.services.picture.state();
        let now = web.now();
        let at = web.when.rfc3339(now.wall);
        let mut held = self.held();
        let held = &mut *held;
        held.last.follow(web, &state);
        let since = held.word.look(summary.word, now);
        let sections = sections::all(web, &summary, &state, &held.last, since);
        let mut change = String::with_capacity(1024);
        let mut separator = "";
        let mut changed = String::new();
        for (name, json) in sections {
            if held.sections.get(name) != Some(&json) {
                changed.push_str(&format!("{separator}\"{name}\":{json}"));
                separator = ",";
                held.sections.insert(name, json);
            }
        }
        let (rows, gone) = held.rows.follow(web, &state);
        held.feed_age = summary.feed_age;
        held.at.clone_from(&at);
        if changed.is_empty() && rows.is_empty() && gone.is_empty() {
            return;
        }
        change.push_str(&format!("{{\"at\":\"{at}\""));
        if !changed.is_empty() {
            change.push_str(&format!(",\"sections\":{{{changed}}}"));
        }
        if !rows.is_empty() {
            change.push_str(&format!(",\"alarms\":[{}]", rows.join(",")));
        }
        if !gone.is_empty() {
            let gone: Vec<String> = gone.iter().map(|id| format!("\"{id}\"")).collect();
            change.push_str(&format!(",\"gone\":[{}]", gone.join(",")));
        }
        change.push('}');
        held.number += 1;
        held.snapshot = None;
        let told = Arc::new(Told { number: held.number, json: change });
        if held.kept.len() == KEPT {
            held.kept.pop_front();
        }
        held.kept.push_back(Arc::clone(&told));
        // Nobody listening is fine. Sent while the lock is held: who takes a snapshot misses nothing after it.
        let _ = self.told.send(told);
    }
}

impl Held {
    /// The whole screen as it was told last.
    fn snapshot(&mut self) -> Arc<Told> {
        let number = self.number;
        let Held { snapshot, sections, rows, at, .. } = self;
        let made = snapshot.get_or_insert_with(|| {
            let sections: Vec<String> = sections.iter().map(|(name, json)| format!("\"{name}\":{json}")).collect();
            let rows: Vec<&str> = rows.all().collect();
            let json =
                format!("{{\"at\":\"{at}\",\"sections\":{{{}}},\"alarms\":[{}]}}", sections.join(","), rows.join(","));
            Arc::new(Told { number, json })
        });
        Arc::clone(made)
    }

    /// What came after `number` of this start, when all of it is still kept.
    fn after(&self, start: i64, number: u64) -> Option<Vec<Arc<Told>>> {
        if start != self.start || number > self.number {
            return None;
        }
        let first = self.kept.front().map_or(self.number + 1, |told| told.number);
        (number + 1 >= first).then(|| self.kept.iter().filter(|told| told.number > number).cloned().collect())
    }
}
