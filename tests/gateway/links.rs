//! The field is unplugged: what is not known is never shown as normal.

use serde_json::Value;

use super::bench::{Installed, all_known, normal, once, open, state};
use super::broker::Broker;
use super::client::Client;
use super::field::{Line, Server};
use super::site;

async fn points(client: &Client, device: &str) -> Vec<Value> {
    let points = client.get(&format!("/api/v1/points?device={device}")).await.json();
    points["points"].as_array().unwrap().clone()
}

/// The open link faults.
async fn link_faults(client: &Client) -> Vec<Value> {
    open(client).await.into_iter().filter(|alarm| alarm["category"] == "link-fault").collect()
}

async fn becomes_unknown(client: &Client, device: &str) {
    once(15, "every point of the device is unknown", async || {
        points(client, device).await.iter().all(|point| point["q"] != "good" && point["v"].is_null()).then_some(())
    })
    .await;
    let fault = once(10, "a link fault", async || link_faults(client).await.pop()).await;
    assert_eq!((fault["source"].as_str(), fault["life"].as_str()), (Some("active"), Some("open")));
    let shown = state(client).await;
    assert_ne!(shown["banner"]["state"], "normal", "{shown}");
    assert_eq!(shown["unknown"]["devices"][0]["device"], device);
    assert!(!client.get("/phone").await.text.contains("无火警、无故障"));
}

async fn comes_back(client: &Client) {
    all_known(client).await;
    let faults = once(10, "the link fault is quiet", async || {
        let faults = link_faults(client).await;
        faults.iter().all(|fault| fault["source"] == "quiet").then_some(faults)
    })
    .await;
    assert_eq!(faults.len(), 1, "one outage, one fault; it stays until it is acknowledged: {faults:#?}");
    let id = faults[0]["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), "").await.status, 200);
    assert!(open(client).await.is_empty());
    normal(client).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_panel_that_vanishes_is_unknown_and_comes_back() {
    let broker = Broker::start().await;
    let panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    installed.publish_to(&broker);
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    let retained = "tocsin/riverside/point/panel-1/#";
    let good = |(_, payload): &(String, String)| payload.contains(r#""q":"good""#);
    let total = points(&client, "panel-1").await.len();
    broker.retained_once(retained, |found| found.len() == total && found.iter().all(good)).await;

    let place = panel.place.clone();
    panel.kill().await;
    becomes_unknown(&client, "panel-1").await;
    broker.retained_once(retained, |found| found.len() == total && !found.iter().any(good)).await;
    broker
        .retained_once("tocsin/riverside/device/panel-1", |found| {
            found.len() == 1 && found[0].1.contains(r#""available":false"#)
        })
        .await;
    assert_eq!(link_faults(&client).await.len(), 1, "of the bus; its devices fold under it");

    let _panel = Server::panel_again(&place, &[]).await;
    comes_back(&client).await;
    broker.retained_once(retained, |found| found.len() == total && found.iter().all(good)).await;
    broker
        .retained_once("tocsin/riverside/device/panel-1", |found| {
            found.len() == 1 && found[0].1.contains(r#""available":true"#)
        })
        .await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_serial_adapter_is_pulled_and_plugged_in_again() {
    let installed = Installed::new();
    let mut line = Line::new(&installed.path("line")).await;
    let _generator = Server::generator(&line.far).await;
    installed.write("site/site.toml", &(site::PLACES.to_owned() + &site::generator(&line.near())));
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    line.pull().await;
    becomes_unknown(&client, "gen-1").await;
    assert_eq!(link_faults(&client).await.len(), 1);
    line.plug().await;
    comes_back(&client).await;
    gateway.stop().await;
}
