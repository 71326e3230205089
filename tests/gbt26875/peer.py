#!/usr/bin/env python3
"""A user information transmission device, or a city centre, written from the tables of GB/T 26875.3-2011.

    peer.py unit HOST:PORT [--udp] [--checksum from-command]
    peer.py centre [--port N] [--udp]

Orders come as JSON lines on standard input, everything that is received goes out as JSON lines on standard output. It
shares nothing with the program it talks to: frames and objects are put together here, field by field.
"""

import argparse
import datetime
import zoneinfo
import json
import socket
import struct
import sys
import threading

UNIT, CENTRE = 0x379, 0x15B38
CONTROL, SEND, CONFIRM, REQUEST, ANSWER, DENY = 1, 2, 3, 4, 5, 6
out_lock = threading.Lock()


def tell(**what):
    with out_lock:
        print(json.dumps(what, ensure_ascii=False), flush=True)


def six(address):
    return struct.pack("<Q", address)[:6]


def time_tag(at=None):
    at = at or datetime.datetime.now(zoneinfo.ZoneInfo("Asia/Shanghai"))
    return bytes([at.second, at.minute, at.hour, at.day, at.month, at.year - 2000])


def frame(serial, source, destination, command, adu=b"", checksum="standard", tag=None):
    """Figure 2 of the standard: control unit of 25 bytes, application data unit, checksum, end."""
    control = struct.pack("<HBB", serial, 1, 1) + (tag or time_tag()) + six(source) + six(destination)
    control += struct.pack("<HB", len(adu), command)
    summed = control + adu if checksum == "standard" else bytes([command]) + adu
    return b"@@" + control + adu + bytes([sum(summed) % 256]) + b"##"


def text(raw):
    return raw.split(b"\0")[0].decode("gb18030", "replace").rstrip()


def objects(adu):
    """What the objects of the types this peer needs say (8.2)."""
    if len(adu) < 2:
        return []
    kind, count, body = adu[0], adu[1], adu[2:]
    sizes = {1: 10, 2: 46, 4: 10, 7: 38, 8: 8, 21: 7, 24: 8, 25: 2, 28: 6}
    if kind in sizes:
        assert len(body) == count * sizes[kind], (kind, count, len(body))
        each = [body[i * sizes[kind] : (i + 1) * sizes[kind]] for i in range(count)]
    else:
        each = [body]
    said = []
    for one in each:
        what = {"type": kind}
        if kind == 1:
            what.update(system=list(one[:2]), status=struct.unpack("<H", one[2:4])[0])
        elif kind == 2:
            zone, point, status = struct.unpack("<HHH", one[3:9])
            what.update(system=list(one[:2]), kind=one[2], zone=zone, point=point, status=status, text=text(one[9:40]))
        elif kind == 4:
            what.update(system=list(one[:2]), operation=one[2], operator=one[3])
        elif kind == 7:
            what.update(system=list(one[:2]), text=text(one[7:38]))
        elif kind == 21:
            what.update(status=one[0])
        elif kind == 24:
            what.update(operation=one[0], operator=one[1])
        elif kind == 26:
            what.update(text=text(one[1:]))
        said.append(what)
    return said


def component(order):
    """Type 2: system, component type, component address, status, description, time."""
    body = bytes(order.get("system", [1, 1])) + bytes([order.get("kind", 40)])
    body += struct.pack("<HHH", order["zone"], order["point"], order["status"])
    body += order.get("text", "").encode("gb18030")[:31].ljust(31, b"\0")
    return b"\x02\x01" + body + time_tag()


def adu_of(order):
    if "adu" in order:
        return bytes.fromhex(order["adu"])
    made = order.get("say")
    if made == "component":
        return component(order)
    if made == "system":
        return b"\x01\x01" + bytes(order.get("system", [1, 1])) + struct.pack("<H", order["status"]) + time_tag()
    if made == "operation":
        return b"\x04\x01" + bytes(order.get("system", [1, 1])) + bytes([order["operation"], 7]) + time_tag()
    if made == "unit":
        return b"\x15\x01" + bytes([order["status"]]) + time_tag()
    return b""


class Peer:
    def __init__(self, arguments):
        self.mode, self.udp, self.checksum = arguments.mode, arguments.udp, arguments.checksum
        self.ours, self.theirs = (UNIT, CENTRE) if self.mode == "unit" else (CENTRE, UNIT)
        self.socket, self.to, self.listener, self.port = None, None, None, arguments.port
        self.serial, self.silent, self.denying, self.answers = 0, 0, 0, {}
        self.about, self.called = None, {self.ours}
        self.place = arguments.place

    def write(self, data):
        try:
            if self.udp and self.mode == "centre":
                self.listener.sendto(data, self.to)
            elif self.socket:
                self.socket.sendall(data)
        except OSError as error:
            tell(event="write", error=str(error))

    def reply(self, got, command, adu=b""):
        self.write(frame(got["serial"], self.ours, got["source"], command, adu, self.checksum))

    def received(self, raw):
        """One frame: all that 6.5.3 asks to be checked, and who is called by it."""
        serial = struct.unpack("<H", raw[2:4])[0]
        source = int.from_bytes(raw[12:18], "little")
        destination = int.from_bytes(raw[18:24], "little")
        command, adu = raw[26], raw[27:-3]
        summed = raw[2:-3] if self.checksum == "standard" else raw[26:-3]
        assert raw[-2:] == b"##" and raw[-3] == sum(summed) % 256, raw.hex()
        assert destination in self.called, (destination, self.called)
        got = {"serial": serial, "source": source, "command": command, "adu": adu.hex()}
        said = objects(adu)
        tell(frame=got, said=said)
        meant = self.about is None or (said and said[0].get("point") == self.about)
        if command == SEND:
            if meant and self.silent > 0:
                self.silent -= 1
            elif meant and self.denying > 0:
                self.denying -= 1
                self.reply(got, DENY)
            else:
                self.reply(got, CONFIRM)
        elif command == CONTROL:
            self.reply(got, CONFIRM)
        elif command == REQUEST:
            answer = self.answers.get(adu[0])
            self.reply(got, ANSWER, answer) if answer else self.reply(got, DENY)

    def cut(self, held):
        """Whole frames from the front of what is held."""
        while len(held) >= 30:
            assert held[:2] == b"@@", held.hex()
            length = 30 + struct.unpack("<H", held[24:26])[0]
            if len(held) < length:
                break
            self.received(held[:length])
            held = held[length:]
        return held

    def read(self, connection):
        held = b""
        try:
            while True:
                piece = connection.recv(4096)
                if not piece:
                    break
                held = self.cut(held + piece)
        except OSError:
            pass
        tell(event="closed")

    def read_datagrams(self, listener):
        try:
            while True:
                piece, self.to = listener.recvfrom(4096)
                assert self.cut(piece) == b""
        except OSError:
            pass

    def connect(self):
        host, port = self.place.rsplit(":", 1)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if self.udp else socket.SOCK_STREAM)
        self.socket.connect((host, int(port)))
        threading.Thread(target=self.read, args=(self.socket,), daemon=True).start()
        tell(event="connected")

    def listen(self):
        self.listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM if self.udp else socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", self.port))
        self.port = self.listener.getsockname()[1]
        if self.udp:
            threading.Thread(target=self.read_datagrams, args=(self.listener,), daemon=True).start()
        else:
            self.listener.listen()
            threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()
        tell(event="listening", port=self.port)

    def accept(self, listener):
        try:
            while True:
                self.socket, _ = listener.accept()
                tell(event="connected")
                threading.Thread(target=self.read, args=(self.socket,), daemon=True).start()
        except OSError:
            pass

    def close(self):
        for held in (self.socket, self.listener):
            if held:
                try:
                    held.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
                held.close()
        self.socket = self.listener = None

    def obey(self, order):
        do = order["do"]
        if do == "send":
            self.serial = order.get("serial", self.serial + 1)
            command = order.get("command", SEND)
            self.called.add(order.get("source", self.ours))
            raw = frame(self.serial, order.get("source", self.ours), self.theirs, command, adu_of(order), self.checksum)
            for at in order.get("break", []):
                raw = raw[:at] + bytes([raw[at] ^ 0xFF]) + raw[at + 1 :]
            raw = bytes.fromhex(order.get("before", "")) + raw * order.get("times", 1)
            size = order.get("pieces", len(raw))
            for at in range(0, len(raw), size):
                self.write(raw[at : at + size])
        elif do == "answer":
            self.answers[order["type"]] = adu_of(order)
        elif do == "silent":
            self.silent, self.about = order["count"], order["point"]
        elif do == "denying":
            self.denying, self.about = order["count"], order["point"]
        elif do == "close":
            self.close()
        elif do == "open":
            self.connect() if self.mode == "unit" else self.listen()
        tell(event="done", do=do)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["unit", "centre"])
    parser.add_argument("place", nargs="?")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--udp", action="store_true")
    parser.add_argument("--checksum", default="standard")
    peer = Peer(parser.parse_args())
    peer.connect() if peer.mode == "unit" else peer.listen()
    for line in sys.stdin:
        peer.obey(json.loads(line))


main()
