//! Two servers: a real VictoriaMetrics, and one that does as it is told.

use std::io::Read;
use std::net::{TcpListener as StdListener, TcpStream as StdStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use flate2::read::GzDecoder;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::Instant;

use super::feed::until;

/// VictoriaMetrics in a folder of its own; what it keeps survives its restart.
pub struct Victoria {
    dir: tempfile::TempDir,
    pub port: u16,
    child: Option<Child>,
}

/// One series as it was read back.
#[derive(Debug, PartialEq)]
pub struct Series {
    pub name: String,
    pub tags: [String; 3],
    pub values: Vec<f64>,
    pub milliseconds: Vec<i64>,
}

impl Victoria {
    pub async fn start() -> Victoria {
        let free = StdListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut server = Victoria { dir: tempfile::tempdir().unwrap(), port, child: None };
        server.up().await;
        server
    }

    pub async fn up(&mut self) {
        let child = Command::new("victoria-metrics")
            .arg(format!("-httpListenAddr=127.0.0.1:{}", self.port))
            .arg(format!("-storageDataPath={}", self.dir.path().display()))
            .args(["-retentionPeriod=100y", "-memory.allowedBytes=64MB"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("victoria-metrics is installed");
        self.child = Some(child);
        let port = self.port;
        until(20, "VictoriaMetrics listens", || StdStream::connect(("127.0.0.1", port)).is_ok()).await;
    }

    /// Stops in order.
    pub async fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(status.success());
            until(20, "VictoriaMetrics ends", || child.try_wait().unwrap().is_some()).await;
        }
    }

    /// Everything it has once that is `count` samples, sorted by name and point. It shows what it has stored a moment
    /// later.
    pub async fn series(&self, count: usize) -> Vec<Series> {
        let end = Instant::now() + Duration::from_secs(20);
        loop {
            let series = self.series_now().await;
            let found: usize = series.iter().map(|series| series.values.len()).sum();
            if found >= count {
                return series;
            }
            assert!(Instant::now() < end, "{found} of {count} samples are there");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    async fn series_now(&self) -> Vec<Series> {
        self.get("/internal/force_flush").await;
        let text = self.get("/api/v1/export?start=0&match%5B%5D=%7B__name__!%3D%22%22%7D").await;
        let mut series: Vec<Series> = text.lines().map(|line| parse(&serde_json::from_str(line).unwrap())).collect();
        series.sort_by(|a, b| (&a.name, &a.tags).cmp(&(&b.name, &b.tags)));
        series
    }

    async fn get(&self, path: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let request = format!("GET {path} HTTP/1.0\r\nHost: x\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.contains(" 200 "), "{head}");
        body.to_owned()
    }
}

fn parse(line: &Value) -> Series {
    let metric = |key: &str| line["metric"][key].as_str().unwrap_or_default().to_owned();
    let numbers = line["values"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap());
    let mut samples: Vec<(i64, f64)> =
        line["timestamps"].as_array().unwrap().iter().map(|at| at.as_i64().unwrap()).zip(numbers).collect();
    samples.sort_by_key(|(at, _)| *at);
    Series {
        name: metric("__name__"),
        tags: [metric("site"), metric("device"), metric("point")],
        values: samples.iter().map(|(_, value)| *value).collect(),
        milliseconds: samples.iter().map(|(at, _)| *at).collect(),
    }
}

impl Drop for Victoria {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// One request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    pub at: Instant,
    /// The request line and headers, in lower case.
    pub head: String,
    pub lines: Vec<String>,
}

/// What the scripted server does with a request: answer it, or never say anything.
pub type Script = dyn Fn(&Asked) -> Option<(u16, &'static str)> + Send + Sync;

/// What was asked, and the status it was answered with.
type Kept = Arc<Mutex<Vec<(Asked, Option<u16>)>>>;

/// A server that does as it is told and remembers everything.
pub struct Scripted {
    pub port: u16,
    asked: Kept,
}

impl Scripted {
    /// `script` gives the status and further header lines of each answer.
    pub async fn start(script: impl Fn(&Asked) -> Option<(u16, &'static str)> + Send + Sync + 'static) -> Scripted {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (script, kept): (Arc<Script>, _) = (Arc::new(script), Arc::clone(&asked));
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
}

async fn serve(mut stream: TcpStream, script: Arc<Script>, kept: Kept) {
    while let Some(asked) = request(&mut stream).await {
        let said = script(&asked);
        kept.lock().unwrap().push((asked, said.map(|(status, _)| status)));
        let Some((status, headers)) = said else { return std::future::pending().await };
        let answer =
            format!("HTTP/1.1 {status} X\r\n{headers}content-length: {}\r\n\r\n", if status == 204 { 0 } else { 5 });
        let body = if status == 204 { "" } else { "words" };
        if stream.write_all(format!("{answer}{body}").as_bytes()).await.is_err() {
            return;
        }
    }
}

async fn request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse::<usize>().unwrap();
    let mut body = bytes.split_off(end);
    while body.len() < length {
        stream.read_buf(&mut body).await.ok()?;
    }
    let text = if head.contains("content-encoding: gzip") {
        let mut text = String::new();
        GzDecoder::new(body.as_slice()).read_to_string(&mut text).unwrap();
        text
    } else {
        String::from_utf8(body).unwrap()
    };
    Some(Asked { at: Instant::now(), head, lines: text.lines().map(str::to_owned).collect() })
}
