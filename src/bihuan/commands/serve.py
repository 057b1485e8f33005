"""`bihuan serve`: run everything of one installation."""

import argparse
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django

from bihuan.commands.arguments import port
from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.installation import first_run
from bihuan.installation.marker import is_installation, open_installation
from bihuan.loggers.forward import FILE, read_targets
from bihuan.servers.lifetime import end_remains
from bihuan.servers.supervisor import STATE, parts, supervise

HELP = "run everything: pages, worker, receivers; on an empty folder it sets up a new installation"
SIMULATED_LOGGERS = "simulated_loggers.json"  # written with the practice city
SIMULATED_GATES = "simulated_gates.json"  # the same
EXAMPLE = "bihuan --data data serve --port 8000"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    parser.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (0.0.0.0 for the whole network)"
    )
    parser.add_argument("--port", type=port, default=8000)
    parser.add_argument(
        "--hj212-port",
        type=port,
        metavar="P",
        help="also receive HJ 212 packets of loggers on this port (in a practice city: any free one)",
    )
    parser.add_argument(
        "--hj212-processes",
        type=int,
        metavar="N",
        help="so many processes receive them (usual: one for every four processor cores)",
    )
    parser.add_argument(
        "--gates-port",
        type=port,
        metavar="P",
        help="also receive records of gates (HTTP) on this port (in a practice city: any free one)",
    )


@contextmanager
def only_server(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; a second server on the same folder is refused."""
    with (folder / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise NothingDone(
                f"{folder} is already being served; stop that server first, or use another --data"
            ) from error
        file.write(str(os.getpid()))
        file.flush()
        yield


def check_port(host: str, port: int) -> None:
    """Raises NothingDone when the port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise NothingDone(
                f"port {port} is taken by another program; choose another, e.g. --port {port + 1} (make run PORT={port + 1})"
            ) from error


def free_port(host: str) -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def check_ports(args: argparse.Namespace) -> None:
    """Raises NothingDone when one of them is taken."""
    for number in filter(None, (args.port, args.hj212_port, args.gates_port)):
        check_port(args.host, number)


def _opened(args: argparse.Namespace, out: Output) -> Path:
    """The folder of the installation; a missing or empty one becomes one, where everything else is in order."""
    if is_installation(args.data):
        return open_installation(args.data)
    check_ports(args)
    folder = open_installation(args.data, create=True)
    out.progress(f"made a new installation in {folder}")
    return folder


def _first_run_code(folder: Path) -> str:
    """The code of the first page; empty, and no longer kept, where there is an account."""
    from bihuan.registry.founding import is_founded

    if is_founded():
        first_run.forget(folder)
        return ""
    return first_run.code_of(folder)


def _first_steps(address: str, code: str) -> str:
    return (
        f"nobody has an account yet: open {address} and set up your city with this code\n  {code}\n"
        if code
        else ""
    )


def _accounts() -> str:
    from bihuan.practice.people import PASSWORD
    from bihuan.registry.models import Person

    names = Person.objects.filter(username__in=("diaodu", "hecha", "lingdao", "pd-banli", "shenji", "admin"))
    return "".join(f"  {p.username:<10} {PASSWORD}   {p.full_name}\n" for p in names.order_by("pk"))


def run(args: argparse.Namespace, out: Output) -> int:
    """Start all parts under one supervisor."""
    folder = _opened(args, out)
    forwards = bool(read_targets(folder / FILE))
    (folder / "static").mkdir(exist_ok=True)
    with only_server(folder):
        end_remains(folder / STATE)
        check_ports(args)
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        from bihuan.clock import replay

        call_command("migrate", verbosity=0)
        code = _first_run_code(folder)
        practice = replay() is not None
        accounts = f"practice accounts (name, password):\n{_accounts()}" if practice else ""
        simulated, simulated_gates = (
            path if practice and path.exists() else None
            for path in (folder / SIMULATED_LOGGERS, folder / SIMULATED_GATES)
        )
        hj212_port = args.hj212_port or (free_port(args.host) if simulated else None)
        gates_port = args.gates_port or (free_port(args.host) if simulated_gates else None)
        connections.close_all()
        address = f"http://{args.host}:{args.port}/"

        def ready() -> None:
            wait_for(args.host, args.port)
            told = f"\n闭环 Bihuan is running at {address}\n{accounts}{_first_steps(address, code)}Stop it with Ctrl-C."
            out.result({"address": address, **({"first_run_code": code} if code else {})}, told)

        running = parts(
            folder,
            args.host,
            args.port,
            hj212_port,
            hj212_processes=args.hj212_processes,
            simulated=simulated,
            forwards=forwards,
            gates_port=gates_port,
            simulated_gates=simulated_gates,
        )
        supervise(folder, running, ready)
    return 0


def wait_for(host: str, port: int, seconds: float = 60) -> None:
    """Wait until something answers on the port. Raises NothingDone after `seconds`."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1" if host == "0.0.0.0" else host, port)) == 0:
                return
        time.sleep(0.2)
    raise NothingDone(f"the web process did not come up within {seconds:.0f} s; its log is above")
