"""`bihuan register`: the registers of every line of business: template, import, export."""

import argparse
import getpass
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django

from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.feeds.reading import Unreadable, open_plain
from bihuan.installation.files import write_beside
from bihuan.installation.marker import is_installation, open_installation

if TYPE_CHECKING:
    from bihuan.kit.registers.declared import Register, Registers
    from bihuan.kit.registers.exchange import Kept
    from bihuan.kit.registers.plan import Plan

HELP = "fill the registers (regions, units, stations ...): template, import, export"
EXAMPLE = (
    "bihuan --data data register kinds\n"
    "  bihuan --data data register template stations --out stations.xlsx\n"
    "  bihuan --data data register import stations stations.xlsx --dry-run\n"
    "  bihuan --data data register export emitters --out emitters.csv"
)
SHOWN = 20
COUNTS = ("rows", "new", "same", "corrected", "quarantined")
FILES = "zh-hans"
"""The language of the heads of files; who fills them in works in Chinese, and scripts count on them."""
SYSTEMS = ("wgs84", "gcj02", "bd09")


def configure(parser: argparse.ArgumentParser) -> None:
    """Arguments of the command."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("kinds", help="which registers there are")
    template = actions.add_parser("template", help="write a file to fill in (.xlsx with notes, or .csv)")
    taken = actions.add_parser("import", help="take a filled file in (CSV, Excel, Parquet)")
    export = actions.add_parser("export", help="write all of a register (.csv, .xlsx or .geojson)")
    for one in (template, taken, export):
        one.add_argument("kind", metavar="KIND")
    for one in (template, export):
        one.add_argument("--out", metavar="FILE", type=Path, required=True)
    taken.add_argument("file", metavar="FILE", type=Path)
    taken.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")
    taken.add_argument(
        "--coordinates",
        choices=SYSTEMS,
        default="wgs84",
        help="the system of its longitudes and latitudes (default wgs84)",
    )
    taken.add_argument(
        "--passwords",
        metavar="FILE",
        type=Path,
        help="people: a private file for the temporary passwords of new accounts (default: they are printed once)",
    )
    taken.add_argument("--reason", default="", metavar="TEXT", help="why, for the history")


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 done, 1 some rows were refused, 2 nothing done."""
    if args.action == "import" and not is_installation(args.data):
        _check(args.file)
        open_installation(args.data, create=True)
        out.progress(f"made a new installation in {args.data}")
    open_installation(args.data)
    django.setup()
    from django.core.management import call_command
    from django.utils import translation

    call_command("migrate", verbosity=0)
    work = {"kinds": _kinds, "template": _template, "import": _import, "export": _export}[args.action]
    with translation.override("en"):
        return work(args, out)


def _check(path: Path) -> None:
    try:
        open_plain(path).close()
    except Unreadable as error:
        raise NothingDone(str(error)) from error


def _registers() -> "Registers":
    from bihuan.scenarios.resolved import every_register

    return every_register()


def _register(kind: str) -> "Register":
    from bihuan.kit.registers.people import PEOPLE

    found = {**_registers(), PEOPLE.kind: PEOPLE}
    if kind not in found:
        raise NothingDone(f"there is no register {kind}; choose one of {', '.join(sorted(found))}")
    return found[kind]


def _kinds(args: argparse.Namespace, out: Output) -> int:
    from django.utils.translation import gettext as _

    from bihuan.kit.registers.people import PEOPLE

    rows = [
        {"kind": r.kind, "title": r.title, "key": list(r.key), "objects": r.model._default_manager.count()}
        for r in (*_registers().values(), PEOPLE)
    ]
    lines = [
        f"{row['kind']:<16} {row['objects']:>7}  {_(str(row['title']))} ({row['title']})" for row in rows
    ]
    out.result({"kinds": rows}, "\n".join(lines))
    return 0


def _template(args: argparse.Namespace, out: Output) -> int:
    from django.utils import translation

    from bihuan.kit.registers.planning import references_of
    from bihuan.kit.registers.template import csv_template, excel_template

    register = _register(args.kind)
    with translation.override(FILES):
        _write(args.out, {
            ".xlsx": lambda: excel_template(register, references_of(register)),
            ".csv": lambda: csv_template(register),
        })  # fmt: skip
    columns = list(register.named)
    out.result({"file": str(args.out), "kind": register.kind, "columns": columns}, f"wrote {args.out}")
    return 0


def _export(args: argparse.Namespace, out: Output) -> int:
    from django.utils import translation

    from bihuan.kit.registers.export import csv_of, excel_of, geojson_of
    from bihuan.kit.registers.people import PEOPLE, people_csv

    register = _register(args.kind)
    objects = register.model._default_manager.order_by("pk")
    writers = {".csv": csv_of, ".xlsx": excel_of, **({".geojson": geojson_of} if register.placed else {})}
    makers: dict[str, Callable[[], bytes]] = {".csv": people_csv}
    if register is not PEOPLE:
        makers = {ending: partial(writer, register, objects) for ending, writer in writers.items()}
    with translation.override(FILES):
        _write(args.out, makers)
    out.result({"file": str(args.out), "kind": register.kind, "rows": objects.count()}, f"wrote {args.out}")
    return 0


def _write(path: Path, makers: dict[str, Callable[[], bytes]]) -> None:
    make = makers.get(path.suffix.lower())
    if make is None:
        raise NothingDone(f"{path.name}: the output must end in {' or '.join(makers)}")
    write_beside(path, lambda beside: beside.write_bytes(make()))


def _import(args: argparse.Namespace, out: Output) -> int:
    from bihuan.kit.registers.exchange import keep
    from bihuan.kit.registers.people import PEOPLE

    register = _register(args.kind)
    if args.passwords and register is not PEOPLE:
        raise NothingDone("--passwords belongs to `register import people`")
    kept = keep(args.file)
    plan, more = _people(kept, args) if register is PEOPLE else _objects(register, kept, args)
    report = plan.report()
    totals = {name: getattr(report, name) for name in COUNTS}
    told = {"files": [report.as_dict()], **totals, "dry_run": args.dry_run, **more}
    passwords = [f"  {name}: temporary password {said}" for name, said in more.get("passwords", {}).items()]
    out.result(told, "\n".join([*_lines(plan, args.dry_run), *passwords]))
    return 1 if report.quarantined else 0


def _objects(register: "Register", kept: "Kept", args: argparse.Namespace) -> tuple["Plan", dict[str, Any]]:
    from bihuan.domain.places.coordinates import System
    from bihuan.kit.registers.actions import apply
    from bihuan.kit.registers.exchange import plan_of
    from bihuan.kit.registers.writing import Act

    plan = plan_of(register, kept, None, System(args.coordinates))
    if args.dry_run:
        return plan, {"batch": None}
    reason = args.reason or f"register import {kept.file}"
    batch = apply(plan, Act(None, reason, getpass.getuser(), kept.file, kept.blob))
    return plan, {"batch": batch and batch.pk}


def _people(kept: "Kept", args: argparse.Namespace) -> tuple["Plan", dict[str, Any]]:
    """New accounts get their passwords here: in a file that only its owner reads, or printed once."""
    from bihuan.kit.registers.people import bring_people, passwords_text
    from bihuan.kit.registers.writing import Act

    if args.passwords and not args.passwords.parent.is_dir():
        raise NothingDone(f"the folder {args.passwords.parent} does not exist; make it first")
    act = Act(None, args.reason or f"register import {kept.file}", getpass.getuser())
    brought = bring_people(kept, act, dry_run=args.dry_run)
    if args.passwords and brought.passwords:
        write_beside(args.passwords, lambda p: p.write_text(passwords_text(brought.passwords)), private=True)
        return brought.plan, {"passwords_file": str(args.passwords)}
    return brought.plan, {"passwords": brought.passwords}


def _lines(plan: "Plan", dry_run: bool) -> list[str]:
    report = plan.report()
    counts = ", ".join(f"{name} {getattr(report, name)}" for name in COUNTS)
    lines = [f"{report.file} ({report.format}): {counts}{'; nothing was written' if dry_run else ''}"]
    if report.ignored_columns:
        lines.append(f"  ignored columns: {', '.join(report.ignored_columns)}")
    lines += [f"  note: {note}" for note in report.notes[:SHOWN]]
    lines += [
        f"  row {r.row}, column {r.column or '-'}, value {r.value!r}: {r.reason}; {r.remedy}"
        for r in report.refused[:SHOWN]
    ]
    if len(report.refused) > SHOWN:
        lines.append(f"  and {len(report.refused) - SHOWN} more; the first 1000 are in --json")
    return lines
