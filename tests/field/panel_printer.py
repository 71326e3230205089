"""The printer port of a fire panel: prints records in GB 18030, one way.

    panel_printer.py tcp            as behind a terminal server, on a free port
    panel_printer.py tty PATH       on a serial line

Says `listening PLACE`, then carries out one command a line from standard input and says `ok`:

    print "JSON TEXT"       the text in GB 18030, in two parts with a moment between them
    bytes 1B 36 FF          bytes as they are
    wait                    until somebody listens (tcp)
    hang-up                 closes the connection (tcp)
"""

import json
import os
import socket
import sys
import termios
import time


class Tty:
    def __init__(self, path):
        self.file = os.open(path, os.O_RDWR | os.O_NOCTTY)
        mode = termios.tcgetattr(self.file)
        mode[0] = mode[1] = mode[3] = 0
        termios.tcsetattr(self.file, termios.TCSANOW, mode)
        self.place = path

    def send(self, data):
        os.write(self.file, data)


class Tcp:
    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.place = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.peer = None

    def wait(self):
        self.peer, _ = self.listener.accept()
        self.peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def send(self, data):
        self.peer.sendall(data)

    def hang_up(self):
        self.peer.close()


port = Tcp() if sys.argv[1] == "tcp" else Tty(sys.argv[2])
print("listening", port.place, flush=True)
for line in sys.stdin:
    verb, _, rest = line.strip().partition(" ")
    if verb == "print":
        data = json.loads(rest).encode("gb18030")
        port.send(data[: len(data) // 2])
        time.sleep(0.02)
        port.send(data[len(data) // 2 :])
    elif verb == "bytes":
        port.send(bytes.fromhex(rest))
    elif verb == "wait":
        port.wait()
    elif verb == "hang-up":
        port.hang_up()
    else:
        sys.exit("no such command: " + verb)
    print("ok", flush=True)
