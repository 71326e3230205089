//! What the web edge serves from, put together from the parts of the gateway.
//!
//! Takes: the running parts.
//! Gives: [`web::Services`], what the sounder follows, the certificate, and the walls' own listener.
//! Never: a part of its own.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::sync::mpsc;

use super::{Gateway, Plan};
use crate::config::daemon::Walls;
use crate::daemon::{Approved, Retiring, Rule, measures, stores};
use crate::edge::{sounder, web};
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
        retiring: Retiring,
    ) -> web::Services {
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
            trace: self.trace.clone(),
            state_dir: plan.state_dir.clone(),
            consumers: consumers(plan),
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
            retirement: Arc::new(retiring),
            history: Arc::new(self.stores.trends.clone()),
            accounts: self.stores.accounts.clone(),
            displays: Arc::clone(&self.stores.displays),
            clock: self.clock,
            gather: Arc::new(move |to| sources.gather(to)),
            public_read: plan.public_read,
            secure,
        }
    }

    /// The door through which old records leave, and what is behind it.
    pub(super) fn retiring(&self, plan: &Plan) -> (Retiring, Approved) {
        let rule = Rule::of(plan.keep, consumers(plan));
        Retiring::new(self.stores.journal.clone(), Arc::clone(&self.picture), self.clock, rule)
    }

    /// What the sounder follows, and by what it acts.
    pub(super) fn heard(&self, acts: &Acts) -> sounder::Feed {
        sounder::Feed {
            site: Arc::clone(&self.site),
            picture: Arc::clone(&self.picture),
            vitals: Arc::clone(&self.vitals),
            acts: acts.clone(),
        }
    }
}

/// Outputs that run and read the journal, by the names of their cursors.
fn consumers(plan: &Plan) -> Vec<&'static str> {
    let consumers = [(stores::MQTT, plan.mqtt.is_some()), (stores::UPLINK, plan.uplink.is_some())];
    consumers.into_iter().filter(|(_, used)| *used).map(|(name, _)| name).collect()
}

/// The listener that walls have for themselves.
pub(super) async fn listener_for_walls(walls: &Walls) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = walls.listen else { return Ok(None) };
    let listener = TcpListener::bind(address).await;
    Ok(Some(listener.with_context(|| format!("walls: cannot listen on {address}"))?))
}

/// The certificate that the console is served with; its fingerprint is for whoever has to trust it.
pub(super) async fn secure(plan: &Plan, address: SocketAddr) -> anyhow::Result<Option<Arc<web::Secure>>> {
    let Some(https) = plan.https.clone() else { return Ok(None) };
    let state_dir = plan.state_dir.clone();
    let opened = tokio::task::spawn_blocking(move || web::Secure::open(&https, &state_dir, address)).await;
    let secure = opened.context("reading the certificate")??;
    eprintln!("the console's certificate, SHA-256: {}", secure.fingerprint());
    Ok(Some(Arc::new(secure.warning(plan.certificates.warned))))
}
