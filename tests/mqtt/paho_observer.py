"""Reads everything on a broker with Eclipse paho and prints one JSON line per message.

usage: paho_observer.py PORT 3.1.1|5
"""

import json
import sys

import paho.mqtt.client as mqtt

port, version = int(sys.argv[1]), sys.argv[2]
protocol = mqtt.MQTTv5 if version == "5" else mqtt.MQTTv311
client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="paho", protocol=protocol)


def say(what):
    print(json.dumps(what, ensure_ascii=False), flush=True)


def connected(client, userdata, flags, reason, properties):
    client.subscribe("#", qos=1)


def subscribed(client, userdata, mid, reasons, properties):
    say({"subscribed": [str(reason) for reason in reasons]})


def heard(client, userdata, message):
    properties = getattr(message, "properties", None)
    say(
        {
            "topic": message.topic,
            "payload": message.payload.decode("utf-8"),
            "retain": message.retain,
            "qos": message.qos,
            "expires": getattr(properties, "MessageExpiryInterval", None),
            "content": getattr(properties, "ContentType", None),
        }
    )


client.on_connect, client.on_subscribe, client.on_message = connected, subscribed, heard
client.connect("127.0.0.1", port)
client.loop_forever()
