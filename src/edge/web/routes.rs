//! The one table of everything that is served: each address with its methods, and who may come there.
//!
//! Takes: the tables of the pages, the API, the assets and the metrics.
//! Gives: the router built from them, and the list that `openapi.json` and `docs/routes.md` are compared with.
//! Never: an address that stands in no table: `.route(` is written here and nowhere else (a test sees to it).

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::http::Method;
use axum::routing::{MethodRouter, get};

use super::Web;
use super::door::{Need, need};
use super::{api, apps, assets, metrics, page, walls};

/// Addresses with their methods, lower case, and what answers there.
pub(super) type Rows = Vec<(&'static str, &'static [&'static str], MethodRouter<Arc<Web>>)>;

/// Where the API begins.
const API: &str = "/api/v1";

/// A router of these rows and no other.
fn of(rows: Rows) -> Router<Arc<Web>> {
    rows.into_iter().fold(Router::new(), |router, (path, _, methods)| router.route(path, methods))
}

/// What is served outside the API.
fn plain() -> Rows {
    let mut rows = page::routes();
    rows.extend(assets::routes());
    rows.extend(apps::routes());
    rows.push(("/metrics", &["get"], get(metrics::metrics)));
    rows
}

/// Everything that is served.
pub(super) fn router() -> Router<Arc<Web>> {
    let api = of(api::routes()).fallback(api::no_route).method_not_allowed_fallback(api::wrong_method);
    Router::new().nest(API, api).merge(of(plain()))
}

/// What the walls' own listener serves: their page, what it is made of and fed from, and the door for their beacons.
pub(super) fn wall_router() -> Router<Arc<Web>> {
    let for_walls = |rows: Rows, api: &str| {
        rows.into_iter().filter(|(path, ..)| walls::may_have(&format!("{api}{path}"))).collect::<Rows>()
    };
    let api = of(for_walls(api::routes(), API)).fallback(walls::nowhere).method_not_allowed_fallback(walls::nowhere);
    Router::new().nest(API, api).merge(of(for_walls(plain(), "")))
}

/// Every address of the console and the API with its methods, lower case.
pub fn routes() -> Vec<(String, &'static [&'static str])> {
    let plain = plain().into_iter().map(|(path, methods, _)| (path.to_owned(), methods));
    plain.chain(api::routes().into_iter().map(|(path, methods, _)| (format!("{API}{path}"), methods))).collect()
}

/// What a visitor must be, by address and method.
pub(super) type Doors = BTreeMap<String, Vec<(Method, Need)>>;

/// The doors of every address. A method that an address does not take has none: that is said to everybody alike.
pub(super) fn doors() -> Doors {
    let of = |path: &str, word: &str| {
        let method = Method::from_bytes(word.to_uppercase().as_bytes()).unwrap_or_default();
        let need = need(&method, path);
        (method, need)
    };
    let all = routes().into_iter().map(|(path, methods)| {
        let doors = methods.iter().map(|word| of(&path, word)).collect();
        (path, doors)
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_stands_once_and_its_methods_are_words_of_http() {
        let mut seen = std::collections::BTreeSet::new();
        for (path, methods) in routes() {
            assert!(seen.insert(path.clone()), "{path} stands twice");
            assert!(!methods.is_empty(), "{path}");
            for method in methods {
                assert!(["get", "post", "delete", "put", "patch"].contains(method), "{method} {path}");
            }
        }
        assert!(seen.len() > 60, "{} addresses", seen.len());
    }
}
