//! A real VictoriaMetrics.

use std::net::TcpStream as StdStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::Instant;

use super::feed::until;
use super::port::own_port;

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
        Victoria::with(&[]).await
    }

    /// One that keeps one sample of those with the same time, as InfluxDB does: what is sent again overwrites itself.
    pub async fn overwriting() -> Victoria {
        Victoria::with(&["-dedup.minScrapeInterval=1ms"]).await
    }

    pub async fn with(options: &[&str]) -> Victoria {
        let mut server = Victoria { dir: tempfile::tempdir().unwrap(), port: own_port(), child: None };
        server.up_with(options).await;
        server
    }

    pub async fn up(&mut self) {
        self.up_with(&[]).await;
    }

    /// With further options of its own.
    pub async fn up_with(&mut self, options: &[&str]) {
        let child = Command::new("victoria-metrics")
            .arg(format!("-httpListenAddr=127.0.0.1:{}", self.port))
            .arg(format!("-storageDataPath={}", self.dir.path().display()))
            .args(["-retentionPeriod=100y", "-memory.allowedBytes=64MB"])
            .args(options)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("victoria-metrics is installed");
        self.child = Some(child);
        let port = self.port;
        until("VictoriaMetrics listens", || StdStream::connect(("127.0.0.1", port)).is_ok()).await;
    }

    /// Stops in order.
    pub async fn down(&mut self) {
        if let Some(mut child) = self.child.take() {
            let status = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
            assert!(status.success());
            until("VictoriaMetrics ends", || child.try_wait().unwrap().is_some()).await;
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

    /// The body of an answer that is a success.
    pub async fn get(&self, path: &str) -> String {
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
