//! What others want of a bus while it works.
//!
//! Takes: devices the engine wants confirmed, commands, and what people ask about devices.
//! Gives: each to the machine, between two steps of the wire.
//! Never: holds up the wire: nothing here waits for anything but the engine's own queue.

use tokio::sync::{MutexGuard, mpsc};

use super::Runner;
use crate::engine::poll::{Command, Interview};
use crate::live::Inquiry;

/// The ways from the engine to the buses, by index of the bus.
#[derive(Default)]
pub(in crate::daemon) struct Doors {
    pub(in crate::daemon) confirm: Vec<mpsc::UnboundedSender<u32>>,
    pub(in crate::daemon) commands: Vec<mpsc::UnboundedSender<Command>>,
}

/// Where it comes in.
pub(super) struct Asked<'a> {
    pub(super) confirm: MutexGuard<'a, mpsc::UnboundedReceiver<u32>>,
    pub(super) commands: MutexGuard<'a, mpsc::UnboundedReceiver<Command>>,
    pub(super) inquiries: MutexGuard<'a, mpsc::Receiver<Inquiry>>,
}

/// One of it.
pub(super) enum Wish {
    /// The engine wants everything of a device said anew.
    Confirm(u32),
    /// The engine wants something done.
    Command(Command),
    /// A person asks about a device.
    Inquire(Inquiry),
}

impl Asked<'_> {
    /// The next one. Dropping the future loses nothing.
    pub(super) async fn next(&mut self) -> Wish {
        tokio::select! {
            biased;
            Some(command) = self.commands.recv() => Wish::Command(command),
            Some(device) = self.confirm.recv() => Wish::Confirm(device),
            Some(inquiry) = self.inquiries.recv() => Wish::Inquire(inquiry),
            // Whoever asks goes away only when the gateway stops, and then this task is stopped too.
            else => std::future::pending().await,
        }
    }
}

impl Runner<'_> {
    pub(super) async fn grant(&mut self, wish: Wish) {
        let now = self.outlet.now();
        match wish {
            Wish::Confirm(device) => {
                self.machine.confirm(device, now);
                self.outlet.ask_anew(device);
            }
            Wish::Command(command) => {
                let report = self.machine.command(command, now);
                self.outlet.give(report, now).await;
            }
            Wish::Inquire(Inquiry::Identify { device, within, answer }) => {
                self.sought.retain(|_, answer| !answer.is_closed());
                let id = self.sought.last_key_value().map_or(0, |(last, _)| last + 1);
                self.sought.insert(id, answer);
                self.machine.interview(Interview { id, device, until: now.mono.after(within) }, now);
                self.found();
            }
            Wish::Inquire(Inquiry::Study { device, answer }) => {
                if let Some(study) = self.machine.study(device, now.mono) {
                    // Whoever asked may have gone.
                    let _ = answer.send(study);
                }
            }
        }
    }

    /// Gives to whoever asked what was found of a device.
    pub(super) fn found(&mut self) {
        for finding in self.machine.findings() {
            if let Some(answer) = self.sought.remove(&finding.id) {
                // Whoever asked may have gone.
                let _ = answer.send(finding);
            }
        }
    }
}
