//! `[mqtt]`: the broker.
//!
//! Takes: the table, read as texts, numbers and truths.
//! Gives: a checked [`Mqtt`].
//! Never: a prefix that cannot begin a topic, or a file that cannot be used.

use std::path::PathBuf;

use serde::Deserialize;

use super::{Broker, Places, broker};
use crate::config::problem::{Problems, did_you_mean};
use crate::engine::base::{Language, is_segment};

/// The MQTT broker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mqtt {
    /// Where it is.
    pub broker: Broker,
    /// The version spoken.
    pub version: MqttVersion,
    /// Client id; `tocsin-<site>` when none is given.
    pub client_id: Option<String>,
    /// First part of every topic, before the site: `tocsin`.
    pub prefix: String,
    /// What Home Assistant is told; nothing without it.
    pub home_assistant: Option<HomeAssistant>,
    /// File whose first line every command must carry; without it none is taken. Read again for each.
    pub command_token_file: Option<PathBuf>,
}

/// How devices are announced to Home Assistant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HomeAssistant {
    /// The prefix under which it listens for announcements.
    pub prefix: String,
    /// The language of names.
    pub language: Language,
}

/// A version of MQTT.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MqttVersion {
    /// 3.1.1, which every broker speaks.
    #[default]
    Three,
    /// 5: the broker forgets what has expired and says why it refuses.
    Five,
}

impl MqttVersion {
    /// As it is written.
    pub const WORDS: [&str; 2] = ["3.1.1", "5"];
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) struct RawMqtt {
    host: Option<String>,
    port: Option<i64>,
    version: Option<String>,
    user: Option<String>,
    password_file: Option<String>,
    tls: Option<bool>,
    ca_file: Option<String>,
    certificate_file: Option<String>,
    key_file: Option<String>,
    client_id: Option<String>,
    prefix: Option<String>,
    home_assistant: Option<bool>,
    home_assistant_prefix: Option<String>,
    home_assistant_language: Option<String>,
    command_token_file: Option<String>,
}

/// Checks the table.
pub(super) fn settle(raw: RawMqtt, places: &Places<'_>, problems: &Problems) -> Option<Mqtt> {
    let wrong =
        |key: &str, message: String, hint: &str| problems.error(places.spot(&format!("mqtt.{key}")), message, hint);
    let home_assistant = home_assistant(&raw, &wrong);
    let version = raw.version.as_deref().unwrap_or(MqttVersion::WORDS[0]);
    if !MqttVersion::WORDS.contains(&version) {
        wrong("version", format!("unknown word \"{version}\""), &did_you_mean(version, MqttVersion::WORDS));
    }
    let prefix = raw.prefix.unwrap_or_else(|| "tocsin".to_owned());
    if !prefix.split('/').all(is_segment) {
        wrong("prefix", format!("\"{prefix}\" cannot begin a topic"), "ids (a-z 0-9 _ . -) joined by /");
    }
    let command_token_file = places.secret("mqtt.command-token-file", raw.command_token_file, problems);
    let raw_broker = broker::Raw {
        host: raw.host,
        port: raw.port,
        user: raw.user,
        password_file: raw.password_file,
        tls: raw.tls,
        files: [raw.ca_file, raw.certificate_file, raw.key_file],
    };
    Some(Mqtt {
        broker: broker::settle("mqtt", raw_broker, places, problems)?,
        version: if version == MqttVersion::WORDS[1] { MqttVersion::Five } else { MqttVersion::Three },
        client_id: raw.client_id,
        prefix,
        home_assistant,
        command_token_file,
    })
}

fn home_assistant(raw: &RawMqtt, wrong: &impl Fn(&str, String, &str)) -> Option<HomeAssistant> {
    let (prefix, language) = (raw.home_assistant_prefix.as_deref(), raw.home_assistant_language.as_deref());
    let wanted = raw.home_assistant == Some(true);
    for (key, given) in [("home-assistant-prefix", prefix), ("home-assistant-language", language)] {
        if !wanted && given.is_some() {
            wrong(key, "nothing is announced to Home Assistant".to_owned(), "add home-assistant = true");
        }
    }
    let prefix = prefix.unwrap_or("homeassistant");
    // Unlike our own, its prefix may have capitals.
    if prefix.is_empty() || prefix.split('/').any(|part| part.is_empty() || part.contains(['+', '#', ' '])) {
        wrong(
            "home-assistant-prefix",
            format!("\"{prefix}\" cannot begin a topic"),
            "as in Home Assistant's own settings",
        );
    }
    let language = language.unwrap_or("zh");
    if !["zh", "en"].contains(&language) {
        let hint = did_you_mean(language, ["zh", "en"]);
        wrong("home-assistant-language", format!("unknown word \"{language}\""), &hint);
    }
    let language = if language == "en" { Language::En } else { Language::Zh };
    wanted.then(|| HomeAssistant { prefix: prefix.to_owned(), language })
}
