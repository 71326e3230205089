//! Sparkplug B 3.0: the program itself, a real mosquitto, Modbus devices that are not ours, and a host that is not ours either: it
//! decodes with Tahu's protobuf and ends the test at the first rule of the specification that is broken.

#[path = "gateway/bench.rs"]
#[expect(dead_code, reason = "shared with the tests of the whole gateway, which look at more")]
mod bench;
#[path = "mqtt/broker.rs"]
#[expect(dead_code, reason = "shared with the tests of the MQTT edge, which also look at retained topics")]
mod broker;
#[path = "mqtt/certificates.rs"]
#[expect(dead_code, reason = "shared with the tests of the MQTT edge, which trust without a file, too")]
mod certificates;
#[path = "web/client.rs"]
#[expect(dead_code, reason = "shared with the tests of the web edge, which also send forms")]
mod client;
#[path = "gateway/field.rs"]
#[expect(dead_code, reason = "shared with the tests of the whole gateway, which also pull plugs")]
mod field;
#[path = "sparkplug/host.rs"]
mod host;
#[path = "mqtt/port.rs"]
mod port;
#[path = "gateway/site.rs"]
#[expect(dead_code, reason = "shared with the tests of the whole gateway, which also have a generator")]
mod site;

use bench::{Installed, all_known, once, open_alarm};
use broker::Broker;
use certificates::Authority;
use field::{FIRE, Server};
use host::Host;
use serde_json::{Value, json};

const PUMP: &str = r#"
vendor = "Test"
model = "Pump"
class = "fire-pump"
source = "tests/sparkplug.rs"
verified = "manual-only"
[points]
running = { table = "coil", address = 10, type = "bit", poll = "fast", name = { zh = "运行", en = "Running" } }
pressure = { table = "holding", address = 5, type = "u16", scale = 0.1, unit = "kPa", valid = [0, 1000], absent = [0xFFFF], poll = "fast", name = { zh = "压力", en = "Pressure" } }
starts = { table = "holding", address = 6, type = "i16", poll = "fast", name = { zh = "启动次数", en = "Starts" } }
mode = { table = "holding", address = 7, type = "u16", poll = "fast", states = "mode", name = { zh = "方式", en = "Mode" } }
[states.mode]
off = { code = 0, zh = "停", en = "Off" }
auto = { code = 1, zh = "自动", en = "Automatic" }
[commands]
start = { on = "running", name = { zh = "启动", en = "Start" }, write = { table = "coil", address = 0, value = true }, feedback = { when = "running", within = "1m" } }
flush = { on = "running", name = { zh = "冲洗", en = "Flush" }, write = { table = "coil", address = 2, value = true }, feedback = "none" }
stop = { on = "running", danger = "armed", name = { zh = "停止", en = "Stop" }, write = { table = "coil", address = 1, value = true }, feedback = "none" }
"#;

fn pump(name: &str, address: &str, control: bool) -> String {
    format!(
        "\n[[bus]]\nid = \"{name}-lan\"\ntcp = \"{address}\"\npoll = {{ fast = \"200ms\" }}\n\
         [[device]]\nid = \"{name}\"\nname = {{ zh = \"消防泵\", en = \"Fire pump\" }}\nbus = \"{name}-lan\"\nunit = 1\n\
         profile = \"pump\"\ncontrol = {control}\n"
    )
}

/// A gateway with these devices that speaks to a Sparkplug host over `broker`.
fn installed(broker: &Broker, devices: &str, more: &str) -> Installed {
    let installed = Installed::with(&(site::PLACES.to_owned() + devices));
    installed.write("site/device-profiles/pump/profile.toml", PUMP);
    let port = broker.port;
    installed.settings(&format!("[sparkplug]\nhost = \"127.0.0.1\"\nport = {port}\ngroup = \"plant\"\n{more}"));
    installed
}

const PANEL: Option<&str> = Some("panel-1");
const PUMP_9: Option<&str> = Some("pump-9");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn births_changes_and_deaths_are_told_as_the_specification_says() {
    let broker = Broker::start().await;
    let (panel, mut water) = (Server::panel().await, Server::coils().await);
    let installed = installed(&broker, &(site::panel(&panel.place) + &pump("pump-9", &water.place, false)), "");
    water.tell("set holding 5 4567").await;
    water.tell("set holding 6 65531").await;
    let mut host = Host::start(&broker).await;
    let gateway = installed.run().await;
    let node = host.word(0, "NBIRTH", None).await;
    assert_eq!((&node["bdSeq"], &node["group"], &node["node"]), (&json!(0), &json!("plant"), &json!("riverside")));
    host.word(0, "DBIRTH", PANEL).await;
    let born = host.word(0, "DBIRTH", PUMP_9).await;
    let pressure = &born["metrics"]["pressure"];
    let told = ["type", "engUnit", "engLow", "engHigh", "documentation", "documentationZh"].map(|key| &pressure[key]);
    assert_eq!(told.map(Value::to_string).join(" "), r#""DOUBLE" "kPa" 0.0 1000.0 "Pressure" "压力""#);
    assert!(born["metrics"]["Control/running/start"].is_null(), "nothing is offered that would not be obeyed: {born}");
    let client = gateway.log_in().await;
    all_known(&client).await;
    host.metric(0, PUMP_9, "pressure", |one| one["value"] == 456.7).await;
    let starts = host.metric(0, PUMP_9, "starts", |one| one["value"] == -5).await;
    assert_eq!((&starts["type"], starts["null"].as_bool()), (&json!("INT32"), Some(false)));
    host.metric(0, PUMP_9, "mode", |one| one["value"] == "off").await;
    host.metric(0, PUMP_9, "running", |one| one["value"] == false).await;
    host.metric(0, None, "Devices/Answering", |one| one["value"] == 2).await;

    // A change is told alone, by its alias; what has no value is null with a quality and a reason.
    let since = host.now();
    water.tell("set holding 5 65535").await;
    let absent = host.metric(since, PUMP_9, "pressure", |one| one["null"] == true).await;
    assert_eq!((&absent["Quality"], &absent["Reason"]), (&json!(0), &json!("absent")));
    water.tell("set holding 5 10").await;
    let back = host.metric(since, PUMP_9, "pressure", |one| one["value"] == 1.0).await;
    assert_eq!(back["Quality"], 192, "the host is told that it is good again");
    let data = host.word(since, "DDATA", PUMP_9).await;
    assert_eq!(data["metrics"].as_object().map(serde_json::Map::len), Some(1), "{data}");

    // A host that missed something asks for births, and has everything.
    let since = host.now();
    host.tell("rebirth plant riverside").await;
    let again = host.word(since, "NBIRTH", None).await;
    assert_eq!(again["bdSeq"], 0, "the session is the same");
    host.word(since, "DBIRTH", PANEL).await;
    let born = host.word(since, "DBIRTH", PUMP_9).await;
    assert_eq!(born["metrics"]["pressure"]["value"], 1.0, "{born}");

    a_device_dies_and_comes_back(&host, panel, &client).await;

    // The power fails: the broker says our death. The next birth has the next number.
    let since = host.now();
    gateway.kill();
    assert_eq!(host.word(since, "NDEATH", None).await["bdSeq"], 0);
    let gateway = installed.run().await;
    assert_eq!(host.word(since, "NBIRTH", None).await["bdSeq"], 1);
    host.word(since, "DBIRTH", PUMP_9).await;
    let since = host.now();
    gateway.stop().await;
    assert_eq!(host.word(since, "NDEATH", None).await["bdSeq"], 1, "a stop is said");
    println!("{} messages, no rule broken", host.now());
}

/// A device that is unplugged is dead, with what was known of it; its alarms stay counted at the node.
async fn a_device_dies_and_comes_back(host: &Host, mut panel: Server, client: &client::Client) {
    let since = host.now();
    panel.detector(17, FIRE).await;
    host.metric(since, PANEL, "Alarms/fire", |one| one["value"] == 1).await;
    host.metric(since, None, "Alarms/fire", |one| one["value"] == 1).await;
    let first = host.metric(since, None, "Alarms/First", |one| one["value"] != "").await;
    assert!(first["value"].as_str().is_some_and(|text| text.contains("room 417")), "{first}");
    let place = panel.place.clone();
    panel.kill().await;
    let since = host.now();
    host.word(since, "DDEATH", PANEL).await;
    host.metric(since, None, "Devices/Answering", |one| one["value"] == 1).await;
    assert!(open_alarm(client, "panel-1/l2-d17:fire").await.is_some(), "a dead panel clears nothing");
    let since = host.now();
    let _panel = Server::panel_again(&place, &[17, 18]).await;
    let born = host.word(since, "DBIRTH", PANEL).await;
    assert!(born["metrics"]["Alarms/fire"]["value"].as_u64() >= Some(1), "{born}");
    host.metric(since, None, "Alarms/fire", |one| one["value"] == 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn births_wait_for_the_primary_host_and_a_broker_that_was_away_hears_them_anew() {
    let mut broker = Broker::start().await;
    let mut water = Server::coils().await;
    let installed =
        installed(&broker, &pump("pump-9", &water.place, false), "node = \"node-7\"\nprimary-host = \"scada\"\n");
    let mut host = Host::start(&broker).await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    once(20, "an absent host is a fault", async || open_alarm(&client, "gateway/sparkplug:self").await).await;
    assert_eq!(host.now(), 0, "nothing is said to nobody");
    host.tell("state scada online 1000").await;
    let born = host.word(0, "NBIRTH", None).await;
    assert_eq!((&born["node"], &born["bdSeq"]), (&json!("node-7"), &json!(0)));
    host.word(0, "DBIRTH", PUMP_9).await;
    let quiet = |alarm: Option<Value>| alarm.is_none_or(|alarm| alarm["source"] == "quiet").then_some(());
    once(20, "the fault ends", async || quiet(open_alarm(&client, "gateway/sparkplug:self").await)).await;

    // An end that is older than the beginning ends nothing; a true one ends the session in order.
    host.tell("state scada offline 999").await;
    let since = host.now();
    water.tell("set coil 10 1").await;
    host.metric(since, PUMP_9, "running", |one| one["value"] == true).await;
    host.tell("state scada offline 1000").await;
    assert_eq!(host.word(since, "NDEATH", None).await["bdSeq"], 0);
    let since = host.now();
    water.tell("set coil 10 0").await;
    host.tell("state scada online 2000").await;
    assert_eq!(host.word(since, "NBIRTH", None).await["bdSeq"], 1);
    let born = host.word(since, "DBIRTH", PUMP_9).await;
    assert_eq!(born["metrics"]["running"]["value"], false, "brought up to date, not replayed");

    broker.down().await;
    water.tell("set holding 5 20").await;
    water.tell("set holding 5 30").await;
    once(20, "an absent broker is a fault", async || {
        open_alarm(&client, "gateway/sparkplug:self").await.filter(|alarm| alarm["source"] == "active")
    })
    .await;
    let since = host.now();
    broker.up().await;
    let born = host.word(since, "NBIRTH", None).await;
    assert_ne!(born["bdSeq"], 1, "another connection, another number");
    let born = host.word(since, "DBIRTH", PUMP_9).await;
    assert_eq!(born["metrics"]["pressure"]["value"], 3.0);
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_commands_only_what_it_may() {
    let broker = Broker::start().await;
    let (mut water, mut locked) = (Server::coils().await, Server::coils().await);
    let devices = pump("pump-9", &water.place, true) + &pump("pump-8", &locked.place, false);
    let installed = installed(&broker, &devices, "commands = true\n");
    let mut host = Host::start(&broker).await;
    // Kept for us by the broker: said before anybody was there.
    host.tell("write plant riverside pump-9 0 retained Control/running/start true").await;
    let gateway = installed.run().await;
    let born = host.word(0, "DBIRTH", PUMP_9).await;
    assert_eq!(born["metrics"]["Control/running/start"]["value"], false);
    assert!(born["metrics"]["Control/running/stop"].is_null(), "Sparkplug cannot arm");
    host.word(0, "DBIRTH", Some("pump-8")).await;
    all_known(&gateway.log_in().await).await;
    let result = async |host: &Host, since: usize, said: &str| {
        host.metric(since, PUMP_9, "Control/Result", |one| {
            one["value"].as_str().is_some_and(|text| text.contains(said))
        })
        .await
    };

    // What is old, from the future or not there is refused, and the host is told.
    for (age, name, why) in [
        ("60", "Control/running/start", "stale"),
        ("-60", "Control/running/start", "future"),
        ("0", "Control/running/stop", "no-such-metric"),
        ("0", "running", "no-such-metric"),
    ] {
        let since = host.now();
        // Each result differs from the one before, so each is news.
        host.tell(&format!("write plant riverside pump-9 {age} live {name} true")).await;
        if (name, why) != ("running", "no-such-metric") {
            result(&host, since, why).await;
        }
    }
    host.tell("write plant riverside pump-8 0 live Control/running/start true").await;
    let refused = || gateway.log().matches("a command over Sparkplug is not obeyed").count();
    broker::until("each is in the log", || refused() == 6).await;
    assert!(gateway.log().contains("why=\"retained\""), "{}", gateway.log());
    assert_eq!((water.held("coil", 0).await, locked.held("coil", 0).await), ("values 0".into(), "values 0".into()));

    // The gate is everybody's: a verb that only the profile knows needs an engineer, and a host is an operator. Each time
    // it asks it is told so.
    for _ in 0..2 {
        let since = host.now();
        host.tell("write plant riverside pump-9 0 live Control/running/flush true").await;
        result(&host, since, "running/flush: refused, not-permitted").await;
    }
    assert_eq!(water.held("coil", 2).await, "values 0");

    let since = host.now();
    host.tell("write plant riverside pump-9 0 live Control/running/start true").await;
    result(&host, since, "running/start: accepted").await;
    assert_eq!(water.held("coil", 0).await, "values 1", "the register of the device has changed");
    water.tell("set coil 10 1").await;
    result(&host, since, "running/start: confirmed").await;
    host.metric(since, PUMP_9, "running", |one| one["value"] == true).await;
    assert_eq!(locked.held("coil", 0).await, "values 0");
    gateway.stop().await;
    installed.verify().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_both_sides_show_who_they_are() {
    let ours = Authority::new("site");
    let (server, own) = (ours.signs("broker", "IP:127.0.0.1", false), ours.signs("gateway", "DNS:gateway", false));
    let listener = format!(
        "allow_anonymous true\ncertfile {}\nkeyfile {}\ncafile {}\nrequire_certificate true\n",
        server.certificate.display(),
        server.key.display(),
        ours.certificate.display()
    );
    let (broker, port) = Broker::start_with_second(&listener).await;
    let water = Server::coils().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &pump("pump-9", &water.place, false)));
    installed.write("site/device-profiles/pump/profile.toml", PUMP);
    let settings = |authority: &Authority| {
        format!(
            "[sparkplug]\nhost = \"127.0.0.1\"\nport = {port}\ntls = true\nca-file = {:?}\ncertificate-file = {:?}\nkey-file = {:?}\n",
            authority.certificate, own.certificate, own.key
        )
    };
    // A broker that cannot be trusted hears nothing, and people are told why.
    let host = Host::start(&broker).await;
    let stranger = Authority::new("stranger");
    installed.settings(&settings(&stranger));
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let fault = once(20, "it is a fault", async || open_alarm(&client, "gateway/sparkplug:self").await).await;
    let detail = fault["detail"]["en"].as_str().unwrap_or_default();
    assert!(detail.ends_with("TLS failed: its certificate comes from no authority that we trust"), "{fault}");
    assert_eq!(host.now(), 0);
    gateway.stop().await;

    installed.settings(&settings(&ours));
    let gateway = installed.run().await;
    let born = host.word(0, "NBIRTH", None).await;
    assert_eq!(born["group"], "tocsin", "unless it is set");
    host.word(0, "DBIRTH", PUMP_9).await;
    gateway.stop().await;
    host.word(0, "NDEATH", None).await;
}
