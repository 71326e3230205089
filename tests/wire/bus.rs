//! The task of a bus, from the wire to the board and the engine's queue.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tocsin::daemon::{Field, Trend, run_bus, supervise};
use tocsin::edge::clock::Clock;
use tocsin::engine::Input;
use tocsin::engine::base::{Now, Reason, Truth, Value};
use tocsin::engine::poll::{Failure, LinkOf, Report};
use tocsin::engine::site::Site;
use tocsin::live::{Board, Inquiries, Vitals};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use super::gateway::{Gateway, Manners, UNITS};

/// A condition that takes longer than this on any machine is not met.
const PATIENCE: Duration = Duration::from_secs(30);

const PROFILE: &str = r#"
vendor = "Test"
model = "Two registers"
class = "panel"
source = "tests/wire/bus.rs"
verified = "manual-only"
[link]
reply-within = "200ms"
[points]
level = { table = "holding", address = 0, type = "u16", unit = "mm", poll = "fast", name = { zh = "液位", en = "Level" } }
smoke = { table = "holding", address = 1, type = "bit", bit = 0, poll = "fire", name = { zh = "烟雾", en = "Smoke" } }
[alarms]
fire = { when = "smoke", category = "fire", on = "smoke", name = { zh = "火警", en = "Fire" } }
"#;

/// A site with these units of a gateway: the first is device `a`, the second `b`, and so on.
fn site(address: &str, units: u8) -> Arc<Site> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let profile = folder.path().join("device-profiles/two-registers");
    std::fs::create_dir_all(&profile).expect("the folder is ours");
    std::fs::write(profile.join("profile.toml"), PROFILE).expect("the folder is ours");
    let head = format!(
        r#"
        [site]
        id = "test"
        name = {{ zh = "测试", en = "Test" }}
        timezone = "Asia/Shanghai"
        [[bus]]
        id = "lan"
        tcp = "{address}"
        poll = {{ fire = "100ms", fast = "100ms" }}
        "#
    );
    let device = |(unit, id): (u8, char)| {
        format!("[[device]]\nid = \"{id}\"\nbus = \"lan\"\nunit = {unit}\nprofile = \"two-registers\"\n")
    };
    let text: String = std::iter::once(head).chain((1..=units).zip('a'..).map(device)).collect();
    std::fs::write(folder.path().join("site.toml"), text).expect("the folder is ours");
    let read = tocsin::config::load(folder.path(), &[folder.path().join("device-profiles")]);
    let (site, _) = read.unwrap_or_else(|problems| panic!("{problems:#?}"));
    Arc::new(site)
}

/// A running bus and all it said.
struct Running {
    site: Arc<Site>,
    board: Arc<Board>,
    vitals: Arc<Vitals>,
    reports: Arc<Mutex<Vec<Report>>>,
    confirm: mpsc::UnboundedSender<u32>,
    inquiries: Inquiries,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl Running {
    fn new(address: &str) -> Running {
        Running::with(site(address, 2), Arc::new(|_, _| {}))
    }

    fn with(site: Arc<Site>, trends: Trend) -> Running {
        let (clock, stop) = (Clock::start(), CancellationToken::new());
        let now = clock.now();
        let board = Arc::new(Board::new(site.points.len(), now));
        let vitals = Arc::new(Vitals::new(site.buses.len(), site.devices.len(), now.wall).0);
        let (inputs, mut queue) = mpsc::channel::<(Input, Now)>(8);
        let (confirm, confirmed) = mpsc::unbounded_channel();
        let (inquiries, mut asked) = Inquiries::new(1);
        let inquired = asked.remove(0);
        let reports: Arc<Mutex<Vec<Report>>> = Arc::default();
        let kept = Arc::clone(&reports);
        tokio::spawn(async move {
            while let Some((input, _)) = queue.recv().await {
                let Input::Report { bus: 0, report } = input else { panic!("{input:?}") };
                assert!(report.values.is_empty(), "values do not go to the engine");
                kept.lock().expect("nobody panics with it").push(report);
            }
        });
        let field = Field {
            site: Arc::clone(&site),
            bus: 0,
            clock,
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            inputs,
            trends,
            commands: Arc::new(tokio::sync::Mutex::new(mpsc::unbounded_channel().1)),
            inquiries: Arc::new(tokio::sync::Mutex::new(inquired)),
            confirm: Arc::new(tokio::sync::Mutex::new(confirmed)),
            stop: stop.clone(),
        };
        let token = stop.clone();
        let task = tokio::spawn(async move { supervise("bus lan", token, || run_bus(field.clone())).await });
        Running { site, board, vitals, reports, confirm, inquiries, stop, task }
    }

    fn known(&self, id: &str) -> Result<Value, Reason> {
        let index = self.site.points.iter().position(|point| point.id.to_string() == id).expect("a point of the site");
        self.board.read(u32::try_from(index).expect("a small site")).expect("a point of the site").known
    }

    /// Links that came or went. That one works from the start is told once, and is no news here.
    fn links(&self) -> Vec<(LinkOf, bool, String)> {
        let reports = self.reports.lock().expect("nobody panics with it");
        let mut told = std::collections::BTreeSet::new();
        let links = reports.iter().flat_map(|report| &report.links);
        links
            .filter(|link| !told.insert(link.of) || !link.up)
            .map(|link| (link.of, link.up, link.reason.en.clone()))
            .collect()
    }

    /// Truths of the rule of device `a`, in order.
    fn truths(&self) -> Vec<Truth> {
        let reports = self.reports.lock().expect("nobody panics with it");
        reports.iter().flat_map(|report| &report.edges).filter(|edge| edge.rule == 0).map(|edge| edge.truth).collect()
    }

    fn alive(&self) -> usize {
        self.reports.lock().expect("nobody panics with it").iter().filter(|report| report.alive.is_some()).count()
    }

    /// Waits until `met`, which must come true in time.
    async fn until(&self, what: &str, met: impl Fn(&Running) -> bool) {
        let end = Instant::now() + PATIENCE;
        while !met(self) {
            assert!(Instant::now() < end, "not in time: {what}; links {:?}, truths {:?}", self.links(), self.truths());
            sleep(Duration::from_millis(5)).await;
        }
    }
}

fn anywhere() -> std::net::SocketAddr {
    "127.0.0.1:0".parse().expect("an address")
}

#[tokio::test]
async fn values_reach_the_board_edges_the_engine_and_links_the_vitals() {
    let manners = Arc::new(Manners::default());
    let gateway = Gateway::new(anywhere(), &manners);
    manners.set(1, 0, 1200);
    let seen: Arc<Mutex<Vec<u32>>> = Arc::default();
    let trended = Arc::clone(&seen);
    let trends: Trend = Arc::new(move |point, _| trended.lock().expect("nobody panics with it").push(point));
    let bus = Running::with(site(&gateway.address.to_string(), 2), trends);
    bus.until("the level is read", |bus| bus.known("a/level") == Ok(Value::Number(1200.0))).await;
    manners.set(1, 1, 1);
    bus.until("the fire is an edge", |bus| bus.truths().last() == Some(&Truth::True)).await;
    bus.until("it says that it lives", |bus| bus.alive() >= 2).await;
    assert!(bus.vitals.buses()[0].heard.is_some());
    assert_eq!(bus.vitals.bus_links()[0].up, Some(true));
    assert!(bus.vitals.devices().iter().all(|device| device.up == Some(true)));
    assert!(!seen.lock().expect("nobody panics with it").is_empty());
    assert_eq!(bus.links(), [], "all was well all the time");
    assert_eq!(manners.accepted.load(Ordering::SeqCst), 1);
    let before = bus.truths().len();
    bus.confirm.send(0).expect("the bus runs");
    bus.until("the fire is confirmed", |bus| bus.truths().len() > before).await;
    assert_eq!(bus.truths().last(), Some(&Truth::True));
}

#[tokio::test]
async fn a_gateway_that_is_not_there_is_announced_at_once_and_used_when_it_comes() {
    let manners = Arc::new(Manners::default());
    let address = Gateway::new(anywhere(), &manners).address;
    // Its connections and its port are free once its tasks are gone.
    while std::net::TcpListener::bind(address).is_err() {
        sleep(Duration::from_millis(5)).await;
    }
    let begun = Instant::now();
    let bus = Running::new(&address.to_string());
    bus.until("its absence is announced", |bus| !bus.links().is_empty()).await;
    assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    assert_eq!(bus.vitals.bus_links()[0].up, Some(false));
    bus.until("the bus lives although its line does not", |bus| bus.alive() >= 2).await;
    let gateway = Gateway::new(address, &manners);
    bus.until("it is read", |bus| bus.known("b/level").is_ok()).await;
    drop(gateway);
    bus.until("its loss is announced", |bus| bus.known("b/level") == Err(Reason::LinkDown)).await;
    bus.until("no device of it is said to answer", |bus| {
        bus.vitals.devices().iter().all(|device| device.up == Some(false))
    })
    .await;
    let _again = Gateway::new(address, &manners);
    bus.until("it is read again", |bus| bus.known("b/level").is_ok()).await;
    bus.until("both answer", |bus| bus.vitals.devices().iter().all(|device| device.up == Some(true))).await;
    let ups: Vec<bool> = bus.links().iter().map(|(_, up, _)| *up).collect();
    assert_eq!(ups, [false, true, false, true], "{:?}", bus.links());
    assert!(bus.links()[0].2.contains("connection refused"), "{:?}", bus.links());
}

#[tokio::test]
async fn a_gateway_that_closes_now_and_then_is_no_fault() {
    let manners = Arc::new(Manners::default());
    manners.tire_after.store(3, Ordering::SeqCst);
    let gateway = Gateway::new(anywhere(), &manners);
    let bus = Running::new(&gateway.address.to_string());
    bus.until("it was connected often", |_| manners.accepted.load(Ordering::SeqCst) >= 30).await;
    assert_eq!(bus.links(), []);
    assert!(bus.known("a/level").is_ok() && bus.known("b/level").is_ok());
}

#[tokio::test]
async fn a_gateway_that_accepts_and_hangs_up_is_one_fault_until_it_answers() {
    let manners = Arc::new(Manners::default());
    manners.hang_up.store(true, Ordering::SeqCst);
    let gateway = Gateway::new(anywhere(), &manners);
    let bus = Running::new(&gateway.address.to_string());
    bus.until("it was tried several times", |_| manners.accepted.load(Ordering::SeqCst) >= 4).await;
    assert_eq!(bus.links().iter().map(|(of, up, _)| (*of, *up)).collect::<Vec<_>>(), [(LinkOf::Bus(0), false)]);
    manners.hang_up.store(false, Ordering::SeqCst);
    bus.until("it is read", |bus| bus.known("a/level").is_ok() && bus.known("b/level").is_ok()).await;
    assert_eq!(bus.links().last().map(|(of, up, _)| (*of, *up)), Some((LinkOf::Bus(0), true)));
}

#[tokio::test]
async fn a_silent_unit_is_announced_and_the_other_one_goes_on() {
    let manners = Arc::new(Manners::default());
    let gateway = Gateway::new(anywhere(), &manners);
    let bus = Running::new(&gateway.address.to_string());
    bus.until("both are read", |bus| bus.known("a/level").is_ok() && bus.known("b/level").is_ok()).await;
    manners.mute(2, true);
    bus.until("unit 2 is announced", |bus| bus.known("b/level") == Err(Reason::LinkDown)).await;
    assert_eq!(bus.links().iter().map(|(of, up, _)| (*of, *up)).collect::<Vec<_>>(), [(LinkOf::Device(1), false)]);
    let (asked, begun) = (manners.asked(1), Instant::now());
    bus.until("unit 1 is asked on", |_| manners.asked(1) >= asked + 40).await;
    // Two reads each 100 ms, or one that covers both: 40 requests take 4 s at the most when nothing holds them up.
    assert!(begun.elapsed() < Duration::from_secs(6), "{:?}", begun.elapsed());
    assert!(bus.known("a/level").is_ok());
    assert_eq!(manners.accepted.load(Ordering::SeqCst), 1, "the connection is shared and stays");
    let troubles = bus.vitals.troubles(1);
    assert!(troubles.iter().all(|trouble| trouble.failure == Failure::Timeout && trouble.asked.unit == 2));
    assert!(troubles.iter().map(|trouble| trouble.times).sum::<u64>() >= 3, "{troubles:?}");
    assert_eq!(bus.vitals.troubles(0), []);
    let silent = bus.inquiries.study(0, 1).await.expect("the bus answers also while a device does not");
    assert!(silent.dead && silent.requests.iter().all(|request| request.age.is_some()));
    let well = bus.inquiries.study(0, 0).await.expect("the bus answers");
    assert!(!well.dead && well.requests.iter().all(|request| request.last.is_some()));
    assert_eq!(bus.inquiries.study(0, 9).await, None);
    bus.until("its use is known", |bus| bus.vitals.uses()[0].is_some_and(|used| used.requests_per_s > 1.0)).await;
    manners.mute(2, false);
    bus.until("unit 2 is back", |bus| bus.known("b/level").is_ok()).await;
    let [one, two] = bus.vitals.exchanges()[..] else { panic!("two devices") };
    assert!(one.answers >= 40 && one.round_trip.is_some(), "{one:?}");
    assert!(two.timeouts >= 1 && two.answers >= 2 && two.malformed == 0, "{two:?}");
    assert_eq!(bus.vitals.devices()[1].up, Some(true));
}

#[tokio::test]
async fn a_gateway_whose_first_ten_units_are_dead_keeps_its_connection_and_the_living_their_rate() {
    const DEAD: usize = UNITS / 2;
    let manners = Arc::new(Manners::default());
    (1..=DEAD).for_each(|unit| manners.mute(unit, true));
    let gateway = Gateway::new(anywhere(), &manners);
    let bus = Running::with(site(&gateway.address.to_string(), UNITS as u8), Arc::new(|_, _| {}));
    let level = |unit: usize| format!("{}/level", ('a'..).nth(unit - 1).expect("a letter"));
    bus.until("the living are read", |bus| (DEAD + 1..=UNITS).all(|unit| bus.known(&level(unit)).is_ok())).await;
    bus.until("the dead are announced", |bus| bus.links().len() >= DEAD).await;
    let mut dead: Vec<_> = bus.links().into_iter().map(|(of, up, _)| (of, up)).collect();
    dead.sort();
    assert_eq!(dead, (0..DEAD as u32).map(|device| (LinkOf::Device(device), false)).collect::<Vec<_>>());
    let living = || (DEAD + 1..=UNITS).map(|unit| manners.asked(unit)).min().expect("some live");
    let (asked, begun) = (living(), Instant::now());
    bus.until("the living are asked on", |_| living() >= asked + 80).await;
    // One read covers both registers, or there are two: 80 requests take 8 s at full rate, and each probe of a dead one
    // stops everybody for 200 ms, 4 % of the time.
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert_eq!(manners.accepted.load(Ordering::SeqCst), 1, "the connection stays");
    assert_eq!(bus.links().len(), DEAD, "{:?}", bus.links());
}

#[tokio::test]
async fn a_task_that_panics_is_started_again_and_nothing_old_is_believed() {
    let manners = Arc::new(Manners::default());
    let gateway = Gateway::new(anywhere(), &manners);
    manners.set(1, 0, 5);
    let (armed, panics) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let (trigger, count) = (Arc::clone(&armed), Arc::clone(&panics));
    let trends: Trend = Arc::new(move |_, _| {
        if trigger.swap(false, Ordering::SeqCst) {
            count.fetch_add(1, Ordering::SeqCst);
            panic!("broken on purpose");
        }
    });
    let bus = Running::with(site(&gateway.address.to_string(), 2), trends);
    bus.until("it is read", |bus| bus.known("a/level") == Ok(Value::Number(5.0))).await;
    armed.store(true, Ordering::SeqCst);
    manners.set(1, 0, 6);
    bus.until("nothing is known", |bus| bus.known("b/level") == Err(Reason::Stale)).await;
    bus.until("it is read again", |bus| bus.known("a/level") == Ok(Value::Number(6.0))).await;
    assert_eq!(panics.load(Ordering::SeqCst), 1);
    bus.confirm.send(0).expect("the queue of confirmations outlives the task");
}

#[tokio::test]
async fn it_stops_when_told() {
    let manners = Arc::new(Manners::default());
    let gateway = Gateway::new(anywhere(), &manners);
    let mut bus = Running::new(&gateway.address.to_string());
    bus.until("it is read", |bus| bus.known("a/level").is_ok()).await;
    bus.stop.cancel();
    let ended = tokio::time::timeout(Duration::from_secs(3), &mut bus.task).await;
    ended.expect("it stops soon").expect("it does not panic");
}
