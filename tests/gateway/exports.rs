//! A year of one point leaves by the command line and over HTTP: little of it is in memory at any time, and a copy that
//! was cut short is none.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tocsin::edge::clock::Clock;
use tocsin::edge::trends::{Sample, Trends};
use tocsin::engine::base::{Mono, Now, PointId, Wall};
use tokio::time::{Instant, sleep};

use super::bench::{Installed, once};
use super::site;

const POINT: &str = "gen-1/oil-pressure";
const SECOND: i64 = 1_000_000;
const DAY: i64 = 86_400 * SECOND;
/// A sample a minute.
const EVERY: i64 = 60 * SECOND;
/// So much more than a day may a year take, in bytes: as a table it is some 40 MB.
const MORE: u64 = 16 * 1024 * 1024;

/// An installation whose generator was recorded for a year that ends now; nobody reads it now.
fn recorded() -> (Installed, Wall) {
    let installed = Installed::new();
    let line = installed.path("no-such-line");
    let text = site::PLACES.to_owned() + &site::generator(line.to_str().expect("a plain path"));
    installed.write("site/site.toml", &text);
    // A year of samples is kept, or it would leave before it is copied.
    installed.settings("[trends]\nraw-days = 400\n");
    let now = Clock::start().now().wall;
    let begin = now.0 - 365 * DAY;
    let trends = Trends::open(&installed.path("state"), Now { mono: Mono(0), wall: Wall(begin) }).unwrap();
    for number in 0..365 * DAY / EVERY {
        let value = 400.0 + (number % 977) as f64 / 8.0;
        let at = Wall(begin + number * EVERY);
        trends.record(Sample {
            point: PointId::new(POINT),
            class: "generator".into(),
            at,
            value: Some(value),
            quality: 0,
        });
        if number % 10_000 == 9_999 {
            trends.flush();
        }
    }
    trends.flush();
    assert_eq!(trends.dropped(), 0, "every sample is kept");
    (installed, now)
}

fn day(at: i64) -> String {
    jiff::Timestamp::from_microsecond(at).unwrap().to_string()
}

fn export(installed: &Installed, from: i64, more: &[&str]) -> Command {
    let (state, from) = (installed.path("state"), day(from));
    let begin = ["trends", "export", POINT, "--state", state.to_str().unwrap(), "--from", &from];
    installed.command(&[&begin[..], more].concat())
}

/// The most memory that a process ever had, in bytes.
fn peak(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// Reads everything that `command` says: how many lines, and the most memory it had while it said them.
fn lines_and_peak(mut command: Command) -> (usize, u64) {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut out = child.stdout.take().expect("piped");
    let (mut buffer, mut lines, mut most) = (vec![0; 1 << 20], 0, 0);
    loop {
        // It cannot end before everything is read, so it is there to be looked at.
        most = most.max(peak(child.id()).unwrap_or(0));
        match out.read(&mut buffer).unwrap() {
            0 => break,
            length => lines += buffer[..length].iter().filter(|byte| **byte == b'\n').count(),
        }
    }
    assert!(child.wait().unwrap().success());
    (lines, most)
}

/// Waits until an export writes beside `file`; it must still be at it.
async fn under_way(child: &mut Child, file: &Path) {
    let folder = file.parent().expect("a folder").to_owned();
    let name = format!(".{}.", file.file_name().expect("a name").to_string_lossy());
    once(60, "the export writes", async || {
        let parts = std::fs::read_dir(&folder).unwrap().map_while(Result::ok);
        let ours = parts.filter(|part| part.file_name().to_string_lossy().starts_with(&name));
        ours.into_iter().any(|part| part.metadata().is_ok_and(|part| part.len() > 100_000)).then_some(())
    })
    .await;
    assert!(child.try_wait().unwrap().is_none(), "it was killed too late to show anything");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_leaves_in_pieces_and_half_of_it_is_nothing() {
    let (installed, now) = recorded();
    let year = usize::try_from(365 * DAY / EVERY).unwrap();
    let (rows, little) = lines_and_peak(export(&installed, now.0 - DAY, &[]));
    assert!((1_000..2_000).contains(&rows), "{rows} rows of a day");
    for format in ["csv", "json"] {
        let (rows, most) = lines_and_peak(export(&installed, now.0 - 366 * DAY, &["--format", format]));
        println!("a year as {format}: {rows} rows, {} kB at most; a day {} kB", most / 1024, little / 1024);
        assert!(rows >= year, "{rows} of {year} rows as {format}");
        assert!(most < little + MORE, "a year as {format} took {most} bytes, a day {little}");
    }

    let file = installed.path("year.csv");
    for (signal, before) in [("-TERM", None), ("-KILL", Some("the copy of last year"))] {
        if let Some(before) = before {
            std::fs::write(&file, before).unwrap();
        }
        let mut command = export(&installed, now.0 - 366 * DAY, &["--out", file.to_str().unwrap()]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        under_way(&mut child, &file).await;
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        assert!(!child.wait().unwrap().success());
        assert_eq!(std::fs::read_to_string(&file).ok().as_deref(), before, "after {signal}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_year_over_http_leaves_in_pieces_and_a_cut_is_seen() {
    let (installed, now) = recorded();
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let address = |from: i64| format!("/api/v1/trends/export?points={POINT}&from={}&to={}", day(from), day(now.0));
    let read = async |from: i64| {
        let mut answer = client.open("GET", &address(from), &[], "").await;
        assert_eq!(answer.status(), 200);
        let mut rows = 0;
        while let Some(piece) = answer.chunk().await.expect("the whole of it") {
            rows += piece.iter().filter(|byte| **byte == b'\n').count();
        }
        rows
    };
    read(now.0 - DAY).await;
    let little = peak(gateway.pid()).expect("it runs");
    let rows = read(now.0 - 365 * DAY).await;
    let most = peak(gateway.pid()).expect("it runs");
    println!("a year over HTTP: {rows} rows, {} kB at most; before {} kB", most / 1024, little / 1024);
    assert!(rows >= usize::try_from(364 * DAY / EVERY).unwrap(), "{rows} rows");
    assert!(most < little + MORE, "a year took {most} bytes, a day {little}");

    let mut answer = client.open("GET", &address(now.0 - 365 * DAY), &[], "").await;
    answer.chunk().await.expect("it begins").expect("something");
    gateway.kill();
    let end = Instant::now() + Duration::from_secs(30);
    let cut = loop {
        match answer.chunk().await {
            Ok(Some(_)) => assert!(Instant::now() < end, "it goes on without a gateway"),
            Ok(None) => break false,
            Err(_) => break true,
        }
        sleep(Duration::ZERO).await;
    };
    assert!(cut, "half a table does not end like a whole one");
}
