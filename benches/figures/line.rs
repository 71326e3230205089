//! A serial line at 9600 baud that takes the time a real one takes: how much of it is used, and what a dead device costs.
//!
//! The devices are one thread at the other end of a pseudo-terminal. A request occupies the line from its first byte and
//! never sooner than 3.5 characters after the frame before it; 3.5 characters of silence later the answer begins, and it
//! is handed over when its last character would have arrived. The least time of a cycle is the sum of those times.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;
use tokio_serial::{SerialPort, SerialStream};

use crate::bare;
use crate::figure::Figures;
use crate::path::Path;
use crate::sites::{self, Polled};

const BAUD: u32 = 9600;
/// Start bit, eight data bits, stop bit.
const CHARACTER: Duration = Duration::from_nanos(10 * 1_000_000_000 / BAUD as u64);
const GAP: Duration = Duration::from_nanos(35 * 1_000_000_000 / BAUD as u64);
const WARM: Duration = Duration::from_secs(2);
const ROUND: Duration = Duration::from_secs(10);
/// Longer, because a dead device is probed seldom.
const LONG: Duration = Duration::from_secs(30);
/// A device that is dead takes this long to be given up.
const GIVEN_UP: Duration = Duration::from_secs(12);

/// How much of a line is used when nothing else limits.
pub fn measure_use(figures: &mut Figures) {
    for (units, registers) in [(4, 40), (16, 10)] {
        let least = exchange(registers).as_secs_f64() * f64::from(units);
        let share = |answers: f64| 100.0 * least * answers / f64::from(units) / ROUND.as_secs_f64();
        let line = Line::start(units, None);
        let path = Path::start(sites::of_units(
            &Polled { period: Duration::from_millis(1), units, registers },
            line.endpoint(),
        ));
        let whole = share(line.answers(WARM, ROUND));
        path.stop();
        let what = format!("RTU 9600, {units} x {registers} registers, whole path");
        figures.add(&what, "% of the least", ">= 97", vec![whole]);
        let line = Line::start(units, None);
        let seconds = ROUND.as_secs_f64();
        let words =
            ["rtu", &registers.to_string(), &seconds.to_string(), &line.path, &BAUD.to_string(), &units.to_string()]
                .map(str::to_owned);
        if let Some(ran) = bare::run(&words) {
            let share = 100.0 * least * ran.requests / f64::from(units) / ran.seconds;
            figures.add("  bare libmodbus", "% of the least", "", vec![share]);
        }
    }
}

/// What a dead device costs those that live.
pub fn measure_dead(figures: &mut Figures) {
    let polled = Polled { period: Duration::from_secs(1), units: 4, registers: 10 };
    let period = |dead: Option<u8>, living: f64| {
        let line = Line::start(polled.units, dead);
        let path = Path::start(sites::of_units(&polled, line.endpoint()));
        let answers = line.answers(if dead.is_some() { GIVEN_UP } else { WARM }, LONG);
        path.stop();
        1000.0 * LONG.as_secs_f64() * living / answers
    };
    let (all, three) = (period(None, 4.0), period(Some(3), 3.0));
    figures.add("RTU 9600, 4 x 10 registers at 1 s: period of the living", "ms, none dead", "", vec![all]);
    figures.add("  one of four dead", "ms", "", vec![three]);
    figures.add("  ratio", "dead / none", "<= 1.05", vec![three / all]);
}

/// The least time of one exchange.
fn exchange(registers: u16) -> Duration {
    CHARACTER * (8 + 5 + 2 * u32::from(registers)) + GAP * 2
}

/// A line with its devices. They end with the process.
struct Line {
    path: String,
    answered: Arc<AtomicU64>,
}

impl Line {
    fn start(units: u8, dead: Option<u8>) -> Line {
        let answered = Arc::new(AtomicU64::new(0));
        let (tell, told) = std::sync::mpsc::channel();
        let count = Arc::clone(&answered);
        std::thread::Builder::new()
            .name("devices".into())
            .spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
                runtime.block_on(async move {
                    let (port, other) = SerialStream::pair().expect("a pseudo-terminal");
                    tell.send(other.name().expect("it has a name")).expect("somebody asked");
                    // Held open, so that a gateway that leaves is no hang-up.
                    let _other = other;
                    answer(port, units, dead, &count).await;
                });
            })
            .expect("a thread");
        Line { path: told.recv().expect("the line was opened"), answered }
    }

    fn endpoint(&self) -> tocsin::engine::site::Endpoint {
        use tocsin::engine::site::{Endpoint, Line, Parity};
        Endpoint::Serial(Line { path: self.path.clone(), baud: BAUD, parity: Parity::None, stop_bits: 1 })
    }

    /// Answers given within `round`, after `warm`.
    fn answers(&self, warm: Duration, round: Duration) -> f64 {
        std::thread::sleep(warm);
        let before = self.answered.load(Ordering::Relaxed);
        std::thread::sleep(round);
        (self.answered.load(Ordering::Relaxed) - before) as f64
    }
}

async fn answer(mut port: SerialStream, units: u8, dead: Option<u8>, answered: &AtomicU64) {
    let mut request = [0; 8];
    let mut free = Instant::now();
    loop {
        port.read_exact(&mut request).await.expect("the line is held open");
        let began = Instant::now().max(free);
        let heard = began + CHARACTER * 8 + GAP;
        free = heard;
        assert_eq!((request[1], checksum(&request)), (3, 0), "only registers are read, and no frame is broken");
        if request[0] > units || dead == Some(request[0]) {
            continue;
        }
        let count = request[5];
        let mut reply = vec![request[0], 3, count * 2];
        reply.extend((0..u16::from(count)).flat_map(|at| (1000 + at).to_be_bytes()));
        reply.extend(checksum(&reply).to_le_bytes());
        let end = heard + CHARACTER * u32::try_from(reply.len()).expect("a frame is short");
        // Alone on its thread, and exact: a device is no millisecond late because its timer counts milliseconds.
        std::thread::sleep(end.saturating_duration_since(Instant::now()));
        free = end + GAP;
        port.write_all(&reply).await.expect("the line is held open");
        answered.fetch_add(1, Ordering::Relaxed);
    }
}

/// CRC-16 of Modbus; 0 over a whole frame.
fn checksum(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0xFFFF, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    })
}
