//! The door by which a person who brings devices on line asks a bus about one of them.
//!
//! Takes: which bus, which device.
//! Gives: what that bus's own task knows of it at this moment.
//! Never: keeps anybody waiting for a bus that does not answer, and never costs a bus anything while nobody asks.

use std::time::Duration;

use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use crate::engine::poll::{Finding, Study};

/// A bus that answers nobody within this time cannot be asked: it answers between two steps of its work.
const ANSWERS_WITHIN: Duration = Duration::from_secs(2);
/// A device is asked who it is when nobody is held up by it; whoever asked for that waits no longer than this.
const IDENTIFIES_WITHIN: Duration = Duration::from_secs(20);
/// Questions that may wait for one bus.
const WAITING: usize = 32;

/// A question to the task of a bus.
#[derive(Debug)]
pub enum Inquiry {
    /// How a device stands.
    Study {
        /// Index of the device in the site.
        device: u32,
        /// Where the answer goes; dropped where the bus has no such device.
        answer: oneshot::Sender<Study>,
    },
    /// Who a device is: it is asked on the wire.
    Identify {
        /// Index of the device in the site.
        device: u32,
        /// So long it may take.
        within: Duration,
        /// Where the answer goes.
        answer: oneshot::Sender<Finding>,
    },
}

/// Asks the buses.
#[derive(Clone, Debug)]
pub struct Inquiries {
    buses: Vec<mpsc::Sender<Inquiry>>,
}

impl Inquiries {
    /// A door to each of so many buses, and what is asked there.
    pub fn new(buses: usize) -> (Inquiries, Vec<mpsc::Receiver<Inquiry>>) {
        let (buses, asked) = (0..buses).map(|_| mpsc::channel(WAITING)).unzip();
        (Inquiries { buses }, asked)
    }

    /// How a device of this bus stands; nothing where the bus does not answer, or does not ask its devices.
    pub async fn study(&self, bus: u32, device: u32) -> Option<Study> {
        let (answer, answered) = oneshot::channel();
        self.buses.get(bus as usize)?.try_send(Inquiry::Study { device, answer }).ok()?;
        timeout(ANSWERS_WITHIN, answered).await.ok()?.ok()
    }

    /// Asks a device of this bus who it is; nothing where the bus does not answer.
    pub async fn identify(&self, bus: u32, device: u32) -> Option<Finding> {
        let (answer, answered) = oneshot::channel();
        let inquiry = Inquiry::Identify { device, within: IDENTIFIES_WITHIN, answer };
        self.buses.get(bus as usize)?.try_send(inquiry).ok()?;
        timeout(IDENTIFIES_WITHIN + ANSWERS_WITHIN, answered).await.ok()?.ok()
    }
}
