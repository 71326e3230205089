//! Every route for everybody who may come: measured, and compared with `docs/routes.md`.

use std::fmt::Write;
use std::path::Path;

use tocsin::edge::web::routes;
use tocsin::engine::base::Role;

use super::{ROLES, add_missing_roles};
use crate::bench::{Bench, PASSWORD};
use crate::client::Client;

/// What one visitor is told at one address, whatever the request holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    /// The request was looked at.
    Passes,
    /// Log in first.
    LogIn,
    /// Not with this role.
    No,
}

impl Told {
    fn word(self) -> &'static str {
        match self {
            Told::Passes => "yes",
            Told::LogIn => "log in",
            Told::No => "no",
        }
    }
}

const HEAD: &str = "# Who may come where

Measured at a running gateway by `cargo test --test web`; `UPDATE=1` writes it anew. *yes*: the request is looked at (it may still be
refused for what it asks). *log in*: 401, or the page to log in at. *no*: 403. *closed*: a visitor without a session where
`public-read` is off. What passes here meets the engine's gate, which knows what each act and each command needs. *one-time*: a manager whose password is still the one-time one. *token*: an API token with a manager's role.

| method | address | nobody | nobody, closed | display | operator | supervisor | engineer | manager | one-time | token |
| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |
";

/// An address of the table as somebody would send it: every parameter names something that can be, or nothing.
fn sent(path: &str) -> String {
    let path = path.replace("/assets/{name}", "/assets/console.css").replace("/reports/{name}", "/reports/daily-log");
    let path = path.replace("{form}", "handling").replace("{kind}", "patrol").replace("{action}", "0");
    let mut sent = String::new();
    for part in path.split_inclusive('/') {
        let (name, slash) = part.strip_suffix('/').map_or((part, ""), |name| (name, "/"));
        sent.push_str(if name.starts_with('{') { "1-1" } else { name });
        sent.push_str(slash);
    }
    sent
}

async fn told(client: &Client, method: &str, path: &str) -> Told {
    let form = [("content-type", "application/x-www-form-urlencoded")];
    let headers: &[(&str, &str)] = if path.starts_with("/api/") { &[] } else { &form };
    // A stream never ends: its head says enough.
    let response = client.open(&method.to_uppercase(), &sent(path), headers, "").await;
    let status = response.status().as_u16();
    // A program that was built without the apps says so where one would begin.
    let unbuilt = status == 503 && !path.starts_with("/api/");
    assert!((status < 500 || unbuilt) && status != 405, "{method} {path}: {status}");
    let to = response.headers().get("location").and_then(|to| to.to_str().ok());
    match (status, to) {
        (401, _) | (303, Some("/login")) => Told::LogIn,
        (403, _) => Told::No,
        _ => Told::Passes,
    }
}

/// Each visitor, one request each with a session of its own: some requests end theirs.
async fn row(open: &Bench, closed: &Bench, api_token: &str, method: &str, path: &str) -> Vec<Told> {
    let mut row =
        vec![told(&Client::new(&open.url), method, path).await, told(&Client::new(&closed.url), method, path).await];
    for (name, _) in ROLES {
        let begun = open.accounts.begin(name, None, None, open.now().wall).unwrap();
        row.push(told(&Client::bearing(&open.url, &begun.token), method, path).await);
    }
    let begun = open.accounts.begin(NEW, None, None, open.now().wall).unwrap();
    row.push(told(&Client::bearing(&open.url, &begun.token), method, path).await);
    row.push(told(&Client::bearing(&open.url, api_token), method, path).await);
    row
}

/// What everybody may change of their own.
fn own(path: &str) -> bool {
    let starts = [
        "/api/v1/sessions",
        "/api/v1/tokens",
        "/api/v1/password",
        "/api/v1/preferences",
        "/account/password",
        "/account/session",
        "/account/token",
    ];
    starts.iter().any(|start| path.starts_with(start)) || path == "/api/v1/session"
}

/// An account whose password was never changed.
const NEW: &str = "zhang";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_for_every_role_is_as_written() {
    let (open, closed) = (Bench::start().await, Bench::start_closed().await);
    add_missing_roles(&open);
    let now = open.now().wall;
    open.accounts.add(NEW, Role::Manager, PASSWORD, now).unwrap();
    open.accounts.make_one_time(NEW).unwrap();
    let api_token = open.accounts.add_token("li", "measured", Role::Manager, None, now).unwrap();
    let mut page = HEAD.to_owned();
    let mut table = routes();
    table.sort();
    for (path, methods) in table {
        for method in methods {
            let row = row(&open, &closed, &api_token, method, &path).await;
            // Whatever the table says: this must hold of every row.
            let [nobody, shut, display, _, _, _, chief, first, token] = row[..] else { unreachable!("nine visitors") };
            let changes = *method != "get";
            let opens = ["/login", "/logout", "/language", "/theme", "/api/v1/session"].contains(&path.as_str());
            // A wall's beacon is the wall's own: nobody's session sends it.
            let walls_own = path.ends_with("/beacon");
            assert!(
                !changes || opens || walls_own || (nobody != Told::Passes && (own(&path) || display != Told::Passes)),
                "{method} {path}: {row:?}"
            );
            let needless = opens || path.contains("/assets/") || path == "/api/v1/openapi.json";
            assert!(needless || shut == Told::LogIn, "{method} {path} is read although reading is closed");
            let access = own(&path) || path.starts_with("/api/v1/users") || path.starts_with("/account");
            assert!(!access || opens || token == Told::No, "{method} {path} by a token");
            let done = changes && !opens && !own(&path) && !walls_own;
            assert!(!done || first == Told::No, "{method} {path} with a one-time password");
            assert!(chief == Told::Passes || walls_own, "{method} {path}: nobody may");
            assert!(
                row[2..7].windows(2).all(|two| two[0] == two[1] || two[1] == Told::Passes),
                "{method} {path}: {row:?}"
            );
            let words: Vec<&str> = row.iter().map(|told| told.word()).collect();
            writeln!(page, "| {} | `{path}` | {} |", method.to_uppercase(), words.join(" | ")).unwrap();
        }
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/routes.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, page).expect("the tree is writable when goldens are updated");
    } else {
        let written = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(
            written, page,
            "docs/routes.md is stale: UPDATE=1 cargo test --test web writes it, to be read in the diff"
        );
    }
}
