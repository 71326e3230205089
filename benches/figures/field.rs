//! Fifty TCP devices of a hundred registers, read flat out: a bare tokio-modbus loop against the whole path.
//!
//! The devices are one thread that answers every request with the same registers. Its CPU time is not counted: times
//! are summed over the threads named `gateway` (`/proc/self/task/*/schedstat`).

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tocsin::daemon::{Field, run_bus};
use tocsin::edge::clock::Clock;
use tocsin::engine::alarm::State;
use tocsin::engine::{Effect, Engine, Start};
use tocsin::live::{Board, Vitals};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Mutex, mpsc};
use tokio_modbus::Slave;
use tokio_modbus::client::{Reader, tcp};
use tokio_util::sync::CancellationToken;

use crate::figure::Figures;
use crate::sites::{self, REGISTERS};

const DEVICES: usize = 50;
/// Blocks of registers of each device: one would be asked for 1,000 times a second and no more.
const BLOCKS: u16 = 4;
const ROUNDS: usize = 5;
const WARM: Duration = Duration::from_millis(500);
const ROUND: Duration = Duration::from_secs(2);

/// One round: requests a second, and CPU seconds for 100,000 registers.
struct Round {
    rate: f64,
    cost: f64,
}

pub fn measure(figures: &mut Figures) {
    let devices = Devices::start();
    let (mut bare, mut whole) = (Vec::new(), Vec::new());
    // In turns, so that whatever else the machine does meets both alike.
    for _ in 0..ROUNDS {
        bare.push(round(&devices, |addresses, stop| async move { bare_loops(addresses, stop).await }));
        whole.push(round(&devices, |addresses, stop| async move { whole_path(addresses, stop).await }));
    }
    let rates = |rounds: &[Round]| rounds.iter().map(|round| round.rate).collect::<Vec<_>>();
    let costs = |rounds: &[Round]| rounds.iter().map(|round| round.cost).collect::<Vec<_>>();
    let ratio = |over: Vec<f64>, under: Vec<f64>| over.iter().zip(under).map(|(a, b)| a / b).collect::<Vec<_>>();
    figures.add("50 x 100 registers flat out, bare tokio-modbus", "requests/s", "", rates(&bare));
    figures.add("50 x 100 registers flat out, whole path", "requests/s", ">= 50,000", rates(&whole));
    figures.add("  ratio", "whole / bare", "", ratio(rates(&whole), rates(&bare)));
    figures.add("  cost, bare tokio-modbus", "CPU s/100k regs", "(0.009 measured)", costs(&bare));
    figures.add("  cost, whole path", "CPU s/100k regs", "<= 0.03", costs(&whole));
    figures.add("  ratio", "whole / bare", "", ratio(costs(&whole), costs(&bare)));
}

fn round<F>(devices: &Devices, run: impl FnOnce(Vec<SocketAddr>, CancellationToken) -> F) -> Round
where
    F: Future<Output = ()> + Send + 'static,
{
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .thread_name("gateway")
        .enable_all()
        .build()
        .expect("a runtime");
    let stop = CancellationToken::new();
    let task = runtime.spawn(run(devices.addresses.clone(), stop.clone()));
    std::thread::sleep(WARM);
    let (begun, answered, cpu) = (Instant::now(), devices.answered.load(Ordering::Relaxed), gateway_cpu());
    std::thread::sleep(ROUND);
    let answered = (devices.answered.load(Ordering::Relaxed) - answered) as f64;
    let (seconds, cpu) = (begun.elapsed().as_secs_f64(), gateway_cpu() - cpu);
    stop.cancel();
    runtime.block_on(task).expect("the round ends in order");
    assert!(answered > 0.0, "nothing was asked");
    Round { rate: answered / seconds, cost: cpu / (answered * f64::from(REGISTERS)) * 100_000.0 }
}

/// CPU seconds of the threads named `gateway` so far.
fn gateway_cpu() -> f64 {
    let tasks = std::fs::read_dir("/proc/self/task").expect("Linux");
    let mut nanos = 0_u64;
    for task in tasks.flatten() {
        let read = |file: &str| std::fs::read_to_string(task.path().join(file)).unwrap_or_default();
        if read("comm").trim() == "gateway" {
            nanos += read("schedstat").split(' ').next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0);
        }
    }
    nanos as f64 / 1e9
}

async fn bare_loops(addresses: Vec<SocketAddr>, stop: CancellationToken) {
    let mut loops = tokio::task::JoinSet::new();
    for address in addresses {
        loops.spawn(async move {
            let stream = TcpStream::connect(address).await.expect("the device listens");
            stream.set_nodelay(true).expect("a socket");
            let mut client = tcp::attach_slave(stream, Slave(1));
            loop {
                let words = client.read_holding_registers(0, REGISTERS).await.expect("sent").expect("no exception");
                assert_eq!(words.len(), usize::from(REGISTERS));
            }
        });
    }
    stop.cancelled().await;
    loops.shutdown().await;
}

async fn whole_path(addresses: Vec<SocketAddr>, stop: CancellationToken) {
    let endpoints: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let site = sites::of_registers(&endpoints, BLOCKS);
    let clock = Clock::start();
    let board = Arc::new(Board::new(site.points.len(), clock.now()));
    let (vitals, _health) = Vitals::new(site.buses.len(), site.devices.len(), clock.now().wall);
    let vitals = Arc::new(vitals);
    let (inputs, mut reports) = mpsc::channel(1024);
    let mut buses = tokio::task::JoinSet::new();
    let mut confirms = Vec::new();
    for bus in 0..site.buses.len() as u32 {
        let (confirm, confirmed) = mpsc::unbounded_channel();
        confirms.push(confirm);
        buses.spawn(run_bus(Field {
            site: Arc::clone(&site),
            bus,
            clock,
            board: Arc::clone(&board),
            vitals: Arc::clone(&vitals),
            inputs: inputs.clone(),
            trends: Arc::new(|_, _| {}),
            confirm: Arc::new(Mutex::new(confirmed)),
            stop: stop.clone(),
        }));
    }
    let start = Start { epoch: 1, version: "bench".into(), clock_trusted: true };
    let (mut engine, _) = Engine::start(Arc::clone(&site), State::default(), &start, clock.now());
    loop {
        let (input, _) = tokio::select! {
            () = stop.cancelled() => break,
            Some(input) = reports.recv() => input,
        };
        for effect in engine.handle(input, clock.now()) {
            if let Effect::Commit(facts) = effect
                && let Some(last) = facts.last()
            {
                engine.handle(tocsin::engine::Input::Committed { upto: last.id.seq }, clock.now());
            }
        }
    }
    buses.shutdown().await;
    assert!(board.all().iter().all(|reading| reading.good().is_some()), "every point was read");
}

/// The devices: a thread of their own.
struct Devices {
    addresses: Vec<SocketAddr>,
    answered: Arc<AtomicU64>,
}

impl Devices {
    fn start() -> Devices {
        let answered = Arc::new(AtomicU64::new(0));
        let (tell, told) = std::sync::mpsc::channel();
        let count = Arc::clone(&answered);
        std::thread::Builder::new()
            .name("devices".into())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(async move {
                    for _ in 0..DEVICES {
                        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
                        tell.send(listener.local_addr().expect("an address")).expect("somebody asked");
                        tokio::spawn(listen(listener, Arc::clone(&count)));
                    }
                    std::future::pending::<()>().await;
                });
            })
            .expect("a thread");
        Devices { addresses: told.iter().take(DEVICES).collect(), answered }
    }
}

async fn listen(listener: TcpListener, answered: Arc<AtomicU64>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(answer(stream, Arc::clone(&answered)));
    }
}

/// Every request gets the same registers under its own transaction id and unit.
async fn answer(mut stream: TcpStream, answered: Arc<AtomicU64>) {
    stream.set_nodelay(true).expect("a socket");
    let bytes = 2 * REGISTERS as u8;
    let mut reply = vec![0, 0, 0, 0, 0, bytes + 3, 1, 3, bytes];
    reply.extend((0..REGISTERS).flat_map(|address| (1000 + address).to_be_bytes()));
    let mut request = [0; 12];
    while stream.read_exact(&mut request).await.is_ok() {
        reply[..2].copy_from_slice(&request[..2]);
        reply[6] = request[6];
        if stream.write_all(&reply).await.is_err() {
            return;
        }
        answered.fetch_add(1, Ordering::Relaxed);
    }
}
