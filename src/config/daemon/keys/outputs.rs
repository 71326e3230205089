//! The keys of what leaves the gateway: brokers, a time-series server, a city centre.
//!
//! Takes: nothing.
//! Gives: one [`Section`] for each output.
//! Never: a key that the reader does not read, or a secret that stands in the file itself.

use super::TRUTH;
use crate::config::document::{Key, REQUIRED, Section, key};

/// What every broker is asked: its port, who we are, and how the connection is encrypted.
const PORT: Key = key("port", "1 to 65535", "1883, with TLS 8883", "Its port");
const USER: Key = key("user", "text", "", "User name; without one none is sent");
const PASSWORD_FILE: Key = key("password-file", "file", "", "Its first line is the password");
const TLS: Key = key("tls", TRUTH, "false", "Encrypts, and verifies the broker by the name that is its `host`");
const CA_FILE: Key =
    key("ca-file", "PEM file", "the machine's own", "Authorities that may have signed the broker's certificate");
const CERTIFICATE_FILE: Key =
    key("certificate-file", "PEM file", "", "Our certificate, for a broker that asks for one");
const KEY_FILE: Key = key("key-file", "PEM file", "", "The key of our certificate");

/// `[mqtt]`
pub const MQTT: Section = Section {
    title: "[mqtt]",
    noun: "[mqtt]",
    keys: &[
        key("host", "host name or address", REQUIRED, "The broker"),
        PORT,
        key("version", "`3.1.1`, `5`", "3.1.1", "With 5 the broker forgets what has expired and says why it refuses"),
        USER,
        PASSWORD_FILE,
        TLS,
        CA_FILE,
        CERTIFICATE_FILE,
        KEY_FILE,
        key("client-id", "text", "tocsin-<site>", "Client id"),
        key("prefix", "ids joined by /", "tocsin", "First part of every topic"),
        key("home-assistant", TRUTH, "false", "Announces every device to Home Assistant (docs/mqtt.md)"),
        key("home-assistant-prefix", "topic", "homeassistant", "Where Home Assistant listens for announcements"),
        key("home-assistant-language", "`zh`, `en`", "zh", "Language of the announced names"),
        key(
            "command-token-file",
            "file",
            "",
            "Its first line is the token that commands over MQTT must carry; without it none is taken",
        ),
    ],
};

/// `[sparkplug]`
pub const SPARKPLUG: Section = Section {
    title: "[sparkplug]",
    noun: "[sparkplug]",
    keys: &[
        key("host", "host name or address", REQUIRED, "The broker between Tocsin and the Sparkplug host"),
        PORT,
        USER,
        PASSWORD_FILE,
        TLS,
        CA_FILE,
        CERTIFICATE_FILE,
        KEY_FILE,
        key("group", "text without / + #", "tocsin", "The Sparkplug group"),
        key("node", "text without / + #", "<site>", "Id of the edge node"),
        key(
            "primary-host",
            "text without / + #",
            "",
            "Id of the host without which nothing is said: births wait until it is online. Without one they are said at once",
        ),
        key(
            "commands",
            TRUTH,
            "false",
            "Whether the host may command devices whose control is enabled; whoever may publish DCMD at the broker can",
        ),
    ],
};

/// `[influx]`
pub const INFLUX: Section = Section {
    title: "[influx]",
    noun: "[influx]",
    keys: &[
        key("url", "http:// or https:// address", REQUIRED, "Any server of the InfluxDB v2 write interface"),
        key("org", "text", "", "Organisation"),
        key("bucket", "text", REQUIRED, "Bucket"),
        key("token-file", "file", "", "Its first line is the token"),
    ],
};

/// `[uplink]`
pub const UPLINK: Section = Section {
    title: "[uplink]",
    noun: "[uplink]",
    keys: &[
        key("centre", "host:port", REQUIRED, "The monitoring centre"),
        key("transport", "`tcp`, `udp`", "tcp", "How it is reached"),
        key(
            "source",
            "number or six bytes in hex",
            REQUIRED,
            "Our address, as the centre gave it: `79 03 00 00 00 00`",
        ),
        key("destination", "number or six bytes in hex", REQUIRED, "The centre's address"),
        key("heartbeat", "5s to 1h", "25s", "The longest time in which nothing is sent"),
        key("answer-within", "1s to 10s", "10s", "What is not confirmed in this time is sent again"),
        key("resends", "0 to 10", "3", "After the last the communication has failed: a fault, and it begins anew"),
        key("checksum", "`standard`, `from-command`", "standard", "Over which bytes frames are summed"),
        key("version", "two numbers", "1.1", "The two version bytes, as they are sent"),
    ],
};
