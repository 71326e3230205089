//! What the web edge serves from, put together from the parts of the gateway.
//!
//! Takes: the running parts.
//! Gives: [`web::Services`].
//! Never: a part of its own.

use std::sync::Arc;

use tokio::sync::mpsc;

use super::{Gateway, Plan};
use crate::daemon::{measures, stores};
use crate::edge::web;
use crate::engine::Input;
use crate::engine::base::Now;
use crate::live::{Acts, Inquiries};

impl Gateway {
    /// Everything the console, the API and the walls are served from.
    pub(super) fn services(
        &self,
        plan: &Plan,
        acts: Acts,
        inquiries: Inquiries,
        inputs: mpsc::WeakSender<(Input, Now)>,
        secure: Option<Arc<web::Secure>>,
    ) -> web::Services {
        let consumers = [(stores::MQTT, plan.mqtt.is_some()), (stores::UPLINK, plan.uplink.is_some())];
        let sources = measures::Sources {
            site: Arc::clone(&self.site),
            clock: self.clock,
            board: Arc::clone(&self.board),
            picture: Arc::clone(&self.picture),
            vitals: Arc::clone(&self.vitals),
            acts: acts.clone(),
            inputs,
            journal: self.stores.journal.clone(),
            trends: self.stores.trends.clone(),
            state_dir: plan.state_dir.clone(),
            consumers: consumers.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect(),
            influx: plan.influx.is_some(),
            sparkplug: plan.sparkplug.is_some().then(|| Arc::clone(&self.sparkplug)),
        };
        web::Services {
            site: Arc::clone(&self.site),
            picture: Arc::clone(&self.picture),
            board: Arc::clone(&self.board),
            vitals: Arc::clone(&self.vitals),
            acts,
            inquiries,
            records: Arc::new(self.stores.journal.clone()),
            search: Arc::new(self.stores.index.clone()),
            history: Arc::new(self.stores.trends.clone()),
            accounts: self.stores.accounts.clone(),
            displays: Arc::clone(&self.stores.displays),
            clock: self.clock,
            gather: Arc::new(move |to| sources.gather(to)),
            public_read: plan.public_read,
            secure,
        }
    }
}
