//! Styles, script and symbols, embedded in the program.
//!
//! Takes: files of `assets/`.
//! Gives: each at a fixed address, revalidated by its hash.
//! Never: anything from another host.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

use super::problem::Problem;
use super::routes::Rows;

const FILES: [(&str, &str, &str); 7] = [
    ("console.css", "text/css; charset=utf-8", include_str!("assets/console.css")),
    ("forms.css", "text/css; charset=utf-8", include_str!("assets/forms.css")),
    ("report.css", "text/css; charset=utf-8", include_str!("assets/report.css")),
    ("history.css", "text/css; charset=utf-8", include_str!("assets/history.css")),
    ("live.js", "text/javascript; charset=utf-8", include_str!("assets/live.js")),
    ("symbols.svg", "image/svg+xml", include_str!("assets/symbols.svg")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];

static TAGS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let tag = |text: &str| {
        Sha256::digest(text.as_bytes()).iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>()
    };
    FILES.iter().map(|(_, _, text)| format!("\"{}\"", tag(text))).collect()
});

/// What is served below `/assets/`.
pub(super) fn routes() -> Rows {
    vec![("/assets/{name}", &["get"], get(file))]
}

async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let Some(index) = FILES.iter().position(|(file, _, _)| *file == name) else {
        return Problem::not_found(&name).into_response();
    };
    let (_, kind, text) = FILES[index];
    let tag = TAGS[index].as_str();
    let known = headers.get(header::IF_NONE_MATCH).is_some_and(|have| have.as_bytes() == tag.as_bytes());
    let common = [(header::ETAG, tag), (header::CACHE_CONTROL, "no-cache"), (header::CONTENT_TYPE, kind)];
    if known { (StatusCode::NOT_MODIFIED, common).into_response() } else { (common, text).into_response() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_symbol_a_page_names_is_in_the_sprite() {
        let symbols = include_str!("assets/symbols.svg");
        for name in [
            "fire",
            "discharge",
            "gas",
            "emergency",
            "supervisory",
            "prealarm",
            "start",
            "feedback",
            "fault",
            "power",
            "link",
            "link-broken",
            "disabled",
            "normal",
            "mute",
            "sound",
            "person",
            "eye",
            "bell",
            "mark-new",
            "mark-over",
            "mark-acked",
            "mark-ready",
            "mark-shown",
        ] {
            assert!(symbols.contains(&format!("<symbol id=\"{name}\"")), "{name}");
        }
        // Two hyphens inside a comment are no XML: the whole sprite would not be drawn.
        for comment in symbols.split("<!--").skip(1) {
            let inside = comment.split_once("-->").expect("every comment of the sprite ends").0;
            assert!(!inside.contains("--"), "{inside}");
        }
        assert_eq!(FILES.len(), TAGS.len());
    }
}
