//! Figures of the process itself, under the names that every exporter uses.
//!
//! Takes: `/proc`.
//! Gives: memory, processor time, start.
//! Never: an error: what cannot be read is absent.

use std::path::Path;

use crate::live::Measures;

/// Ticks a second in `/proc`: fixed for programs, whatever the kernel's own timer does.
const TICKS: f64 = 100.0;
/// After the name in parentheses: state is field 3 of proc(5).
const FIRST: usize = 3;

/// Adds what the system says of this process.
pub(super) fn measure(to: &mut Measures) {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let (stat, status) = (read("/proc/self/stat"), read("/proc/self/status"));
    if let (Some(user), Some(system)) = (field(&stat, 14), field(&stat, 15)) {
        let help = "Processor time of the gateway.";
        to.seconds("process_cpu_seconds_total", help, &[], (user + system) / TICKS);
    }
    if let Some(kib) = labelled(&status, "VmRSS:") {
        to.gauge("process_resident_memory_bytes", "Memory of the gateway.", &[], kib * 1_024.0);
    }
    if let (Some(ticks), Some(boot)) = (field(&stat, 22), labelled(&read("/proc/stat"), "btime")) {
        let help = "When the gateway started, in seconds since 1970.";
        to.gauge("process_start_time_seconds", help, &[], boot + ticks / TICKS);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        to.gauge("process_open_fds", "Files and connections that are open.", &[], super::float(open.count()));
    }
}

/// Field `number` of `/proc/self/stat`, counted from 1; the name in field 2 may hold anything.
fn field(stat: &str, number: usize) -> Option<f64> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(number - FIRST)?.parse().ok()
}

/// The first number after a label at the beginning of a line.
fn labelled(text: &str, label: &str) -> Option<f64> {
    let rest = text.lines().find_map(|line| line.strip_prefix(label))?;
    rest.split_whitespace().next()?.parse().ok()
}

/// Whether systemd-timesyncd has set the clock (systemd-timesyncd(8)); none where it does not run.
pub(super) fn clock_is_synchronised() -> Option<bool> {
    let folder = Path::new("/run/systemd/timesync");
    folder.is_dir().then(|| folder.join("synchronized").exists())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_parentheses_moves_no_field() {
        let stat = "7 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 140 15 0 0 20 0 9 0 12345 1 2";
        assert_eq!((field(stat, 14), field(stat, 15), field(stat, 22)), (Some(140.0), Some(15.0), Some(12_345.0)));
        assert_eq!(field("", 14), None);
        assert_eq!(labelled("Name:\tx\nVmRSS:\t  1234 kB\n", "VmRSS:"), Some(1_234.0));
    }
}
