"""The entrance of gates: passages a second, journalled and answered; decisions at 200 a second; nothing lost by SIGKILL.

python benchmarks/gates_entrance.py [--seconds S] [--kills N] [--seed S]

Targets on 2 cores (clients, server and disk together): > 2,000 passages/s journalled and answered; decisions at 200/s with p95
< 100 ms; no answered passage missing after kills, none twice. Beside each rate stands that of a bare uvicorn that reads the same
requests and answers a constant, without verifying, reading or keeping anything.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import re
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bihuan.archive import Archive
from bihuan.archive.passages import KEY
from bihuan.feeds.gates.signing import DECISION, NONCE, PASSAGES, SIGNATURE, TIME, UNIT, signature
from bihuan.installation.marker import make_installation

UNITS, CLIENTS, BATCH = 20, 16, 100
A_SECOND, DECIDING = 200, 10.0
FILL = """
import json, sys
import django
django.setup()
from datetime import timedelta
from django.core.management import call_command
call_command("migrate", verbosity=0)
from bihuan import clock
from bihuan.registry import gate_secrets
from bihuan.registry.models import Gate, Person, Region, Vehicle, VehicleUser
from bihuan.scenarios.heavy_pollution.models import WarningStep
county = Region.objects.create(code="140321", name="平定县")
keys = {}
for u in range(UNITS):
    user = VehicleUser.objects.create(code=f"V{u:03}", name=f"V{u:03}", region=county, lon=113.6, lat=37.8, industry="钢铁")
    Gate.objects.create(code=f"V{u:03}-G1", name="1", region=county, lon=113.6, lat=37.8, unit=user)
    keys[user.pk] = gate_secrets.make(user, "bihuan")
Vehicle.objects.bulk_create(Vehicle(plate=f"晋C{n:05}", colour="yellow", region=county, fuel="diesel", stage=str(3 + n % 4), stage_source="national") for n in range(20000))
now = clock.now()
WarningStep.objects.create(region=county, action="approved", kind="start", level="orange", since=now - timedelta(hours=1),
    person=Person.objects.create(username="x"), post="x", at=now - timedelta(hours=2))
print(json.dumps(keys))
""".replace("UNITS", str(UNITS))
STORE = "import django; django.setup()\nfrom bihuan.pipeline.passages import store_all\nfrom bihuan.registry.hours import archive\nprint(store_all(archive()))"
BARE = """
import socket, uvicorn
async def app(scope, receive, send):
    while (await receive()).get("more_body"):
        pass
    body = b'{"taken": 1}'
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", str(len(body)).encode())]})
    await send({"type": "http.response.body", "body": body})
class Server(uvicorn.Server):
    async def startup(self, sockets=None):
        await super().startup(sockets)
        print("127.0.0.1:%d" % self.servers[0].sockets[0].getsockname()[1], flush=True)
Server(uvicorn.Config(app, port=0, http="h11", ws="none", lifespan="off", log_level="warning", access_log=False)).run()
"""


def python(folder: Path, *words: str) -> "subprocess.Popen[str]":
    """A Python process of the installation."""
    env = {
        **os.environ,
        "BIHUAN_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        "BIHUAN_LOG": "ERROR",
    }
    return subprocess.Popen([sys.executable, *words], env=env, stdout=subprocess.PIPE, text=True)


def said(folder: Path, code: str) -> str:
    """What a piece of Python prints there."""
    with python(folder, "-c", code) as process:
        return process.communicate()[0]


@contextlib.contextmanager
def running(folder: Path, *words: str) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    """A server and its port."""
    server = python(folder, *words)
    ready = re.search(r"127\.0\.0\.1:(\d+)", server.stdout.readline() if server.stdout else "")
    if ready is None:
        raise RuntimeError("the server did not start")
    try:
        yield server, int(ready[1])
    finally:
        if server.poll() is None:
            server.send_signal(signal.SIGTERM)
        server.wait(60)
        if server.stdout:
            server.stdout.close()


def entrance(folder: Path) -> tuple[str, ...]:
    """Words of the entrance."""
    return (
        "-m",
        "bihuan.cli",
        "--data",
        str(folder),
        "gates",
        "serve",
        "--port",
        "0",
        "--records",
        "10000000",
    )


def record(unit: str, number: str) -> dict[str, object]:
    """A whole record of a truck."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S+00:00", time.gmtime())
    return {
        "gate": f"{unit}-G1", "time": at, "number": number, "direction": "in", "plate": f"晋C{random.randrange(20000):05}", "colour": "yellow",
        "vehicle_type": "重型半挂牵引车", "fuel": "diesel", "stage": "5", "stage_source": "list", "use": "货运", "owner": "某车队", "cargo": "铁矿石",
        "gross_kg": 48900, "tare_kg": 15200, "net_kg": 33700, "waybill": f"YD{number}", "photos": ["head.jpg", "body.jpg"], "photo_time": at,
        "allowed": True, "opened": "auto", "sent": at,
    }  # fmt: skip


class Wire:
    """One connection of a unit."""

    def __init__(self, port: int, unit: str, key: str) -> None:
        self.port, self.unit, self.key = port, unit, key
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes]:
        """Status and body of the answer. Raises OSError, IncompleteReadError."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._streams
        now, nonce = str(int(time.time())), secrets.token_hex(8)
        signed = signature(self.key, "POST", path, now, nonce, body)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: g\r\nContent-Length: {len(body)}\r\n{UNIT}: {self.unit}\r\n{TIME}: {now}\r\n"
            f"{NONCE}: {nonce}\r\n{SIGNATURE}: {signed}\r\n\r\n"
        )
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", answer)
        return int(answer[9:12]), await reader.readexactly(int(length[1]) if length else 0)

    def close(self) -> None:
        """Hang up."""
        if self._streams:
            self._streams[1].close()


async def load(
    port: int, keys: dict[str, str], size: int, seconds: float, answered: set[tuple[str, str]] | None = None
) -> tuple[int, list[float]]:
    """Clients that send `size` records at once, one request after the other; how many were answered, and the times [s]."""
    until, count, took = time.perf_counter() + seconds, 0, list[float]()
    mark = secrets.token_hex(4)

    async def client(n: int) -> None:
        nonlocal count
        unit = f"V{n % UNITS:03}"
        wire, sent = Wire(port, unit, keys[unit]), 0
        while time.perf_counter() < until:
            numbers = [f"{mark}-{n}-{sent + k}" for k in range(size)]
            sent += size
            body = json.dumps(
                {"records": [record(unit, number) for number in numbers]}, ensure_ascii=False
            ).encode()
            began = time.perf_counter()
            try:
                status, _ = await wire.post(PASSAGES, body)
            except (OSError, asyncio.IncompleteReadError):
                break
            if status != 200:
                raise RuntimeError(status)
            took.append(time.perf_counter() - began)
            count += size
            if answered is not None:
                answered.update((f"{unit}-G1", number) for number in numbers)
        wire.close()

    await asyncio.gather(*(client(n) for n in range(CLIENTS)))
    return count, took


async def ask(port: int, keys: dict[str, str]) -> list[float]:
    """Decisions at a fixed rate, whether the ones before are answered or not; the times [s]."""
    free: list[Wire] = []
    took: list[float] = []

    async def one(n: int) -> None:
        unit = f"V{n % UNITS:03}"
        wire = next((w for w in free if w.unit == unit), None)
        if wire:
            free.remove(wire)
        wire = wire or Wire(port, unit, keys[unit])
        body = json.dumps(
            {"gate": f"{unit}-G1", "plate": f"晋C{random.randrange(20000):05}", "colour": "yellow"},
            ensure_ascii=False,
        ).encode()
        began = time.perf_counter()
        status, _ = await wire.post(DECISION, body)
        took.append(time.perf_counter() - began)
        if status != 200:
            raise RuntimeError(status)
        free.append(wire)

    begin, tasks = time.perf_counter(), []
    for n in range(int(A_SECOND * DECIDING)):
        await asyncio.sleep(max(0.0, begin + n / A_SECOND - time.perf_counter()))
        tasks.append(asyncio.create_task(one(n)))
    await asyncio.gather(*tasks)
    for wire in free:
        wire.close()
    return took


def at(took: list[float], share: float) -> float:
    """A quantile [ms]."""
    return sorted(took)[min(len(took) - 1, int(len(took) * share))] * 1000


def killed(folder: Path, keys: dict[str, str], kills: int, chance: random.Random) -> tuple[int, int, int]:
    """SIGKILL under load; passages answered, answered and not stored, stored more than once."""
    answered: set[tuple[str, str]] = set()
    for _ in range(kills):
        with running(folder, *entrance(folder)) as (server, port):

            async def under_load(end: Callable[[], None], port: int = port) -> None:
                asyncio.get_running_loop().call_later(chance.uniform(0.1, 1.5), end)
                await load(port, keys, chance.choice((1, 10, BATCH)), 10.0, answered)

            asyncio.run(under_load(server.kill))
    said(folder, STORE)
    rows = Archive(folder / "archive").passages.history().select(KEY).collect()
    there = set(rows.select("site", "number").iter_rows())
    return len(answered), len(answered - there), rows.height - rows.unique().height


def main() -> None:
    """Run all, print figures, exit 1 when a target is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=17)
    args = parser.parse_args()
    say, good = sys.stdout.write, True
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root) / "city"
        make_installation(folder)
        (folder / "static").mkdir()
        keys = json.loads(said(folder, FILL))
        rates: dict[tuple[str, int], tuple[float, list[float]]] = {}
        for name, words in (("bare", ("-c", BARE)), ("entrance", entrance(folder))):
            with running(folder, *words) as (_, port):
                for size in (BATCH, 1):
                    asyncio.run(load(port, keys, size, 1.0))
                    began = time.perf_counter()
                    count, took = asyncio.run(load(port, keys, size, args.seconds))
                    rates[name, size] = count / (time.perf_counter() - began), took
                if name == "entrance":
                    decisions = asyncio.run(ask(port, keys))
        for size in (BATCH, 1):
            (rate, took), (bare, _) = rates["entrance", size], rates["bare", size]
            good &= rate > 2000 or size == 1
            say(
                f"passages/s, requests of {size:4}   {rate:9,.0f}   p95 {at(took, 0.95):6.1f} ms   bare uvicorn {bare:9,.0f}   ratio {rate / bare:.2f}\n"
            )
        good &= at(decisions, 0.95) < 100
        say(
            f"decisions at {A_SECOND}/s, ms         p50 {at(decisions, 0.5):6.1f}   p95 {at(decisions, 0.95):6.1f}   p99 {at(decisions, 0.99):6.1f}\n"
        )
        answered, missing, doubled = killed(folder, keys, args.kills, random.Random(args.seed))
        good &= answered > 0 and not missing and not doubled
        say(
            f"SIGKILLs under load {args.kills:4}: answered {answered:,}, answered and not stored {missing:,}, stored more than once {doubled:,}\n"
        )
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
