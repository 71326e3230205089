//! `/metrics`: the gateway's figures for Prometheus, in its text format 0.0.4.
//!
//! Takes: the figures that the daemon gathers, and the walls connected here.
//! Gives: the page, to whoever may read.
//! Never: a figure per point: for values there are trends.

use std::fmt::Write;
use std::sync::Arc;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::problem::Problem;
use super::{STREAMS, Web};
use crate::live::{Family, Kind, Measures};

const TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// `GET /metrics`
pub async fn metrics(State(web): State<Arc<Web>>) -> Result<Response, Problem> {
    let mut measures = Measures::default();
    let walls = STREAMS - web.streams.available_permits();
    #[expect(clippy::cast_precision_loss, reason = "a few hundred")]
    let (depth, limit) = (walls as f64, STREAMS as f64);
    measures.gauge("tocsin_walls", "Displays that follow the live stream.", &[], depth);
    measures.gauge("tocsin_walls_limit", "Displays that may follow it at the same time.", &[], limit);
    let (registered, present) = web.walls_present();
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let (registered, present) = (registered as f64, present as f64);
    measures.gauge("tocsin_walls_registered", "Wall displays that must be there.", &[], registered);
    measures.gauge("tocsin_walls_present", "Registered wall displays that gave a sign of life in 15 s.", &[], present);
    let gather = Arc::clone(&web.services.gather);
    let text = web
        .waiting(move || {
            gather(&mut measures);
            written(measures.families())
        })
        .await?;
    Ok(([(header::CONTENT_TYPE, TYPE)], text).into_response())
}

/// The text of these families.
fn written(families: &[Family]) -> String {
    let mut text = String::new();
    for family in families {
        let kind = match family.kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram",
        };
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# HELP {} {}\n# TYPE {} {kind}", family.name, family.help, family.name);
        for figure in &family.figures {
            let _ = write!(text, "{}{}", family.name, figure.suffix);
            for (number, (label, value)) in figure.labels.iter().enumerate() {
                let open = if number == 0 { '{' } else { ',' };
                let _ = write!(text, "{open}{label}=\"{}\"", escaped(value));
            }
            let close = if figure.labels.is_empty() { "" } else { "}" };
            let _ = writeln!(text, "{close} {}", number_of(figure.value));
        }
    }
    text
}

/// A number as the format writes it.
fn number_of(value: f64) -> String {
    match value {
        f64::INFINITY => "+Inf".to_owned(),
        f64::NEG_INFINITY => "-Inf".to_owned(),
        value => value.to_string(),
    }
}

/// The value of a label: backslash, quote and line end are the only letters that mean something there.
fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_written_once_and_labels_cannot_break_out() {
        let mut measures = Measures::default();
        measures.gauge("tocsin_a", "Help.", &[("bus", "x")], 1.5);
        measures.counter("tocsin_b_total", "More.", &[], 3);
        measures.gauge("tocsin_a", "Help.", &[("bus", "\"y\\\n}")], f64::INFINITY);
        let expected = "# HELP tocsin_a Help.\n# TYPE tocsin_a gauge\ntocsin_a{bus=\"x\"} 1.5\n\
             tocsin_a{bus=\"\\\"y\\\\\\n}\"} inf\n# HELP tocsin_b_total More.\n# TYPE tocsin_b_total counter\n\
             tocsin_b_total 3\n";
        assert_eq!(written(measures.families()), expected.replace(" inf", " +Inf"));
    }
}
