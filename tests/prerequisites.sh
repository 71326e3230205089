#!/usr/bin/env bash
# Installs what the tests need and this machine lacks: a broker, a time-series server, foreign Modbus peers, a browser.
# Prints what it does. Needs root (or sudo) only when a Debian package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

missing=()
need() { # command or file, package
  command -v "$1" >/dev/null 2>&1 || [ -e "$1" ] || missing+=("$2")
}
need mosquitto mosquitto
need mosquitto_sub mosquitto-clients
need victoria-metrics victoria-metrics
need chromium chromium
need socat socat
need aplay alsa-utils
need openssl openssl
need cc gcc
need pkg-config pkg-config
need /usr/include/modbus/modbus.h libmodbus-dev
need systemd-analyze systemd
need python3 python3
fc-list 2>/dev/null | grep -qi 'noto.*cjk' || missing+=(fonts-noto-cjk fontconfig)
python=$(command -v python3 || true)
if [ -n "$python" ] && ! "$python" -c "import pymodbus, serial, pysparkplug, prometheus_client, jsonschema" 2>/dev/null && ! "$python" -c 'import ensurepip' 2>/dev/null; then
  missing+=(python3-venv)
fi

if [ ${#missing[@]} -gt 0 ]; then
  echo "installing Debian packages: ${missing[*]}"
  as_root=()
  [ "$(id -u)" = 0 ] || as_root=(sudo)
  "${as_root[@]}" apt-get update -qq
  # A package must not start services of its own: the tests start what they need, on ports of their own.
  DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi

modules='import pymodbus, serial, openpyxl, prometheus_client, paho.mqtt, jinja2, jsonschema, ha_mqtt_models_pydantic'
sparkplug='import paho.mqtt.client, pysparkplug._protobuf.sparkplug_b_pb2'
if ! python3 -c "$modules; $sparkplug" 2>/dev/null && [ ! -x target/python/bin/python3 ]; then
  echo "installing pymodbus, paho, openpyxl, pysparkplug, the parser of prometheus-client and what judges documents into target/python"
  python3 -m venv target/python
fi
if [ -x target/python/bin/python3 ] && ! target/python/bin/python3 -c "$modules" 2>/dev/null; then
  target/python/bin/python3 -m pip install -q 'pymodbus[serial]>=3.8,<4' 'openpyxl>=3.1,<4' 'prometheus-client>=0.20,<1' 'paho-mqtt>=2,<3' 'jinja2>=3,<4' \
    'jsonschema>=4,<5' 'ha-mqtt-models-pydantic>=1,<2'
fi
# The decoder of Sparkplug that is not ours: Tahu's protobuf. Its own client asks for an old paho, which we do not need.
if [ -x target/python/bin/python3 ] && ! target/python/bin/python3 -c "$sparkplug" 2>/dev/null; then
  target/python/bin/python3 -m pip install -q 'protobuf>=5.28' 'paho-mqtt>=1.6'
  target/python/bin/python3 -m pip install -q --no-deps 'pysparkplug>=0.6,<0.7'
fi

if [ -f tests/page/package.json ] && [ ! -d tests/page/node_modules/playwright-core ]; then
  echo "installing playwright-core into tests/page"
  (cd tests/page && npm ci --silent --no-audit --no-fund)
fi
