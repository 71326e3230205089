#!/usr/bin/env python3
"""A Modbus server that is not ours: pymodbus, on TCP or on a serial line.

    pymodbus_server.py tcp [--port 0] [--registers FILE]
    pymodbus_server.py rtu TTY [--baud 115200] [--parity N] [--stop-bits 1] [--registers FILE]

FILE is JSON: {"1": {"holding": {"416": 2064}, "coil": {"0": true}}}: unit, table, address. Tables are coil, discrete,
input and holding. Every register that is not given reads as 0, and so does every bit below 2048. Without FILE there is
one unit, 1.

Prints one line when it serves: "listening 127.0.0.1:PORT" or "listening TTY". Then takes commands, one a line, and
answers each with "ok", "values ..." or "error: ...":

    set TABLE ADDRESS VALUE [UNIT]     change one register or bit; UNIT is 1 when it is left out
    get TABLE ADDRESS COUNT [UNIT]     say what the device itself holds there
    mute UNIT                          let it answer nothing any more
    quit                               end; the end of standard input ends it too
"""

import argparse
import asyncio
import json
import logging
import sys

try:
    import serial  # noqa: F401  (pymodbus needs it for serial lines and says so only when it is too late)
    from pymodbus import ModbusDeviceIdentification
    from pymodbus.server import ModbusSerialServer, ModbusTcpServer
    from pymodbus.simulator import DataType, SimData, SimDevice
except ImportError as missing:
    sys.exit(f"pymodbus is missing ({missing}); install it: python3 -m pip install 'pymodbus[serial]>=3.13,<4'")

# What it says of itself by function 43.
NAMES = ModbusDeviceIdentification(info_name={"VendorName": "pymodbus", "ProductCode": "PM", "MajorMinorRevision": "3"})

# Functions by which pymodbus finds a table.
FUNCTION = {"coil": 1, "discrete": 2, "holding": 3, "input": 4}


def device(unit):
    """A unit that reads as zero: all 65536 registers, and 2048 bits: pymodbus lays out bits in quadratic time."""
    bits = lambda: [SimData(0, count=2048, values=False, datatype=DataType.BITS)]
    words = lambda: [SimData(0, count=65536, values=0, datatype=DataType.REGISTERS)]
    return SimDevice(id=unit, simdata=(bits(), bits(), words(), words()))


async def change(server, unit, table, address, value):
    """Sets one register or bit."""
    if table not in FUNCTION:
        raise ValueError(f"no table {table!r}; there are {', '.join(FUNCTION)}")
    values = [bool(value)] if table in ("coil", "discrete") else [int(value)]
    await server.async_setValues(unit, FUNCTION[table], int(address), values)


async def held(server, unit, table, address, count):
    """What the device itself holds, as numbers."""
    if table not in FUNCTION:
        raise ValueError(f"no table {table!r}; there are {', '.join(FUNCTION)}")
    values = await server.async_getValues(unit, FUNCTION[table], address, count)
    return " ".join(str(int(value)) for value in values[:count])


def without(muted, kind):
    """What is sent: nothing of a unit that is muted."""
    unit = 6 if kind == "tcp" else 0
    return lambda sending, packet: b"" if sending and packet[unit] in muted else packet


async def obey(server, muted):
    """Carries out commands until `quit` or the end of the input."""
    reader = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := (await reader.readline()).decode():
        words = line.split()
        try:
            if words == ["quit"]:
                return
            if words[:1] == ["mute"]:
                muted.add(int(words[1]))
                print("ok", flush=True)
                continue
            command, table, address, value, *unit = words
            if command not in ("set", "get") or len(unit) > 1:
                raise ValueError(f"no command {line.strip()!r}")
            act = change if command == "set" else held
            said = await act(server, int(unit[0]) if unit else 1, table, int(address, 0), int(value, 0))
            print("ok" if said is None else f"values {said}", flush=True)
        except Exception as error:  # whatever is wrong with a command, the server serves on
            print(f"error: {error}", flush=True)


async def main():
    parser = argparse.ArgumentParser(description="A Modbus server for tests.")
    kinds = parser.add_subparsers(dest="kind", required=True)
    tcp = kinds.add_parser("tcp")
    tcp.add_argument("--port", type=int, default=0)
    rtu = kinds.add_parser("rtu")
    rtu.add_argument("tty")
    rtu.add_argument("--baud", type=int, default=115200)
    rtu.add_argument("--parity", default="N", choices=["N", "E", "O"])
    rtu.add_argument("--stop-bits", type=int, default=1)
    for kind in (tcp, rtu):
        kind.add_argument("--registers")
    options = parser.parse_args()
    logging.getLogger("pymodbus_internal").setLevel(logging.CRITICAL)

    units = {"1": {}}
    if options.registers:
        with open(options.registers, encoding="utf-8") as file:
            units = json.load(file)
    devices = [device(int(unit)) for unit in units]
    muted = set()
    trace = without(muted, options.kind)
    if options.kind == "tcp":
        server = ModbusTcpServer(devices, address=("127.0.0.1", options.port), identity=NAMES, trace_packet=trace)
    else:
        server = ModbusSerialServer(
            devices,
            port=options.tty,
            baudrate=options.baud,
            parity=options.parity,
            stopbits=options.stop_bits,
            identity=NAMES,
            trace_packet=trace,
        )
    for unit, tables in units.items():
        for table, registers in tables.items():
            for address, value in registers.items():
                await change(server, int(unit), table, int(address, 0), value)
    await server.serve_forever(background=True)
    where = getattr(options, "tty", "")
    if options.kind == "tcp":
        where = "127.0.0.1:%d" % server.transport.sockets[0].getsockname()[1]
    print(f"listening {where}", flush=True)
    await obey(server, muted)
    await server.shutdown()


asyncio.run(main())
