//! The table: what was measured, its smallest, middle and largest round, and what design §8 asks for.

/// The table as it grows.
pub struct Figures;

impl Figures {
    pub fn new() -> Figures {
        println!("{:<62} {:>12} {:>12} {:>12}  {:<16} target", "", "least", "median", "most", "unit");
        Figures
    }

    /// One line; every round counts.
    pub fn add(&mut self, what: &str, unit: &str, target: &str, mut rounds: Vec<f64>) {
        rounds.sort_by(f64::total_cmp);
        let [least, median, most] = [0, rounds.len() / 2, rounds.len() - 1].map(|at| plain(rounds[at]));
        println!("{what:<62} {least:>12} {median:>12} {most:>12}  {unit:<16} {target}");
    }
}

/// A number as people write it: three digits that mean something, thousands apart.
fn plain(number: f64) -> String {
    if number.abs() < 10.0 {
        return format!("{number:.4}");
    }
    if number.abs() < 1_000.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let parts: Vec<&str> = digits.as_bytes().rchunks(3).rev().map(|part| std::str::from_utf8(part).unwrap()).collect();
    parts.join(",")
}
