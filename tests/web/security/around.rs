//! Ways around the doors: foreign pages, paths, bodies, and what devices say.

use std::time::Duration;

use tocsin::edge::web::routes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::bench::Bench;
use crate::client::Client;
use crate::{FIRE, quiet_site};

/// Every answer has the headers, also the one to a mistake.
fn assert_guarded(answer: &reqwest::Response, what: &str) {
    let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let policy = header("content-security-policy");
    assert!(policy.contains("default-src 'self'") && !policy.contains("unsafe"), "{what}: {policy}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{what}");
    assert_eq!(header("x-frame-options"), "DENY", "{what}");
    assert_eq!(header("referrer-policy"), "same-origin", "{what}");
    assert!(!header("cache-control").is_empty(), "{what}");
}

fn filled(path: &str, with: &str) -> String {
    let parts = path.split('/').map(|part| if part.starts_with('{') { with } else { part });
    parts.collect::<Vec<_>>().join("/")
}

#[tokio::test]
async fn no_foreign_page_changes_anything_at_any_address() {
    let (bench, client) = quiet_site().await;
    let foreign = [
        [("origin", "http://evil.example"), ("x", "y")],
        [("origin", "null"), ("x", "y")],
        [("sec-fetch-site", "cross-site"), ("x", "y")],
        [("sec-fetch-site", "same-site"), ("origin", bench.url.as_str())],
    ];
    let before = bench.picture.state().last;
    let mut tried = 0;
    for (path, methods) in routes() {
        for method in methods.iter().filter(|method| **method != "get") {
            for headers in &foreign {
                let answer = client.open(&method.to_uppercase(), &filled(&path, "1-1"), headers, "").await;
                assert_eq!(answer.status(), 403, "{method} {path} {headers:?}");
                assert_guarded(&answer, &path);
                assert_eq!(crate::client::Answer::of(answer).await.error().1, "foreign-origin");
                tried += 1;
            }
        }
    }
    assert!(tried > 200, "{tried}");
    assert_eq!(bench.picture.state().last, before, "nothing was done");
    assert_eq!(client.post("/api/v1/silence", "").await.status, 200, "the session is still there");
}

#[tokio::test]
async fn no_path_leads_out_of_its_folder() {
    let (_bench, client) = quiet_site().await;
    let ways = [
        "..%2f..%2f..%2f..%2fetc%2fpasswd",
        "%2e%2e%2f%2e%2e%2fetc%2fpasswd",
        "..%5c..%5cetc%5cpasswd",
        "%00",
        "....%2f%2f....%2f%2fetc%2fpasswd",
        "%2fetc%2fpasswd",
        "accounts.db",
    ];
    for (path, methods) in routes().into_iter().filter(|(path, _)| path.contains('{')) {
        for (method, way) in methods.iter().flat_map(|method| ways.map(|way| (method, way))) {
            let answer = client.open(&method.to_uppercase(), &filled(&path, way), &[], "").await;
            assert_guarded(&answer, &path);
            let status = answer.status().as_u16();
            assert!((400..500).contains(&status) || status == 303 || status == 503, "{method} {path} {way}: {status}");
            let text = answer.text().await.unwrap();
            assert!(!text.contains("root:x:") && !text.contains("SQLite format"), "{method} {path} {way}");
        }
    }
    for raw in
        ["/assets/../../etc/passwd", "/app/assets/../../../etc/passwd", "//etc/passwd", "/..%2f..%2fetc%2fpasswd"]
    {
        assert!(!client.get(raw).await.text.contains("root:x:"), "{raw}");
    }
}

#[tokio::test]
async fn a_body_is_small_or_refused_whatever_it_is() {
    let (_bench, client) = quiet_site().await;
    let large = "x".repeat(70 * 1024);
    for path in ["/api/v1/session", "/api/v1/alarms/ack", "/api/v1/isolations", "/api/v1/tokens", "/api/v1/password"] {
        let answer = client.post(path, &large).await;
        assert_eq!(answer.error(), (413, "too-large".into()), "{path}");
    }
    for path in ["/login", "/acts/isolate", "/account/password", "/language"] {
        let answer = client.form(path, &format!("user={large}")).await;
        assert_eq!(answer.status, 413, "{path}");
    }
    assert_eq!(client.get(&format!("/api/v1/{}", "a".repeat(9_000))).await.status, 404);
}

/// A body that trickles in holds its place for half a minute at most, and nobody else's.
#[tokio::test]
async fn a_slow_body_is_given_up() {
    let bench = Bench::start().await;
    let mut slow = TcpStream::connect(bench.url.trim_start_matches("http://")).await.unwrap();
    slow.write_all(b"POST /api/v1/session HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n{").await.unwrap();
    assert_eq!(Client::new(&bench.url).get("/api/v1/health").await.status, 200);
    let mut told = Vec::new();
    let read = async {
        let mut part = [0; 512];
        loop {
            match slow.read(&mut part).await {
                Ok(0) | Err(_) => break,
                Ok(count) => told.extend_from_slice(&part[..count]),
            }
        }
    };
    timeout(Duration::from_secs(120), read).await.expect("it is given up");
    assert!(told.starts_with(b"HTTP/1.1 408"), "{}", String::from_utf8_lossy(&told));
}

const HOSTILE: [&str; 3] =
    ["<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "\u{202e}gnorw\u{0007}\u{001b}[31m</title>'--"];

/// What a panel says is text, wherever it is shown.
#[tokio::test]
async fn what_a_device_says_is_shown_as_text_and_never_run() {
    let all = HOSTILE.join(" ");
    let said = all.clone();
    let bench = Bench::start_changed(&[], move |site| {
        for rule in &mut site.rules {
            rule.name = tocsin::engine::base::Text::same(&said);
        }
        for point in &mut site.points {
            point.name = tocsin::engine::base::Text::same(&said).into();
        }
    })
    .await;
    bench.all_is_well().await;
    let client = Client::log_in(&bench.url, "wang").await;
    bench.tell(FIRE, true).await;
    let open = client.get("/api/v1/alarms?life=open").await.json();
    let id = open["alarms"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(
        client.post(&format!("/api/v1/alarms/{id}/ack"), &serde_json::json!({ "note": all }).to_string()).await.status,
        200
    );
    assert!(open.to_string().contains("<script>alert(1)"), "programs are told what was said: {open}");
    let mut shown = 0;
    for (path, methods) in routes()
        .into_iter()
        .filter(|(path, methods)| methods.contains(&"get") && !path.contains("stream") && !path.contains("screen"))
    {
        let path = filled(&path, &id).replace("/assets/", "/nothing/");
        let answer = client.get(&path).await;
        let kind =
            answer.headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        if kind.starts_with("text/html") {
            shown += usize::from(answer.text.contains("&lt;script&gt;alert(1)"));
            assert!(!answer.text.contains("<script>alert"), "{methods:?} {path}");
            assert!(!answer.text.contains("<img src=x"), "{path}");
            assert!(!answer.text.contains("</title>'"), "{path}");
        } else {
            assert!(!kind.contains("html"), "{path}: {kind}");
            if kind == "application/json" {
                let _whole: serde_json::Value = serde_json::from_str(&answer.text).unwrap();
                assert!(
                    !answer.text.contains('\u{0007}') && !answer.text.contains('\u{001b}'),
                    "{path}: a control character"
                );
            }
        }
    }
    assert!(shown >= 3, "the text was shown on {shown} pages: the test proves nothing");
    for path in ["/api/v1/stream?points=no", "/api/v1/screen"] {
        let mut stream = client.open("GET", path, &[], "").await;
        let mut text = String::new();
        while !text.contains("alert(1)") {
            let part =
                timeout(Duration::from_secs(60), stream.chunk()).await.expect("it comes").unwrap().expect("it goes on");
            text.push_str(&String::from_utf8_lossy(&part));
        }
        assert!(!text.contains('\u{0007}') && !text.contains('\u{001b}'), "{path}: a control character");
        for line in text.lines().take(text.lines().count() - 1) {
            let known = ["data:", "id:", "event:", "retry:", ":"].iter().any(|start| line.starts_with(start));
            assert!(line.is_empty() || known, "{path}: {line}");
        }
    }
}
