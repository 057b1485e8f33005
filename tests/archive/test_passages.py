"""Passages of gates in the archive: each once, corrections as later versions."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive import Archive
from bihuan.archive.passages import COLUMNS

AT = datetime(2019, 1, 11, 8, 0, tzinfo=UTC)


def _rows(position: int, *records: tuple[str, str, float | None]) -> pl.DataFrame:
    """Records (number, plate, net weight) of one gate, as an entry of the journal brings them."""
    given = [
        {
            "site": "V001-G1", "start": AT, "number": number, "unit": "V001", "direction": "in", "plate": plate, "net_kg": net,
            "sent": AT + timedelta(minutes=position), "received": AT + timedelta(minutes=position), "journal": position,
        }
        for number, plate, net in records
    ]  # fmt: skip
    return pl.DataFrame(given, schema_overrides=COLUMNS).select(
        pl.col(c) if c in given[0] else pl.lit(None, t).alias(c) for c, t in COLUMNS.items()
    )


def test_a_record_sent_again_is_one_and_a_correction_is_a_later_version(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.writing():
        assert archive.passages.store(_rows(1, ("1", "晋C12345", None), ("2", "晋C54321", 30_000.0)), 1) == 2
        assert archive.passages.store(_rows(2, ("1", "晋C12345", None), ("2", "晋C54321", 30_000.0)), 2) == 0
        assert archive.passages.store(_rows(3, ("1", "晋C12345", 28_000.0)), 3) == 1
    now = archive.passages.current().collect()
    assert now["net_kg"].to_list() == [28_000.0, 30_000.0]
    then = archive.passages.current(as_of=AT + timedelta(minutes=2)).collect()
    assert then["net_kg"].to_list() == [None, 30_000.0]


def test_two_passages_of_one_moment_are_two(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.writing():
        archive.passages.store(_rows(1, ("1", "晋C12345", None)), 1)
        archive.passages.store(_rows(2, ("2", "晋C12345", None)), 2)
    assert archive.passages.current().collect().height == 2


def test_passages_are_of_a_backup_and_are_merged(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    with archive.writing():
        for n in range(1, 4):
            archive.passages.store(_rows(n, (str(n), "晋C12345", None)), n)
        assert {p.suffix for p in archive.files()} >= {".parquet"}
        assert archive.passages.compact(files=2) == ["2019-01"]
    assert len(archive.passages.parts.listed()) == 1
    assert archive.passages.current().collect().height == 3
