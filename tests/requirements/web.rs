//! What a browser is shown at an instant of a story: the real web edge over what the story has come to.
//!
//! Takes: a whole site under way, a path.
//! Gives: the body of the answer, in English.
//! Never: lets time pass for the story; nobody acts through this door.

use std::sync::Arc;
use std::time::Duration;

use tocsin::daemon::{Retiring, Rule};
use tocsin::edge::clock::Clock;
use tocsin::edge::journal::Journal;
use tocsin::edge::search::Index;
use tocsin::edge::web::{Accounts, Services, serve};
use tocsin::engine::alarm::Fact;
use tocsin::engine::base::{EventId, PointId, Text, Wall};
use tocsin::live::{
    Acts, Board, History, Inquiries, LinkState, Picture, Records, Rollup, Sample, Segment, Span, Vitals,
};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::support::whole::Whole;

/// A journal in memory.
pub struct Facts(pub Vec<Fact>);

impl Records for Facts {
    fn read(&self, after: u64, limit: usize) -> Result<Vec<Fact>, String> {
        Ok(self.0.iter().filter(|fact| fact.id.seq > after).take(limit).cloned().collect())
    }

    fn head(&self) -> Result<(EventId, String), String> {
        // What is asked for here is not about the chain.
        let last = self.0.last().map_or(EventId::default(), |fact| fact.id.into());
        Ok((last, "0".repeat(64)))
    }
}

/// A story keeps no trends.
struct NoTrends;

impl History for NoTrends {
    fn envelope(&self, point: &PointId, _: Wall, _: Wall, _: usize) -> Result<Vec<Span>, String> {
        Err(format!("a story keeps no trend of {point}"))
    }

    fn samples(&self, point: &PointId, _: Wall, _: Wall) -> Result<Vec<Sample>, String> {
        Err(format!("a story keeps no trend of {point}"))
    }

    fn held(&self, point: &PointId, _: Wall) -> Result<Option<Sample>, String> {
        Err(format!("a story keeps no trend of {point}"))
    }

    fn first(&self, point: &PointId, _: Wall, _: Wall, _: usize) -> Result<Vec<Sample>, String> {
        Err(format!("a story keeps no trend of {point}"))
    }

    fn rollups(&self, point: &PointId, _: Wall, _: Wall, _: Duration) -> Result<Vec<Rollup>, String> {
        Err(format!("a story keeps no trend of {point}"))
    }

    fn segments(&self, point: &PointId, _: Wall, _: Wall, _: usize) -> Result<(Vec<Segment>, Option<Wall>), String> {
        Err(format!("a story keeps no trend of {point}"))
    }
}

/// What `GET path` answers.
pub fn get(whole: &Whole, path: &str) -> Result<String, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(asked(whole, path))
}

async fn asked(whole: &Whole, path: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().map_err(|error| error.to_string())?;
    let clock = Clock::start();
    let (site, now) = (&whole.site, clock.now());
    let board = Board::new(site.points.len(), now);
    board.post(&(0u32..).zip(whole.board.iter().cloned()).collect::<Vec<_>>());
    let (vitals, _health) = Vitals::new(site.buses.len(), site.devices.len(), now.wall);
    let up = || LinkState { up: Some(true), reason: Text::default(), since: now.wall };
    (0u32..).zip(&site.devices).for_each(|(device, _)| vitals.device_link(device, up()));
    for (bus, _) in (0u32..).zip(&site.buses) {
        vitals.bus_link(bus, up());
        vitals.bus_alive(bus, std::collections::BTreeMap::new(), now.mono);
    }
    vitals.engine_beats(now.mono);
    let (acts, _nobody) = Acts::new();
    let (index, records): (_, Arc<dyn Records>) = (Index::new(folder.path()), Arc::new(Facts(whole.facts.clone())));
    let (_, committed) = tokio::sync::watch::channel(whole.facts.last().map_or(0, |fact| fact.id.seq));
    let stop = CancellationToken::new();
    tokio::spawn(index.clone().follow(Arc::clone(&records), committed, stop.clone()));
    let opened = Journal::open(folder.path(), now).map_err(|error| error.to_string())?;
    let picture = Arc::new(Picture::new(whole.engine.state().clone()));
    let (retiring, _) = Retiring::new(opened.journal, Arc::clone(&picture), clock, Rule::of(None, Vec::new()));
    let services = Services {
        site: Arc::clone(site),
        picture,
        board: Arc::new(board),
        vitals: Arc::new(vitals),
        acts,
        inquiries: Inquiries::new(0).0,
        records,
        search: Arc::new(index),
        retirement: Arc::new(retiring),
        history: Arc::new(NoTrends),
        gather: Arc::new(|_| {}),
        displays: Arc::default(),
        accounts: Accounts::open(folder.path()).map_err(|error| error.to_string())?,
        clock,
        public_read: true,
        secure: None,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let serving = tokio::spawn(serve(listener, None, services, stop.clone()));
    // Installed already by another story of the same process: equally good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let request = client.get(format!("http://{address}{path}")).header("cookie", "tocsin_language=en");
    let answer = request.send().await.map_err(|error| error.to_string())?;
    let body = answer.text().await.map_err(|error| error.to_string())?;
    stop.cancel();
    serving.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    Ok(body)
}
