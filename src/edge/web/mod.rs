//! The console and the API over HTTP (design §6).
//!
//! Takes: what `live` knows, log-ins and acts of people.
//! Gives: pages that work without a script, `/api/v1`, and the stream of everything that is shown.
//! Never: acts without a session, decides whether an act is permitted (the engine's gate does), or shows a page that
//! could be taken for live when it is not.

mod access;
pub mod accounts;
mod api;
mod apps;
mod assets;
pub mod copies;
mod door;
mod finding;
mod forms;
mod https;
mod lamps;
mod metrics;
mod page;
mod password;
mod print;
mod problem;
mod reports;
mod resets;
mod retirement;
mod routes;
mod screen;
mod server;
mod sieve;
mod summary;
mod throttle;
mod visitor;
mod walls;
mod when;
mod window;
mod wording;
mod words;

use std::net::IpAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::TimeoutLayer;

pub use accounts::{AccountError, Accounts};
pub use https::{Secure, SecureError};
pub use password::one_time as one_time_password;
pub use print::report_page;
pub use routes::routes;
pub use walls::{Displays, Patience, kept as kept_wall_token};

use crate::edge::clock::Clock;
use crate::engine::Part;
use crate::engine::base::Now;
use crate::engine::poll::BusPlan;
use crate::engine::site::Site;
use crate::live::{Acts, Board, Gather, History, Inquiries, Picture, Records, Retirement, Search, Vitals};
use accounts::Account;
use problem::Problem;
use screen::Screen;
use summary::{Sources, Summary};
use throttle::Throttle;
use visitor::Visitor;
pub use when::When;

/// Largest body of a request in bytes: acts are small.
const BODY_LIMIT: usize = 64 * 1024;
/// A request whose body trickles in, or whose answer does not begin within this time, is given up. Streams begin at once.
const ANSWER_WITHIN: Duration = Duration::from_secs(30);
/// Passwords hashed at the same time: each takes 19 MiB and a core.
const HASHES: usize = 2;
/// Streams open at the same time.
const STREAMS: usize = 256;
/// Exports of trends at the same time: each reads from the disk for as long as its client takes.
const EXPORTS: usize = 2;

const POLICY: &str =
    "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'";

/// For so long browsers come back over TLS only, where somebody vouches for the certificate: a month, so that a certificate that
/// was given up again does not lock a console out for a year.
const INSIST: &str = "max-age=2592000";

/// Everything the web edge serves from.
pub struct Services {
    /// The site.
    pub site: Arc<Site>,
    /// The shown state.
    pub picture: Arc<Picture>,
    /// The readings.
    pub board: Arc<Board>,
    /// The gateway's health.
    pub vitals: Arc<Vitals>,
    /// The door to the engine.
    pub acts: Acts,
    /// The door to the buses, for whoever brings devices on line.
    pub inquiries: Inquiries,
    /// The journal.
    pub records: Arc<dyn Records>,
    /// Finds facts in the journal.
    pub search: Arc<dyn Search>,
    /// Lets old records leave the journal.
    pub retirement: Arc<dyn Retirement>,
    /// The trend store.
    pub history: Arc<dyn History>,
    /// Adds the figures of `/metrics`.
    pub gather: Gather,
    /// Accounts and sessions.
    pub accounts: Accounts,
    /// The displays on walls.
    pub displays: Arc<Displays>,
    /// The clock.
    pub clock: Clock,
    /// Whether everyone who reaches the listener may read.
    pub public_read: bool,
    /// The certificate; over plain HTTP without it.
    pub secure: Option<Arc<Secure>>,
}

/// What handlers share.
pub(crate) struct Web {
    services: Services,
    when: When,
    throttle: Throttle,
    hashing: Semaphore,
    gathering: Semaphore,
    screen: Arc<Screen>,
    streams: Arc<Semaphore>,
    exports: Arc<Semaphore>,
    /// Made when it is first asked for.
    plans: OnceLock<Vec<BusPlan>>,
    open_reading: bool,
    doors: routes::Doors,
    stop: CancellationToken,
}

impl Web {
    fn now(&self) -> Now {
        self.services.clock.now()
    }

    /// Sums up what is shown now.
    fn summary(&self) -> Summary {
        let services = &self.services;
        let state = services.picture.state();
        Summary::of(Sources {
            site: &services.site,
            state: &state,
            readings: &services.board.all(),
            links: &services.vitals.devices(),
            bus_links: &services.vitals.bus_links(),
            buses: &services.vitals.buses(),
            engine: services.vitals.engine_beat(),
            parts: services.vitals.parts(),
            now: self.now(),
        })
    }

    /// Runs what waits for the disk or the processor on a thread that may.
    async fn waiting<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
        tokio::task::spawn_blocking(work).await.map_err(|error| Problem::store("a request's work", &error))
    }

    /// Whether cookies may travel over TLS only.
    fn is_encrypted(&self) -> bool {
        self.services.secure.is_some()
    }

    async fn who(&self, token: &str) -> Result<Option<Account>, Problem> {
        let (accounts, token, now) = (self.services.accounts.clone(), token.to_owned(), self.now());
        let found = self.waiting(move || accounts.who(&token, now.wall)).await?;
        found.map_err(|error| Problem::store("accounts", &error))
    }

    /// Verifies a password and begins a session; the one that came with the request ends.
    async fn log_in(&self, visitor: &Visitor, user: &str, secret: &str) -> Result<(Account, accounts::Begun), Problem> {
        self.attempt(visitor.address, user)?;
        // The semaphore is never closed.
        let _turn = self.hashing.acquire().await.map_err(|error| Problem::store("log-in", &error))?;
        let (accounts, user, secret, now) =
            (self.services.accounts.clone(), user.to_owned(), secret.to_owned(), self.now());
        let (from, before) = (visitor.address, visitor.token.clone());
        let outcome = self
            .waiting(move || -> Result<_, AccountError> {
                if !accounts.verify(&user, &secret)? {
                    return Ok(None);
                }
                let begun = accounts.begin(&user, Some(from), before.as_deref(), now.wall)?;
                Ok(accounts.who(&begun.token, now.wall)?.map(|account| (account, begun)))
            })
            .await?;
        match outcome {
            Ok(Some(session)) => Ok(session),
            Ok(None) => Err(Problem::new(StatusCode::UNAUTHORIZED, "bad-credentials", words::BAD_CREDENTIALS)),
            Err(error) => Err(Problem::store("accounts", &error)),
        }
    }

    /// Counts one password that is tried.
    fn attempt(&self, address: IpAddr, user: &str) -> Result<(), Problem> {
        self.throttle.attempt(address, user).map_err(|wait| {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-attempts", words::TOO_MANY_ATTEMPTS)
                .with("retry_after_s", wait.as_secs() + 1)
        })
    }

    async fn log_out(&self, token: &str) -> Result<(), Problem> {
        let (accounts, token) = (self.services.accounts.clone(), token.to_owned());
        let ended = self.waiting(move || accounts.end(&token)).await?;
        ended.map_err(|error| Problem::store("accounts", &error))
    }
}

/// Serves until `stop`; then ends streams, lets running requests finish, and returns. At `for_walls` it serves walls alone.
///
/// # Errors
/// None yet: whoever waits for it hears of a panic alone.
pub async fn serve(
    listener: TcpListener,
    for_walls: Option<TcpListener>,
    services: Services,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let screen = Screen::new(services.clock.now().wall.0);
    let web = Arc::new(Web {
        when: When::new(crate::live::document::zone(&services.site)),
        open_reading: services.public_read,
        doors: routes::doors(),
        services,
        throttle: Throttle::default(),
        hashing: Semaphore::new(HASHES),
        gathering: Semaphore::new(1),
        screen,
        streams: Arc::new(Semaphore::new(STREAMS)),
        exports: Arc::new(Semaphore::new(EXPORTS)),
        plans: OnceLock::new(),
        stop: stop.clone(),
    });
    tokio::spawn(screen::run(Arc::clone(&web)));
    tokio::spawn(walls::watch(Arc::clone(&web)));
    tokio::spawn(visitor::keep_uses(web.services.accounts.clone(), stop.clone()));
    let secure = web.services.secure.clone();
    let (vitals, clock) = (Arc::clone(&web.services.vitals), web.services.clock);
    match &secure {
        Some(secure) => drop(tokio::spawn(Arc::clone(secure).follow(clock, web.when.clone(), vitals, stop.clone()))),
        // A fault of a certificate that is no longer served is over.
        None => vitals.report(Part::Certificate, None),
    }
    let aside =
        for_walls.map(|listener| server::serve(listener, wall_router(Arc::clone(&web)), secure.clone(), stop.clone()));
    let aside = async {
        if let Some(aside) = aside {
            aside.await;
        }
    };
    tokio::join!(server::serve(listener, router(web), secure, stop), aside);
    Ok(())
}

fn router(web: Arc<Web>) -> Router {
    let router = routes::router()
        .fallback(page::lost::nowhere)
        .method_not_allowed_fallback(api::wrong_method)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&web), visitor::identify));
    guarded(router, web)
}

/// What the walls' own listener serves: their page, what it is made of and fed from, and the door for their beacons.
fn wall_router(web: Arc<Web>) -> Router {
    let router = routes::wall_router()
        .fallback(walls::nowhere)
        .method_not_allowed_fallback(walls::nowhere)
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&web), walls::identify));
    guarded(router, web)
}

/// What holds at every listener: how walls come in, limits, and what browsers are told.
fn guarded(router: Router<Arc<Web>>, web: Arc<Web>) -> Router {
    let fixed = |name, value| SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value));
    let insist = web.services.secure.as_ref().is_some_and(|secure| secure.is_vouched());
    router
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&web), walls::enter))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, ANSWER_WITHIN))
        .layer(fixed(header::CONTENT_SECURITY_POLICY, POLICY))
        .layer(fixed(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(fixed(header::X_FRAME_OPTIONS, "DENY"))
        .layer(fixed(header::REFERRER_POLICY, "same-origin"))
        .layer(fixed(header::CACHE_CONTROL, "no-store"))
        .layer(tower::util::option_layer(insist.then(|| fixed(header::STRICT_TRANSPORT_SECURITY, INSIST))))
        .with_state(web)
}

fn panicked(_what: Box<dyn std::any::Any + Send>) -> Response {
    tracing::error!("a request's handler failed; this is a defect");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "defect", words::DEFECT).into_response()
}
