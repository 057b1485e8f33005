"""`bihuan cases`: care for the ledger of cases."""

import argparse
from dataclasses import asdict
from pathlib import Path

from bihuan.commands.output import Output
from bihuan.errors import NothingDone
from bihuan.installation import open_installation

HELP = "check that no step of any case was changed (`cases verify`)"
EXAMPLE = "bihuan --data data cases verify"


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("what", choices=["verify"], help="verify: walk every chain of steps")


def run(args: argparse.Namespace, out: Output) -> int:
    """Walk every chain; exit 1 if any is broken."""
    open_installation(args.data)
    import django

    django.setup()
    from bihuan.cases.chain import Report, verify_chains

    report = verify_chains() if _has_database() else Report()
    lines = [f"{report.cases} cases, {report.steps} steps, {len(report.broken)} broken"]
    lines += [f"  {b.case} step {b.step}: {b.why}" for b in report.broken]
    out.result(asdict(report), "\n".join(lines))
    return 1 if report.broken else 0


def _has_database() -> bool:
    """A bare installation (only files imported) has no cases yet."""
    from django.db import DatabaseError, connection

    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite" and not Path(name).is_file():
        return False
    try:
        return "cases_step" in connection.introspection.table_names()
    except DatabaseError as error:
        raise NothingDone(f"the database cannot be read: {error}") from error
