//! The consoles before the running demo: every act of the desk by the keyboard and by the mouse, two operators who see each
//! other's; devices that say who they are; a wall that is normal before the story begins.
//! Needs the built consoles (`make web`) and `npm ci` in tests/page.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::Instant;

use crate::bench::PASSWORD;
use crate::client::Client;
use crate::node::{self, play};

/// The demo is running within this time.
const START: Duration = Duration::from_secs(60);
/// And says that all is well within this: fifteen seconds, and as much again and more for a machine under load.
const NORMAL: Duration = Duration::from_secs(60);

fn tocsin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.kill_on_drop(true);
    command
}

/// The demo with two operators' accounts and an engineer's, and where it listens.
async fn demo(folder: &Path, scenario: &Path) -> (Child, String) {
    let (state, password) = (folder.join("state"), folder.join("password"));
    std::fs::write(&password, PASSWORD).unwrap();
    for (user, role) in [("li", "supervisor"), ("chen", "supervisor"), ("zhao", "engineer")] {
        let mut add = tocsin();
        add.args(["user", "add", user, "--role", role, "--password-file"]).arg(&password).arg("--state").arg(&state);
        let added = add.output().await.expect("the program starts");
        assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    }
    let mut demo = tocsin();
    demo.args(["demo", "--listen", "127.0.0.1:0", "--scenario"]).arg(scenario).arg("--state").arg(&state);
    demo.env("TOCSIN_ADMIN_PASSWORD_FILE", &password).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut demo = demo.spawn().expect("the program starts");
    let mut lines = BufReader::new(demo.stdout.take().expect("piped")).lines();
    let listening = async {
        loop {
            let line = lines.next_line().await.expect("its output").expect("it says where it listens");
            if let Some(url) = line.strip_prefix("listening ") {
                return url.to_owned();
            }
        }
    };
    let url = tokio::time::timeout(START, listening).await.expect("it listens");
    // It tells its story for as long as it runs; nobody reading would stop it.
    tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
    (demo, url)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_act_of_the_desk_by_keyboard_and_by_mouse() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/desk.toml");
    let (_demo, url) = demo(folder.path(), &scenario).await;
    play("desk.mjs", &[&url, PASSWORD, &node::pictures()], async |asked| panic!("{asked}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_is_asked_who_it_is_by_mouse_and_by_keyboard() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page/desk.toml");
    let (_demo, url) = demo(folder.path(), &scenario).await;
    play("identify.mjs", &[&url, PASSWORD, &node::pictures()], async |asked| panic!("{asked}")).await;
}

/// The story that the demo plays when nobody names one, with everything put off by so long: a loaded machine may take a
/// while to read the field, and nothing must be open by then.
fn smoke_later() -> String {
    let smoke = include_str!("../../config/scenarios/smoke.toml");
    let later = |line: &str| match line.strip_prefix("at = \"").and_then(|rest| rest.strip_suffix("s\"")) {
        Some("0") | None => line.to_owned(),
        Some(seconds) => format!("at = \"{}s\"", seconds.parse::<u64>().expect("whole seconds") + 120),
    };
    smoke.lines().map(|line| later(line) + "\n").collect()
}

#[tokio::test]
async fn the_demo_begins_normal() {
    let folder = tempfile::tempdir().unwrap();
    let scenario = folder.path().join("smoke-later.toml");
    std::fs::write(&scenario, smoke_later()).unwrap();
    let (_demo, url) = demo(folder.path(), &scenario).await;
    let (client, began) = (Client::new(&url), Instant::now());
    loop {
        let state = client.get("/api/v1/state").await.json();
        if state["banner"]["state"] == "normal" {
            println!("the demo is normal {} ms after it listens", began.elapsed().as_millis());
            assert_eq!(state["unknown"]["points"], 0, "{state}");
            break;
        }
        // A disk that was busy for a moment is a fault until somebody has acknowledged it, as it should be.
        let (only, faults) = (&state["banner"]["alarm"], &state["windows"]["faults"]["total"]);
        let slow = only["point"] == "gateway/journal" && only["source"] == "quiet" && *faults == 1;
        if slow && state["unknown"]["points"] == 0 {
            println!("normal but for a journal that was slow: {}", only["detail"]["en"]);
            break;
        }
        assert!(began.elapsed() < NORMAL, "{} {}", state["banner"], state["unknown"]);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // Rates of meters need hours of readings: nobody calls them known, and nobody calls them lost.
    let devices = client.get("/api/v1/devices?brief=yes").await.json();
    let meters = devices["devices"].as_array().unwrap().iter().find(|one| one["id"] == "meters-1").unwrap().clone();
    assert_eq!((&meters["points"]["unknown"], &meters["points"]["gathered"]), (&json!(0), &json!(13)), "{meters}");
    assert_eq!(meters["state"], "answers");
}
