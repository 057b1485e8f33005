"""HJ 212 receiver: packets journalled and answered a second, delay of answers, memory of idle connections.

python benchmarks/hj212_receive.py [--packets N] [--connections C] [--idle N] [--seconds S] [--processes P]

The receiver runs as its own process with its storing process; this process is the sender, on the same machine. Beside
the packets a second stands the processor time that receiver (all receiving processes together, and the storing one by
itself) and sender took of each packet: other work on the machine lowers the first and hardly changes the second. Targets (2 cores): > 40,000 packets/s; 99 % of answers within 1 s at 5,000 packets/s; 20,000 idle connections < 1.5 GB.
At the end every answered packet must be in the export; the time until all rows are stored is printed too.
"""

import argparse
import asyncio
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import deque
from pathlib import Path

import polars as pl
import psutil
from hj212_parse import make_packets
from receiver import more_files, start_receiver

WINDOW = 200
TICK = 0.01
RATE = 5_000


async def _connect(port: int) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port)


async def _burst(port: int, packets: list[bytes]) -> None:
    """Send in windows, each answered before the next."""
    reader, writer = await _connect(port)
    for first in range(0, len(packets), WINDOW):
        window = packets[first : first + WINDOW]
        writer.write(b"".join(window))
        waiting = len(window)
        while waiting:
            waiting -= (await reader.read(1 << 18)).count(b"\n")
    writer.close()
    await writer.wait_closed()


async def throughput(port: int, packets: list[bytes], connections: int) -> float:
    """Packets answered a second."""
    began = time.monotonic()
    await asyncio.gather(*(_burst(port, packets[n::connections]) for n in range(connections)))
    return len(packets) / (time.monotonic() - began)


async def _note(reader: asyncio.StreamReader, sent: deque[float], delays: list[float]) -> None:
    while data := await reader.read(1 << 16):
        now = time.monotonic()
        delays.extend(now - sent.popleft() for _ in range(data.count(b"\n")))


async def delays_at_rate(port: int, packets: list[bytes], connections: int) -> list[float]:
    """Seconds from sending to the answer, in order, at RATE packets a second over all connections."""
    links = [await _connect(port) for _ in range(connections)]
    queues: list[deque[float]] = [deque() for _ in links]
    delays: list[float] = []
    readers = [
        asyncio.create_task(_note(reader, queue, delays))
        for (reader, _), queue in zip(links, queues, strict=True)
    ]
    began, share = time.monotonic(), int(RATE * TICK)
    for tick, first in enumerate(range(0, len(packets), share)):
        await asyncio.sleep(max(0.0, began + tick * TICK - time.monotonic()))
        for number, packet in enumerate(packets[first : first + share], first):
            queues[number % connections].append(time.monotonic())
            links[number % connections][1].write(packet)
    while len(delays) < len(packets):
        await asyncio.sleep(TICK)
    for _, writer in links:
        writer.close()
    await asyncio.gather(*readers)
    return sorted(delays)


async def idle_memory(port: int, count: int, receiver: psutil.Process) -> int:
    """Bytes of the receiver with so many connections that say nothing."""
    links = [await _connect(port) for _ in range(count)]
    await asyncio.sleep(1)
    used = _memory(receiver)
    for _, writer in links:
        writer.close()
    return used


def _export(folder: Path) -> pl.DataFrame:
    out = folder.parent / "records.parquet"
    words = ["hj212", "export", "--from", "2026-01-01", "--to", "2027-01-01", "--out", str(out)]
    subprocess.run(
        [sys.executable, "-m", "bihuan.cli", "--data", str(folder), *words], check=True, stdout=sys.stderr
    )
    return pl.read_parquet(out)


def _key(packet: bytes) -> tuple[str, str, str]:
    match = re.search(rb"CN=(\d+);.*MN=(\w+);.*DataTime=(\d{14})", packet)
    if not match:
        raise ValueError(packet)
    return match[2].decode(), match[1].decode(), match[3].decode()


def _storing(process: psutil.Process) -> bool:
    return "bihuan.servers.hj212.processes.storing" in process.cmdline()


def _receiving(receiver: psutil.Process) -> list[psutil.Process]:
    """The receiver and its receiving children."""
    return [receiver, *(child for child in receiver.children() if not _storing(child))]


def _memory(receiver: psutil.Process) -> int:
    """Bytes of all receiving processes; what they share is counted in each."""
    return sum(int(process.memory_info().rss) for process in _receiving(receiver))


def _seconds(processes: list[psutil.Process]) -> float:
    """Processor time of processes without their children."""
    times = [process.cpu_times() for process in processes]
    return float(sum(one.user + one.system for one in times))


def main() -> None:
    """Run all, print a table, exit 1 when a packet is missing."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--packets", type=int, default=400_000)
    parser.add_argument("--connections", type=int, default=50)
    parser.add_argument("--idle", type=int, default=20_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--processes", type=int, default=1)
    args = parser.parse_args()
    paced = RATE * args.seconds
    made = make_packets((args.packets + paced) * 4 // 3 + 4)
    packets = [p for p in made if b";Flag=" in p][: args.packets + paced]  # 2005 ones want no answer
    say = sys.stdout.write
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "city"
        idle = more_files(args.idle)  # the receiver inherits it
        server, port = start_receiver(folder, args.processes)
        receiver = psutil.Process(server.pid)
        parts = {
            "receiver": _receiving(receiver),
            "storing": [child for child in receiver.children() if _storing(child)],
            "sender": [psutil.Process()],
        }
        before = {name: _seconds(part) for name, part in parts.items()}
        rate = asyncio.run(throughput(port, packets[: args.packets], args.connections))
        say(
            f"answered a second        {rate:10,.0f}   ({args.packets:,} packets, {args.connections} connections)\n"
        )
        for name, part in parts.items():
            used = _seconds(part) - before[name]
            say(f"processor time, {name:<9}{used / args.packets * 1e6:9.1f} us a packet\n")
        say(f"load of the machine       {os.getloadavg()[0]:10.1f}   ({os.cpu_count()} cores)\n")
        delays = asyncio.run(delays_at_rate(port, packets[args.packets :], args.connections))
        for share in (0.5, 0.99, 1.0):
            at = delays[min(len(delays) - 1, int(len(delays) * share))]
            say(f"delay at {RATE}/s, {share:4.0%}    {at * 1000:10.1f} ms\n")
        alone = _memory(receiver)
        with_idle = asyncio.run(idle_memory(port, idle, receiver))
        each = (with_idle - alone) / idle / 1024
        say(f"with {idle:,} idle connections {with_idle / 2**20:8.0f} MB   ({each:.1f} KB each)\n")
        began = time.monotonic()
        server.send_signal(signal.SIGTERM)
        server.wait()
        say(f"stopped, all stored after {time.monotonic() - began:9.1f} s\n")
        rows = _export(folder).select("mn", "cn", pl.col("data_time").dt.strftime("%Y%m%d%H%M%S"))
        missing = {_key(p) for p in packets} - set(rows.unique().iter_rows())
        say(f"packets missing           {len(missing):9,}\n")
    sys.exit(1 if missing else 0)


if __name__ == "__main__":
    main()
