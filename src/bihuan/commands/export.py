"""`bihuan export`: give observations out as tables."""

import argparse
from datetime import datetime
from pathlib import Path

from bihuan.archive import Archive
from bihuan.commands.marks import with_marks
from bihuan.commands.output import Output
from bihuan.commands.weather_files import simulated_sites
from bihuan.domain.timeaxis import HOUR, parse_moment
from bihuan.errors import NothingDone
from bihuan.feeds.ambient_table import as_table
from bihuan.installation.files import write_table
from bihuan.installation.marker import open_installation

HELP = "give observations out: the ambient table as it is now or was known at a moment"
EXAMPLE = "bihuan --data city export ambient --from 2019-10-01T01:00 --to 2019-10-02T00:00 --out october.csv"


def moment(text: str) -> datetime:
    """A time of the command line; for argparse."""
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a time like 2019-10-05T06:00") from error


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    ambient = kinds.add_parser("ambient", help="the ambient table, one row per site and hour")
    ambient.add_argument("--from", dest="first", type=moment, required=True, metavar="T", help="first label")
    ambient.add_argument(
        "--to", dest="last", type=moment, required=True, metavar="T", help="last label, included"
    )
    ambient.add_argument("--sites", metavar="A,B", help="only these sites")
    ambient.add_argument("--as-of", type=moment, metavar="T", help="as it was known then (time of receipt)")
    ambient.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv, .xlsx or .parquet")
    ambient.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    ambient.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    open_installation(args.data)
    if args.last < args.first:
        raise NothingDone("--to is before --from; exchange them")
    sites = [s.strip() for s in args.sites.split(",") if s.strip()] if args.sites else None
    ambient = Archive(args.data / "archive").ambient
    table = as_table(ambient.seen(args.as_of, sites, args.first - HOUR, args.last))
    table = with_marks(table, "site", simulated_sites())
    write_table(table, args.out)
    if table.is_empty():
        out.progress("no row in this span; the file has only its header")
    found = {"rows": table.height, "sites": table["site"].n_unique(), "out": str(args.out)}
    out.result(found, f"{table.height} rows of {found['sites']} sites in {args.out}")
    return 0
