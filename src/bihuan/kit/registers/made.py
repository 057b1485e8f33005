"""A register filled by a program: the rows become a file, which comes in as an office's does. For practice cities."""

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bihuan.kit.registers.actions import apply
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.exchange import keep, plan_of
from bihuan.kit.registers.plan import Fate
from bihuan.kit.registers.writing import Act

Rows = Iterable[Mapping[str, Any]]


def bring_file(register: Register, path: Path) -> None:
    """Import a file. Raises RuntimeError for a row that is refused."""
    kept = keep(path)
    plan = plan_of(register, kept, None)
    for row in plan.of(Fate.REFUSED):
        raise RuntimeError(f"{kept.file}, row {row.number}: {row.problems}")
    apply(plan, Act(None, "演示城市", operator="demo", file=kept.file, blob=kept.blob))


def bring_rows(register: Register, rows: Rows) -> None:
    """The same with rows that were made; their keys are the names of fields, and a cell that one has not is empty."""
    made = list(rows)
    heads = list(dict.fromkeys(name for row in made for name in row))
    if not made:
        return
    with TemporaryDirectory(prefix="bihuan-made-") as folder:
        path = Path(folder) / f"{register.kind}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, heads)
            writer.writeheader()
            writer.writerows(made)
        bring_file(register, path)
