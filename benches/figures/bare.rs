//! The bare loop of libmodbus (`bare.c`), compiled when it is needed.

use std::path::PathBuf;
use std::process::Command;

/// What the loop said.
pub struct Ran {
    pub requests: f64,
    pub seconds: f64,
    pub processor: f64,
}

/// Runs it; nothing, with a word why, where there is no C compiler or no libmodbus.
pub fn run(words: &[String]) -> Option<Ran> {
    let program = compiled().map_err(|why| println!("  bare libmodbus left out: {why}")).ok()?;
    let output = Command::new(program).args(words).output().expect("it was compiled for this machine");
    assert!(output.status.success(), "bare libmodbus: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8_lossy(&output.stdout);
    let numbers: Vec<f64> = text.split_whitespace().map(|word| word.parse().expect("it prints numbers")).collect();
    Some(Ran { requests: numbers[0], seconds: numbers[1], processor: numbers[2] })
}

fn compiled() -> Result<PathBuf, String> {
    let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("bare-libmodbus");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/figures/bare.c");
    let flags = Command::new("pkg-config").args(["--cflags", "--libs", "libmodbus"]).output();
    let flags = flags.ok().filter(|flags| flags.status.success()).ok_or("libmodbus-dev is not installed")?;
    let flags = String::from_utf8_lossy(&flags.stdout).into_owned();
    let compiler = Command::new("cc").args(["-O2", source, "-o"]).arg(&program).args(flags.split_whitespace()).output();
    match compiler {
        Ok(output) if output.status.success() => Ok(program),
        Ok(output) => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
        Err(error) => Err(format!("cc: {error}")),
    }
}
