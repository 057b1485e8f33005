"""What of the archive cannot be read any more: a table's log that is damaged or gone, a part that its log names and that is not whole.

Nothing here mends; only a backup does. The rest of the archive is not touched by it.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from bihuan.reasons import Reason

LOG = "_delta_log"
READING = (DeltaError, pl.exceptions.ComputeError, FileNotFoundError)
"""What reading a damaged table raises."""


@dataclass(frozen=True)
class Damage:
    """store: the table's folder below the archive; what: the file, or the log; gone: it is missing, else it is damaged."""

    store: str
    what: str
    gone: bool = False

    @property
    def reason(self) -> Reason:
        """What is damaged, to be put into words."""
        if self.gone:
            return Reason("store_without", store=self.store, part=self.what)
        return Reason("store_damaged", store=self.store, part=self.what)

    def __str__(self) -> str:
        return str(self.reason)


def damages(root: Path) -> list[Damage]:
    """Everything that is damaged in the archive, one line for each table."""
    tables = sorted({p.parent for p in root.glob(f"*/{LOG}")} | {p.parent for p in root.glob(f"*/*/{LOG}")})
    sent = ("devices", "passages", "vehicle_tests", "vehicle_traces", "vehicle_daily", "sensed", "terminals")
    known = (root / "ambient", root / "observations", *(root / name / "table" for name in sent))
    without_log = [p for p in known if p not in tables and _has_parts(p)]
    lost = [Damage(str(p.relative_to(root)), LOG, gone=True) for p in without_log]
    return lost + [found for p in tables if (found := _of_table(p, str(p.relative_to(root)))) is not None]


def told(error: BaseException, root: Path) -> str | None:
    """The sentence on an error that a damaged archive explains; None for any other error."""
    found = damages(root) if isinstance(error, READING) else []
    return f"{found[0]}; restore the last backup into a new folder" if found else None


def _has_parts(folder: Path) -> bool:
    return next(folder.glob("part=*/*/*.parquet"), None) is not None


def lost_log(folder: Path) -> bool:
    """Whether a table's parts are there and its log is not: it must not be begun anew over them."""
    return _has_parts(folder) and not DeltaTable.is_deltatable(str(folder))


def _of_table(folder: Path, name: str) -> Damage | None:
    try:
        table = DeltaTable(str(folder))
        actions = pl.DataFrame(table.get_add_actions(flatten=True)).select("path", "size_bytes").rows()
    except (DeltaError, OSError, ValueError):
        return Damage(name, LOG)
    for path, size in actions:
        try:
            if (folder / path).stat().st_size != size:
                return Damage(name, path)
        except FileNotFoundError:
            return Damage(name, path, gone=True)
    return None
