"""`bihuan export`: give observations out as tables."""

import argparse
from datetime import datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.observations import Asked
from bihuan.commands.marks import with_marks
from bihuan.commands.output import Output
from bihuan.commands.weather_files import simulated_sites
from bihuan.domain.quantities import LONG, code_of
from bihuan.domain.timeaxis import HOUR, parse_moment
from bihuan.errors import NothingDone
from bihuan.feeds import ambient_table
from bihuan.feeds.long.rows import as_table
from bihuan.installation.files import write_table
from bihuan.installation.marker import open_installation

HELP = "give observations out, as they are now or were known at a moment: ambient hours, or all others as a long table"
EXAMPLE = "bihuan --data city export ambient --from 2019-10-01T01:00 --to 2019-10-02T00:00 --out october.csv"
INSTANT_AFTER = timedelta(microseconds=1)


def moment(text: str) -> datetime:
    """A time of the command line; for argparse."""
    try:
        return parse_moment(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is not a time like 2019-10-05T06:00") from error


def quantities(text: str) -> list[str]:
    """Codes of the quantities that a list names; for argparse."""
    words = [word.strip() for word in text.split(",") if word.strip()]
    found = {word: code_of(word) for word in words}
    unknown = [word for word, code in found.items() if code is None]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"{unknown[0]} is no known quantity, or the name is that of several; write a code such as w21003"
        )
    return [code for code in found.values() if code]


def _kind(parser: argparse.ArgumentParser, of: str) -> None:
    parser.add_argument("--from", dest="first", type=moment, required=True, metavar="T", help=f"first {of}")
    parser.add_argument(
        "--to", dest="last", type=moment, required=True, metavar="T", help=f"last {of}, included"
    )
    parser.add_argument("--sites", metavar="A,B", help="only these sites")
    parser.add_argument("--as-of", type=moment, metavar="T", help="as it was known then (time of receipt)")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=".csv, .xlsx or .parquet")
    parser.add_argument("--data", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help=argparse.SUPPRESS)


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
    _kind(kinds.add_parser("ambient", help="the ambient table, one row per site and hour"), "label")
    observations = kinds.add_parser(
        "observations", help="the long table of all that is not ambient hours, one row per value"
    )
    _kind(observations, "begin of a period")
    observations.add_argument(
        "--quantities", type=quantities, metavar="Q,R", help="only these: codes or names (default: all)"
    )


def _ambient(archive: Archive, args: argparse.Namespace, sites: list[str] | None) -> pl.DataFrame:
    return ambient_table.as_table(archive.ambient.seen(args.as_of, sites, args.first - HOUR, args.last))


def _observations(archive: Archive, args: argparse.Namespace, sites: list[str] | None) -> pl.DataFrame:
    """The plain long table with the unit of each value, by site, code, period and time."""
    asked = Asked(sites, args.quantities, None, args.first, args.last + INSTANT_AFTER, args.as_of)
    rows = as_table(archive.observations.read(asked).collect())
    units = {code: quantity.unit for code, quantity in LONG.items()}
    rows = rows.with_columns(unit=pl.col("code").replace_strict(units, default="", return_dtype=pl.String))
    table = rows.select("site", "time", "code", "value", "unit", "period", "flag")
    return table.sort("site", "code", "period", "time")


KINDS = {"ambient": _ambient, "observations": _observations}


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 2 nothing done."""
    open_installation(args.data)
    if args.last < args.first:
        raise NothingDone("--to is before --from; exchange them")
    sites = [s.strip() for s in args.sites.split(",") if s.strip()] if args.sites else None
    table = KINDS[args.kind](Archive(args.data / "archive"), args, sites)
    table = with_marks(table, "site", simulated_sites())
    write_table(table, args.out)
    if table.is_empty():
        out.progress("no row in this span; the file has only its header")
    found = {"rows": table.height, "sites": table["site"].n_unique(), "out": str(args.out)}
    out.result(found, f"{table.height} rows of {found['sites']} sites in {args.out}")
    return 0
