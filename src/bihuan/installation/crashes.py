"""Records of errors that nobody foresaw: what went wrong where, for who mends it; the person gets one sentence."""

import sqlite3
import tempfile
from pathlib import Path

from bihuan import __version__
from bihuan.installation.error_records import trace_of, write_record
from bihuan.installation.marker import is_installation

FOLDER = "crashes"
KEPT = 50


def keep(error: BaseException, work: str, data: Path) -> Path | None:
    """Write the record below the installation, or in the temporary folder where there is none. None when no disk takes it.

    work: what was being done, without its arguments, which may hold passwords.
    """
    text = f"bihuan {__version__}: {work}\n\n{trace_of(error)}"
    beside = Path(tempfile.gettempdir()) / f"bihuan-{FOLDER}"
    for folder in ([data / FOLDER] if _is_ours(data) else []) + [beside]:
        try:
            return write_record(folder, text, KEPT)
        except OSError:
            continue
    return None


def _is_ours(data: Path) -> bool:
    try:
        return is_installation(data)
    except (OSError, ValueError):
        return False


def sentence(error: BaseException, record: Path | None) -> str:
    """What the person is told."""
    if isinstance(error.__cause__, sqlite3.Error):
        return f"the database cannot be used ({error}); run serve once to bring it up to date, or restore a backup"
    what = f"{type(error).__name__}: {error}".split("\n")[0][:300]
    where = (
        f"its record is in {record}; send it to who maintains Bihuan"
        if record
        else "no record could be written"
    )
    return f"an unforeseen error ended the command ({what}); {where}"
