//! Lines and ports that misbehave, behind real sockets and pseudo-terminals.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_serial::SerialStream;

use super::*;
use crate::sim::{Options, Running, SimulatedSite, Trouble};

const PATIENCE: Duration = Duration::from_secs(20);
/// A frame that does not come within this does not come.
const NEVER: Duration = Duration::from_millis(400);
/// Reads register 16 of unit 1 on the panel's port.
const ASKED: [u8; 12] = [0, 9, 0, 0, 0, 6, 1, 3, 0, 16, 0, 1];

async fn running(rtu: bool) -> Running {
    let mut site = Site::clone(&site());
    if rtu {
        site.buses[0].endpoint = Endpoint::RtuTcp("127.0.0.1:502".into());
    }
    if let Endpoint::Serial(line) = &mut site.buses[1].endpoint {
        line.baud = 115_200;
    }
    let resting = resting(&site);
    SimulatedSite::start(Arc::new(site), &resting, Scenario::default(), Options::default())
        .await
        .expect("a loopback port and a pseudo-terminal")
}

async fn connect(running: &Running) -> TcpStream {
    match &running.endpoints[&BusId::new("panel-lan")] {
        Endpoint::Tcp(address) | Endpoint::RtuTcp(address) => TcpStream::connect(address).await.expect("it listens"),
        _ => panic!("a port"),
    }
}

fn path(running: &Running) -> String {
    match &running.endpoints[&BusId::new("pump-room")] {
        Endpoint::Serial(line) => line.path.clone(),
        _ => panic!("a line"),
    }
}

fn plugged(running: &Running) -> SerialStream {
    SerialStream::open(&tokio_serial::new(path(running), 115_200)).expect("it is plugged in")
}

/// What comes until nothing more does, or the peer closes; and whether it closed.
async fn heard(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> (Vec<u8>, bool) {
    let (mut all, mut piece) = (Vec::new(), [0; 512]);
    loop {
        match timeout(NEVER, stream.read(&mut piece)).await {
            Err(_) => return (all, false),
            Ok(Ok(0) | Err(_)) => return (all, true),
            Ok(Ok(length)) => all.extend_from_slice(&piece[..length]),
        }
    }
}

/// The checksum of RTU, and the frame with it.
fn sealed(body: &[u8]) -> Vec<u8> {
    let sum = body.iter().fold(0xFFFF_u16, |sum, byte| {
        (0..8).fold(sum ^ u16::from(*byte), |sum, _| if sum & 1 == 1 { (sum >> 1) ^ 0xA001 } else { sum >> 1 })
    });
    [body, &sum.to_le_bytes()].concat()
}

#[tokio::test]
async fn a_port_misbehaves_as_it_is_told() {
    let running = running(false).await;
    let control = running.control();
    let is = |trouble| control.trouble("panel-lan", trouble).expect("a port of the site");
    let mut stream = connect(&running).await;
    let right = [0, 9, 0, 0, 0, 5, 1, 3, 2];
    stream.write_all(&ASKED).await.expect("written");
    assert_eq!(heard(&mut stream).await.0[..9], right);

    is(Trouble::ZeroTransaction);
    stream.write_all(&ASKED).await.expect("written");
    assert_eq!(heard(&mut stream).await.0[..2], [0, 0]);

    is(Trouble::HalfOpen);
    stream.write_all(&ASKED).await.expect("written");
    assert_eq!(heard(&mut stream).await, (Vec::new(), false));

    // What was sent to a port that does not read is answered when it reads again.
    is(Trouble::Unread);
    stream.write_all(&ASKED).await.expect("written");
    assert_eq!(heard(&mut stream).await, (Vec::new(), false));
    is(Trouble::None);
    assert_eq!(heard(&mut stream).await.0[..9], right);

    is(Trouble::ClosesMidFrame);
    stream.write_all(&ASKED).await.expect("written");
    let (half, closed) = heard(&mut stream).await;
    assert!(half.len() == 5 && closed, "{half:?}");

    is(Trouble::OneConnection);
    let (mut first, mut second) = (connect(&running).await, connect(&running).await);
    first.write_all(&ASKED).await.expect("written");
    assert_eq!(heard(&mut first).await.0[..9], right);
    assert!(heard(&mut second).await.1, "one more is closed");

    is(Trouble::ClosesIdle(Duration::from_millis(50)));
    assert!(heard(&mut first).await.1, "nothing was asked on it");
    is(Trouble::Closes);
    assert!(heard(&mut connect(&running).await).await.1);
    assert!(control.trouble("panel-lan", Trouble::Echo).is_err(), "a port has no echo");
}

#[tokio::test]
async fn rtu_is_served_over_tcp() {
    let running = running(true).await;
    let mut stream = connect(&running).await;
    // Noise, then a request in two pieces.
    let request = sealed(&[1, 3, 0, 16, 0, 1]);
    stream.write_all(&[&[0xEE][..], &request[..3]].concat()).await.expect("written");
    stream.write_all(&request[3..]).await.expect("written");
    let mut answer = [0; 7];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("in time").expect("an answer");
    assert_eq!(answer[..3], [1, 3, 2]);
    assert_eq!(sealed(&answer[..5]), answer);
    stream.write_all(&sealed(&[99, 3, 0, 16, 0, 1])).await.expect("written");
    assert_eq!(heard(&mut stream).await.0, sealed(&[99, 0x83, 0x0B]), "a gateway speaks for who is not there");
}

#[tokio::test]
async fn a_line_misbehaves_as_it_is_told() {
    let running = running(false).await;
    let control = running.control();
    let is = |trouble| control.trouble("pump-room", trouble).expect("a line of the site");
    let mut port = plugged(&running);
    let asked = sealed(&[10, 3, 4, 0, 0, 1]);
    port.write_all(&asked).await.expect("written");
    let right = heard(&mut port).await.0;
    assert_eq!((right.len(), &right[..3]), (7, &[10, 3, 2][..]));
    let noise = crate::sim::trouble::NOISE;
    let check = [
        (Trouble::Echo, [&asked[..], &right].concat()),
        (Trouble::NoiseBefore, [&noise[..], &right].concat()),
        (Trouble::NoiseWithin, [&right[..3], &noise, &right[3..]].concat()),
        (Trouble::NoiseAfter, [&right[..], &noise].concat()),
        (Trouble::HalfOpen, Vec::new()),
    ];
    for (trouble, expected) in check {
        is(trouble);
        port.write_all(&asked).await.expect("written");
        assert_eq!(heard(&mut port).await.0, expected, "{trouble:?}");
    }
    is(Trouble::ForeignMaster(Duration::from_millis(20)));
    let mut foreign = vec![0; 15];
    timeout(PATIENCE, port.read_exact(&mut foreign)).await.expect("in time").expect("somebody else speaks");
    assert_eq!(foreign, [sealed(&[247, 3, 0, 0, 0, 1]), sealed(&[247, 3, 2, 0x12, 0x34])].concat());
}

#[tokio::test]
async fn an_adapter_that_is_pulled_out_comes_back_as_another_device_under_its_name() {
    let running = running(false).await;
    let (control, name) = (running.control(), path(&running));
    let device = || std::fs::read_link(&name).ok();
    let before = device().expect("a link to a device file");
    let mut port = plugged(&running);
    control.trouble("pump-room", Trouble::Unplugged).expect("a line of the site");
    assert!(heard(&mut port).await.1, "whoever has it open is hung up");
    let gone = async {
        while device().is_some() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, gone).await.expect("the name is gone");
    // While the old device file is held open, the adapter is another one.
    control.trouble("pump-room", Trouble::None).expect("a line of the site");
    let back = async {
        while device().is_none() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, back).await.expect("the name is back");
    assert_ne!(device(), Some(before));
    let mut port = plugged(&running);
    port.write_all(&sealed(&[10, 3, 4, 0, 0, 1])).await.expect("written");
    assert_eq!(heard(&mut port).await.0.len(), 7);
    running.stop().await;
    assert!(!Path::new(&name).exists(), "nothing is left behind");
}
