//! Language and theme: a person's go with the account to every browser, a screen's stay where they are.

use serde_json::json;

use crate::bench::{Bench, PASSWORD};
use crate::client::{Answer, Client};

/// A page as a browser with these choices of its own gets it.
async fn page(client: &Client, path: &str, cookies: &str) -> String {
    client.send("GET", path, &[("cookie", cookies)], "").await.text
}

fn drawn(page: &str, lang: &str, theme: &str) -> bool {
    page.contains(&format!("<html lang=\"{lang}\" data-theme=\"{theme}\"")) || {
        let app = page.split_once("<html ").and_then(|(_, rest)| rest.split_once('>')).map_or("", |(head, _)| head);
        app.contains(&format!("lang=\"{lang}\"")) && app.contains(&format!("data-theme=\"{theme}\""))
    }
}

fn cookie(answer: &Answer) -> Option<&str> {
    answer.headers.get("set-cookie").and_then(|cookie| cookie.to_str().ok())
}

const ZH_DAY: &str = "tocsin_language=zh; tocsin_theme=day";

#[tokio::test]
async fn what_a_person_chose_is_there_on_another_machine() {
    let bench = Bench::start().await;
    let first = Client::log_in(&bench.url, "wang").await;
    assert!(drawn(&page(&first, "/phone", ZH_DAY).await, "zh-CN", "day"), "until something is chosen, the browser's");
    for (path, to) in [("/language", "to=en"), ("/theme", "to=night")] {
        let chosen = first.form(path, to).await;
        assert_eq!((chosen.status, cookie(&chosen)), (303, None), "{path}: kept with the account");
    }
    let second = Client::log_in(&bench.url, "wang").await;
    for path in ["/phone", "/devices/plain", "/journal", "/account", "/login", "/trends"] {
        let text = page(&second, path, ZH_DAY).await;
        assert!(drawn(&text, "en", "night"), "{path}: {}", text.get(..300).unwrap_or(&text));
    }
    let begun = json!({ "user": "wang", "password": PASSWORD }).to_string();
    let begun = Client::new(&bench.url).post("/api/v1/session", &begun).await.json();
    assert_eq!(begun["preferences"], json!({ "language": "en", "theme": "night" }), "the desk is told at the log-in");
    let other = Client::log_in(&bench.url, "li").await;
    assert!(drawn(&page(&other, "/phone", ZH_DAY).await, "zh-CN", "day"), "somebody else's is theirs");
    assert_eq!(second.form("/logout", "").await.status, 303);
    assert!(drawn(&page(&second, "/phone", ZH_DAY).await, "zh-CN", "day"), "the browser's own again");
}

#[tokio::test]
async fn programs_read_and_set_it_and_a_token_does_not() {
    let bench = Bench::start().await;
    let wang = Client::log_in(&bench.url, "wang").await;
    let of = "/api/v1/preferences";
    assert_eq!(wang.get(of).await.json(), json!({ "language": null, "theme": null }));
    assert_eq!(wang.send("PUT", of, &[], r#"{"language":"en"}"#).await.status, 204);
    assert_eq!(wang.get(of).await.json(), json!({ "language": "en", "theme": null }));
    let mixed = page(&wang, "/phone", "tocsin_language=zh; tocsin_theme=night").await;
    assert!(drawn(&mixed, "en", "night"), "what was not chosen follows the browser");
    for wrong in [r#"{"language":"fr"}"#, r#"{"colour":"red"}"#, r#"{"theme":"dusk"}"#] {
        assert_eq!(wang.send("PUT", of, &[], wrong).await.error(), (422, "bad-request".into()), "{wrong}");
    }
    assert_eq!(wang.send("PUT", of, &[], "{}").await.status, 204);
    assert_eq!(wang.get(of).await.json(), json!({ "language": null, "theme": null }), "the browser's again");

    let token = bench.accounts.add_token("wang", "robot", tocsin::engine::base::Role::Operator, None, bench.now().wall);
    let robot = Client::bearing(&bench.url, &token.unwrap());
    assert_eq!(robot.send("PUT", of, &[], "{}").await.error(), (403, "not-by-token".into()));
    let sent = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(robot.send("POST", "/language", &sent, "to=en").await.status, 303);
    assert_eq!(wang.get(of).await.json()["language"], json!(null), "a program changes nobody's pages");
}

#[tokio::test]
async fn screens_keep_their_own() {
    let bench = Bench::start().await;
    // Two screens with one account: what is chosen at one stays there.
    let screen = Client::log_in(&bench.url, "wall").await;
    let chosen = screen.form("/language", "to=en").await;
    assert!(cookie(&chosen).is_some_and(|cookie| cookie.starts_with("tocsin_language=en;")), "{:?}", cookie(&chosen));
    let other = Client::log_in(&bench.url, "wall").await;
    assert!(drawn(&page(&other, "/phone", ZH_DAY).await, "zh-CN", "day"));
    let refused = screen.send("PUT", "/api/v1/preferences", &[], r#"{"language":"en"}"#).await;
    assert_eq!(refused.error(), (403, "not-permitted".into()));
    // Nobody is logged in: the browser keeps it.
    let stranger = Client::new(&bench.url).form("/theme", "to=night").await;
    assert!(cookie(&stranger).is_some_and(|cookie| cookie.starts_with("tocsin_theme=night;")));
    // A registered wall shows what tocsin.toml says, whoever is logged in beside it.
    let li = Client::log_in(&bench.url, "li").await;
    assert_eq!(li.send("PUT", "/api/v1/preferences", &[], r#"{"language":"zh","theme":"day"}"#).await.status, 204);
    let wall = page(&li, "/wall/lobby", ZH_DAY).await;
    assert!(drawn(&wall, "en", "night"), "{}", wall.get(..300).unwrap_or(&wall));
}

#[tokio::test]
async fn the_switch_leads_back_to_its_page() {
    let bench = Bench::start().await;
    let wang = Client::log_in(&bench.url, "wang").await;
    let sent = [("content-type", "application/x-www-form-urlencoded")];
    for (from, to) in [
        ("/trends?points=gen-1/oil-pressure", "/trends?points=gen-1/oil-pressure"),
        ("/devices", "/devices"),
        ("/account", "/account"),
        ("/account/password", "/account"),
        ("/keypad", "/keypad"),
        ("/", "/"),
    ] {
        let referer = format!("{}{from}", bench.url);
        let back = wang.send("POST", "/theme", &[sent[0], ("referer", &referer)], "to=day").await;
        assert_eq!((back.status, back.headers["location"].to_str().unwrap()), (303, to), "{from}");
    }
}
