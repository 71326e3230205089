//! The one door through which people act.
//!
//! Takes: an authenticated actor and an act.
//! Gives: the engine's answer, after its facts were shown.
//! Never: decides whether the act is permitted; the engine's gate does, for every door alike.

use tokio::sync::{mpsc, oneshot};

use crate::engine::base::Actor;
use crate::engine::{Act, Done, Refusal};

/// One act on its way to the engine.
#[derive(Debug)]
pub struct ActRequest {
    /// Who.
    pub by: Actor,
    /// Idempotency key.
    pub key: Option<String>,
    /// What.
    pub act: Act,
    /// Where the answer goes.
    pub answer: oneshot::Sender<Result<Done, Refusal>>,
}

/// Sends acts to the engine.
#[derive(Clone, Debug)]
pub struct Acts {
    queue: mpsc::Sender<ActRequest>,
}

/// The engine did not answer: the gateway is stopping.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopping;

impl Acts {
    /// A door and the queue behind it; a full queue makes callers wait, it never drops.
    pub fn new() -> (Acts, mpsc::Receiver<ActRequest>) {
        let (queue, behind) = mpsc::channel(64);
        (Acts { queue }, behind)
    }

    /// Acts that wait for the engine, and how many may.
    pub fn waiting(&self) -> (usize, usize) {
        (self.queue.max_capacity() - self.queue.capacity(), self.queue.max_capacity())
    }

    /// Asks the engine to do `act`.
    pub async fn ask(&self, by: Actor, key: Option<String>, act: Act) -> Result<Result<Done, Refusal>, Stopping> {
        let (answer, answered) = oneshot::channel();
        self.queue.send(ActRequest { by, key, act, answer }).await.map_err(|_| Stopping)?;
        answered.await.map_err(|_| Stopping)
    }
}
