//! Displays on walls: how they come in, what they may see, and that a lost one is announced.

use std::time::Duration;

use reqwest::header::{LOCATION, SET_COOKIE};
use serde_json::{Value, json};
use tocsin::config::daemon::{Palette, Wall, WallTheme, Walls};
use tocsin::edge::web::Patience;
use tocsin::engine::alarm::{Source, State};
use tocsin::engine::base::{Language, Text};

use crate::bench::Bench;
use crate::client::Client;

/// Short, so that no test waits; a wall that never came is none of theirs.
pub const PATIENCE: Patience = Patience {
    lost: Duration::from_millis(1_500),
    never: Duration::from_secs(3_600),
    mute: Duration::from_millis(700),
};

/// The walls of the bench: `lobby` must be there, `office` need not.
pub fn settings() -> Walls {
    let wall = |id: &str, registered| Wall {
        id: id.into(),
        name: Text::new("大堂", "Lobby"),
        language: Language::En,
        theme: WallTheme::Auto,
        palette: Palette::Nfpa,
        distance_m: 8.0,
        diagonal_in: 65.0,
        registered,
        token_file: None,
    };
    Walls { listen: None, list: vec![wall("lobby", true), wall("office", false)] }
}

/// The wall's cookie, from its first visit.
async fn come_in(bench: &Bench, client: &Client, id: &str) -> String {
    let token = bench.wall_token(id);
    let first = client.get(&format!("/wall/{id}?token={token}")).await;
    assert_eq!((first.status, &first.headers[LOCATION]), (303, &format!("/wall/{id}").parse().unwrap()));
    let cookie = first.headers[SET_COOKIE].to_str().unwrap().to_owned();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Strict; Max-Age=34560000"), "{cookie}");
    cookie.split(';').next().unwrap().to_owned()
}

fn beacon(sound: &str, visible: bool) -> String {
    let screen = json!({ "width": 3840, "height": 2160 });
    json!({ "sound": sound, "visible": visible, "build": "b1", "screen": screen, "seq": 1 }).to_string()
}

#[tokio::test]
async fn a_wall_comes_in_with_its_token_and_sees_what_walls_show_and_nothing_else() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let wall = Client::new(&bench.wall_url);
    for path in
        ["/wall/lobby", "/wall/lobby?token=wrong", "/wall/nowhere?token=wrong", "/wall", "/", "/assets/console.css"]
    {
        let told = wall.get(path).await;
        assert_eq!(told.status, 401, "{path}");
        assert!(told.text.contains("没有令牌") && told.text.contains("has no token"), "{path}: {}", told.text);
        assert!(!told.headers.contains_key(SET_COOKIE), "{path}");
    }
    assert_eq!(wall.get("/api/v1/state").await.error(), (401, "no-wall-token".into()));

    let cookie = come_in(&bench, &wall, "lobby").await;
    let ask = async |method: &str, path: &str| wall.send(method, path, &[("cookie", &cookie)], "").await;
    let state = ask("GET", "/api/v1/state").await;
    // It sends no beacon here: where the machine is slow, that it is lost is said, and nothing else.
    let (banner, lost) = (&state.json()["banner"], "gateway/wall");
    let normal =
        banner["state"] == "normal" || banner["alarm"]["point"].as_str().is_some_and(|at| at.starts_with(lost));
    assert!(state.status == 200 && normal, "{}", state.text);
    assert_eq!(ask("GET", "/assets/console.css").await.status, 200);
    for path in ["/", "/wall"] {
        assert_eq!(ask("GET", path).await.headers[LOCATION], "/wall/lobby", "{path}");
    }
    let page = ask("GET", "/wall/lobby").await;
    assert!(matches!(page.status, 200 | 503), "503 where the program was built without the apps: {}", page.text);
    assert_eq!(ask("GET", "/wall/office").await.status, 401, "another wall's page needs that wall's token");

    for path in
        ["/login", "/phone", "/journal", "/devices", "/metrics", "/api/v1/alarms", "/api/v1/journal", "/api/v1/walls"]
    {
        assert_eq!(ask("GET", path).await.error(), (404, "no-such-address".into()), "{path}");
    }
    for path in ["/api/v1/silence", "/api/v1/reset", "/api/v1/session", "/api/v1/state", "/acts/silence", "/login"] {
        assert_eq!(ask("POST", path).await.error(), (404, "no-such-address".into()), "{path}");
    }
}

#[tokio::test]
async fn no_cookie_acts_at_the_walls_own_listener() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let cookie = come_in(&bench, &Client::new(&bench.wall_url), "lobby").await;
    let manager = Client::log_in(&bench.url, "li").await;
    let person = manager.form("/acts/silence", "").await;
    assert!(person.status < 400, "the session is good where people act: {}", person.text);
    // The same session, brought to the walls' listener as cookie and as bearer.
    let at_walls = manager.at(&bench.wall_url);
    for path in ["/api/v1/silence", "/api/v1/reset", "/acts/silence"] {
        let answer = at_walls.send("POST", path, &[("cookie", &cookie)], "{}").await;
        assert_eq!(answer.status, 404, "{path}");
    }
    assert_eq!(at_walls.get("/api/v1/state").await.error(), (401, "no-wall-token".into()));
    // A wall's cookie is no session where people act.
    let stranger = Client::new(&bench.url);
    let answer = stranger.send("POST", "/api/v1/silence", &[("cookie", &cookie)], "").await;
    assert_eq!(answer.error(), (401, "no-session".into()));
    let foreign = [("cookie", cookie.as_str()), ("origin", "http://evil.example")];
    let wall = Client::new(&bench.wall_url);
    let answer = wall.send("POST", "/api/v1/walls/lobby/beacon", &foreign, &beacon("ok", true)).await;
    assert_eq!(answer.error(), (403, "foreign-origin".into()));
}

fn wall_fault<'a>(state: &'a State, point: &str) -> Option<&'a str> {
    let mut open = state.open().filter(|held| held.source == Source::Active);
    let found = open.find(|held| held.raise.condition.point.as_str() == point)?;
    found.raise.detail.as_ref().map(|detail| detail.en.as_str())
}

#[tokio::test]
async fn a_wall_that_is_lost_or_cannot_be_heard_is_a_fault_until_it_is_back() {
    let bench = Bench::start().await;
    bench.all_is_well().await;
    let (wall, person) = (Client::new(&bench.wall_url), Client::log_in(&bench.url, "wang").await);
    let told = async || person.get("/api/v1/walls").await.json();
    assert_eq!(told().await["walls"][0]["presence"], "never");
    assert_eq!(
        told().await["connected"],
        json!({ "screens": 0, "streams": 0, "limit": 256, "registered": 1, "present": 0 })
    );

    let cookie = come_in(&bench, &wall, "lobby").await;
    let send = async |body: &str| wall.send("POST", "/api/v1/walls/lobby/beacon", &[("cookie", &cookie)], body).await;
    assert_eq!(send(&beacon("ok", true)).await.status, 204);
    let walls = told().await;
    let lobby = &walls["walls"][0];
    assert_eq!(
        (&lobby["presence"], &lobby["pages"], &lobby["last"]["from"]),
        (&json!("present"), &json!(1), &json!("127.0.0.1"))
    );
    assert_eq!((&lobby["last"]["sound"], &lobby["last"]["screen"]["width"]), (&json!("ok"), &json!(3840)));
    assert_eq!((&walls["walls"][1]["registered"], &walls["walls"][1]["presence"]), (&json!(false), &Value::Null));
    assert_eq!(person.get("/api/v1/health").await.json()["walls"]["present"], 1);
    let metrics = person.get("/metrics").await.text;
    assert!(
        metrics.contains("\ntocsin_walls_registered 1\n") && metrics.contains("\ntocsin_walls_present 1\n"),
        "{metrics}"
    );

    bench.until("the lost wall", |state| wall_fault(state, "gateway/wall-lobby").is_some()).await;
    let detail = wall_fault(&bench.picture.state(), "gateway/wall-lobby").unwrap().to_owned();
    assert!(detail.contains("Nothing from the wall \u{201c}Lobby\u{201d} (127.0.0.1)"), "{detail}");
    assert_eq!(told().await["walls"][0]["presence"], "lost");

    assert_eq!(send(&beacon("blocked", true)).await.status, 204);
    bench.until("it is back", |state| wall_fault(state, "gateway/wall-lobby").is_none()).await;
    let muted = async |sound: &str, visible: bool, point: &str| {
        let end = tokio::time::Instant::now() + Duration::from_secs(90);
        while wall_fault(&bench.picture.state(), point).is_none() {
            assert!(tokio::time::Instant::now() < end, "{point}");
            assert_eq!(send(&beacon(sound, visible)).await.status, 204);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    muted("blocked", true, "gateway/wall-lobby.sound").await;
    assert!(wall_fault(&bench.picture.state(), "gateway/wall-lobby.sound").unwrap().contains("does not let it sound"));
    muted("ok", false, "gateway/wall-lobby.hidden").await;
    assert!(wall_fault(&bench.picture.state(), "gateway/wall-lobby.sound").is_none(), "heard again");
}

#[tokio::test]
async fn only_the_wall_itself_says_that_it_is_there() {
    let bench = Bench::start().await;
    let (wall, stranger) = (Client::new(&bench.wall_url), Client::new(&bench.url));
    let office = come_in(&bench, &wall, "office").await;
    let body = beacon("ok", true);
    let path = "/api/v1/walls/lobby/beacon";
    assert_eq!(stranger.post(path, &body).await.error(), (401, "no-wall-token".into()));
    let as_office = [("cookie", office.as_str())];
    assert_eq!(wall.send("POST", path, &as_office, &body).await.error(), (401, "no-wall-token".into()));
    let person = Client::log_in(&bench.url, "wang").await;
    assert_eq!(person.post(path, &body).await.error(), (401, "no-wall-token".into()));
    assert_eq!(person.post("/api/v1/walls/roof/beacon", &body).await.error(), (401, "no-wall-token".into()));
    let office_path = "/api/v1/walls/office/beacon";
    for wrong in [
        r#"{"sound":"loud"}"#.to_owned(),
        body.replace("b1", &"b".repeat(65)),
        body.replace("3840", "-1"),
        body.replace("\"seq\"", "\"sec\""),
    ] {
        assert_eq!(
            wall.send("POST", office_path, &as_office, &wrong).await.error(),
            (422, "bad-request".into()),
            "{wrong}"
        );
    }
    assert_eq!(wall.send("POST", office_path, &as_office, &body).await.status, 204);
    assert_eq!(person.get("/api/v1/walls").await.json()["walls"][0]["presence"], "never");
}
