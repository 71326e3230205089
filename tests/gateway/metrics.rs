//! `/metrics` of the gateway on the sample site, as others read it: Prometheus' own parser, a server that scrapes it,
//! the dashboard and the alert rules of docs/.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::bench::{Gateway, Installed, once};
use super::broker::Broker;
use super::client::Client;
use super::sample_site::Field;
use super::server::Victoria;

/// A metric that needs hours to be known: its queries may find nothing.
const NEEDS_HOURS: &str = "tocsin_disk_days_left";

fn docs(file: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(file)
}

/// What the parser of Prometheus' own Python client makes of a page: every family with its type and its samples.
const PARSE: &str = "import sys, json
from prometheus_client.parser import text_string_to_metric_families as parse
families = [[f.name, f.type, f.documentation, [[s.name, s.labels, s.value] for s in f.samples]] for f in parse(sys.stdin.read())]
json.dump(families, sys.stdout)";

/// A family: its name, its type, its help and its figures.
type Family = (String, String, String, Vec<(String, BTreeMap<String, String>, f64)>);

/// A page as an independent parser reads it.
fn parsed(page: &str) -> Vec<Family> {
    let mut python = Command::new("python3");
    let mut python = python.args(["-c", PARSE]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().expect("it is piped").write_all(page.as_bytes()).unwrap();
    let output = python.wait_with_output().unwrap();
    assert!(output.status.success(), "python3 with prometheus-client is installed and reads the page");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a query finds.
async fn found(victoria: &Victoria, query: &str) -> Result<Vec<Value>, String> {
    let url = reqwest::Url::parse_with_params("http://x/api/v1/query", [("query", query), ("nocache", "1")]).unwrap();
    let path = format!("{}?{}", url.path(), url.query().unwrap());
    let answer: Value = serde_json::from_str(&victoria.get(&path).await).map_err(|error| error.to_string())?;
    if answer["status"] != "success" {
        return Err(answer.to_string());
    }
    Ok(answer["data"]["result"].as_array().cloned().unwrap_or_default())
}

/// A dashboard's query with its variables filled in.
fn filled(query: &str) -> String {
    let variables = ["$instance", "$bus", "$device", "$trend_device", "$trend_point"];
    let query = query.replace("$__rate_interval", "1m");
    variables.iter().fold(query, |query, variable| query.replace(&format!("\"{variable}\""), "\".*\""))
}

/// Every query of the dashboard, and of its variables the series that their values come from.
fn queries() -> BTreeSet<String> {
    let dashboard: Value =
        serde_json::from_str(&std::fs::read_to_string(docs("grafana/tocsin.json")).unwrap()).unwrap();
    let targets = dashboard["panels"].as_array().unwrap().iter().filter_map(|panel| panel["targets"].as_array());
    let mut queries: BTreeSet<String> =
        targets.flatten().map(|target| filled(target["expr"].as_str().unwrap())).collect();
    for variable in dashboard["templating"]["list"].as_array().unwrap() {
        let Some(definition) = variable["definition"].as_str() else { continue };
        let inside = definition.strip_prefix("label_values(").and_then(|inside| inside.strip_suffix(')'));
        let (series, label) = inside.unwrap_or_else(|| panic!("{definition}")).rsplit_once(", ").unwrap();
        queries.insert(filled(&format!("count by ({label}) ({series})")));
    }
    queries
}

/// The rules' expressions by name: each is one line.
fn rules() -> Vec<(String, String)> {
    let text = std::fs::read_to_string(docs("alerts/tocsin.rules.yml")).unwrap();
    let after = |key: &'static str| text.lines().filter_map(move |line| line.trim().strip_prefix(key));
    let (names, expressions) = (after("- alert: "), after("expr: "));
    names.zip(expressions).map(|(name, expression)| (name.to_owned(), expression.to_owned())).collect()
}

/// Names that docs/queues.md gives as metrics.
fn documented() -> BTreeSet<String> {
    let text = std::fs::read_to_string(docs("queues.md")).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ")).skip(2).collect();
    assert!(rows.len() >= 10);
    let metric = |row: &&str| row.trim_end_matches(" |").rsplit_once("| ").unwrap().1.to_owned();
    let metrics: Vec<String> = rows.iter().map(metric).collect();
    assert!(metrics.iter().all(|metric| metric.contains('`')), "every queue has a metric: {metrics:?}");
    let quoted = metrics.iter().flat_map(|metrics| metrics.split('`').skip(1).step_by(2));
    quoted.map(str::to_owned).collect()
}

fn is_well_formed(page: &str) {
    let families = parsed(page);
    assert!(families.len() >= 40, "{}", families.len());
    let mut samples = 0;
    for (name, kind, help, figures) in &families {
        assert!(name.starts_with("tocsin_") || name.starts_with("process_"), "{name}");
        assert!(help.ends_with('.') && help.len() > 10, "{name}: {help:?}");
        assert_ne!(kind, "unknown", "{name}");
        let counts = figures.iter().all(|(figure, ..)| figure.ends_with("_total"));
        assert!(kind != "counter" || counts, "{name} counts and does not end with _total");
        for (figure, labels, value) in figures {
            assert!(value.is_finite(), "{figure}{labels:?} is {value}");
            assert!(!labels.contains_key("point"), "{figure} has a figure per point");
        }
        samples += figures.len();
    }
    println!("{} families, {samples} figures for 55 devices on 11 buses", families.len());
    assert!(samples < 3_000, "{samples} figures");
}

/// Every rule of the file is one for an independent reader, and finds something or nothing, but no error.
async fn rules_are_rules(victoria: &Victoria) {
    let file = docs("alerts/tocsin.rules.yml");
    let mut vmalert = Command::new("vmalert");
    let checked =
        vmalert.arg("-dryRun").arg(format!("-rule={}", file.display())).output().expect("vmalert is installed");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
    let rules = rules();
    assert!(rules.len() > 15, "{rules:?}");
    for (name, expression) in rules {
        if let Err(error) = found(victoria, &expression).await {
            panic!("{name}: {error}");
        }
    }
}

async fn page(gateway: &Gateway) -> String {
    let answer = Client::new(&gateway.url).get("/metrics").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.headers["content-type"], "text/plain; version=0.0.4; charset=utf-8");
    answer.text
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_site_is_watched_by_a_real_server() {
    let (broker, mut victoria, installed) = (Broker::start().await, Victoria::start().await, Installed::new());
    let mut field = Field::start(&installed);
    installed.settings(&format!(
        "[mqtt]\nhost = \"127.0.0.1\"\nport = {}\n[influx]\nurl = \"http://127.0.0.1:{}\"\nbucket = \"tocsin\"\n",
        broker.port, victoria.port
    ));
    let gateway = installed.run().await;
    let scrape = format!(
        "global: {{ scrape_interval: 1s }}\nscrape_configs: [{{ job_name: tocsin, static_configs: [{{ targets: [\"{}\"] }}] }}]\n",
        gateway.address()
    );
    installed.write("scrape.yml", &scrape);
    victoria.down().await;
    let scrape = format!("-promscrape.config={}", installed.path("scrape.yml").display());
    victoria.up_with(&[&scrape, "-search.latencyOffset=1s"]).await;

    // A device that falls silent is what the rules are for.
    once(30, "the generator answers", async || {
        found(&victoria, "tocsin_device_up{device=\"gen-1\"} == 1").await.unwrap().pop()
    })
    .await;
    field.tell("fault gen-1 silent");

    let mut missing = queries();
    println!("{} queries of the dashboard", missing.len());
    missing.retain(|query| !query.contains(NEEDS_HOURS));
    once(60, "every query of the dashboard finds something", async || {
        for query in missing.clone() {
            match found(&victoria, &query).await {
                Ok(found) if found.is_empty() => {}
                Ok(_) => drop(missing.remove(&query)),
                Err(error) => panic!("{query}: {error}"),
            }
        }
        println!("{} find nothing yet: {missing:?}", missing.len());
        missing.is_empty().then_some(())
    })
    .await;

    rules_are_rules(&victoria).await;
    let down = rules().into_iter().find(|(name, _)| name == "DeviceDown").expect("there is such a rule").1;
    once(30, "the silent device is found by the rule", async || {
        let down = found(&victoria, &down).await.unwrap();
        down.iter().any(|down| down["metric"]["device"] == "gen-1").then_some(())
    })
    .await;

    let page = page(&gateway).await;
    is_well_formed(&page);
    for metric in documented() {
        assert!(page.contains(&metric.replace('}', "")), "docs/queues.md names {metric}");
    }
    gateway.stop().await;
}
