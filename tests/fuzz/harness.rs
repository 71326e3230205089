//! Runs one target: the kept corpus first, then mutations of its seeds; a failing input is kept.

use std::path::{Path, PathBuf};
use std::time::Duration;

use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use sha2::{Digest, Sha256};

use super::mutation::{self, Recipe};

/// One input may take this long; the slowest machine of a continuous integration is allowed for.
const SLOWEST: Duration = Duration::from_secs(10);
/// All targets together may take this much memory at their peak.
const MOST_MEMORY: u64 = 512 << 20;

/// Something that takes bytes from outside.
pub struct Target {
    /// Its name, which is the folder of its corpus.
    pub name: &'static str,
    /// Real inputs.
    pub seeds: Vec<Vec<u8>>,
    /// Cases of a short run.
    pub cases: u32,
    /// Words that mean something to it.
    pub words: &'static [&'static str],
}

fn corpus(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fuzz/corpus").join(name)
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")))
}

impl Target {
    /// Feeds it. `feed` panics, or says what is wrong.
    pub fn run(&self, feed: impl Fn(&[u8]) -> Result<(), String>) {
        assert!(!self.seeds.is_empty(), "{}: a target needs real inputs", self.name);
        for seed in &self.seeds {
            feed(seed).unwrap_or_else(|why| panic!("{}: a real input: {why}", self.name));
        }
        for path in kept(self.name) {
            let bytes = std::fs::read(&path).expect("readable");
            timed(&feed, &bytes).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        }
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&variable("FUZZ_SEED").unwrap_or(1).to_le_bytes());
        let cases = variable("FUZZ_CASES").map_or(self.cases, |cases| u32::try_from(cases).unwrap_or(u32::MAX));
        let config = Config { cases, failure_persistence: None, max_shrink_iters: 4096, ..Config::default() };
        let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
        let ran = runner.run(&mutation::recipe(self.seeds.len()), |recipe: Recipe| {
            timed(&feed, &recipe.cook(&self.seeds, self.words)).map_err(TestCaseError::fail)
        });
        match ran {
            Ok(()) => {}
            Err(TestError::Fail(why, recipe)) => {
                let path = keep(self.name, &recipe.cook(&self.seeds, self.words));
                panic!("{}: {why}; the input is kept in {}", self.name, path.display());
            }
            Err(error) => panic!("{}: {error}", self.name),
        }
        let peak = peak_memory();
        assert!(peak < MOST_MEMORY, "{}: {} MiB of memory at the peak", self.name, peak >> 20);
    }
}

fn timed(feed: &impl Fn(&[u8]) -> Result<(), String>, bytes: &[u8]) -> Result<(), String> {
    let begin = tokio::time::Instant::now();
    feed(bytes)?;
    let took = begin.elapsed();
    if took > SLOWEST { Err(format!("{} bytes took {took:?}", bytes.len())) } else { Ok(()) }
}

/// The corpus of a target, in the order of its names.
fn kept(name: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(corpus(name)).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|ending| ending == "bin")).collect();
    paths.sort();
    paths
}

fn keep(name: &str, bytes: &[u8]) -> PathBuf {
    let hash: String = Sha256::digest(bytes).iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    let path = corpus(name).join(format!("{hash}.bin"));
    std::fs::create_dir_all(corpus(name)).expect("the corpus can be written");
    std::fs::write(&path, bytes).expect("the corpus can be written");
    path
}

/// The most memory this process ever had, in bytes.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says it");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") * 1024
}

/// Files below a folder of the project whose names end so, each as a seed.
pub fn files(folder: &str, ending: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    let mut waiting = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.to_string_lossy().ends_with(ending) {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder}: there is no file {ending}");
    found.into_iter().map(|path| std::fs::read(path).expect("readable")).collect()
}

#[test]
fn what_fails_is_made_small_and_kept() {
    let target = Target {
        name: "of-the-harness",
        seeds: vec![b"some words of no meaning".to_vec()],
        cases: 2_000,
        words: &["BOOM"],
    };
    let failed = std::panic::catch_unwind(|| {
        target.run(|bytes| match bytes.windows(4).any(|part| part == b"BOOM") {
            true => panic!("it stumbled"),
            false => Ok(()),
        });
    });
    let kept: Vec<PathBuf> = kept(target.name);
    let bytes: Vec<Vec<u8>> = kept.iter().map(|path| std::fs::read(path).expect("readable")).collect();
    std::fs::remove_dir_all(corpus(target.name)).expect("it was made");
    assert!(failed.is_err(), "a panic fails the run");
    assert!(bytes.len() == 1 && bytes[0].windows(4).any(|part| part == b"BOOM"), "{bytes:?}");
}
