"""`bihuan hj212 forward`: send records on to the platforms of `forward.json`, or report what they have received."""

import argparse
import asyncio
from datetime import date
from pathlib import Path
from typing import Any

from bihuan.archive import Archive
from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.installation.marker import open_installation
from bihuan.loggers.forward import FILE, Target, ledger_file, read_targets
from bihuan.loggers.forward_ledger import Ledger
from bihuan.loggers.reconcile import COUNTS, RECORDS, report
from bihuan.pipeline.packets import store_all
from bihuan.servers.hj212.forward.compare import compare
from bihuan.servers.hj212.forward.forwarder import forward
from bihuan.servers.hj212.forward.link import Waits

EXAMPLE = "bihuan --data city hj212 forward --report 2026-03-01"


def configure(actions: Any) -> None:
    """The action."""
    usual = Waits()
    about = (
        "send records on to the platforms of forward.json until SIGTERM, or report of a day what they have"
    )
    action: argparse.ArgumentParser = actions.add_parser(
        "forward",
        help=about,
        description=about,
        epilog=f"example:\n  {EXAMPLE}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    action.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    action.add_argument(
        "--report",
        type=_day,
        metavar="DATE",
        help="only count packets: stored, sent, accepted, refused, pending; exit 1 when packets are refused",
    )
    action.add_argument(
        "--ask", action="store_true", help="with --report: ask the targets first what they have of the day"
    )
    action.add_argument(
        "--answer-wait", type=float, default=usual.answer, help="seconds for a target to answer"
    )
    action.add_argument("--resends", type=int, default=usual.resends, help="of packets that are not answered")
    action.add_argument(
        "--longest-pause", type=float, default=usual.longest, help="seconds between two attempts to connect"
    )
    action.set_defaults(act=run)


def _day(text: str) -> date:
    return date.fromisoformat(text)


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 1 packets are refused, 2 nothing done."""
    folder = open_installation(args.data)
    waits = Waits(answer=args.answer_wait, resends=args.resends, longest=args.longest_pause)
    if args.report is None:
        forward(folder, waits=waits, ready=lambda targets: _ready(targets, out))
        return 0
    targets = read_targets(folder / FILE)
    if not targets:
        raise NothingDone(f"{folder / FILE} names no target; docs/hj212.md says how to write it")
    archive = Archive(folder / "archive")
    store_all(archive)
    devices = archive.devices
    for target in targets if args.ask else []:
        asyncio.run(compare(target, Ledger(ledger_file(devices, target)), args.report, waits))
    rows = [row for target in targets for row in report(devices, target, args.report)]
    totals = {name: sum(row[name] for row in rows) for name in COUNTS}
    units = {"packets": COUNTS, "records": RECORDS}
    out.result({"day": f"{args.report}", "units": units, "totals": totals, "rows": rows}, _table(rows))
    return 1 if totals["refused"] else 0


def _ready(targets: list[Target], out: Output) -> None:
    names = [f"{target.name} ({target.host}:{target.port})" for target in targets]
    out.result({"targets": names}, f"sending on to {', '.join(names)}; stop it with Ctrl-C or SIGTERM")


def _table(rows: list[dict[str, Any]]) -> str:
    names = ("target", "mn", "cn", *COUNTS, *RECORDS)
    lines = [["-" if row[name] is None else str(row[name]) for name in names] for row in rows]
    units = f"packets: {', '.join(COUNTS)}; records (data times): {', '.join(RECORDS)}"
    return "\n".join(["\t".join(line) for line in [list(names), *lines]] + [units])
