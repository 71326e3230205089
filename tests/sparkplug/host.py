#!/usr/bin/env python3
"""A Sparkplug B 3.0 host that is not ours: decodes with the Tahu protobuf of pysparkplug and watches what the specification demands.

Usage: host.py PORT. Prints one JSON line per message of an edge node, with every rule that it breaks under "violations"; takes from
standard input `rebirth GROUP NODE`, `write GROUP NODE DEVICE AGE_S RETAIN NAME VALUE`, `state HOST ONLINE TIMESTAMP`; answers each with `ok`.
"""
import json
import sys
import threading
import time

import paho.mqtt.client as mqtt
from pysparkplug import DataType
from pysparkplug._protobuf.sparkplug_b_pb2 import Payload

INT32, INT64, BOOLEAN = 3, 4, 11
nodes = {}
said = threading.Lock()


def tell(line):
    with said:
        print(line if isinstance(line, str) else json.dumps(line, ensure_ascii=False), flush=True)


class Node:
    """What a host knows of an edge node."""

    def __init__(self):
        self.born = False
        self.seq = None
        self.bd_seq = None
        self.ended = None
        self.devices = set()
        # alias -> (device or None, name, datatype)
        self.aliases = {}
        self.names = {}


def quality_of(metric, broken):
    """Properties by key; the quality must be an Int32 that the specification knows."""
    keys, values = metric.properties.keys, metric.properties.values
    if len(keys) != len(values):
        broken.append("properties without values")
    found = {key: getattr(value, value.WhichOneof("value")) for key, value in zip(keys, values) if value.WhichOneof("value")}
    for key, value in zip(keys, values):
        if key == "Quality" and (value.type != INT32 or value.int_value not in (0, 192, 500)):
            broken.append(f"Quality {value.int_value} of type {value.type}")
    return found


def read(metric, name, datatype, broken):
    """The value as its type has it, with its properties."""
    if not metric.HasField("timestamp"):
        broken.append(f"{name} has no timestamp")
    properties = quality_of(metric, broken)
    field = metric.WhichOneof("value")
    value = None
    if metric.is_null:
        if field:
            broken.append(f"{name} is null and has a value")
        if properties.get("Quality") not in (0, 500):
            broken.append(f"{name} is null and its quality is {properties.get('Quality')}")
    elif field is None:
        broken.append(f"{name} is neither null nor a value")
    elif field != DataType(datatype).field:
        broken.append(f"{name} of {DataType(datatype).name} is a {field}")
    else:
        value = DataType(datatype).decode(getattr(metric, field))
        if properties.get("Quality", 192) != 192:
            broken.append(f"{name} has a value of quality {properties['Quality']}")
    at = metric.timestamp
    return {"value": value, "null": metric.is_null, "at": at, "type": DataType(datatype).name, **properties}


def born(node, device, payload, broken):
    """Names and aliases of a birth."""
    metrics = {}
    node.aliases = {alias: known for alias, known in node.aliases.items() if known[0] != device}
    for metric in payload.metrics:
        if not metric.HasField("name") or not metric.HasField("datatype"):
            broken.append("a metric of a birth without name or type")
            continue
        if metric.name in metrics:
            broken.append(f"{metric.name} twice")
        if metric.HasField("alias"):
            if metric.alias in node.aliases:
                broken.append(f"alias {metric.alias} of {metric.name} is that of {node.aliases[metric.alias]}")
            node.aliases[metric.alias] = (device, metric.name, metric.datatype)
        node.names[(device, metric.name)] = (metric.alias if metric.HasField("alias") else None, metric.datatype)
        metrics[metric.name] = read(metric, metric.name, metric.datatype, broken)
    return metrics


def changed(node, device, payload, broken):
    """What a message of data says, by the aliases of the births."""
    metrics = {}
    if not payload.metrics:
        broken.append("data that says nothing")
    for metric in payload.metrics:
        known = node.aliases.get(metric.alias) if metric.HasField("alias") else None
        if known is None or known[0] != device:
            broken.append(f"alias {metric.alias} of {device} was in no birth of it")
            continue
        if metric.HasField("name"):
            broken.append(f"{metric.name} has an alias and is named all the same")
        metrics[known[1]] = read(metric, known[1], known[2], broken)
    return metrics


def of_node(node, word, payload, broken):
    """NBIRTH, NDATA, NDEATH."""
    bd_seq = next((metric for metric in payload.metrics if metric.name == "bdSeq"), None)
    if word == "NDEATH":
        if payload.HasField("seq") or len(payload.metrics) != 1 or bd_seq is None:
            broken.append("a death with more or less than bdSeq")
        elif node.born and bd_seq.long_value != node.bd_seq:
            broken.append(f"the death of {bd_seq.long_value}, the birth was of {node.bd_seq}")
        was = node.born
        node.born, node.ended = False, bd_seq.long_value
        node.devices.clear()
        return {"bdSeq": bd_seq.long_value, "wasBorn": was}
    if word == "NDATA":
        return {"metrics": changed(node, None, payload, broken)}
    if payload.seq != 0:
        broken.append(f"a node's birth with seq {payload.seq}")
    if bd_seq is None or bd_seq.datatype != INT64 or not 0 <= bd_seq.long_value <= 255:
        broken.append("a birth without bdSeq")
    elif node.born and bd_seq.long_value != node.bd_seq:
        broken.append(f"a rebirth with bdSeq {bd_seq.long_value} after {node.bd_seq}")
    elif node.ended is not None and not node.born and bd_seq.long_value == node.ended:
        broken.append(f"bdSeq {node.ended} again after its death")
    rebirth = next((metric for metric in payload.metrics if metric.name == "Node Control/Rebirth"), None)
    if rebirth is None or rebirth.datatype != BOOLEAN or rebirth.boolean_value:
        broken.append("a birth without Node Control/Rebirth = false")
    node.born, node.bd_seq = True, bd_seq.long_value if bd_seq is not None else None
    node.devices.clear()
    node.aliases.clear()
    node.names.clear()
    return {"bdSeq": node.bd_seq, "metrics": born(node, None, payload, broken)}


def of_device(node, word, device, payload, broken):
    """DBIRTH, DDATA, DDEATH."""
    if not node.born:
        broken.append(f"{word} before the node's birth")
    if word != "DBIRTH" and device not in node.devices:
        broken.append(f"{word} of {device} before its birth")
    if word == "DBIRTH":
        node.devices.add(device)
        return {"metrics": born(node, device, payload, broken)}
    if word == "DDATA":
        return {"metrics": changed(node, device, payload, broken)}
    node.devices.discard(device)
    return {}


def heard(_client, _userdata, message):
    parts = message.topic.split("/")
    if parts[1] == "STATE" or parts[2] in ("NCMD", "DCMD"):
        return
    _, group, word, name, *rest = parts
    device = rest[0] if rest else None
    broken = []
    node = nodes.setdefault((group, name), Node())
    payload = Payload()
    payload.ParseFromString(message.payload)
    if message.retain:
        broken.append(f"{word} is retained")
    if message.qos != (1 if word == "NDEATH" else 0):
        broken.append(f"{word} with QoS {message.qos}")
    if not payload.HasField("timestamp"):
        broken.append(f"{word} without timestamp")
    line = {"word": word, "group": group, "node": name, "device": device}
    if word != "NDEATH":
        expected = 0 if word == "NBIRTH" else ((node.seq or 0) + 1) % 256
        if not payload.HasField("seq") or payload.seq != expected:
            broken.append(f"{word} with seq {payload.seq} after {node.seq}")
        node.seq = payload.seq
        line["seq"] = payload.seq
    more = of_device(node, word, device, payload, broken) if device else of_node(node, word, payload, broken)
    tell({**line, **more, "violations": broken})


def command(group, node, device, age_s, retain, name, value):
    """Writes a metric by its alias where the birth gave it one."""
    payload = Payload()
    payload.timestamp = int((time.time() - float(age_s)) * 1000)
    metric = payload.metrics.add()
    alias, datatype = nodes.get((group, node), Node()).names.get((device, name), (None, BOOLEAN))
    if alias is None:
        metric.name = name
    else:
        metric.alias = alias
    metric.timestamp = payload.timestamp
    metric.datatype = datatype
    metric.boolean_value = value == "true"
    topic = f"spBv1.0/{group}/NCMD/{node}" if device is None else f"spBv1.0/{group}/DCMD/{node}/{device}"
    return topic, payload.SerializeToString(), retain == "retained"


def obey(client, words):
    if words[0] == "rebirth":
        topic, payload, retain = command(words[1], words[2], None, 0, "", "Node Control/Rebirth", "true")
    elif words[0] == "write":
        topic, payload, retain = command(*words[1:])
    elif words[0] == "state":
        payload = json.dumps({"online": words[2] == "online", "timestamp": int(words[3])})
        topic, retain = f"spBv1.0/STATE/{words[1]}", True
    else:
        raise ValueError(words)
    client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(20)
    tell("ok")


def main():
    # paho 2 asks which form callbacks have; paho 1 has one.
    form = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
    client = mqtt.Client(*form)
    client.on_message = heard
    client.on_subscribe = lambda *_: tell("ready")
    client.on_connect = lambda *_: client.subscribe("spBv1.0/#", 1)
    client.reconnect_delay_set(1, 1)
    client.connect("127.0.0.1", int(sys.argv[1]))
    client.loop_start()
    for line in sys.stdin:
        obey(client, line.split())


if __name__ == "__main__":
    main()
