//! A small HTTP client of the tests.
//!
//! Takes: methods, paths, bodies.
//! Gives: status, headers, body as text or JSON.
//! Never: follows a redirect.

use std::time::Duration;

use serde_json::Value;

pub struct Client {
    base: String,
    http: reqwest::Client,
    token: Option<String>,
}

pub struct Answer {
    pub status: u16,
    pub headers: reqwest::header::HeaderMap,
    pub text: String,
}

/// An idle connection is given up before the gateway closes it (after 10 s): a request would meet that closing otherwise.
fn plain() -> reqwest::ClientBuilder {
    let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy();
    http.pool_idle_timeout(Duration::from_secs(5))
}

impl Client {
    pub fn new(base: &str) -> Client {
        // Installed already by another test of the same process: equally good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = plain().build().unwrap();
        Client { base: base.to_owned(), http, token: None }
    }

    /// One that trusts these certificates and no other.
    pub fn trusting(base: &str, pem: &[u8]) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let roots = reqwest::Certificate::from_pem_bundle(pem).unwrap();
        let http = plain().tls_certs_only(roots).build().unwrap();
        Client { base: base.to_owned(), http, token: None }
    }

    /// One that looks at no certificate, as a browser after a person said so.
    pub fn careless(base: &str) -> Client {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = plain().tls_danger_accept_invalid_certs(true).build().unwrap();
        Client { base: base.to_owned(), http, token: None }
    }

    /// Whether a page can be had at all, and why not.
    pub async fn reach(&self, path: &str) -> Result<u16, String> {
        let sent = self.http.get(format!("{}{path}", self.base)).send().await;
        sent.map(|response| response.status().as_u16()).map_err(|error| format!("{error:?}"))
    }

    /// The same with a token.
    pub fn with_token(self, token: &str) -> Client {
        Client { token: Some(token.to_owned()), ..self }
    }

    /// With a token that somebody has already.
    pub fn bearing(base: &str, token: &str) -> Client {
        Client::new(base).with_token(token)
    }

    pub async fn log_in(base: &str, user: &str) -> Client {
        let mut client = Client::new(base);
        let body = serde_json::json!({ "user": user, "password": super::bench::PASSWORD }).to_string();
        let answer = client.send("POST", "/api/v1/session", &[], &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        client.token = Some(answer.json()["token"].as_str().unwrap().to_owned());
        client
    }

    /// The same visitor at another address.
    pub fn at(&self, base: &str) -> Client {
        Client { base: base.to_owned(), http: self.http.clone(), token: self.token.clone() }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send("GET", path, &[], "").await
    }

    pub async fn post(&self, path: &str, body: &str) -> Answer {
        self.send("POST", path, &[], body).await
    }

    /// A form of a page: a cookie instead of the bearer token, as a browser sends it.
    pub async fn form(&self, path: &str, body: &str) -> Answer {
        let request = self.http.post(format!("{}{path}", self.base)).header("origin", self.base.as_str());
        let cookie = format!("tocsin_session={}", self.token.as_deref().unwrap_or_default());
        let request = request.header("cookie", cookie).header("content-type", "application/x-www-form-urlencoded");
        Answer::of(request.body(body.to_owned()).send().await.unwrap()).await
    }

    pub async fn send(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        Answer::of(self.open(method, path, headers, body).await).await
    }

    /// The answer before its body, for streams.
    pub async fn open(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> reqwest::Response {
        let mut request = self.http.request(method.parse().unwrap(), format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(body.to_owned()).send().await.unwrap()
    }
}

impl Answer {
    pub async fn of(response: reqwest::Response) -> Answer {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        Answer { status, headers, text: response.text().await.unwrap() }
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// Status and error code, after checking that the error speaks both languages.
    pub fn error(&self) -> (u16, String) {
        let json = self.json();
        assert!(json["message"]["zh"].as_str().is_some_and(|zh| !zh.is_empty()), "{json}");
        assert!(json["message"]["en"].as_str().is_some_and(|en| !en.is_empty()), "{json}");
        (self.status, json["error"].as_str().unwrap().to_owned())
    }
}
