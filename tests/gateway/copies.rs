//! Copies of a running gateway's journal: whole, and themselves recorded (RC-01).

use serde_json::Value;

use super::bench::{Installed, all_known, once, open_alarm};
use super::client::Client;
use super::field::{FIRE, Server};
use super::site;

async fn recorded(client: &Client) -> Vec<Value> {
    let answer = client.get("/api/v1/journal?kind=records-exported").await.json();
    answer["events"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_takes_a_copy_is_in_the_record() {
    let mut panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    panel.detector(17, FIRE).await;
    once(5, "a fire", async || open_alarm(&client, "panel-1/l2-d17:fire").await).await;

    let (state, file) = (installed.path("state"), installed.path("copy.csv"));
    let arguments = |more: &[&str]| -> Vec<String> {
        let state = state.to_str().unwrap().to_owned();
        let begin = ["journal", "export", "--state"].map(str::to_owned);
        begin.into_iter().chain([state]).chain(more.iter().map(|word| (*word).to_owned())).collect()
    };
    let run = async |more: &[&str]| {
        let arguments = arguments(more);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        Installed::ended(installed.command(&arguments)).await
    };
    let (code, lines, said) = run(&[]).await;
    assert_eq!((code, said.as_str()), (Some(0), ""), "the gateway took the note in");
    let by_cli = recorded(&client).await;
    assert_eq!((by_cli.len(), &by_cli[0]["by"]["origin"]), (1, &"command line".into()), "{by_cli:?}");

    let (code, _, said) = run(&["--kind", "raised", "--device", "panel-1", "--out", file.to_str().unwrap()]).await;
    assert_eq!(code, Some(0), "{said}");
    let table = std::fs::read_to_string(&file).unwrap();
    let rows: Vec<&str> = table.lines().collect();
    assert_eq!(rows.len(), 2, "{table}");
    for word in ["+08:00", "raised", "panel-1/l2-d17", "2号楼4层417室感烟探测器", "room 417 smoke detector", "fire"]
    {
        assert!(rows[1].contains(word), "{word}: {table}");
    }

    assert_eq!(Client::new(&gateway.url).get("/api/v1/journal/export").await.error().0, 401);
    let answer = client.get("/api/v1/journal/export?form=jsonl").await;
    assert_eq!(answer.status, 200);
    assert!(answer.text.starts_with(&lines), "the same bytes, whichever way they left");
    let all = recorded(&client).await;
    assert_eq!((all.len(), &all[2]["by"]["user"]), (3, &"admin".into()), "{all:?}");
    assert!(all[1]["scope"].as_str().unwrap().ends_with("kind raised, device panel-1"), "{all:?}");
    assert_eq!(client.get("/api/v1/journal/export?form=doc").await.error().0, 422);
    assert_eq!(recorded(&client).await.len(), 3, "what was refused is no copy");

    gateway.stop().await;
    assert_eq!(run(&["--after", "1000000"]).await.0, Some(0));
    let (_, last, _) = run(&["--kind", "records-exported"]).await;
    assert_eq!(last.lines().count(), 4, "offline it is written at once: {last}");
    installed.verify().await;
}

/// Accounts changed beside the gateway: while it runs, while it does not, and before it ever ran (AC-01).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_changed_on_the_command_line_is_in_the_record() {
    let panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let state = installed.path("state");
    let secret = installed.path("secret");
    std::fs::write(&secret, "a password for tests\n").unwrap();
    let run = async |more: &[&str]| {
        let arguments = [&["user", "--state", state.to_str().unwrap()], more].concat();
        let (code, out, said) = Installed::ended(installed.command(&arguments)).await;
        assert_eq!((code, said.as_str()), (Some(0), ""), "{more:?}");
        out
    };
    let (file, first) = (secret.to_str().unwrap(), installed.path("password"));
    run(&["add", "admin", "--role", "manager", "--password-file", first.to_str().unwrap()]).await;
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let recorded = async || {
        let answer = client.get("/api/v1/journal?kind=access-changed&limit=100").await.json();
        answer["events"].as_array().unwrap().clone()
    };
    once(10, "the account made before the first start", async || Some(recorded().await).filter(|all| all.len() == 1))
        .await;
    run(&["add", "wang", "--role", "engineer", "--password-file", file]).await;
    run(&["role", "wang", "operator"]).await;
    run(&["passwd", "wang", "--password-file", file]).await;
    let token = run(&["token", "add", "line-3", "--user", "wang"]).await;
    let token = token.lines().find_map(|line| line.strip_prefix("token (shown once): ")).unwrap().to_owned();
    run(&["token", "revoke", "line-3"]).await;
    let all = recorded().await;
    let told: Vec<String> =
        all.iter().map(|one| format!("{} {} {}", one["change"], one["whom"], one["role"])).collect();
    assert_eq!(
        told,
        [
            r#""account-added" "admin" "manager""#,
            r#""account-added" "wang" "engineer""#,
            r#""role-set" "wang" "operator""#,
            r#""password-set" "wang" null"#,
            r#""token-added" "wang" "display""#,
            r#""token-revoked" "wang" null"#,
        ]
    );
    for one in &all {
        assert_eq!(one["by"]["origin"], "command line", "{one}");
        assert!(one["by"]["user"].as_str().is_some_and(|user| !user.is_empty()), "{one}");
        assert!(!one.to_string().contains(&token) && !one.to_string().contains("a password for tests"), "{one}");
    }
    gateway.stop().await;
    run(&["remove", "wang"]).await;
    let export = ["journal", "export", "--state", state.to_str().unwrap(), "--kind", "access-changed"];
    let (_, lines, _) = Installed::ended(installed.command(&export)).await;
    assert!(lines.lines().count() == 7 && lines.contains("account-removed"), "offline it is written at once: {lines}");
    installed.verify().await;
}
