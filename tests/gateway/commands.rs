//! A command from the desk to a device that is not ours, and the power failing in the middle of one.

use serde_json::{Value, json};

use super::bench::{Installed, all_known, once, open_alarm};
use super::client::Client;
use super::field::Server;
use super::site;

const PROFILE: &str = r#"
vendor = "Test"
model = "Pump"
class = "fire-pump"
source = "tests/gateway/commands.rs"
verified = "manual-only"
[points]
running = { table = "coil", address = 10, type = "bit", poll = "fast", name = { zh = "运行", en = "Running" } }
[commands]
start = { on = "running", danger = "armed", name = { zh = "启动", en = "Start" }, write = { table = "coil", address = 0, value = true }, feedback = { when = "running", within = "1m" } }
"#;

fn site(address: &str) -> String {
    format!(
        "{}[[bus]]\nid = \"pumps\"\ntcp = \"{address}\"\npoll = {{ fast = \"200ms\" }}\n\
         [[device]]\nid = \"pump-9\"\nbus = \"pumps\"\nunit = 1\nprofile = \"pump\"\ncontrol = true\n",
        site::PLACES
    )
}

/// Arms and fires; gives the id.
async fn start(client: &Client, key: &str) -> String {
    let body = |arm: Value| json!({ "target": { "point": "pump-9/running" }, "verb": "start", "arm": arm }).to_string();
    let armed = client.post("/api/v1/commands", &body(json!(true))).await;
    assert_eq!(armed.status, 202, "{}", armed.text);
    let fire = body(armed.json()["id"].clone());
    let fired = client.send("POST", "/api/v1/commands", &[("idempotency-key", key)], &fire).await;
    assert_eq!(fired.status, 202, "{}", fired.text);
    fired.json()["id"].as_str().expect("an id").to_owned()
}

async fn reaches(client: &Client, id: &str, state: &str) -> Value {
    let path = format!("/api/v1/commands/{id}");
    once(20, state, async || Some(client.get(&path).await.json()).filter(|one| one["state"] == state)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_command_is_done_once_and_never_again_after_the_power_failed() {
    let mut pump = Server::coils().await;
    let installed = Installed::with(&site(&pump.place));
    installed.write("site/device-profiles/pump/profile.toml", PROFILE);
    let gateway = installed.run().await;
    let (client, address) = (gateway.log_in().await, gateway.address().to_owned());
    all_known(&client).await;

    let id = start(&client, "first").await;
    reaches(&client, &id, "accepted").await;
    assert_eq!(pump.held("coil", 0).await, "values 1", "the register of the device has changed");
    pump.tell("set coil 10 1").await;
    reaches(&client, &id, "confirmed").await;

    // The next one is accepted; before anybody knows whether it was done, the power fails.
    pump.tell("set coil 10 0").await;
    pump.tell("set coil 0 0").await;
    let id = start(&client, "second").await;
    reaches(&client, &id, "accepted").await;
    gateway.kill();
    pump.tell("set coil 0 0").await;
    let gateway = installed.run_at(&address).await;
    let client = gateway.log_in().await;
    let stands = reaches(&client, &id, "unknown").await;
    assert_eq!(stands["settled"], true, "{stands}");
    let alarm = open_alarm(&client, "pump-9/running:fault").await.expect("an unknown outcome is announced");
    assert!(alarm["detail"]["en"].as_str().is_some_and(|text| text.contains("not sent again")), "{alarm}");
    all_known(&client).await;
    assert_eq!(pump.held("coil", 0).await, "values 0", "it was not sent again");
    installed.verify().await;
}
