"""A file on its way into a register: kept as it came, read apart, shown as a plan, and applied."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from bihuan.archive.blobs import Blobs
from bihuan.domain.places.coordinates import System
from bihuan.feeds.names import shown_name
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.plan import Plan
from bihuan.kit.registers.planning import make_plan
from bihuan.kit.registers.shapes_table import is_of_shapes, read_shapes
from bihuan.kit.registers.table import read_table
from bihuan.registry.changes import Batch
from bihuan.registry.models import Person

FOLDER = "registers"
"""In the data folder: the files that registers were filled from, by their content."""


@dataclass(frozen=True)
class Kept:
    """A file as it came: what it was called, and the name of its kept content."""

    file: str
    blob: str

    @property
    def path(self) -> Path:
        """Where its content lies."""
        return _blobs().path(self.blob)


def _blobs() -> Blobs:
    return Blobs(settings.DATA_DIR / FOLDER)


def keep(path: Path, file: str = "") -> Kept:
    """Keep a file before it is read. Raises Unreadable for what is no plain file."""
    blob, _known = _blobs().keep(path)
    return Kept(shown_name(file or path.name), blob)


def forget(blob: str) -> None:
    """Keep a file no longer."""
    _blobs().path(blob).unlink(missing_ok=True)


def sweep(before: datetime) -> int:
    """Drop files that were looked at before a moment and never taken in; returns how many."""
    taken = set(Batch.objects.exclude(blob="").values_list("blob", flat=True))
    files = [file for file in _blobs().folder.iterdir() if file.name not in taken]
    old = [file for file in files if file.stat().st_mtime < before.timestamp()]
    for file in old:
        file.unlink(missing_ok=True)
    return len(old)


def plan_of(
    register: Register, kept: Kept, by: Person | None, system: System = System.WGS84, layer: str = ""
) -> Plan:
    """What a kept file would do to a register. layer: of a file of geometry that has several. Raises Unreadable, BadTable."""
    if is_of_shapes(kept.file):
        table = read_shapes(register, kept.path, kept.file, layer)
    else:
        table = read_table(register, kept.path, kept.file)
    return make_plan(register, table, kept.file, by, system)
