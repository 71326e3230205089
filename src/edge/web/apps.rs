//! The apps of the consoles: their built files, and the document that each begins in.
//!
//! Takes: `web/dist`, embedded when the program is built; who looks, in which language and theme.
//! Gives: `/app/assets/…`, and the shell of wall, desk, trends and devices.
//! Never: an inline script or style; and where the program was built without the apps, it says so and shows the pages
//! that need none.

use std::sync::Arc;
use std::sync::LazyLock;

use axum::Extension;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use maud::{DOCTYPE, Markup, html};
use rust_embed::RustEmbed;
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::accounts::Theme;
use super::page::frame::lang;
use super::problem::Problem;
use super::routes::Rows;
use super::visitor::Visitor;
use super::words::{self, Phrase, app};
use super::{Web, page};
use crate::engine::base::Role;

/// The built files. In a debug build they are read from the folder when they are asked for.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Dist;

/// One entry of the build's manifest.
#[derive(Clone, Debug, Deserialize)]
struct Chunk {
    file: String,
    #[serde(default)]
    css: Vec<String>,
    #[serde(default)]
    imports: Vec<String>,
}

type Manifest = std::collections::BTreeMap<String, Chunk>;

/// One of the apps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// What hangs on the wall.
    Wall,
    /// Where operators act.
    Desk,
    /// Trends.
    Trends,
    /// Commissioning.
    Devices,
}

impl App {
    fn as_str(self) -> &'static str {
        match self {
            App::Wall => "wall",
            App::Desk => "desk",
            App::Trends => "trends",
            App::Devices => "devices",
        }
    }

    fn title(self) -> Phrase {
        match self {
            App::Wall => app::WALL,
            App::Desk => words::CONSOLE,
            App::Trends => app::TRENDS,
            App::Devices => words::DEVICES,
        }
    }

    /// The page that needs no script, where there is one.
    fn plain(self) -> &'static str {
        match self {
            App::Wall | App::Desk | App::Trends => "/phone",
            App::Devices => "/devices/plain",
        }
    }
}

/// Where the built files are served.
pub(super) fn routes() -> Rows {
    vec![("/app/assets/{name}", &["get"], get(asset))]
}

/// A built file by its path below `web/dist`.
fn file(path: &str) -> Option<std::borrow::Cow<'static, [u8]>> {
    // Whoever works on the apps runs one program and builds the apps where they are.
    #[cfg(debug_assertions)]
    if let Some(folder) = std::env::var_os("TOCSIN_WEB_DIST") {
        return std::fs::read(std::path::Path::new(&folder).join(path)).ok().map(Into::into);
    }
    Dist::get(path).map(|found| found.data)
}

fn manifest() -> Option<Manifest> {
    serde_json::from_slice(&file("manifest.json")?).ok()
}

/// Tells one build of the apps from another; empty without them. A page that was opened under another build loads anew.
pub fn build() -> String {
    static RELEASED: LazyLock<String> = LazyLock::new(fingerprint);
    if cfg!(debug_assertions) { fingerprint() } else { RELEASED.clone() }
}

fn fingerprint() -> String {
    let text = file("manifest.json").unwrap_or_default();
    if text.is_empty() {
        String::new()
    } else {
        Sha256::digest(&text).iter().take(6).map(|b| format!("{b:02x}")).collect()
    }
}

async fn asset(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let known = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    let Some(bytes) = file(&format!("assets/{name}")).filter(|_| known && !name.starts_with('.')) else {
        return Problem::not_found(&name).into_response();
    };
    let kind = match name.rsplit_once('.').map(|(_, end)| end) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("map" | "json") => "application/json",
        _ => "application/octet-stream",
    };
    // The name holds the hash of the content: what it names never changes.
    let common = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    let packs = headers
        .get(header::ACCEPT_ENCODING)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.split(',').any(|one| one.trim().starts_with("gzip")));
    if packs && let Some(packed) = packed(&bytes) {
        return (common, [(header::CONTENT_ENCODING, "gzip"), (header::VARY, "accept-encoding")], packed)
            .into_response();
    }
    (common, bytes.into_owned()).into_response()
}

fn packed(bytes: &[u8]) -> Option<Vec<u8>> {
    use std::io::Write;
    let mut encoder =
        flate2::write::GzEncoder::new(Vec::with_capacity(bytes.len() / 2), flate2::Compression::default());
    encoder.write_all(bytes).ok()?;
    encoder.finish().ok()
}

/// `GET /`
pub async fn desk(state: State<Arc<Web>>, visitor: Extension<Visitor>) -> Response {
    // Who was never here and may not read anonymously is led to the log-in by `identify`.
    if build().is_empty() { Redirect::to("/phone").into_response() } else { shell(&state, &visitor, App::Desk, "{}") }
}

/// `GET /wall`
pub async fn wall(state: State<Arc<Web>>, visitor: Extension<Visitor>) -> Response {
    shell(&state, &visitor, App::Wall, "{}")
}

/// `GET /trends`
pub async fn trends(state: State<Arc<Web>>, visitor: Extension<Visitor>) -> Response {
    // The past may lie on the other side of a change of the clocks: the app needs the zone, not only today's offset.
    let settings = serde_json::json!({ "timezone": state.services.site.timezone });
    shell(&state, &visitor, App::Trends, &settings.to_string())
}

/// `GET /devices`
pub async fn devices(state: State<Arc<Web>>, visitor: Extension<Visitor>) -> Response {
    if build().is_empty() {
        return Redirect::to(App::Devices.plain()).into_response();
    }
    shell(&state, &visitor, App::Devices, "{}")
}

/// The document of an app; `settings` is JSON that the app reads from it.
pub(super) fn shell(web: &Arc<Web>, visitor: &Visitor, app: App, settings: &str) -> Response {
    let entry = format!("src/{}/main.tsx", app.as_str());
    let Some((script, styles)) = manifest().and_then(|manifest| files(&manifest, &entry)) else {
        return (StatusCode::SERVICE_UNAVAILABLE, missing(web, visitor)).into_response();
    };
    let say = |phrase: Phrase| phrase.get(visitor.language);
    let night = visitor.theme == Theme::Night;
    let account = visitor.account.as_ref();
    let site = web.services.site.name.get(visitor.language);
    let body = html! {
        (DOCTYPE)
        html .(app.as_str()) lang=(lang(visitor.language)) data-theme=(visitor.theme.as_str()) data-palette="gb" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content=(if night { "dark" } else { "light" });
                title { (say(app.title())) " - " (site) }
                link rel="icon" href="/assets/icon.svg" type="image/svg+xml";
                @for style in &styles { link rel="stylesheet" href={ "/app/" (style) }; }
                script type="module" src={ "/app/" (script) } {}
                noscript { meta http-equiv="refresh" content={ "0; url=" (app.plain()) }; }
            }
            body data-now=(web.now().wall.0 / 1000) data-settings=(settings)
                data-user=[account.map(|account| account.name.as_str())]
                data-role=[account.map(|account| super::accounts::role_word(account.role))]
                data-may-act=(account.is_some_and(|account| account.role > Role::Display))
                data-one-time=(account.is_some_and(|account| account.one_time)) {
                div #app {}
                noscript { p { a href=(app.plain()) { (say(app::PLAIN)) } } }
            }
        }
    };
    body.into_response()
}

/// The script of an entry, and every style it and what it imports need.
fn files(manifest: &Manifest, entry: &str) -> Option<(String, Vec<String>)> {
    let mut styles: Vec<String> = Vec::new();
    let mut waiting = vec![entry.to_owned()];
    let mut seen: Vec<String> = Vec::new();
    while let Some(name) = waiting.pop() {
        let chunk = manifest.get(&name)?;
        // Styles of what is imported come first: the app's own may go beyond them.
        styles.splice(0..0, chunk.css.iter().filter(|style| !seen.contains(style)).cloned());
        seen.extend(chunk.css.iter().cloned());
        waiting.extend(chunk.imports.iter().filter(|import| !seen.contains(import)).cloned());
        seen.push(name);
    }
    Some((manifest.get(entry)?.file.clone(), styles))
}

fn missing(web: &Arc<Web>, visitor: &Visitor) -> Markup {
    let view = page::view(web, visitor);
    let body = html! { section { h2 { (app::MISSING.get(visitor.language)) } p { a .button href="/phone" { (app::PLAIN.get(visitor.language)) } } } };
    page::frame::page(&view, app::MISSING.get(visitor.language), page::frame::Liveness::Form, body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_brings_the_styles_of_what_it_imports_first() {
        let manifest: Manifest = serde_json::from_str(
            r#"{ "src/wall/main.tsx": { "file": "assets/wall-1.js", "css": ["assets/wall-2.css"], "imports": ["_shared.js"] },
                 "_shared.js": { "file": "assets/shared-3.js", "css": ["assets/shared-4.css"] } }"#,
        )
        .unwrap();
        let (script, styles) = files(&manifest, "src/wall/main.tsx").unwrap();
        assert_eq!(
            (script.as_str(), styles),
            ("assets/wall-1.js", vec!["assets/shared-4.css".into(), "assets/wall-2.css".to_owned()])
        );
        assert!(files(&manifest, "src/desk/main.tsx").is_none());
    }
}
