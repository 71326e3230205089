//! Passwords, sessions and tokens: what a log-in ends, what a token may, and what the journal says of it.

use serde_json::{Value, json};
use tocsin::engine::base::Role;

use crate::bench::{Bench, PASSWORD};
use crate::client::Client;
use crate::stream::events;
use crate::{FIRE, quiet_site};

async fn changes(client: &Client) -> Vec<Value> {
    let journal = client.get("/api/v1/journal?kind=access-changed&limit=100").await.json();
    journal["events"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_log_in_gives_a_fresh_token_and_ends_the_one_that_came_with_it() {
    let bench = Bench::start().await;
    let credentials = json!({ "user": "wang", "password": PASSWORD }).to_string();
    // A token that somebody planted in the browser never becomes a session.
    let planted = format!("tocsin_session={}", "a1".repeat(32));
    let begun = Client::new(&bench.url).send("POST", "/api/v1/session", &[("cookie", &planted)], &credentials).await;
    let first = begun.json()["token"].as_str().unwrap().to_owned();
    assert!(!planted.contains(&first));
    assert_eq!(Client::new(&bench.url).send("POST", "/api/v1/silence", &[("cookie", &planted)], "").await.status, 401);

    let held = format!("tocsin_session={first}");
    let again = Client::new(&bench.url).send("POST", "/api/v1/session", &[("cookie", &held)], &credentials).await;
    let second = again.json()["token"].as_str().unwrap().to_owned();
    assert_ne!(first, second);
    assert_eq!(
        Client::bearing(&bench.url, &first).post("/api/v1/silence", "").await.error().0,
        401,
        "the old one ended"
    );
    assert_eq!(Client::bearing(&bench.url, &second).post("/api/v1/silence", "").await.status, 200);
}

#[tokio::test]
async fn sessions_are_listed_and_ended_and_only_a_chief_ends_those_of_others() {
    let (bench, wang) = quiet_site().await;
    let other = Client::log_in(&bench.url, "wang").await;
    let chief = Client::log_in(&bench.url, "li").await;
    let listed = wang.get("/api/v1/sessions").await.json();
    let own = listed["sessions"].as_array().unwrap();
    assert!(own.len() == 2 && own.iter().all(|one| one["user"] == "wang" && one["address"] == "127.0.0.1"), "{listed}");
    assert_eq!(own.iter().filter(|one| one["current"] == true).count(), 1);
    let all = chief.get("/api/v1/sessions").await.json();
    let all = all["sessions"].as_array().unwrap();
    assert_eq!(all.len(), 3);
    let of_chief = all.iter().find(|one| one["user"] == "li").unwrap()["id"].as_str().unwrap();
    let path = format!("/api/v1/sessions/{of_chief}");
    assert_eq!(wang.send("DELETE", &path, &[], "").await.error(), (404, "not-found".into()));
    assert_eq!(wang.send("DELETE", "/api/v1/sessions/%25", &[], "").await.error().0, 404);

    assert_eq!(wang.send("DELETE", "/api/v1/sessions", &[], "").await.json()["ended"], 1);
    assert_eq!(other.post("/api/v1/silence", "").await.error().0, 401);
    let mine = wang.get("/api/v1/sessions").await.json()["sessions"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(chief.form(&format!("/account/session-end/{mine}"), "").await.status, 303);
    assert_eq!(wang.get("/api/v1/sessions").await.error().0, 401);
    let told = changes(&chief).await;
    let whom: Vec<_> = told.iter().map(|one| (&one["change"], &one["whom"], &one["by"]["user"])).collect();
    assert_eq!(whom.len(), 2, "{told:?}");
    assert_eq!(whom[1], (&json!("sessions-ended"), &json!("wang"), &json!("li")));
}

/// Reads a stream until it ends; how long that took.
async fn ends(mut stream: reqwest::Response, what: &str) {
    let rest = async { while let Ok(Some(_)) = stream.chunk().await {} };
    tokio::time::timeout(std::time::Duration::from_secs(20), rest).await.unwrap_or_else(|_| panic!("{what} goes on"));
}

/// Where reading is open and where it is closed: what ends a session ends what it follows, and nothing of anybody else.
#[tokio::test]
async fn a_session_that_ended_ends_its_streams_and_no_other() {
    for bench in [Bench::start().await, Bench::start_closed().await] {
        let chief = Client::log_in(&bench.url, "li").await;
        let wang = [Client::log_in(&bench.url, "wang").await, Client::log_in(&bench.url, "wang").await];
        let feeds = ["/api/v1/stream?points=no", "/api/v1/screen"];
        let follow = async |client: &Client| {
            [client.open("GET", feeds[0], &[], "").await, client.open("GET", feeds[1], &[], "").await]
        };
        let [mut kept_feed, mut kept_screen] = follow(&wang[0]).await;
        let others = follow(&wang[1]).await;
        let change = json!({ "old": PASSWORD, "new": "a password of my own" }).to_string();
        assert_eq!(wang[0].post("/api/v1/password", &change).await.status, 204);
        for (stream, what) in others.into_iter().zip(feeds) {
            ends(stream, &format!("after another password, {what}")).await;
        }
        // The session in which it was changed goes on: two heartbeats come after the others have ended.
        for stream in [&mut kept_feed, &mut kept_screen] {
            events(stream, |seen| seen.iter().filter(|(name, ..)| name == "heartbeat").count() > 2).await;
        }
        assert_eq!(chief.send("DELETE", "/api/v1/users/wang", &[], "").await.status, 204);
        ends(kept_feed, "after the account was removed, the stream").await;
        ends(kept_screen, "after the account was removed, the screen").await;
        assert_eq!(chief.get("/api/v1/sessions").await.status, 200);
    }
}

#[tokio::test]
async fn a_token_acts_with_its_role_and_its_name_until_it_is_revoked() {
    let (bench, wang) = quiet_site().await;
    let ask = |name: &str, role: &str| json!({ "name": name, "role": role, "days": 30 }).to_string();
    assert_eq!(wang.post("/api/v1/tokens", &ask("line-3", "engineer")).await.error(), (403, "role-above".into()));
    assert_eq!(wang.post("/api/v1/tokens", &ask("Line 3", "operator")).await.error(), (422, "bad-name".into()));
    let made = wang.post("/api/v1/tokens", &ask("line-3", "operator")).await;
    assert_eq!(made.status, 201, "{}", made.text);
    assert_eq!(wang.post("/api/v1/tokens", &ask("line-3", "operator")).await.error(), (409, "name-taken".into()));
    let token = made.json()["token"].as_str().unwrap().to_owned();
    let file = std::fs::read(bench.state_dir().join("accounts.db")).unwrap();
    let log = std::fs::read(bench.state_dir().join("accounts.db-wal")).unwrap_or_default();
    let kept = [file, log].concat();
    assert!(!kept.windows(token.len()).any(|part| part == token.as_bytes()), "only its hash is kept");

    let program = Client::bearing(&bench.url, &token);
    bench.tell(FIRE, true).await;
    assert_eq!(program.post("/api/v1/silence", "").await.status, 200);
    let journal = wang.get("/api/v1/journal?kind=silenced").await.json();
    let by = &journal["events"][0]["by"];
    assert_eq!((&by["user"], &by["origin"]), (&json!("wang"), &json!("127.0.0.1, token line-3")));
    let listed = wang.get("/api/v1/tokens").await;
    assert!(listed.json()["tokens"][0]["seen_at"].is_string() && !listed.text.contains(&token), "{}", listed.text);

    // In a cookie it opens nothing, and it changes nobody's ways in.
    let cookie = format!("tocsin_session={token}");
    let stranger = Client::new(&bench.url);
    assert_eq!(stranger.send("POST", "/api/v1/silence", &[("cookie", &cookie)], "").await.error().0, 401);
    assert_eq!(program.post("/api/v1/tokens", &ask("more", "display")).await.error(), (403, "not-by-token".into()));
    assert_eq!(program.post("/api/v1/password", "").await.error(), (403, "not-by-token".into()));

    // It is never more than its account, and gone with its revocation.
    bench.accounts.set_role("wang", Role::Display).unwrap();
    assert_eq!(program.post("/api/v1/silence", "").await.error(), (403, "not-permitted".into()));
    bench.accounts.set_role("wang", Role::Operator).unwrap();
    assert_eq!(program.post("/api/v1/silence", "").await.status, 200);
    assert_eq!(wang.send("DELETE", "/api/v1/tokens/line-3", &[], "").await.status, 204);
    assert_eq!(program.post("/api/v1/silence", "").await.error().0, 401);
    let short = bench.accounts.add_token(
        "wang",
        "short",
        Role::Operator,
        Some(bench.now().wall.after(std::time::Duration::from_millis(1))),
        bench.now().wall,
    );
    let short = Client::bearing(&bench.url, &short.unwrap());
    let end = tokio::time::Instant::now() + std::time::Duration::from_secs(5);
    while short.post("/api/v1/silence", "").await.status != 401 {
        assert!(tokio::time::Instant::now() < end, "a token that ran out is no longer good");
    }
    let told = changes(&wang).await;
    assert!(told.iter().all(|one| !one.to_string().contains(&token)), "no secret is told");
    let kinds: Vec<&str> = told.iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["token-added", "token-revoked"]);
}

#[tokio::test]
async fn a_one_time_password_is_changed_before_anything_is_done() {
    let (bench, wang) = quiet_site().await;
    let chief = Client::log_in(&bench.url, "li").await;
    let body = json!({ "name": "zhao", "role": "operator" }).to_string();
    assert_eq!(wang.post("/api/v1/users", &body).await.error(), (403, "not-permitted".into()));
    let made = chief.post("/api/v1/users", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    let secret = made.json()["password"].as_str().unwrap().to_owned();

    let begun = Client::new(&bench.url).form("/login", &format!("user=zhao&password={secret}")).await;
    assert_eq!((begun.status, begun.headers["location"].to_str().unwrap()), (303, "/account"));
    let token = begun.headers["set-cookie"].to_str().unwrap().split(['=', ';']).nth(1).unwrap().to_owned();
    let zhao = Client::bearing(&bench.url, &token);
    assert_eq!(zhao.post("/api/v1/silence", "").await.error(), (403, "change-password".into()));
    assert!(zhao.form("/acts/silence", "").await.text.contains("请先修改一次性密码"));
    assert!(zhao.form("/account", "").await.status == 405 && zhao.get("/account").await.status == 200);

    let wrong = json!({ "old": "not it", "new": "a password of my own" }).to_string();
    assert_eq!(zhao.post("/api/v1/password", &wrong).await.error(), (403, "wrong-password".into()));
    let same = json!({ "old": secret, "new": secret }).to_string();
    assert_eq!(zhao.post("/api/v1/password", &same).await.error(), (422, "bad-password".into()));
    let form = format!("old={secret}&new=a+password+of+my+own&again=another+one");
    assert_eq!(zhao.form("/account/password", &form).await.status, 422);
    let form = format!("old={secret}&new=a+password+of+my+own&again=a+password+of+my+own");
    assert_eq!(zhao.form("/account/password", &form).await.status, 200);
    assert_eq!(zhao.post("/api/v1/silence", "").await.status, 200, "the session in which it was changed goes on");

    assert_eq!(chief.post("/api/v1/users/zhao/role", r#"{"role":"engineer"}"#).await.status, 204);
    let page = chief.get("/account").await.text;
    assert!(page.contains("/account/user-remove/zhao") && !wang.get("/account").await.text.contains("user-remove"));
    let set = chief.form("/account/user-password/zhao", "").await;
    assert!(set.status == 200 && set.text.contains("只显示这一次"), "{}", set.status);
    assert_eq!(zhao.post("/api/v1/silence", "").await.error().0, 401, "a password set by another ends the sessions");
    assert_eq!(chief.send("DELETE", "/api/v1/users/zhao", &[], "").await.status, 204);
    assert_eq!(chief.send("DELETE", "/api/v1/users/li", &[], "").await.error(), (409, "last-manager".into()));
    assert_eq!(
        chief.post("/api/v1/users/li/role", r#"{"role":"display"}"#).await.error(),
        (409, "last-manager".into())
    );
    let told = changes(&chief).await;
    let kinds: Vec<&str> = told.iter().map(|one| one["change"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["account-added", "password-changed", "role-set", "password-set", "account-removed"]);
    assert!(told.iter().all(|one| !one.to_string().contains(&secret)), "no secret is told");
}
