"""Files that unfold: a spreadsheet or Parquet file of some kilobytes that would take gigabytes of memory."""

import zipfile
from pathlib import Path

from bihuan.feeds.reading import Unreadable

HARMLESS = 64 * 2**20
TIMES = 200
"""How much bigger a table may become. Hours of a network grow 20 to 60 times, with columns that are all empty up to 120."""
CELL = 8


def check_size(path: Path, unfolded: int) -> None:
    """Raises Unreadable where a file would grow beyond what tables of measurements do. unfolded: bytes."""
    packed = max(path.stat().st_size, 1)
    if unfolded > HARMLESS and unfolded > TIMES * packed:
        raise Unreadable(
            f"{path.name} unfolds from {packed / 1e6:.1f} MB to more than {unfolded // 1_000_000} MB, "
            f"the limit is {TIMES} times; send what is measured, in parts or as CSV"
        )


def check_zip(path: Path) -> None:
    """The same for a spreadsheet, by what the parts of its zip say of their size."""
    try:
        with zipfile.ZipFile(path) as book:
            unfolded = sum(part.file_size for part in book.infolist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return  # an old .xls, or damaged: its reader says so
    check_size(path, unfolded)
