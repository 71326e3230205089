"""Judges what was published by the written documents: docs/mqtt.schema.json, the examples of docs/mqtt.md, Home Assistant's own rules.

usage: judge.py DOCS PUBLISHED, a folder and a file of JSON lines as paho_observer.py prints them
Prints how many documents of each kind it has judged; ends with 1 and one line per fault otherwise.
"""

import collections
import json
import pathlib
import re
import sys

import jinja2.sandbox
from ha_mqtt_models_pydantic.discovery import parse_component_payload
from ha_mqtt_models_pydantic.components.common import DeviceDiscoveryPayload
from jsonschema import Draft202012Validator

docs, published = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
schema = json.loads((docs / "mqtt.schema.json").read_text("utf-8"))
faults, judged = [], collections.Counter()
# As Home Assistant does it: a sandbox, and the payload as value_json where it is JSON.
templates = jinja2.sandbox.ImmutableSandboxedEnvironment()


def check(kind, document, where):
    if kind not in schema["$defs"]:
        faults.append(f"{where}: no document is written down for it")
        return
    validator = Draft202012Validator({"$ref": f"#/$defs/{kind}", "$defs": schema["$defs"]})
    for error in validator.iter_errors(document):
        faults.append(f"{where}: {error.json_path}: {error.message}")


def render(template, payload):
    return templates.from_string(template).render(value=payload, value_json=json.loads(payload))


examples = re.findall(r"^```json (\S+)\n(.*?)^```", (docs / "mqtt.md").read_text("utf-8"), re.S | re.M)
for topic, text in examples:
    check(topic.split("/")[0], json.loads(text), f"example of {topic}")
    judged["examples"] += 1
for kind in ["status", "state", "device", "point", "alarm", "event", "result"]:
    if kind not in {topic.split("/")[0] for topic, _ in examples}:
        faults.append(f"docs/mqtt.md has no example of {kind}")

messages = [json.loads(line) for line in published.read_text("utf-8").splitlines()]
latest = {message["topic"]: message["payload"] for message in messages}
for message in messages:
    topic = message["topic"].split("/")
    if topic[0] == "tocsin" and message["payload"]:
        check(topic[2], json.loads(message["payload"]), message["topic"])
        judged[topic[2]] += 1


def overview(key, config, document):
    """What an entity of the site must show, from the document alone: nothing is off, or nought, while something is unread."""
    blind = document["unread"] > 0
    language = "zh" if any("\u4e00" <= letter <= "\u9fff" for letter in config["name"]) else "en"
    if key == "first":
        first = document["first"]
        return first["name"][language] if first else "None" if blind else {"zh": "无", "en": "none"}[language]
    if key == "unread":
        return str(document["unread"])
    if key.startswith("fire-"):
        count = document["buildings"][key.removeprefix("fire-")]["fire"]
    else:
        group = {"fires": "fire", "unacknowledged": "fire", "dangers": "danger", "faults": "fault"}.get(key, key)
        count = document[group]["unacknowledged" if key == "unacknowledged" else "total"]
    if count == 0 and blind:
        return "None"
    if config["platform"] == "binary_sensor":
        return "ON" if count else "OFF"
    return str(count)


def component(device, key, config):
    where = f"{device}: {key}"
    model = parse_component_payload(config["platform"], {k: v for k, v in config.items() if k != "platform"})
    known = {field.alias or name for name, field in type(model).model_fields.items()} | {"platform"}
    for stranger in set(config) - known:
        faults.append(f"{where}: Home Assistant knows no {stranger}")
    payload = latest.get(config["state_topic"])
    if payload is None:
        faults.append(f"{where}: nothing is published at {config['state_topic']}")
        return
    document = json.loads(payload)
    if config["state_topic"].endswith("/state"):
        for message in messages:
            if message["topic"] != config["state_topic"]:
                continue
            said = json.loads(message["payload"])
            value, expected = render(config["value_template"], message["payload"]), overview(key, config, said)
            if value != expected:
                faults.append(f"{where}: the template gives {value}, the document says {expected}")
            judged["overview"] += 1
            judged["overview unread"] += said["unread"] > 0 and value == "None"
            judged["overview on"] += value == "ON"
            judged["overview off"] += value == "OFF"
        return
    value = render(config["value_template"], payload)
    if document["v"] is None:
        expected = "None"
    elif config["platform"] == "binary_sensor":
        expected = "ON" if document["v"] else "OFF"
    else:
        expected = str(document["v"])
    if value != expected:
        faults.append(f"{where}: the template gives {value}, the document says {expected}")
    if "options" in config and document["v"] is not None and value not in config["options"]:
        faults.append(f"{where}: {value} is none of {config['options']}")
    if config["platform"] == "sensor" and config.get("unit_of_measurement", "") != document["u"]:
        faults.append(f"{where}: unit {config.get('unit_of_measurement')}, the document says {document['u']}")
    available = [render(one["value_template"], latest[one["topic"]]) for one in config["availability"]]
    online = document["q"] == "good"
    if (set(available) == {"online"}) != online:
        faults.append(f"{where}: availability is {available} with quality {document['q']}")
    judged[config["platform"]] += 1
    judged["units" if "unit_of_measurement" in config else "unitless"] += 1
    judged["enumerations"] += "options" in config


for topic, payload in latest.items():
    if topic.startswith("homeassistant/device/tocsin-") and payload:
        announced = json.loads(payload)
        DeviceDiscoveryPayload.model_validate(announced)
        for key, config in announced["components"].items():
            if not re.fullmatch(r"[a-zA-Z0-9_-]+", key):
                faults.append(f"{topic}: {key} is no name of a component")
            component(topic, key, config)
        judged["announcements"] += 1
ids = [
    config["unique_id"]
    for topic, payload in latest.items()
    if topic.startswith("homeassistant/device/tocsin-") and payload
    for config in json.loads(payload)["components"].values()
]
if len(ids) != len(set(ids)):
    faults.append("a unique_id is used twice")

print(json.dumps(judged))
for fault in faults[:40]:
    print(fault, file=sys.stderr)
sys.exit(1 if faults else 0)
