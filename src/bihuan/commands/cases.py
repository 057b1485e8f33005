"""`bihuan cases`: care for the ledger of cases and for the log of the installation."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.installation.files import write_beside
from bihuan.installation.marker import open_installation

if TYPE_CHECKING:
    from bihuan.cases.chain import Report
    from bihuan.cases.chain_parts import Break
    from bihuan.registry.anchors import Root

HELP = (
    "check that no step and no entry of the log was changed (`cases verify`), keep the log's root elsewhere"
)
EXAMPLE = (
    "bihuan --data city cases verify --anchor root-20191005.json\n"
    "  bihuan --data city cases anchor --out root-20191006.json\n"
    "  bihuan --data city cases export-log --out log.jsonl"
)

OLDER = "the database is of an older Bihuan; `bihuan serve` upgrades it when it starts"


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "what",
        choices=["verify", "anchor", "export-log"],
        help="verify: walk every chain; anchor: the log's root now; export-log: the log, an entry per line",
    )
    parser.add_argument(
        "--anchor", metavar="FILE", type=Path, help="verify: also say what is missing since this kept root"
    )
    parser.add_argument("--out", metavar="FILE", type=Path, help="anchor, export-log: the file to write")


def run(args: argparse.Namespace, out: Output) -> int:
    """Exit 0 = done and sound, 1 = something is broken, 2 = nothing done."""
    if (args.anchor and args.what != "verify") or (args.out and args.what == "verify"):
        raise NothingDone(
            "--anchor belongs to `cases verify`, --out to `cases anchor` and `cases export-log`"
        )
    open_installation(args.data)
    import django

    django.setup()
    return {"verify": _verify, "anchor": _anchor, "export-log": _export}[args.what](args, out)


def _verify(args: argparse.Namespace, out: Output) -> int:
    report = _report(args.data, args.anchor)
    lines = [f"{report.cases} cases, {report.steps} steps, {len(report.broken)} broken"]
    lines += [f"  {_place(b)}: {b.why}" for b in report.broken]
    out.result(asdict(report), "\n".join(lines))
    return 1 if report.broken else 0


def _report(data: Path, kept: Path | None) -> "Report":
    """The walk over everything, then against the given root and those that lie in the data folder."""
    from bihuan.cases.chain import Report, break_of, verify_chains
    from bihuan.cases.chain_parts import Break
    from bihuan.registry import anchors
    from bihuan.registry.log_check import check_root

    roots = [anchors.read(path) for path in (*([kept] if kept else []), *anchors.kept(data))]
    if "registry_logentry" not in _tables() and any(root.entries for root in roots):
        return Report(broken=list(dict.fromkeys(_without_log(roots))))
    if not has_log():
        return Report()
    if gone := _missing_tables():
        return Report(broken=[Break("", 0, f"the table {name} is missing") for name in gone])
    report = verify_chains()
    report.broken += dict.fromkeys(break_of(fault) for root in roots for fault in check_root(root))
    return report


def _without_log(given: list["Root"]) -> Iterator["Break"]:
    from bihuan.cases.chain_parts import Break

    for root in given:
        if root.entries:
            yield Break("", 0, f"the kept root counts {root.entries} log entries, there is no log")


def _place(broken: "Break") -> str:
    return f"{broken.case} step {broken.step}" if broken.case else "log"


def _anchor(args: argparse.Namespace, out: Output) -> int:
    from bihuan.registry import anchors

    root = anchors.root() if has_log() else anchors.Root(0, "")
    if args.out:
        anchors.write(args.out, root)
    out.result(asdict(root), json.dumps(asdict(root), indent=1))
    return 0


def _export(args: argparse.Namespace, out: Output) -> int:
    from bihuan.registry.log import LogEntry, said

    if args.out is None:
        raise NothingDone("say with --out FILE where the log is to be written")
    count = 0

    def write(path: Path) -> None:
        nonlocal count
        with path.open("w", encoding="utf-8") as file:
            for entry in LogEntry.objects.defer("content").iterator(chunk_size=5000) if has_log() else ():
                file.write(json.dumps({**said(entry), "hash": entry.hash}, ensure_ascii=False) + "\n")
                count += 1

    write_beside(args.out, write)
    out.result({"out": str(args.out), "entries": count}, f"{count} entries in {args.out}")
    return 0


def has_log() -> bool:
    """Whether there is a database with a log: not in a bare installation (only files imported).

    Raises NothingDone for a database that an older Bihuan made.
    """
    tables = _tables()
    if tables and "registry_logentry" not in tables:
        raise NothingDone(OLDER)
    return bool(tables)


def _tables() -> set[str]:
    """Names of the database's tables; none without a database. Raises NothingDone for one that cannot be read."""
    from django.db import DatabaseError, connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).is_file():
        return set()
    try:
        return set(connection.introspection.table_names())
    except DatabaseError as error:
        raise NothingDone(f"the database cannot be read: {error}") from error


def _missing_tables() -> list[str]:
    """Tables that were made and are gone. Raises NothingDone for a database that an older Bihuan made."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NothingDone(OLDER)
    return sorted({model._meta.db_table for model in apps.get_models(include_auto_created=True)} - _tables())
