//! The time-series server was away, and the power fails while the gateway fills the gap.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tocsin::edge::clock::Clock;
use tocsin::edge::trends::{Sample, Trends};
use tocsin::engine::base::{PointId, Wall};

use super::bench::{Installed, once};
use super::broker::until;
use super::field::Server;
use super::scripted::{Asked, Reply, Scripted};
use super::server::{Series, Victoria};
use super::site;

/// Samples that no server has yet: more than go in order.
const OLD: u32 = 40_000;
const POINT: &str = "gen-9/oil-pressure";

/// What a gateway that ran for a while without its server has kept.
fn kept_for_a_while(installed: &Installed) {
    let clock = Clock::start();
    let trends = Trends::open(&installed.path("state"), clock.now()).unwrap();
    trends.cursor("influx");
    let first = Wall(clock.now().wall.0 - 600_000_000);
    for number in 0..OLD {
        let at = Wall(first.0 + i64::from(number) * 1_000);
        let (point, value) = (PointId::new(POINT), Some(f64::from(number)));
        trends.record(Sample { point, class: "generator".into(), at, value, quality: 0 });
    }
    trends.flush();
}

fn is_old(asked: &Asked) -> bool {
    asked.lines.iter().any(|line| line.contains("device=gen-9"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_power_failure_while_a_gap_is_filled_costs_no_sample() {
    let victoria = Victoria::overwriting().await;
    let away = Arc::new(AtomicBool::new(true));
    let (told, port) = (Arc::clone(&away), victoria.port);
    let server = Scripted::start(move |asked| {
        if told.load(Ordering::SeqCst) {
            Reply::Say(503, "")
        } else if is_old(asked) {
            Reply::Late(port, Duration::from_millis(100))
        } else {
            Reply::Pass(port)
        }
    })
    .await;
    let panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    kept_for_a_while(&installed);
    installed.settings(&format!("[influx]\nurl = \"http://127.0.0.1:{}\"\nbucket = \"tocsin\"\n", server.port));

    let gateway = installed.run().await;
    until("the server refuses", || !server.asked().is_empty()).await;
    away.store(false, Ordering::SeqCst);
    let stored = |old: bool| {
        let is_stored = |(asked, status): &(Asked, Option<u16>)| *status == Some(204) && is_old(asked) == old;
        server.asked().into_iter().zip(server.statuses()).filter(is_stored).count()
    };
    until("a part of the gap is filled", || stored(true) >= 4).await;
    gateway.kill();
    let before = stored(true);
    assert!(before < 8, "the gap was filled before the power failed");

    let gateway = installed.run().await;
    let old = once(30, "the whole gap is filled", async || {
        let series = victoria.series(1).await;
        let value = |series: &&Series| series.name == "generator_value" && series.tags[1] == "gen-9";
        series.into_iter().find(|series| value(&series)).filter(|series| series.values.len() >= OLD as usize)
    })
    .await;
    let wrong = old.values.iter().zip((0..).map(f64::from)).find(|(value, number)| **value != *number);
    assert_eq!((old.values.len(), wrong), (OLD as usize, None), "each once");
    let new = victoria.series(1).await;
    assert!(new.iter().any(|series| series.tags[1] == "panel-1"), "what the field says now is there, too");
    println!("{before} of 8 batches were there when the power failed; {OLD} samples are there, each once");
    gateway.stop().await;
}
