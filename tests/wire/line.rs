//! A scripted RTU device behind a pseudo-terminal.

use std::os::unix::fs::symlink;
use std::path::Path;
use std::time::Duration;

use tocsin::edge::modbus::{Habits, Wire};
use tocsin::engine::poll::Failure;
use tocsin::engine::site::{Endpoint, Line, Parity};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_serial::{SerialPort, SerialStream};

use super::device::{Act, Seen, checksum, pdu};
use super::session::{Session, Tally, assert_exact, request};

const WITHIN: Duration = Duration::from_millis(60);
const QUARANTINE: Duration = Duration::from_millis(120);
/// What is answered sooner than this after its request is on the line before the quarantine ends.
const HEARD_OUT: Duration = Duration::from_millis(165);

/// The endpoint of a line whose device file is `path`.
pub fn endpoint(path: &str) -> Endpoint {
    Endpoint::Serial(Line { path: path.into(), baud: 115_200, parity: Parity::None, stop_bits: 1 })
}

/// A device on a line of its own; unplugged when dropped.
struct Plugged {
    path: String,
    task: tokio::task::JoinHandle<()>,
}

impl Plugged {
    fn new(script: Vec<Act>, seen: Seen) -> Plugged {
        let (device, gateway) = SerialStream::pair().expect("a pseudo-terminal");
        let path = gateway.name().expect("a pseudo-terminal has a name");
        Plugged { path, task: tokio::spawn(serve(device, gateway, script, seen)) }
    }
}

impl Drop for Plugged {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The gateway's end is held open so that the line exists before and after its visits.
async fn serve(device: SerialStream, _gateway: SerialStream, script: Vec<Act>, seen: Seen) {
    converse(device, &script, &seen).await;
}

/// Answers requests by the script until the other side leaves.
pub async fn converse(stream: impl AsyncRead + AsyncWrite, script: &[Act], seen: &Seen) {
    let (mut reader, mut writer) = tokio::io::split(stream);
    let (answers, mut queue) = mpsc::unbounded_channel::<Vec<u8>>();
    let writing = async {
        while let Some(frame) = queue.recv().await {
            if writer.write_all(&frame).await.is_err() {
                return;
            }
        }
    };
    let reading = async {
        let mut asked = Vec::new();
        while let Ok(byte) = reader.read_u8().await {
            asked.push(byte);
            if asked.len() > 8 {
                asked.remove(0);
            }
            if asked.len() < 8 || checksum(&asked) != 0 {
                continue;
            }
            let number = seen.next();
            answer(&asked, script[(number as usize - 1) % script.len()], number, &answers);
            asked.clear();
        }
    };
    tokio::select! {
        () = writing => {}
        () = reading => {}
    }
}

fn answer(asked: &[u8], act: Act, seen: u32, answers: &mpsc::UnboundedSender<Vec<u8>>) {
    let unit = if act == Act::WrongUnit { asked[0] + 4 } else { asked[0] };
    let mut frame = [&[unit][..], &pdu(&asked[1..6], act, seen)].concat();
    let sum = checksum(&frame) ^ u16::from(act == Act::BadChecksum);
    frame.extend_from_slice(&sum.to_le_bytes());
    match act {
        Act::Silent => return,
        Act::Cut(length) => frame.truncate(length),
        Act::Noise(length) => frame = [(0..length).map(|i| i as u8 ^ 0xA5).collect(), frame].concat(),
        Act::Echo => frame = [asked, &frame].concat(),
        Act::Twice => frame = frame.repeat(2),
        _ => {}
    }
    // The queue ends only with the device.
    if let Act::Late(delay) = act {
        let (answers, asked) = (answers.clone(), Instant::now());
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(delay)).await;
            // An answer that a busy machine holds up beyond the quarantine proves nothing: that limit is documented.
            if Duration::from_millis(delay) < WITHIN || asked.elapsed() < HEARD_OUT {
                let _ = answers.send(frame);
            }
        });
    } else if act == Act::Dribble {
        frame.chunks(1).for_each(|byte| drop(answers.send(byte.to_vec())));
    } else {
        let _ = answers.send(frame);
    }
}

async fn run(script: Vec<Act>, requests: u64) -> Tally {
    let seen = Seen::default();
    let plugged = Plugged::new(script, seen.clone());
    let endpoint = endpoint(&plugged.path);
    Session { endpoint, habits: Habits::default(), seen, within: WITHIN, quarantine: QUARANTINE }.run(requests).await
}

async fn against(act: Act) -> Tally {
    let tally = run(vec![Act::Fine, Act::Fine, Act::Fine, Act::Fine, act], 200).await;
    // A busy machine may delay a few answers past the deadline; a line that loses step would lose nearly all.
    assert!(tally.good >= 140 && tally.opened == 1, "{act:?}: {tally:?}");
    tally
}

/// Runs several scripts side by side: each waits most of its time.
async fn against_all(acts: &[Act]) -> Vec<Tally> {
    futures_util::future::join_all(acts.iter().map(|act| against(*act))).await
}

#[tokio::test]
async fn every_good_answer_gets_through() {
    let tally = run(vec![Act::Fine, Act::Dribble], 500).await;
    assert!(tally.good >= 490 && tally.opened == 1, "{tally:?}");
}

#[tokio::test]
async fn noise_and_echo_before_an_answer_are_skipped() {
    for tally in against_all(&[Act::Noise(1), Act::Noise(2), Act::Noise(30), Act::Noise(300), Act::Echo]).await {
        assert!(tally.good >= 190, "{tally:?}");
    }
}

#[tokio::test]
async fn a_late_answer_is_never_taken_for_a_later_one() {
    for tally in against_all(&[Act::Late(75), Act::Late(110), Act::Late(150)]).await {
        assert!(tally.timeouts >= 38, "{tally:?}");
    }
}

#[tokio::test]
async fn answers_that_always_come_late_are_never_answers() {
    let tally = run(vec![Act::Late(90), Act::Late(140)], 60).await;
    assert_eq!(tally.good, 0, "{tally:?}");
}

#[tokio::test]
async fn wrong_frames_are_refused_and_the_line_goes_on() {
    let acts = [
        Act::WrongUnit,
        Act::WrongFunction,
        Act::TooFew,
        Act::TooMany,
        Act::CountLiesUp,
        Act::CountLiesDown,
        Act::BadChecksum,
        Act::Cut(1),
        Act::Cut(4),
    ];
    for tally in against_all(&acts).await {
        assert!(tally.malformed >= 38, "{tally:?}");
    }
}

#[tokio::test]
async fn silence_is_a_time_out_and_an_exception_is_an_answer() {
    let tallies = against_all(&[Act::Silent, Act::Exception(4)]).await;
    assert!(tallies[0].timeouts >= 38, "{:?}", tallies[0]);
    assert!(tallies[1].exceptions >= 38, "{:?}", tallies[1]);
}

#[tokio::test]
async fn an_abandoned_exchange_is_quarantined_like_a_time_out() {
    let seen = Seen::default();
    let plugged = Plugged::new(vec![Act::Late(30)], seen.clone());
    let mut wire = Wire::open(&endpoint(&plugged.path), WITHIN).await.expect("it is plugged in");
    for id in 0..40 {
        let before = seen.count();
        let request = request(id, Duration::from_secs(5), QUARANTINE);
        if id % 2 == 0 {
            let _ = tokio::time::timeout(Duration::from_millis(15), wire.exchange(&request)).await;
        } else {
            let reply = wire.exchange(&request).await.expect("it answers late but in time");
            assert_exact(&request, &reply, before, seen.count());
        }
    }
}

#[tokio::test]
async fn an_unplugged_adapter_is_noticed_released_and_used_again_when_it_is_back() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let name = folder.path().join("usb-adapter");
    let path = name.to_str().expect("temporary folders have plain names").to_owned();
    for _ in 0..5 {
        let seen = Seen::default();
        let absent = Wire::open(&endpoint(&path), WITHIN).await.expect_err("it is not plugged in");
        assert_eq!(absent.to_string(), format!("{path}: no such device file: is the adapter plugged in?"));
        let plugged = Plugged::new(vec![Act::Fine], seen.clone());
        symlink(&plugged.path, &name).expect("the folder is ours");
        let mut wire = Wire::open(&endpoint(&path), WITHIN).await.expect("it is plugged in");
        for id in 0..20 {
            let (request, before) = (request(id, Duration::from_secs(5), QUARANTINE), seen.count());
            let reply = wire.exchange(&request).await.expect("it answers");
            assert_exact(&request, &reply, before, seen.count());
        }
        let pty = plugged.path.clone();
        assert!(held_open(&pty));
        drop(plugged);
        std::fs::remove_file(&name).expect("the link is ours");
        let lost = wire.exchange(&request(20, Duration::from_secs(5), QUARANTINE)).await;
        assert!(matches!(lost, Err(Failure::Link(_))), "{lost:?}");
        assert!(
            !wire.is_open() && !held_open(&pty),
            "the file descriptor is still open, so the adapter cannot come back"
        );
    }
}

/// Whether this process has `path` open.
fn held_open(path: &str) -> bool {
    let descriptors = std::fs::read_dir("/proc/self/fd").expect("Linux has /proc");
    descriptors.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok()).any(|target| {
        // A pseudo-terminal whose other end is gone reads as "/dev/pts/7 (deleted)".
        target == Path::new(path) || target.to_str().is_some_and(|text| text == format!("{path} (deleted)"))
    })
}

#[tokio::test]
async fn a_line_in_use_is_not_shared() {
    let plugged = Plugged::new(vec![Act::Fine], Seen::default());
    let _first = Wire::open(&endpoint(&plugged.path), WITHIN).await.expect("it is free");
    let second = Wire::open(&endpoint(&plugged.path), WITHIN).await.expect_err("it is in use");
    assert!(!second.reason.is_empty());
}
