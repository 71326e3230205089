//! The thread that writes: one transaction for everything that waits.
//!
//! Takes: facts and snapshots from a queue, and what a retirement makes ready.
//! Gives: commits, in order; failures, once per attempt; a checkpoint in the commit of the fact that approves it.
//! Never: drops a fact that follows the last one. What cannot be written waits in memory and is tried again.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TryRecvError};
use std::time::{Duration, Instant};

use rusqlite::{Connection, ErrorCode, TransactionBehavior, params};
use tokio::sync::{mpsc, watch};

use super::chain::{self, Head};
use super::removal::Removal;
use super::staging::{Cut, Stage};
use super::{JournalError, JournalEvent, schema, snapshots, staging};
use crate::engine::alarm::{Fact, FactId, FactKind, KeepingFact, State};

/// Facts in one transaction at most; what an outage left behind is written in steps of this.
const BATCH: usize = 10_000;
/// First pause after a failed attempt; doubled up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause between attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// What the writer is asked.
pub(super) enum Message {
    /// Append these.
    Facts(Vec<Fact>),
    /// Keep this state once its last fact is committed.
    Snapshot(Box<State>),
    /// Make this ready for a checkpoint, behind the facts that wait, and say how that ended.
    Stage(Stage, SyncSender<Result<(), JournalError>>),
    /// Everything is ready: this goes to the disk with the fact that approves it.
    Cut(Box<Cut>),
    /// Nobody approves it; what was made ready goes.
    Forget,
    /// Say when nothing is left to be taken out.
    TellWhenTidy(SyncSender<()>),
    /// The file may grow to this many pages: a full disk for tests, made by SQLite itself.
    #[cfg(test)]
    MaxPages(u32),
}

struct Waiting {
    id: FactId,
    bytes: Vec<u8>,
    /// It approves the checkpoint that waits.
    approves: bool,
}

/// The writer's whole world.
pub(super) struct Writer {
    path: PathBuf,
    /// None after a failure that may have spoiled the connection; opened anew by the next attempt.
    connection: Option<Connection>,
    /// The committed end of the chain.
    head: Head,
    /// Sequence number of the last fact taken on, committed or waiting.
    taken: u64,
    waiting: VecDeque<Waiting>,
    snapshot: Option<Box<State>>,
    /// Something is made ready for a checkpoint, and what.
    making_ready: bool,
    stages: VecDeque<(Stage, SyncSender<Result<(), JournalError>>)>,
    cut: Option<Box<Cut>>,
    removal: Removal,
    messages: Receiver<Message>,
    report: mpsc::UnboundedSender<JournalEvent>,
    marks: Marks,
}

/// What anybody may look at.
pub(super) struct Marks {
    /// The last committed sequence number.
    pub committed: watch::Sender<u64>,
    /// Facts that have left and still stand in the file.
    pub left: watch::Sender<u64>,
}

impl Writer {
    /// A writer that goes on at `head`.
    pub(super) fn new(
        path: PathBuf,
        connection: Connection,
        head: Head,
        messages: Receiver<Message>,
        report: mpsc::UnboundedSender<JournalEvent>,
        marks: Marks,
    ) -> Writer {
        Writer {
            path,
            connection: Some(connection),
            head,
            taken: head.seq,
            waiting: VecDeque::new(),
            snapshot: None,
            making_ready: false,
            stages: VecDeque::new(),
            cut: None,
            removal: Removal::begin(instant()),
            messages,
            report,
            marks,
        }
    }

    /// Runs until every sender is gone and what was left has been tried once more.
    pub(super) fn run(mut self) {
        while self.listen() {
            self.write();
            self.make_ready();
            self.take_out();
        }
        self.write();
        if !self.waiting.is_empty() {
            tracing::error!(facts = self.waiting.len(), "the journal ends with facts that could not be written");
        }
    }

    /// Waits for a message, or until something is to be taken out, then takes everything that is there. False when nobody can
    /// send any more.
    fn listen(&mut self) -> bool {
        let came = match self.removal.wait(instant()) {
            None => self.messages.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(rest) => self.messages.recv_timeout(rest),
        };
        match came {
            Ok(message) => self.take(message),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return false,
        }
        self.drain()
    }

    fn drain(&mut self) -> bool {
        loop {
            match self.messages.try_recv() {
                Ok(message) => self.take(message),
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Disconnected) => return false,
            }
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Facts(facts) => facts.iter().for_each(|fact| self.take_fact(fact)),
            Message::Snapshot(state) => self.snapshot = Some(state),
            Message::Stage(stage, done) => {
                self.making_ready = true;
                self.stages.push_back((stage, done));
            }
            Message::Cut(cut) => self.cut = Some(cut),
            Message::Forget => self.settled(),
            Message::TellWhenTidy(end) => self.removal.tell(end, instant()),
            #[cfg(test)]
            Message::MaxPages(pages) => {
                if let Some(connection) = &self.connection {
                    connection
                        .pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))
                        .expect("max_page_count is always accepted");
                }
            }
        }
    }

    fn take_fact(&mut self, fact: &Fact) {
        let expected = self.taken + 1;
        if fact.id.seq != expected {
            let reason = format!("fact {} was refused: the journal goes on with {expected}", fact.id.seq);
            self.failed(reason);
            return;
        }
        self.taken = expected;
        let approves = match (&fact.kind, &self.cut) {
            (FactKind::Keeping(KeepingFact::Retired(word)), Some(cut)) => **word == cut.word,
            _ => false,
        };
        self.waiting.push_back(Waiting { id: fact.id, bytes: fact.to_bytes(), approves });
    }

    /// Writes everything that waits, however often it must be tried; gives up only when nobody sends any more.
    fn write(&mut self) {
        let mut pause = FIRST_PAUSE;
        while !self.waiting.is_empty() {
            match self.append() {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.marks.committed.send_replace(self.head.seq);
                    self.say(JournalEvent::Committed { upto: self.head.seq });
                }
                Err(error) => {
                    self.failed(error.to_string());
                    if !self.rest(pause) {
                        return;
                    }
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
        self.keep_snapshot();
    }

    /// Pauses between two attempts and takes on what comes meanwhile. False when nobody sends any more.
    fn rest(&mut self, pause: Duration) -> bool {
        let end = instant() + pause;
        loop {
            match self.messages.recv_timeout(end.saturating_duration_since(instant())) {
                Ok(message) => self.take(message),
                Err(RecvTimeoutError::Timeout) => return true,
                Err(RecvTimeoutError::Disconnected) => return false,
            }
        }
    }

    /// What the retirement that is prepared asks for, behind the facts.
    fn make_ready(&mut self) {
        while let Some((stage, done)) = self.stages.pop_front() {
            let made = self.on_disk(|writer, connection| {
                staging::stage(connection, &stage).map_err(JournalError::sqlite(&writer.path))
            });
            // Whoever prepares may have given up.
            let _ = done.send(made);
        }
    }

    /// The next little of what no longer counts.
    fn take_out(&mut self) {
        let begun = instant();
        let Some(rows) = self.removal.due(begun) else { return };
        let made = self.on_disk(|writer, connection| {
            staging::take_out(connection, rows, writer.making_ready).map_err(JournalError::sqlite(&writer.path))
        });
        let now = instant();
        match made {
            Ok(left) => {
                self.marks.left.send_replace(left.facts);
                self.removal.made(left, now.saturating_duration_since(begun), now);
            }
            Err(error) => {
                tracing::warn!(%error, "records that were retired are taken out later");
                self.removal.failed(now);
            }
        }
    }

    /// A retirement is over, approved or not.
    fn settled(&mut self) {
        (self.cut, self.making_ready) = (None, false);
        self.removal.wake(instant());
    }

    /// One transaction.
    fn append(&mut self) -> Result<(), JournalError> {
        if self.on_disk(Writer::commit)? {
            self.settled();
        }
        Ok(())
    }

    fn on_disk<T>(
        &mut self,
        work: impl FnOnce(&mut Writer, &mut Connection) -> Result<T, JournalError>,
    ) -> Result<T, JournalError> {
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => schema::reopen_writer(&self.path)?,
        };
        let done = work(self, &mut connection);
        // A full or busy database leaves the connection sound; after anything else it is opened anew.
        let sound = match &done {
            Ok(_) => true,
            Err(JournalError::Sqlite { source, .. }) => {
                matches!(source.sqlite_error_code(), Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy))
            }
            Err(_) => false,
        };
        self.connection = sound.then_some(connection);
        done
    }

    /// Gives whether a checkpoint was among it.
    fn commit(&mut self, connection: &mut Connection) -> Result<bool, JournalError> {
        let sqlite = JournalError::sqlite(&self.path);
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&sqlite)?;
        let stored = chain::head(&transaction).map_err(&sqlite)?;
        let done = self.already_stored(stored)?;
        let mut head = stored;
        {
            let mut insert = transaction
                .prepare_cached("INSERT INTO fact (seq, epoch, bytes, hash) VALUES (?1, ?2, ?3, ?4)")
                .map_err(&sqlite)?;
            for waiting in self.waiting.iter().skip(done).take(BATCH) {
                head = Head { seq: waiting.id.seq, hash: chain::link(&head.hash, &waiting.bytes) };
                insert.execute(params![head.seq, waiting.id.epoch, waiting.bytes, head.hash]).map_err(&sqlite)?;
                if let Some(cut) = self.cut.as_ref().filter(|_| waiting.approves) {
                    staging::cut(&transaction, cut, head.seq).map_err(&sqlite)?;
                }
            }
        }
        transaction.commit().map_err(&sqlite)?;
        let written = usize::try_from(head.seq - self.head.seq).unwrap_or(usize::MAX);
        let written = self.waiting.drain(..written.min(self.waiting.len()));
        let approved = written.fold(false, |approved, fact| approved | fact.approves);
        self.head = head;
        Ok(approved)
    }

    /// How many of the waiting facts stand in the file although their commit was reported as failed: an I/O error may
    /// strike after the commit took hold. Anything else that stands there is not ours.
    fn already_stored(&self, stored: Head) -> Result<usize, JournalError> {
        let mut head = self.head;
        let mut done = 0;
        for waiting in &self.waiting {
            if head.seq >= stored.seq {
                break;
            }
            head = Head { seq: waiting.id.seq, hash: chain::link(&head.hash, &waiting.bytes) };
            done += 1;
        }
        if head == stored {
            return Ok(done);
        }
        let reason = format!("the file ends at {} and no longer fits what this process wrote", stored.seq);
        Err(JournalError::Broken { path: self.path.clone(), seq: stored.seq, reason, good: None })
    }

    /// Writes the snapshot that waits, once its last fact is committed. A failure costs nothing but a slower start.
    fn keep_snapshot(&mut self) {
        let ready = self.snapshot.as_ref().is_some_and(|state| (1..=self.head.seq).contains(&state.last.seq));
        let (true, Some(connection)) = (ready, self.connection.as_mut()) else { return };
        let Some(state) = self.snapshot.take() else { return };
        if let Err(error) = snapshots::write(connection, &state) {
            tracing::warn!(%error, seq = state.last.seq, "a snapshot of the journal was not written");
        }
    }

    fn failed(&self, reason: String) {
        tracing::error!(%reason, waiting = self.waiting.len(), "journal");
        self.say(JournalEvent::Failed { reason });
    }

    fn say(&self, event: JournalEvent) {
        // Nobody listens during a shutdown; the watch channel and the file hold the truth.
        let _ = self.report.send(event);
    }
}

#[expect(clippy::disallowed_methods, reason = "a pause between two attempts at the disk; nothing that is replayed")]
fn instant() -> Instant {
    Instant::now()
}
