//! Old records leave with a manager's word, at the console and over HTTP, while the gateway runs.

use std::time::Duration;

use serde_json::{Value, json};
use tocsin::edge::clock::Clock;
use tocsin::edge::journal::verify;
use tocsin::engine::alarm::{FACT_VERSION, Fact, FactId, FactKind};
use tocsin::engine::base::Wall;
use tokio::time::{Instant, sleep};

use super::bench::{Bench, Front, PASSWORD};
use super::client::Client;

const RETIREMENT: &str = "/api/v1/journal/retirement";
const YEAR: Duration = Duration::from_secs(366 * 86_400);
const OLD: u64 = 40;

/// A gateway with forty records of three years ago.
async fn with_old_records() -> Bench {
    let then = Clock::start().now().wall.0 - 3 * 366 * 86_400_000_000;
    let past = (1..=OLD).map(|seq| {
        let kind = FactKind::Configured { config: format!("configuration {seq}") };
        let id = FactId { epoch: 1, seq };
        Fact { v: FACT_VERSION, id, at: Wall(then + seq.cast_signed()), by: None, key: None, kind }
    });
    Bench::start_before(Front { past: past.collect(), keep: Some(YEAR), ..Front::default() }).await
}

async fn ended(client: &Client) -> Value {
    let end = Instant::now() + Duration::from_secs(30);
    loop {
        let outlook = client.get(RETIREMENT).await.json();
        let progress = &outlook["progress"];
        if progress["state"] != "preparing" && progress["left"].as_u64().unwrap_or(0) == 0 {
            return outlook;
        }
        assert!(Instant::now() < end, "{outlook}");
        sleep(Duration::from_millis(10)).await;
    }
}

fn asked(password: &str, reason: &str) -> String {
    json!({ "password": password, "reason": reason }).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manager_has_old_records_leave_and_nobody_else_does() {
    let bench = with_old_records().await;
    let (operator, chief) = (Client::log_in(&bench.url, "wang").await, Client::log_in(&bench.url, "li").await);
    assert_eq!(operator.get(RETIREMENT).await.error(), (403, "not-permitted".to_owned()));
    assert_eq!(operator.post(RETIREMENT, &asked(PASSWORD, "old")).await.error(), (403, "not-permitted".to_owned()));
    assert!(!operator.get("/journal").await.text.contains("旧记录归档"));

    let before = chief.get(RETIREMENT).await.json();
    assert_eq!(
        (&before["due"], &before["aged"], &before["keep_days"]),
        (&json!(true), &json!(OLD), &json!(366)),
        "{before}"
    );
    assert_eq!((&before["leaves"]["from"], &before["leaves"]["facts"]), (&json!(1), &json!(OLD)), "{before}");
    assert_eq!(before["why"]["en"], "the facts after it are younger than the site keeps them");
    assert_eq!((&before["last"], &before["progress"]["state"]), (&Value::Null, &json!("none")), "{before}");

    assert_eq!(chief.post(RETIREMENT, &asked("a guess", "old")).await.error(), (403, "wrong-password".to_owned()));
    assert_eq!(chief.post(RETIREMENT, &asked(PASSWORD, " ")).await.error(), (422, "missing".to_owned()));
    let too_far = json!({ "password": PASSWORD, "reason": "old", "until": OLD + 1 }).to_string();
    assert_eq!(chief.post(RETIREMENT, &too_far).await.status, 202);
    let refused = ended(&chief).await["progress"].clone();
    assert_eq!(refused["state"], "refused", "{refused}");
    assert!(refused["why"]["en"].as_str().unwrap().contains("only facts up to 40 may be taken out"), "{refused}");
    assert_eq!(verify(bench.state_dir()).unwrap().checkpoint, None);

    let begun = chief.post(RETIREMENT, &asked(PASSWORD, "three years are over")).await;
    assert_eq!(begun.status, 202, "{}", begun.text);
    let after = ended(&chief).await;
    let progress = &after["progress"];
    assert_eq!(
        (&progress["upto"], &progress["removed"], &progress["left"]),
        (&json!(OLD), &json!(OLD), &json!(0)),
        "{after}"
    );
    assert_eq!(
        (&after["last"]["by"], &after["last"]["reason"]),
        (&json!("li"), &json!("three years are over")),
        "{after}"
    );
    assert_eq!(
        (&after["due"], &after["leaves"], after["last"]["key"].as_str().map(str::len)),
        (&json!(false), &Value::Null, Some(64))
    );
    let word = chief.get("/api/v1/journal?kind=records-retired").await.json()["events"][0].clone();
    assert_eq!(
        (&word["by"]["user"], &word["by"]["role"], &word["upto"]),
        (&json!("li"), &json!("manager"), &json!(OLD)),
        "{word}"
    );
    let verified = verify(bench.state_dir()).unwrap();
    assert_eq!(verified.checkpoint.map(|checkpoint| checkpoint.key), after["last"]["key"].as_str().map(str::to_owned));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_page_says_what_is_due_and_takes_the_approval_without_a_script() {
    let bench = with_old_records().await;
    let chief = Client::log_in(&bench.url, "li").await;
    let page = chief.get("/journal").await.text;
    for words in [
        "旧记录归档",
        "已超过保存期限的记录：40 条",
        "现在可归档：第 1–40",
        "其后的记录未到保存期限",
        "action=\"/acts/retire\"",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let form = format!("reason=three+years&until=30&password={}", PASSWORD.replace(' ', "+"));
    let sent = chief.form("/acts/retire", &form).await;
    assert_eq!(sent.status, 303, "{}", sent.text);
    ended(&chief).await;
    let page = chief.send("GET", "/journal", &[("accept-language", "en")], "").await.text;
    for words in [
        "Old records",
        "Archived up to 30",
        "Archived last: up to 30",
        "archive/1-30.jsonl.gz",
        "three years",
        "Can be archived now: 31–40",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let wrong = chief.form("/acts/retire", "reason=more&password=a+guess").await;
    assert!(wrong.status == 403 && wrong.text.contains("密码不对"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_journal_that_is_kept_for_ever_gives_nothing_away() {
    let bench = Bench::start().await;
    let chief = Client::log_in(&bench.url, "li").await;
    let outlook = chief.get(RETIREMENT).await.json();
    assert_eq!(
        (&outlook["keep_days"], &outlook["due"], &outlook["leaves"]),
        (&Value::Null, &json!(false), &Value::Null),
        "{outlook}"
    );
    assert_eq!(chief.post(RETIREMENT, &asked(PASSWORD, "room")).await.error(), (409, "kept-for-ever".to_owned()));
    assert!(chief.get("/journal").await.text.contains("本站永久保存日志"));
}
