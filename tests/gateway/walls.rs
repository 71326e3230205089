//! A wall and the sounder before the program itself: a fire from the wire is seen and heard, a browser that dies is missed.

use std::path::Path;
use std::time::Duration;

use serde_json::{Value, json};

use super::bench::{Installed, once, open_alarm, state};
use super::client::Client;
use super::kiosk::Kiosk;
use super::node::{self, play};
use super::sample_site::Field;

/// The loudest sample of the last 600 ms that ALSA wrote: 16 bits, two channels, 48 kHz.
fn heard(file: &Path) -> u16 {
    let bytes = std::fs::read(file).unwrap_or_default();
    let from = bytes.len().saturating_sub(48_000 * 4 * 6 / 10) / 4 * 4;
    let samples = bytes[from..].chunks_exact(2).map(|pair| i16::from_le_bytes([pair[0], pair[1]]).unsigned_abs());
    samples.max().unwrap_or(0)
}

/// The address of the wall, as whoever sets up the screen reads it, at the port that the system chose.
async fn address_of_the_wall(installed: &Installed, served_at: &str) -> String {
    let (config, state) = (installed.path(""), installed.path("state"));
    let text = |path: &Path| path.to_str().expect("a plain path").to_owned();
    let walls = installed.command(&["walls", "--json", "--config", &text(&config), "--state", &text(&state)]);
    let (code, out, err) = Installed::ended(walls).await;
    assert_eq!(code, Some(0), "{err}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let address = told["address"].as_str().unwrap();
    let path = &address[address.find("/wall/").expect("the wall's page")..];
    format!("{served_at}{path}")
}

async fn presence(client: &Client, wanted: &str) {
    once(60, &format!("the wall is {wanted}"), async || {
        let walls = client.get("/api/v1/walls").await.json();
        (walls["walls"][0]["presence"] == wanted).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fire_from_the_wire_is_seen_and_heard_and_a_wall_whose_browser_dies_is_missed_until_it_is_back() {
    let installed = Installed::new();
    let mut field = Field::start(&installed);
    let played = installed.path("played.raw");
    installed.settings(&format!(
        "[sounder]\nalsa = \"file:'{}',raw\"\n\n[walls]\nlisten = \"127.0.0.1:0\"\n\n[[wall]]\nid = \"lobby\"\n\
         name = {{ zh = \"大堂\", en = \"Lobby\" }}\nlanguage = \"en\"\n",
        played.display()
    ));
    let mut gateway = installed.run().await;
    let client = gateway.log_in().await;
    let address = address_of_the_wall(&installed, &gateway.walls().await).await;
    let browser = Kiosk::start(&installed.path("kiosk"), &address).await;
    presence(&client, "present").await;

    let mut burns = false;
    play("kiosk.mjs", &[&browser.port, &node::pictures()], async |asked| {
        if asked["ask"] == "shown" {
            once(60, "the fire panel is read", async || {
                let devices = client.get("/api/v1/devices?brief=yes").await.json();
                let panel = devices["devices"].as_array()?.iter().find(|one| one["id"] == "panel-1")?.clone();
                (panel["state"] == "answers").then_some(())
            })
            .await;
            assert!(heard(&played) < 500 || state(&client).await["sound"]["tone"] != "fire", "nothing burns yet");
            return json!({ "shown": "quiet" });
        }
        field.tell("set panel-1/l4-d5.event fire");
        field.tell("set panel-1/l4-d5.active true");
        burns = true;
        json!({})
    })
    .await;
    assert!(burns, "the script asked for the fire");
    assert_eq!(state(&client).await["sound"]["tone"], "fire");
    once(30, "the sounder is driven", async || (heard(&played) > 2_000).then_some(())).await;
    let walls = client.get("/api/v1/walls").await.json();
    let last = walls["walls"][0]["last"].clone();
    assert_eq!((&last["sound"], &last["visible"]), (&json!("ok"), &json!(true)), "{walls}");

    const LOST: &str = "gateway/wall-lobby:self";
    assert!(open_alarm(&client, LOST).await.is_none());
    browser.kill();
    let lost = once(60, "the dead browser is missed", async || open_alarm(&client, LOST).await).await;
    assert_eq!(lost["source"], "active", "{lost}");
    presence(&client, "lost").await;

    // The machine starts again, with its profile as the power failure left it.
    let browser = Kiosk::start(&installed.path("kiosk"), &address).await;
    presence(&client, "present").await;
    play("kiosk.mjs", &[&browser.port, &node::pictures()], async |_| json!({ "shown": "fire" })).await;
    once(30, "it is missed no more", async || {
        let fault = open_alarm(&client, LOST).await;
        fault.is_none_or(|fault| fault["source"] == "quiet").then_some(())
    })
    .await;
    tokio::time::timeout(Duration::from_secs(30), gateway.stop()).await.expect("it ends in order");
}
