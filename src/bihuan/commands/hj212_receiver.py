"""`bihuan hj212 serve` and `bihuan hj212 export`: receive what loggers send, and give it out."""

import argparse
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.archive import Archive
from bihuan.commands.arguments import port
from bihuan.commands.export import moment
from bihuan.commands.marks import with_marks
from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.feeds.hj212.masking import HIDDEN, SECRET_IN_TEXT, SECRET_NAMES
from bihuan.installation.files import write_table
from bihuan.installation.marker import open_installation
from bihuan.loggers.register import read_register
from bihuan.pipeline.packets import store_all
from bihuan.servers.hj212.ask.dialogue import Patience
from bihuan.servers.hj212.limits import MIB, Limits
from bihuan.servers.hj212.receiver import serve, usual_processes

SERVE_EXAMPLE = "bihuan --data city hj212 serve --port 8212"
EXPORT_EXAMPLE = "bihuan --data city hj212 export --from 2026-01-01 --to 2026-01-02 --out records.csv"
TEXT_FORMS = {"data_time": "%Y-%m-%dT%H:%M:%S%.f", "received": "%Y-%m-%dT%H:%M:%S%.3f"}


def configure(actions: Any) -> None:
    """The two actions."""
    _configure_serve(actions)
    _configure_export(actions)


def _action(actions: Any, name: str, about: str, example: str) -> argparse.ArgumentParser:
    action: argparse.ArgumentParser = actions.add_parser(
        name,
        help=about,
        description=about,
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    action.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return action


def _configure_serve(actions: Any) -> None:
    usual = Limits()
    action = _action(
        actions, "serve", "receive until SIGTERM; nothing is answered before it is kept", SERVE_EXAMPLE
    )
    action.add_argument(
        "--host", default="127.0.0.1", help="address to listen on (0.0.0.0: the whole network)"
    )
    action.add_argument("--port", type=port, default=8212, help="0: any free one")
    action.add_argument(
        "--processes",
        type=int,
        default=usual_processes(),
        metavar="N",
        help="so many processes receive (usual: one for every four processor cores)",
    )
    action.add_argument("--open", action="store_true", help="take unknown devices in (others: devices.json)")
    action.add_argument(
        "--idle", type=float, default=usual.idle, help="seconds of silence before a connection is closed"
    )
    action.add_argument("--connections", type=int, default=usual.connections, help="at most so many at once")
    action.add_argument(
        "--per-address", type=int, default=usual.per_address, help="at most so many from one address"
    )
    action.add_argument(
        "--packets",
        type=float,
        default=usual.packets,
        help="a second and connection; who sends more is slowed",
    )
    _configure_strangers(action, usual)
    action.add_argument(
        "--fetch-after",
        type=float,
        default=usual.fetch_after,
        help="seconds after a device came back until missing hours and minutes are asked for; 0: never",
    )
    action.add_argument(
        "--answer-wait",
        type=float,
        default=usual.patience.answer,
        help="seconds for a device to answer a request",
    )
    action.add_argument(
        "--resends", type=int, default=usual.patience.resends, help="of a request that is not answered"
    )
    action.add_argument(
        "--result-wait",
        type=float,
        default=usual.patience.result,
        help="seconds for a device to do what was asked",
    )
    action.add_argument(
        "--connection-wait",
        type=float,
        default=usual.patience.connection,
        help="seconds that a request waits for its device to connect",
    )
    action.set_defaults(act=run_serve)


def _configure_strangers(action: argparse.ArgumentParser, usual: Limits) -> None:
    """What connections may use on which no known device has sent."""
    action.add_argument(
        "--strangers", type=int, default=usual.strangers, help="connections of unknown senders at once"
    )
    action.add_argument(
        "--stranger-idle",
        type=float,
        default=usual.stranger_idle,
        help="seconds of silence of an unknown sender that has sent no whole packet",
    )
    action.add_argument(
        "--first-packet",
        type=float,
        default=usual.first_packet,
        help="seconds until the first whole packet of an unknown sender",
    )
    action.add_argument(
        "--stranger-packets",
        type=float,
        default=usual.stranger_packets,
        help="a second, of all unknown senders together (of one address: a quarter)",
    )
    action.add_argument(
        "--stranger-mib",
        type=float,
        default=usual.stranger_bytes / MIB,
        help="MiB a day that are kept raw of unknown senders (of one address: a quarter)",
    )


def _configure_export(actions: Any) -> None:
    action = _action(
        actions,
        "export",
        "stored records, one row per device, command, data time and factor field",
        EXPORT_EXAMPLE,
    )
    action.add_argument(
        "--from", dest="first", type=moment, required=True, metavar="T", help="first data time"
    )
    action.add_argument("--to", dest="last", type=moment, required=True, metavar="T", help="last, included")
    action.add_argument("--mn", metavar="M", help="only this device")
    action.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv, .xlsx or .parquet")
    action.set_defaults(act=run_export)


def _above_zero(name: str, value: float) -> float:
    if value <= 0:
        raise NothingDone(f"{name} must be above 0, not {value:g}")
    return value


def run_serve(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 stopped cleanly, 2 could not start."""
    folder = open_installation(args.data, create=True)

    def ready(host: str, port: int) -> None:
        text = f"HJ 212 receiver ready at {host}:{port}; stop it with Ctrl-C or SIGTERM"
        out.result({"address": f"{host}:{port}", "host": host, "port": port}, text)

    limits = Limits(
        idle=args.idle,
        connections=args.connections,
        per_address=args.per_address,
        packets=_above_zero("--packets", args.packets),
        strangers=int(_above_zero("--strangers", args.strangers)),
        stranger_idle=_above_zero("--stranger-idle", args.stranger_idle),
        first_packet=_above_zero("--first-packet", args.first_packet),
        stranger_packets=_above_zero("--stranger-packets", args.stranger_packets),
        stranger_bytes=int(args.stranger_mib * MIB),
        fetch_after=args.fetch_after,
        patience=Patience(args.answer_wait, args.resends, args.result_wait, args.connection_wait),
    )
    serve(
        folder,
        args.host,
        args.port,
        everyone=args.open,
        limits=limits,
        ready=ready,
        processes=int(_above_zero("--processes", args.processes)),
    )
    return 0


def _local(name: str) -> pl.Expr:
    return pl.col(name).dt.convert_time_zone("Asia/Shanghai").dt.replace_time_zone(None)


def records(rows: pl.LazyFrame) -> pl.DataFrame:
    """The inside shape -> the promised columns, times in China Standard Time."""
    return rows.select(
        pl.col("site").alias("mn"),
        "cn",
        _local("start").alias("data_time"),
        *("code", "field", _shown().alias("value"), "flag", "edition"),
        _local("received"),
    ).collect()


def _shown() -> pl.Expr:
    """The value without passwords and keys."""
    text = pl.col("value").str.replace_all(SECRET_IN_TEXT, "${1}" + HIDDEN)
    return (
        pl.when(pl.col("field").str.to_uppercase().is_in(list(SECRET_NAMES)))
        .then(pl.lit(HIDDEN))
        .otherwise(text)
    )


def run_export(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    open_installation(args.data)
    if args.last < args.first:
        raise NothingDone("--to is before --from; exchange them")
    archive = Archive(args.data / "archive")
    store_all(archive)
    table = records(archive.devices.current(args.first, args.last, args.mn))
    register = read_register(args.data / "devices.json")
    table = with_marks(table, "mn", [mn for mn, device in register.items() if device.simulated])
    if args.out.suffix.lower() == ".csv":  # with seconds, which loggers send
        table = table.with_columns(pl.col(name).dt.strftime(form) for name, form in TEXT_FORMS.items())
    write_table(table, args.out)
    if table.is_empty():
        out.progress("no record in this span; the file has only its header")
    found = {"rows": table.height, "devices": table["mn"].n_unique(), "out": str(args.out)}
    out.result(found, f"{table.height} rows of {found['devices']} devices in {args.out}")
    return 0
