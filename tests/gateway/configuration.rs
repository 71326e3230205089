//! What a wrong configuration gets: one clear line, and as much of the gateway as can still be trusted.

use super::bench::{Installed, all_known, once, open_alarm, state};
use super::field::Server;
use super::site;

/// The line of a text that holds `part`, counted from 1.
fn line_of(text: &str, part: &str) -> usize {
    text.lines().position(|line| line.contains(part)).expect("it is there") + 1
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_key_is_one_clear_line() {
    let text = site::PLACES.to_owned() + &site::panel("127.0.0.1:1").replace("poll =", "pol =");
    let installed = Installed::with(&text);
    let (code, out, err) = Installed::ended(installed.run_command("127.0.0.1:0")).await;
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    let expected = format!("site.toml:{}:1: ", line_of(&text, "pol ="));
    let lines: Vec<&str> = err.lines().filter(|line| line.contains("unknown key")).collect();
    assert!(lines.len() == 1 && lines[0].contains(&expected) && lines[0].contains("\"poll\""), "{err}");
    println!("{}", lines[0].rsplit('/').next().unwrap());
    let (code, _, err) = Installed::ended(installed.command(&["run", "--cofnig", "x"])).await;
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("--config"), "{err}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broken_profile_disables_its_device_only() {
    let panel = Server::panel().await;
    let text = site::PLACES.to_owned() + &site::panel(&panel.place) + &site::generator("/dev/null/no-line");
    let installed = Installed::with(&text.replace("deepsea-gencomm", "our-generator"));
    installed.write("site/device-profiles/our-generator/profile.toml", "vendor = \"ours\"\nmodle = \"x\"\n");
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    let fault = once(5, "the fault is shown", async || open_alarm(&client, "gateway/config.gen-1:self").await).await;
    assert_eq!(fault["source"], "active");
    once(10, "the panel is read", async || {
        let points = client.get("/api/v1/points?device=panel-1").await.json();
        points["points"].as_array().unwrap().iter().all(|point| point["q"] == "good").then_some(())
    })
    .await;
    let shown = state(&client).await;
    assert_ne!(shown["banner"]["state"], "normal", "{shown}");
    assert_eq!(shown["health"]["parts"]["config.gen-1"]["ok"], false);
    assert!(gateway.log().contains("profile.toml:2:1: unknown key \"modle\""), "{}", gateway.log());
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_gateway_on_the_same_state_is_refused() {
    let panel = Server::panel().await;
    let installed = Installed::with(&(site::PLACES.to_owned() + &site::panel(&panel.place)));
    let gateway = installed.run().await;
    let kept = installed.path("state/accepted/site/site.toml");
    let before = std::fs::read_to_string(&kept).unwrap();
    installed.write("site/site.toml", &before.replace("Riverside", "Elsewhere"));
    let (code, out, err) = Installed::ended(installed.run_command("127.0.0.1:0")).await;
    assert_eq!(std::fs::read_to_string(&kept).unwrap(), before, "what the first accepted is the first's");
    assert_eq!((code, out.as_str()), (Some(1), ""), "{err}");
    assert_eq!(err.trim().lines().count(), 1, "{err}");
    assert!(err.contains(&format!("in use by another Tocsin (process {})", gateway.pid())), "{err}");
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_accepted_last_runs_on() {
    let panel = Server::panel().await;
    let good = site::PLACES.to_owned() + &site::panel(&panel.place);
    let installed = Installed::with(&good);
    installed.run().await.stop().await;

    installed.write("site/site.toml", &good.replace("poll =", "pol ="));
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    all_known(&client).await;
    let fault = once(5, "the fault is shown", async || open_alarm(&client, "gateway/config:self").await).await;
    assert!(fault.to_string().contains("gateway/config"), "{fault}");
    assert_ne!(state(&client).await["banner"]["state"], "normal");
    let said = gateway.log();
    assert!(said.contains("running on the configuration that was accepted last") && said.contains("\"pol\""), "{said}");
    gateway.stop().await;

    installed.write("site/site.toml", &good);
    let gateway = installed.run().await;
    let client = gateway.log_in().await;
    once(10, "the fault is over", async || {
        let fault = open_alarm(&client, "gateway/config:self").await?;
        (fault["source"] == "quiet").then_some(())
    })
    .await;
    gateway.stop().await;
}
