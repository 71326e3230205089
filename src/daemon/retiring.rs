//! Lets old records leave the journal while the gateway runs (RC-01).
//!
//! Takes: a manager's word that the door has made sure of; the site's rule.
//! Gives: the preparation on a thread of its own, the act for the engine to decide, and how far it came.
//! Never: begins by itself, holds up a commit, or leaves anything behind that nobody approved.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::watch::KEEP_FREE;
use crate::edge::clock::Clock;
use crate::edge::journal::retire::{Doing, KEPT, Order, Prepared, Step};
use crate::edge::journal::{Journal, JournalError, LastCut};
use crate::engine::Act;
use crate::engine::base::{Actor, Text, Wall};
use crate::live::{Acts, Checkpointed, NotBegun, Outlook, Picture, Progress, Retirement};

/// Longest rest between two stretches of facts.
const LONGEST_REST: Duration = Duration::from_millis(500);

/// The door to it.
pub struct Retiring {
    journal: Journal,
    picture: Arc<Picture>,
    clock: Clock,
    rule: Rule,
    progress: Arc<Mutex<Progress>>,
    orders: mpsc::UnboundedSender<(Actor, Order)>,
}

/// What the site says about its records.
#[derive(Clone, Debug)]
pub struct Rule {
    /// How long they are kept; for ever without a time.
    pub keep: Option<Duration>,
    /// Of each class so many stay at hand.
    pub kept: usize,
    /// Consumers of the journal that run.
    pub consumers: Vec<&'static str>,
    /// So many bytes of the disk stay free.
    pub room: u64,
}

impl Rule {
    /// The rule of a site that keeps its records so long.
    pub fn of(keep: Option<Duration>, consumers: Vec<&'static str>) -> Rule {
        Rule { keep, kept: KEPT, consumers, room: KEEP_FREE }
    }
}

/// What was approved, on its way to the thread that prepares it.
pub struct Approved {
    journal: Journal,
    progress: Arc<Mutex<Progress>>,
    orders: mpsc::UnboundedReceiver<(Actor, Order)>,
}

impl Retiring {
    /// The door, and what is behind it.
    pub fn new(journal: Journal, picture: Arc<Picture>, clock: Clock, rule: Rule) -> (Retiring, Approved) {
        let (sender, orders) = mpsc::unbounded_channel();
        let progress = Arc::<Mutex<Progress>>::default();
        let approved = Approved { journal: journal.clone(), progress: Arc::clone(&progress), orders };
        (Retiring { journal, picture, clock, rule, progress, orders: sender }, approved)
    }

    /// Facts from before this time are old enough; none where the journal is kept for ever.
    fn before(&self) -> Wall {
        let now = self.clock.now().wall;
        let keep = |keep: Duration| i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
        self.rule.keep.map_or(Wall(i64::MIN), |kept| Wall(now.0.saturating_sub(keep(kept))))
    }
}

impl Retirement for Retiring {
    fn outlook(&self) -> Result<Outlook, String> {
        let open = self.picture.state().first_open();
        let found = self.journal.outlook(self.before(), open, &self.rule.consumers);
        let found = found.map_err(|error| error.to_string())?;
        let mut progress = locked(&self.progress).clone();
        if let Progress::Done { left, .. } = &mut progress {
            *left = found.left;
        }
        let last = found.last.map(|LastCut { checkpoint, approved }| Checkpointed {
            upto: checkpoint.seq,
            at: checkpoint.at,
            approved: approved.map(|(by, reason)| (by.user, reason)),
            archive: checkpoint.archive,
            key: checkpoint.key,
        });
        let leaves = found.upto.map(|(upto, at)| (found.begins + 1, upto, at));
        let for_ever = || Text::new("本站永久保存日志", "the site keeps its journal for ever");
        let why = if self.rule.keep.is_some() { found.why.text() } else { for_ever() };
        Ok(Outlook { keep: self.rule.keep, aged: found.aged, leaves, why, last, progress })
    }

    fn begin(&self, by: Actor, reason: String, upto: Option<u64>) -> Result<(), NotBegun> {
        if self.rule.keep.is_none() {
            return Err(NotBegun::KeptForEver);
        }
        let mut progress = locked(&self.progress);
        if progress.runs() {
            return Err(NotBegun::Runs);
        }
        let order = Order {
            reason,
            before: self.before(),
            upto,
            kept: self.rule.kept,
            now: self.clock.now().wall,
            consumers: self.rule.consumers.clone(),
            room: self.rule.room,
        };
        *progress = Progress::Preparing { doing: word(Doing::Looking), done: 0, of: 0 };
        info!(by = by.user, reason = order.reason, "old records are made ready to leave");
        // Behind it nothing ends before the gateway does.
        let _ = self.orders.send((by, order));
        Ok(())
    }
}

impl Approved {
    /// Prepares what was approved, one after the other, until `stop`.
    pub async fn follow(mut self, acts: Acts, stop: CancellationToken) {
        while let Some(Some((by, order))) = stop.run_until_cancelled(self.orders.recv()).await {
            let ended = self.carry_out(&acts, by, order, &stop).await;
            match &ended {
                Progress::Refused(why) => warn!(why = why.en, "no records leave"),
                _ => info!("old records have left; they are taken out of the file in small steps"),
            }
            *locked(&self.progress) = ended;
        }
    }

    async fn carry_out(&self, acts: &Acts, by: Actor, order: Order, stop: &CancellationToken) -> Progress {
        let (journal, progress, stop) = (self.journal.clone(), Arc::clone(&self.progress), stop.clone());
        let prepared = tokio::task::spawn_blocking(move || prepare(&journal, &order, &progress, &stop)).await;
        let prepared = match prepared {
            Ok(Ok(prepared)) => prepared,
            Ok(Err(error)) => {
                self.journal.forget(None);
                return Progress::Refused(match error {
                    JournalError::NotRetired { why, .. } => why,
                    other => Text::same(&other.to_string()),
                });
            }
            Err(error) => {
                self.journal.forget(None);
                return Progress::Refused(Text::same(&format!("the preparation broke: {error}")));
            }
        };
        let word = prepared.word.clone();
        match acts.ask(by, None, Act::Retire(Box::new(word.clone()))).await {
            Ok(Ok(_)) => Progress::Done { upto: word.upto, removed: word.removed, kept: word.kept, left: word.removed },
            Ok(Err(refusal)) => {
                self.journal.forget(Some(&prepared));
                Progress::Refused(refusal.text())
            }
            // Whether it was decided nobody knows: the next start finds the fact with its checkpoint, or neither of them.
            Err(_) => Progress::Refused(Text::new("网关正在停止", "the gateway is stopping")),
        }
    }
}

/// Blocking. Between two stretches it rests as long as the last one took: half of a core at most, and the disk is free.
#[expect(clippy::disallowed_methods, reason = "the thread paces itself; nothing that is replayed")]
fn prepare(
    journal: &Journal,
    order: &Order,
    progress: &Mutex<Progress>,
    stop: &CancellationToken,
) -> Result<Prepared, JournalError> {
    let mut begun = Instant::now();
    journal.prepare(order, &mut |Step { doing, done, of }| {
        if of > 0 {
            *locked(progress) = Progress::Preparing { doing: word(doing), done, of };
        }
        std::thread::sleep(begun.elapsed().min(LONGEST_REST));
        begun = Instant::now();
        !stop.is_cancelled()
    })
}

fn word(doing: Doing) -> &'static str {
    match doing {
        Doing::Looking => "looking",
        Doing::Archiving => "archiving",
        Doing::Checking => "checking",
    }
}

fn locked(progress: &Mutex<Progress>) -> std::sync::MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}
