//! A server that does as it is told, also in front of a real one.

use std::io::Read;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::GzDecoder;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub at: Instant,
    /// How many came before it.
    pub number: usize,
    /// The request line and headers, in lower case.
    pub head: String,
    pub lines: Vec<String>,
    /// Every byte of it.
    raw: Vec<u8>,
}

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A status and further header lines.
    Say(u16, &'static str),
    /// As before, and the words of the answer.
    SayWith(u16, &'static str, &'static str),
    /// Nothing, for ever.
    Nothing,
    /// The connection is cut in the middle of an answer.
    Cut,
    /// The server at this port has it, and answers.
    Pass(u16),
    /// As before, and the answer takes its time.
    Late(u16, Duration),
    /// As before, and the answer is lost.
    Lost(u16),
}

/// What the scripted server does with a request.
pub type Script = dyn Fn(&Asked) -> Reply + Send + Sync;

/// What was asked, and the status it was answered with.
type Kept = Arc<Mutex<Vec<(Asked, Option<u16>)>>>;

/// A server that does as it is told and remembers everything.
pub struct Scripted {
    pub port: u16,
    asked: Kept,
}

impl Scripted {
    /// `script` decides about each request.
    pub async fn start(script: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, kept): (Arc<Script>, Kept) = (Arc::new(script), Arc::clone(&asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&script), Arc::clone(&kept)));
            }
        });
        Scripted { port, asked }
    }

    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().iter().map(|(asked, _)| asked.clone()).collect()
    }

    /// The lines of every request that was answered with success, in order.
    pub fn stored(&self) -> Vec<String> {
        let asked = self.asked.lock().unwrap();
        asked.iter().filter(|(_, status)| *status == Some(204)).flat_map(|(asked, _)| asked.lines.clone()).collect()
    }

    /// The statuses it answered with, in order; none where it did not.
    pub fn statuses(&self) -> Vec<Option<u16>> {
        self.asked.lock().unwrap().iter().map(|(_, status)| *status).collect()
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, kept: Kept) {
    while let Some(mut asked) = request(&mut stream).await {
        asked.number = kept.lock().unwrap().len();
        let reply = script(&asked);
        let raw = std::mem::take(&mut asked.raw);
        let status = if let Reply::Say(status, _) = reply { Some(status) } else { None };
        kept.lock().unwrap().push((asked.clone(), status));
        let (status, headers) = match reply {
            Reply::Say(status, headers) | Reply::SayWith(status, headers, _) => (status, headers),
            Reply::Nothing => return std::future::pending().await,
            Reply::Cut => {
                let _ = stream.write_all(b"HTTP/1.1 20").await;
                return;
            }
            Reply::Pass(port) => (pass(port, &raw).await, ""),
            Reply::Late(port, late) => {
                sleep(late).await;
                (pass(port, &raw).await, "")
            }
            Reply::Lost(port) => {
                assert_eq!(pass(port, &raw).await, 204);
                return;
            }
        };
        kept.lock().unwrap()[asked.number].1 = Some(status);
        let body = match reply {
            Reply::SayWith(_, _, words) => words,
            _ if status == 204 => "",
            _ => "words",
        };
        let answer = format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n{body}", body.len());
        if stream.write_all(answer.as_bytes()).await.is_err() {
            return;
        }
    }
}

/// Hands a request on as it came. Gives the status of the answer; a server that is not there is a bad gateway.
async fn pass(port: u16, raw: &[u8]) -> u16 {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)).await else { return 502 };
    stream.write_all(raw).await.unwrap();
    let mut answer = [0; 12];
    stream.read_exact(&mut answer).await.unwrap();
    std::str::from_utf8(&answer[9..]).unwrap().parse().unwrap()
}

async fn request(stream: &mut TcpStream) -> Option<Asked> {
    let mut raw = Vec::new();
    let end = loop {
        if let Some(end) = raw.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut raw).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(raw[..end].to_vec()).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>().unwrap();
    while raw.len() < end + length {
        stream.read_buf(&mut raw).await.ok()?;
    }
    let body = &raw[end..];
    let text = if head.contains("content-encoding: gzip") {
        let mut text = String::new();
        GzDecoder::new(body).read_to_string(&mut text).unwrap();
        text
    } else {
        String::from_utf8(body.to_vec()).unwrap()
    };
    let lines = text.lines().map(str::to_owned).collect();
    Some(Asked { at: Instant::now(), number: 0, head, lines, raw })
}
