"""What the commands that work on one file share: read the ambient table, write a table, report."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.feeds.reading import Reading, Unreadable
from bihuan.installation.files import write_table
from bihuan.pipeline import given_tables

Table = TypeVar("Table")
_SHOWN = 20
_ENDINGS = (".parquet", ".csv", ".xlsx")


def add_files(parser: argparse.ArgumentParser) -> None:
    """The arguments IN and --out."""
    parser.add_argument("input", type=Path, metavar="IN", help="ambient table: .parquet, .csv or .xlsx")
    parser.add_argument("--out", type=Path, required=True, metavar="OUT", help=".parquet, .csv or .xlsx")


def given(read: Callable[[Path], Table], args: argparse.Namespace, out: Output) -> Table:
    """What `read` makes of IN. Raises NothingDone when it cannot be read, or the output could not be written."""
    if args.out.suffix.lower() not in _ENDINGS:
        raise NothingDone(f"{args.out.name}: the output must end in .parquet, .csv or .xlsx")
    if not args.out.parent.is_dir():
        raise NothingDone(
            f"the folder {args.out.parent} does not exist; make it first or choose another --out"
        )
    out.progress(f"reading {args.input.name}")
    given_tables.warm()
    try:
        return read(args.input)
    except Unreadable as error:
        raise NothingDone(str(error)) from error


def read_hours(args: argparse.Namespace, out: Output) -> Reading:
    """The ambient table of IN. Raises NothingDone when it cannot be read, or the output could not be written."""
    reading = given(given_tables.ambient, args, out)
    if reading.rows.is_empty():
        first = f"; the first: {reading.refused[0].reason}" if reading.refused else ""
        raise NothingDone(f"{args.input.name}: no row could be taken{first}")
    return reading


def finish(
    table: pl.DataFrame,
    reading: Reading,
    args: argparse.Namespace,
    out: Output,
    extra: Mapping[str, Any] | None = None,
) -> int:
    """Write the table, print the report; exit code 1 when records were refused."""
    out.progress(f"writing {table.height} rows to {args.out.name}")
    write_table(table, args.out)
    report = {
        "rows": table.height,
        "refused": [r.as_dict() for r in reading.refused],
        "ignored_columns": list(reading.ignored_columns),
        "notes": [str(note) for note in reading.notes],
        **(extra or {}),
        "out": str(args.out),
    }
    out.result(report, _text(report))
    return 1 if reading.refused else 0


def _text(report: Mapping[str, Any]) -> str:
    lines = [f"{report['rows']} rows written to {report['out']}"]
    if report["ignored_columns"]:
        lines.append(f"ignored columns: {', '.join(report['ignored_columns'])}")
    for name, value in report.items():
        if name not in ("rows", "refused", "ignored_columns", "out", "notes") and value:
            shown = ", ".join(map(str, value)) if isinstance(value, list) else value
            lines.append(f"{name.replace('_', ' ')}: {shown}")
    lines += report["notes"]
    refused = report["refused"]
    if refused:
        lines.append(f"{len(refused)} refused:")
    lines += [
        f"  {r['file']} row {r['row']}, {r['column']} = {r['value']!r}: {r['reason']}; {r['remedy']}"
        for r in refused[:_SHOWN]
    ]
    if len(refused) > _SHOWN:
        lines.append(f"  ... and {len(refused) - _SHOWN} more (all of them with --json)")
    return "\n".join(lines)
