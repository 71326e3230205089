//! The desk before the running demo: every act by the keyboard and by the mouse, two operators who see each other's.
//! Needs the built consoles (`make web`) and `npm ci` in tests/page.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::bench::PASSWORD;
use crate::node::{self, play};

/// The demo is running within this time.
const START: Duration = Duration::from_secs(60);

fn tocsin() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tocsin"));
    command.kill_on_drop(true);
    command
}

/// The demo with two operators' accounts, and where it listens.
async fn demo(folder: &Path, scenario: &Path) -> (Child, String) {
    let (state, password) = (folder.join("state"), folder.join("password"));
    std::fs::write(&password, PASSWORD).unwrap();
    for user in ["li", "chen"] {
        let mut add = tocsin();
        add.args(["user", "add", user, "--role", "supervisor", "--password-file"])
            .arg(&password)
            .arg("--state")
            .arg(&state);
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
