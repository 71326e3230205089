//! The disk is full. The gateway runs in a mount namespace of its own, whose small disk ends with it.

use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::json;

use super::bench::{Gateway, Installed, all_known, once, open_alarm, state};
use super::field::{FIRE, Server};
use super::site;

/// `unshare` as this user may call it; none where the system allows no mount at all.
fn unshare() -> Option<Vec<&'static str>> {
    let ways = [vec!["--mount"], vec!["--map-root-user", "--mount"]];
    ways.into_iter().find(|way| {
        let mut command = Command::new("unshare");
        command.args(way).args(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]);
        command.stderr(Stdio::null()).status().is_ok_and(|status| status.success())
    })
}

/// Runs `command` on a disk of 4 MiB at `place`.
const SMALL: &str = r#"mount -t tmpfs -o size=4m tmpfs "$0" && exec "$@""#;
/// Runs `command` on a disk that was full before it started; it had been there once before, for two seconds.
const FULL: &str = r#"mount -t tmpfs -o size=24m tmpfs "$0" && "$@" --seconds 2 >/dev/null 2>&1
    cat /dev/zero >"$0/filler" 2>/dev/null
    exec "$@""#;

/// `command` with a disk of its own at `place`, as `script` has it.
fn on_a_disk(script: &str, way: &[&str], place: &Path, command: &Command) -> Command {
    let mut inside = Command::new("unshare");
    inside.args(way).args(["sh", "-c", script]).arg(place);
    inside.arg(command.get_program()).args(command.get_args()).stdin(Stdio::null());
    for (key, value) in command.get_envs() {
        inside.env(key, value.expect("only set"));
    }
    inside
}

/// `command` where the gateway runs.
fn on_the_same_disk(way: &[&str], gateway: &Gateway, command: &Command) -> Command {
    let mut inside = Command::new("nsenter");
    inside.args(["--target", &gateway.pid().to_string(), "--mount"]);
    if way.contains(&"--map-root-user") {
        inside.args(["--user", "--preserve-credentials"]);
    }
    inside.arg(command.get_program()).args(command.get_args());
    inside
}

/// Takes every byte that is left.
fn fill(path: &Path) {
    let mut file = File::create(path).unwrap();
    for step in [65_536, 1] {
        let block = vec![0; step];
        loop {
            match file.write(&block) {
                Ok(_) => {}
                Err(error) if error.kind() == ErrorKind::StorageFull => break,
                Err(error) => panic!("{error}"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fire_is_shown_while_the_disk_is_full() {
    let Some(way) = unshare() else {
        println!("skipped: this system lets an ordinary user make no mount namespace");
        return;
    };
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let place = installed.path("state");
    let command = on_a_disk(SMALL, &way, &place, &installed.run_command("127.0.0.1:0"));
    let gateway = Gateway::start(command, &installed.path("log")).await;
    let inside = PathBuf::from(format!("/proc/{}/root", gateway.pid())).join(place.strip_prefix("/").unwrap());
    assert!(inside.join("events.db").exists());
    let client = gateway.log_in().await;
    all_known(&client).await;

    let filler = inside.join("filler");
    fill(&filler);
    let mut fires = 0;
    // What the log of the database has already claimed still takes some facts.
    once(30, "the journal's disk is a fault", async || {
        if fires < 50 {
            fires += 1;
            panel.detector(fires, FIRE).await;
        }
        let parts = state(&client).await["health"]["parts"].clone();
        open_alarm(&client, "gateway/journal:self").await.map(|_| parts)
    })
    .await;
    panel.detector(60, FIRE).await;
    let last = once(5, "a fire is shown", async || open_alarm(&client, "panel-1/l2-d60:fire").await).await;
    assert_eq!(state(&client).await["banner"]["state"], "fire");
    let silenced = client.post("/api/v1/silence", "").await;
    assert_eq!((silenced.status, &silenced.json()["recorded"]), (200, &json!(false)), "{}", silenced.text);
    println!("disk full: {} fires on the panel and one more are shown, the act is answered as not recorded", fires);

    std::fs::remove_file(&filler).unwrap();
    let fault = once(20, "the fault is over", async || {
        open_alarm(&client, "gateway/journal:self").await.filter(|fault| fault["source"] == "quiet")
    })
    .await;
    let recorded = client.post(&format!("/api/v1/alarms/{}/ack", fault["id"].as_str().unwrap()), "").await;
    assert_eq!((recorded.status, &recorded.json()["recorded"]), (200, &json!(true)), "{}", recorded.text);
    once(20, "what was read while the disk was full is in the trends", async || {
        let query = "point=panel-1/l2-d60.event&as=segments&from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z";
        let told = client.get(&format!("/api/v1/trends?{query}")).await.json();
        let segments = told["segments"].as_array().unwrap_or_else(|| panic!("{told}")).clone();
        let good = segments.iter().filter(|held| held["quality"] == "good");
        let values: Vec<f64> = good.map(|held| held["value"].as_f64().unwrap()).collect();
        (values.len() > 1 && values[values.len() - 1] == f64::from(FIRE & 0xFF)).then_some(())
    })
    .await;
    let state_dir = place.to_str().unwrap();
    let verify =
        on_the_same_disk(&way, &gateway, &installed.command(&["journal", "verify", "--json", "--state", state_dir]));
    let verified = Installed::whole(verify).await;
    println!("room again: {} facts are written and verify", verified["facts"]);
    let export = on_the_same_disk(&way, &gateway, &installed.command(&["journal", "export", "--state", state_dir]));
    let (_, exported, _) = Installed::ended(export).await;
    for what in [r#""point":"panel-1/l2-d60""#, r#""kind":"silenced""#] {
        assert!(exported.contains(what), "{what} was not written afterwards");
    }
    let seq = last["id"].as_str().unwrap().split_once('-').unwrap().1;
    assert!(exported.contains(&format!(r#""seq":{seq},"#)), "with the id it was shown with");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_gateway_starts_on_a_full_disk() {
    let Some(way) = unshare() else {
        println!("skipped: this system lets an ordinary user make no mount namespace");
        return;
    };
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let place = installed.path("state");
    let command = on_a_disk(FULL, &way, &place, &installed.run_command("127.0.0.1:0"));
    let gateway = Gateway::start(command, &installed.path("log")).await;
    let client = gateway.log_in().await;
    once(10, "the full disk is a fault", async || open_alarm(&client, "gateway/disk:self").await).await;
    all_known(&client).await;
    panel.detector(60, FIRE).await;
    once(5, "a fire is shown", async || open_alarm(&client, "panel-1/l2-d60:fire").await).await;
    gateway.stop().await;
}
