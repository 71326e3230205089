//! What happened is decided anew from what the engine was told: by the same rules the same, by others what they make of it.

use std::path::Path;

use serde_json::{Value, json};
use tocsin::edge::trace::pieces;

use super::bench::{Installed, PASSWORD, all_known, once, open_alarm};
use super::client::Client;
use super::field::{FIRE, Server};
use super::site;

/// What `journal replay` says with these arguments.
async fn replay(installed: &Installed, more: &[&str]) -> (Option<i32>, String, String) {
    let state = installed.path("state");
    let begin = ["journal", "replay", "--state", state.to_str().unwrap()];
    let arguments: Vec<&str> = begin.into_iter().chain(more.iter().copied()).collect();
    Installed::ended(installed.command(&arguments)).await
}

/// The last line of `--json`.
async fn compared(installed: &Installed, more: &[&str]) -> (Option<i32>, Value) {
    let (code, out, err) = replay(installed, &[&["--json"], more].concat()).await;
    let last: Value = serde_json::from_str(out.lines().last().unwrap_or_else(|| panic!("{err}"))).unwrap();
    (code, last["compared"].clone())
}

async fn fire(panel: &mut Server, client: &Client, detector: u16) -> Value {
    panel.detector(detector, FIRE).await;
    let condition = format!("panel-1/l2-d{detector}:fire");
    once(10, &condition, async || open_alarm(client, &condition).await).await
}

/// Neither a password nor a session is in what was written down.
fn holds_no_secret(state: &Path, token: &str) {
    let (mut entries, mut acts) = (0, 0);
    for piece in pieces(state).unwrap() {
        let piece = piece.unwrap();
        for entry in piece.entries() {
            let said = serde_json::to_string(&entry.unwrap()).unwrap();
            assert!(!said.contains(PASSWORD) && !said.contains(token), "{said}");
            acts += usize::from(said.contains(r#""act":{"act":"#));
            entries += 1;
        }
    }
    assert!(entries > 10 && acts >= 3, "{entries} entries, {acts} acts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_rules_decide_the_same_and_other_rules_say_what_differs() {
    let mut panel = Server::panel().await;
    let toml = site::PLACES.to_owned() + &site::panel(&panel.place);
    let installed = Installed::with(&toml);
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    let first = fire(&mut panel, &client, 17).await;
    fire(&mut panel, &client, 18).await;
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200);
    let ack = format!("/api/v1/alarms/{}/ack", first["id"].as_str().unwrap());
    assert_eq!(client.post(&ack, r#"{"note":"on my way"}"#).await.status, 200);
    let session = client.post("/api/v1/session", &json!({ "user": "admin", "password": PASSWORD }).to_string()).await;
    let token = session.json()["token"].as_str().unwrap().to_owned();
    // A desk may ask while the gateway runs; what is not on the disk yet is not compared.
    let (code, out, err) = replay(&installed, &[]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    gateway.stop().await;

    let facts = installed.verify().await["facts"].as_u64().unwrap();
    let (code, out, err) = replay(&installed, &[]).await;
    assert_eq!(code, Some(0), "{out}{err}");
    let said = format!("与日志一致：{facts} 条记录 / the same {facts} facts as the journal holds");
    assert_eq!(out.lines().last(), Some(said.as_str()), "{out}{err}");
    assert!(out.contains("panel-1/l2-d17:fire") && err.contains("with the configuration that ran"), "{out}{err}");

    // The power fails in the second life, and a third one goes on.
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    fire(&mut panel, &client, 20).await;
    gateway.kill();
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    let review = tocsin::edge::clock::Clock::start().now().wall.after(std::time::Duration::from_secs(3_600));
    let review = tocsin::live::document::timestamp(review, &jiff::tz::TimeZone::UTC);
    let isolation = json!({ "point": "panel-1/l2-d19", "reason": "hot work", "review_at": review });
    assert_eq!(client.post("/api/v1/isolations", &isolation.to_string()).await.status, 201);
    gateway.stop().await;
    let (code, all) = compared(&installed, &[]).await;
    assert_eq!((code, &all["same"]), (Some(0), &json!(true)), "{all}");
    assert!(all["then"].as_u64().unwrap() > facts, "{all}");
    let incident = first["incident"].as_str().unwrap();
    let (code, of_it) = compared(&installed, &["--incident", incident]).await;
    assert_eq!((code, &of_it["same"]), (Some(0), &json!(true)), "{of_it}");
    assert!(of_it["then"].as_u64() < all["then"].as_u64(), "{of_it}");
    holds_no_secret(&installed.path("state"), &token);
    other_rules(&installed, &toml).await;
    without_a_trace(&installed).await;
}

/// The same site without detector 18, where unacknowledged fire sounds again after a minute.
async fn other_rules(installed: &Installed, toml: &str) {
    let list = site::point_list();
    let without: String = list.lines().filter(|row| !row.contains(",042018,")).map(|row| format!("{row}\n")).collect();
    installed.write("other/site/panel-1.csv", &without);
    let times = "timezone = \"Asia/Shanghai\"\ntimes = { resound-after = \"60s\" }";
    installed.write("other/site/site.toml", &toml.replace("timezone = \"Asia/Shanghai\"", times));
    installed.write("other/tocsin.toml", &std::fs::read_to_string(installed.path("tocsin.toml")).unwrap());
    let other = installed.path("other");
    let other = other.to_str().unwrap();
    let (code, out, err) = replay(installed, &["--config", other]).await;
    assert_eq!(code, Some(1), "{out}{err}");
    assert!(err.contains("this is another one"), "{err}");
    assert!(out.contains("this configuration does not have condition panel-1/l2-d18:fire"), "{out}");
    let verdict = out.lines().find(|line| line.contains("differs after")).unwrap_or_else(|| panic!("{out}"));
    assert!(verdict.contains("raised panel-1/l2-d18:fire") && verdict.contains("silenced"), "{verdict}");
    let listed = |sign: char| out.lines().filter(|line| line.starts_with(sign)).collect::<Vec<_>>();
    assert!(listed('-').iter().any(|line| line.contains("raised") && line.contains("l2-d18:fire")), "{out}");
    assert!(listed('+').iter().all(|line| !line.contains("raised")), "nothing else is raised: {out}");

    // A rule alone: the line is the same, what it says differs.
    installed.write("other/site/panel-1.csv", &list);
    let (code, out, _) = replay(installed, &["--config", other]).await;
    let verdict = out.lines().find(|line| line.contains("differs after")).unwrap_or_else(|| panic!("{out}"));
    assert!(code == Some(1) && verdict.contains("silenced") && verdict.contains("60000000"), "{verdict}");

    installed.write("other/site/site.toml", "[site]\nid = 7\n");
    let (code, out, err) = replay(installed, &["--config", other]).await;
    assert!((code, out.as_str()) == (Some(2), "") && err.contains("site.toml:2"), "{err}");
}

/// What was decided is shown as it stands, and that is said.
async fn without_a_trace(installed: &Installed) {
    let (code, recorded, err) = replay(installed, &["--recorded"]).await;
    assert_eq!((code, err.as_str()), (Some(0), ""), "{recorded}");
    std::fs::remove_dir_all(installed.path("state/trace")).unwrap();
    let (code, out, err) = replay(installed, &[]).await;
    assert_eq!(code, Some(0), "{err}");
    assert!(err.contains("No trace of inputs covers this time") && err.contains("没有覆盖这段时间的输入记录"), "{err}");
    assert_eq!(out, recorded);
}
