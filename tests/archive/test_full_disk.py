"""A disk that is full at any write: the message says so, nothing is visible, and the same import later works."""

import errno
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bihuan.archive import Archive
from bihuan.archive.blobs import Blobs
from bihuan.archive.journal import Journal
from bihuan.archive.parts import Parts
from bihuan.archive.quarantine import Quarantine
from bihuan.pipeline.files import import_files

RECEIVED = datetime(2019, 12, 1, tzinfo=UTC)


def no_space(*_: Any, **__: Any) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("place", "method"),
    [(Blobs, "keep"), (Journal, "_write"), (Parts, "write"), (Parts, "commit"), (Quarantine, "put")],
)
def test_full_at_this_write(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: type, method: str
) -> None:
    table = tmp_path / "table.csv"
    table.write_text("site,time,PM2.5\nA,2019-10-05T06:00,12\nA,2019-10-05T07:00,-5\n")
    archive = Archive(tmp_path / "archive")
    with monkeypatch.context() as full:
        full.setattr(place, method, no_space)
        (report,) = import_files(archive, [table], received=RECEIVED)
    assert "No space left on device" in report.error
    assert "free disk space and import it again" in report.error
    assert archive.ambient.current().collect().is_empty()
    assert not list(archive.root.glob("ambient/part=*/*/*"))
    (report,) = import_files(Archive(archive.root), [table], received=RECEIVED)
    assert (report.error, report.new + report.same, report.quarantined) == ("", 1, 1)
    assert archive.ambient.current().collect()["pm25"].to_list() == [12.0]
    assert archive.quarantine.count() == 1
