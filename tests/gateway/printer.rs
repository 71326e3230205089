//! A panel that prints, behind a terminal server and on a serial line, encoded by a codec that is not ours.

use serde_json::{Value, json};

use super::bench::{Installed, normal, once, open, open_alarm, state};
use super::client::Client;
use super::field::{Line, Server};
use super::site;

/// The site: the panel at `endpoint`, with one detector listed.
fn installed(endpoint: &str, profile: &str) -> Installed {
    let installed = Installed::new();
    let panel = format!(
        r#"
[[bus]]
id = "printer"
protocol = "text"
{endpoint}

[[device]]
id = "panel-9"
name = {{ zh = "9号报警主机", en = "Fire panel 9" }}
bus = "printer"
profile = "{profile}"
building = "2"
floor = "1"
points = "panel-9.csv"
"#
    );
    installed.write("site/site.toml", &(site::PLACES.to_owned() + &panel));
    let list = "loop,address,code,type,building,floor,zone,text_zh,text_en\n\
                2,17,042017,03,2,4,2-04,2号楼4层417室感烟探测器,Building 2 floor 4 room 417 smoke detector\n";
    installed.write("site/panel-9.csv", list);
    installed
}

/// A record of the panel.
fn record(minute: u8, point: &str, words: &str) -> String {
    let point = if point.is_empty() { String::new() } else { format!("  {point}\n") };
    json!(format!("\u{1b}611/22/26  07:{minute:02}\n{point}\u{1b}9{words}\n\n")).to_string()
}

async fn shown(client: &Client, condition: &str) -> Value {
    once(15, condition, async || open_alarm(client, condition).await).await
}

async fn acknowledge(client: &Client, alarm: &Value) {
    let id = alarm["id"].as_str().unwrap();
    assert_eq!(client.post(&format!("/api/v1/alarms/{id}/ack"), "").await.status, 200);
}

async fn facts(client: &Client, kind: &str) -> Vec<Value> {
    let journal = client.get(&format!("/api/v1/journal?limit=1000&kind={kind}")).await.json();
    journal["events"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_panel_prints_is_raised_where_it_is_and_its_reset_is_mirrored() {
    let mut panel = Server::printer(&["tcp"]).await;
    let installed = installed(&format!("tcp = \"{}\"", panel.place), "gst9000-text");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    panel.tell("wait").await;
    panel.tell(&format!("print {}", record(0, "002-017", "首位火警"))).await;
    let fire = shown(&client, "panel-9/l2-p17:fire").await;
    let place = &fire["place"];
    assert_eq!((&place["floor"], &place["zone"]), (&json!("4"), &json!("2-04")), "{fire:#}");
    assert_eq!(place["text"]["zh"], "2号楼4层417室感烟探测器");
    assert_eq!((&fire["code"], &fire["first"], &fire["latched"]), (&json!("042017"), &json!(true), &json!(true)));
    assert_eq!(state(&client).await["banner"]["state"], "fire");

    // What the list does not have is a fire like any other.
    panel.tell(&format!("print {}", record(1, "005-009", "    火警"))).await;
    let unlisted = shown(&client, "panel-9/l5-p9:fire").await;
    assert_eq!((&unlisted["priority"], &unlisted["place"]["building"]), (&json!(1), &json!("2")), "{unlisted:#}");
    assert_eq!(unlisted["incident"], fire["incident"]);

    // What nobody understands is kept in full and announced.
    panel.tell(&format!("print {}", record(2, "002-017", "从来没有见过的记录"))).await;
    panel.tell("bytes FF FE FD 0A 0A").await;
    let noise = shown(&client, "panel-9/record:fault").await;
    once(15, "the second is counted", async || {
        (shown(&client, "panel-9/record:fault").await["count"] == 2).then_some(())
    })
    .await;
    let kept = facts(&client, "record-kept").await;
    assert_eq!(kept.len(), 2, "{kept:#?}");
    assert_eq!(kept[0]["words"], "11/22/26 07:02 002-017 从来没有见过的记录");
    assert!(kept[1]["words"].as_str().unwrap().contains("[FF FE FD]"), "{}", kept[1]);
    acknowledge(&client, &noise).await;

    // A connection that is closed and comes back at once is no news, and nothing of what was said is lost with it.
    panel.tell("hang-up").await;
    panel.tell("wait").await;
    acknowledge(&client, &fire).await;
    panel.tell(&format!("print {}", record(3, "", "复位"))).await;
    once(15, "the acknowledged fire is closed by the panel's reset", async || {
        open_alarm(&client, "panel-9/l2-p17:fire").await.is_none().then_some(())
    })
    .await;
    let waits = shown(&client, "panel-9/l5-p9:fire").await;
    assert_eq!((&waits["source"], &waits["ack"]), (&json!("quiet"), &Value::Null), "nobody has acknowledged it");
    assert_eq!(facts(&client, "panel-reset").await[0]["device_time"], "2026-11-22 07:03");
    acknowledge(&client, &waits).await;
    once(15, "nothing is open", async || open(&client).await.is_empty().then_some(())).await;
    normal(&client).await;
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_panel_and_a_pulled_adapter_are_faults_and_end_with_the_next_word() {
    let installed = Installed::new();
    let mut line = Line::new(&installed.path("line")).await;
    let installed = {
        let endpoint = format!("serial = \"{}\"\nbaud = 9600\nparity = \"none\"", line.near());
        let other = self::installed(&endpoint, "beats");
        let shipped =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles/gst9000-text/profile.toml");
        let shipped = std::fs::read_to_string(shipped).unwrap();
        other.write(
            "site/device-profiles/beats/profile.toml",
            &shipped.replace("[text]\n", "[text]\nheartbeat = \"2s\"\n"),
        );
        other
    };
    let mut panel = Server::printer(&["tty", &line.far]).await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    // Nothing is printed: the panel says nothing although it should.
    let silent = shown(&client, "panel-9/link:link-fault").await;
    assert_eq!(silent["source"], "active");
    let quiet = async |condition: &str| {
        once(15, condition, async || {
            let alarm = open_alarm(&client, condition).await;
            alarm.is_none_or(|alarm| alarm["source"] == "quiet").then_some(())
        })
        .await;
    };
    panel.tell(&format!("print {}", record(0, "002-017", "故障"))).await;
    shown(&client, "panel-9/l2-p17:fault").await;
    quiet("panel-9/link:link-fault").await;

    line.pull().await;
    let lost = shown(&client, "gateway/bus.printer:link-fault").await;
    assert_eq!(lost["source"], "active");
    let fault = shown(&client, "panel-9/l2-p17:fault").await;
    assert_eq!(fault["source"], "unknown", "what is printed now is not heard");
    line.plug().await;
    quiet("gateway/bus.printer:link-fault").await;
    panel.tell(&format!("print {}", record(1, "002-017", "故障恢复"))).await;
    once(15, "the end is heard", async || {
        (shown(&client, "panel-9/l2-p17:fault").await["source"] == "quiet").then_some(())
    })
    .await;
    gateway.stop().await;
}
