"""`bihuan import`: take files of observations in."""

import argparse
from pathlib import Path

from bihuan import apart, clock
from bihuan.archive import Archive
from bihuan.commands.output import Output
from bihuan.commands.weather_files import known_points, known_sites, notes_of_sites
from bihuan.errors import NothingDone
from bihuan.feeds.detect import FORMATS
from bihuan.feeds.mapping import ColumnMapping, load_mapping
from bihuan.feeds.reading import Unreadable
from bihuan.installation.marker import is_installation, open_installation
from bihuan.pipeline import previews
from bihuan.pipeline.files import import_files
from bihuan.pipeline.reports import FileReport

HELP = "take files of hourly observations or forecast weather in (CSV, Excel, Parquet; weather also JSON, GRIB, NetCDF)"
EXAMPLE = "bihuan --data city import china_sites_20191005.csv"
SHOWN = 20
COUNTS = ("rows", "new", "same", "corrected", "empty", "quarantined")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments."""
    parser.add_argument("files", metavar="FILE", nargs="+", type=Path)
    parser.add_argument("--format", choices=sorted(FORMATS), help="what the files are (default: found out)")
    parser.add_argument("--mapping", metavar="NAME", help="a kept mapping of columns, for any other table")


def _mapping(data: Path, name: str | None) -> ColumnMapping | None:
    if name is None:
        return None
    try:
        return load_mapping(data / "mappings" / f"{name}.json")
    except Unreadable as error:
        raise NothingDone(str(error)) from error


def _check_some(files: list[Path], format_name: str | None, mapping: ColumnMapping | None) -> None:
    """Raises NothingDone when no file can be read, before a new installation is made for them."""
    errors = []
    for path in files:
        try:
            previews.check(path, format_name, mapping)
        except Unreadable as error:
            errors.append(str(error))
        else:
            return
    raise NothingDone("; ".join(errors))


def text_of(report: FileReport) -> str:
    """The report of one file, for people."""
    if report.error:
        return f"{report.file}: not taken in: {report.error}"
    counts = f"rows {report.rows}, new {report.new}, same {report.same}, corrected {report.corrected}"
    counts += f", empty {report.empty}" if report.empty else ""
    lines = [f"{report.file} ({report.format}): {counts}, quarantined {report.quarantined}"]
    if report.ignored_columns:
        lines.append(f"  ignored columns: {', '.join(report.ignored_columns)}")
    lines += [f"  note: {note}" for note in report.notes]
    lines += [
        f"  row {r.row}, column {r.column or '-'}, value {r.value!r}: {r.reason}; {r.remedy}"
        for r in report.refused[:SHOWN]
    ]
    if report.quarantined > SHOWN:
        lines.append(
            f"  and {report.quarantined - SHOWN} more; all are in the quarantine, the first 1000 in --json"
        )
    return "\n".join(lines)


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 all in, 1 some refused, 2 nothing done."""
    if args.format and args.mapping:
        raise NothingDone("give either --format or --mapping, not both")
    apart.warm()
    mapping = _mapping(args.data, args.mapping)
    if not is_installation(args.data):
        _check_some(args.files, args.format, mapping)
        open_installation(args.data, create=True)
        out.progress(f"made a new installation in {args.data}")
    open_installation(args.data)
    reports = import_files(
        Archive(args.data / "archive"),
        args.files,
        received=clock.now(),
        format_name=args.format,
        mapping=mapping,
        points=known_points if args.format is None and mapping is None else None,
        sites=known_sites(),
        progress=out.progress,
    )
    for report in reports:
        report.notes += notes_of_sites(report.sites) if report.sites else []
    failed = [r.error for r in reports if r.error]
    if len(failed) == len(reports):
        raise NothingDone("; ".join(failed))
    totals = {name: sum(getattr(r, name) for r in reports) for name in COUNTS}
    out.result({"files": [r.as_dict() for r in reports], **totals}, "\n".join(text_of(r) for r in reports))
    return 1 if failed or any(r.quarantined for r in reports) else 0
