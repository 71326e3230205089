//! Panels that print: a terminal server and a line, as the story says and in the panel's character set.

use encoding_rs::GB18030;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::*;
use crate::config::profile;
use crate::engine::site::Port;
use crate::sim::{Options, SimulatedSite};

const PATIENCE: Duration = Duration::from_secs(20);

/// One panel behind a terminal server, one on a line, and one that is asked by Modbus.
fn panels() -> Arc<Site> {
    let mut site = (*site()).clone();
    let line = Line { path: "/dev/none".into(), baud: 9600, parity: Parity::None, stop_bits: 1 };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("device-profiles/gst9000-text");
    let (profile, _) = profile::load(&folder).unwrap_or_else(|problems| fail(&problems));
    let profile = Arc::new(profile);
    for (id, port) in [("panel-8", Port::Tcp("127.0.0.1:1".into())), ("panel-9", Port::Serial(line))] {
        let bus = u32::try_from(site.buses.len()).unwrap();
        site.buses.push(Bus {
            id: BusId::new(&format!("{id}-port")),
            name: Text::same(id),
            endpoint: Endpoint::Text(port),
            periods: BTreeMap::new(),
            devices: Vec::new(),
        });
        let device = Device { id: DeviceId::new(id), bus, profile: Arc::clone(&profile), ..site.devices[0].clone() };
        expand(&mut site, device, &[]).expect("nothing is listed");
    }
    Arc::new(site)
}

const STORY: &str = r#"
name = { zh = "打印", en = "Printing" }
[[step]]
at = "0s"
repeat = { every = "200ms" }
print = [{ device = "panel-8", text = "\u001b6 首位火警\n\n" }, { device = "panel-9", text = "故障\n" }]
"#;

async fn hears(mut stream: impl AsyncRead + Unpin, words: &str) {
    let wanted = GB18030.encode(words).0.into_owned();
    let (mut heard, mut buffer) = (Vec::new(), [0; 256]);
    while !heard.windows(wanted.len()).any(|window| window == wanted) {
        let read = timeout(PATIENCE, stream.read(&mut buffer)).await.expect("it prints in time");
        let count = read.expect("the port is open");
        assert!(count > 0, "it hung up");
        heard.extend_from_slice(&buffer[..count]);
    }
}

#[tokio::test]
async fn a_panel_prints_to_whoever_listens() {
    let site = panels();
    let story = Scenario::parse("t.toml", STORY, &site).unwrap_or_else(|problems| fail(&problems));
    let resting = resting(&site);
    let running = SimulatedSite::start(site, &resting, story, Options::default()).await.expect("ports");
    let Endpoint::Text(Port::Tcp(address)) = &running.endpoints[&BusId::new("panel-8-port")] else {
        panic!("a terminal server")
    };
    hears(TcpStream::connect(address).await.expect("it is open"), "\u{1b}6 首位火警\n\n").await;
    let Endpoint::Text(Port::Serial(line)) = &running.endpoints[&BusId::new("panel-9-port")] else { panic!("a line") };
    let open = || tokio_serial::SerialStream::open(&tokio_serial::new(&line.path, 9600)).expect("the line is there");
    hears(open(), "故障\n").await;

    // A port that is cut is gone, and comes back where it was.
    let control = running.control();
    let mut peer = TcpStream::connect(address).await.expect("it is open");
    control.cut("panel-8-port", true).expect("there is such a bus");
    let mut rest = Vec::new();
    timeout(PATIENCE, peer.read_to_end(&mut rest)).await.expect("it hangs up").expect("in good order");
    control.cut("panel-8-port", false).expect("there is such a bus");
    let back = async {
        loop {
            match TcpStream::connect(address).await {
                Ok(peer) => return peer,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    hears(timeout(PATIENCE, back).await.expect("it is back"), "首位火警").await;
    running.stop().await;
}

#[test]
fn only_a_panel_that_speaks_text_prints() {
    let story = STORY.replace("panel-9", "panel-1");
    let problems = Scenario::parse("t.toml", &story, &panels()).expect_err("panel-1 is asked by Modbus");
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(lines, ["t.toml:6:72: \"panel-1\" prints nothing: its profile does not speak text"]);
}
