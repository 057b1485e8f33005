"""`bihuan gates`: receive records of gates, and the keys that units sign with."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from bihuan.commands.arguments import port
from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.feeds.gates.dialects import OURS, every_dialect
from bihuan.installation.marker import open_installation
from bihuan.servers.gates.limits import Limits

if TYPE_CHECKING:
    from bihuan.registry.models import VehicleUser

HELP = "gates of vehicle users: receive their records, make and end their keys"
EXAMPLE = "bihuan --data city gates key U001 --dialect bihuan\n  bihuan --data city gates serve --port 8213"


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments, by action."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    usual = Limits()
    serve = _action(actions, "serve", "receive until SIGTERM; nothing is answered before it is kept")
    serve.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (0.0.0.0: the whole network)"
    )
    serve.add_argument("--port", type=port, default=8213, help="0: any free one")
    serve.add_argument(
        "--skew", type=float, default=usual.skew, help="seconds by which a signature's time may differ"
    )
    serve.add_argument(
        "--records", type=float, default=usual.records, help="at most so many a minute and unit"
    )
    serve.add_argument("--connections", type=int, default=usual.connections, help="at most so many at once")
    serve.add_argument(
        "--per-address", type=int, default=usual.per_address, help="at most so many from one address"
    )
    key = _action(actions, "key", "make a further key of a unit; it is printed this once")
    key.add_argument("unit", metavar="UNIT", help="code of the vehicle user")
    key.add_argument("--dialect", default=OURS, choices=sorted(every_dialect()), help="how its system writes")
    key.add_argument("--renew", action="store_true", help="end the keys before it at once")
    revoke = _action(actions, "revoke", "end all keys of a unit")
    revoke.add_argument("unit", metavar="UNIT")


def _action(actions: Any, name: str, about: str) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(name, help=about, description=about)
    action.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return action


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    folder = open_installation(args.data)
    django.setup()
    from django.core.management import call_command

    work: Callable[[argparse.Namespace, Path, Output], None]
    work = {"serve": _serve, "key": _key, "revoke": _revoke}[args.action]
    if args.action != "serve":
        call_command("migrate", verbosity=0)
    work(args, folder, out)
    return 0


def _serve(args: argparse.Namespace, folder: Path, out: Output) -> None:
    from bihuan.servers.gates.server import serve

    for name in ("skew", "records", "connections", "per_address"):
        if getattr(args, name) <= 0:
            raise NothingDone(f"--{name.replace('_', '-')} must be above 0, not {getattr(args, name):g}")
    limits = Limits(
        skew=args.skew, records=args.records, connections=args.connections, per_address=args.per_address
    )

    def ready(host: str, port: int) -> None:
        text = f"entrance of gates ready at http://{host}:{port}; stop it with Ctrl-C or SIGTERM"
        out.result({"address": f"{host}:{port}", "host": host, "port": port}, text)

    serve(folder, args.host, args.port, limits, ready)


def _unit(code: str) -> "VehicleUser":
    from bihuan.registry.models import VehicleUser

    found = VehicleUser.objects.filter(pk=code).first()
    if found is None:
        raise NothingDone(
            f"there is no vehicle user {code}; `bihuan register export vehicle_users` lists all"
        )
    return found


def _key(args: argparse.Namespace, folder: Path, out: Output) -> None:
    from bihuan.registry import gate_secrets

    unit = _unit(args.unit)
    secret = gate_secrets.make(unit, args.dialect)
    ended = gate_secrets.revoke(unit, but_newest=True) if args.renew else 0
    public = gate_secrets.public_key(folder)
    told = {
        "unit": unit.pk,
        "key": secret,
        "dialect": args.dialect,
        "ended": ended,
        "rules_public_key": public,
    }
    text = (
        f"key of {unit.pk} ({args.dialect}), shown once: {secret}\nkeys ended: {ended}\n"
        f"rule files are verified with: {public}"
    )
    out.result(told, text)


def _revoke(args: argparse.Namespace, folder: Path, out: Output) -> None:
    from bihuan.registry import gate_secrets

    unit = _unit(args.unit)
    ended = gate_secrets.revoke(unit)
    out.result({"unit": unit.pk, "ended": ended}, f"{ended} keys of {unit.pk} ended")
