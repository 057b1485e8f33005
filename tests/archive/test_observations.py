"""Long observations: what is known now, what was known then, the newest of every series; nothing lost, nothing twice."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.archive import Archive
from bihuan.archive.damage import damages
from bihuan.archive.observations import SAID, Asked
from bihuan.archive.store import LAST_VALUES
from tests.archive.deliveries import archive_in
from tests.archive.long_rows import Cell, deliver_long, hour, long_rows

MONDAY = datetime(2021, 4, 5, tzinfo=UTC)
DAY = timedelta(days=1)
TUESDAY = MONDAY + DAY
Known = dict[tuple[str, str, datetime], tuple[float | None, str | None]]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return archive_in(tmp_path)


def known(archive: Archive, asked: Asked | None = None) -> Known:
    rows = archive.observations.read(asked or Asked()).collect()
    return {
        (s, q, t): (v, f) for s, q, t, v, f in rows.select("site", "quantity", "start", *SAID).iter_rows()
    }


def latest(archive: Archive, asked: Asked | None = None) -> Known:
    rows = archive.observations.latest(asked or Asked())
    return {
        (s, q, t): (v, f) for s, q, t, v, f in rows.select("site", "quantity", "start", *SAID).iter_rows()
    }


def test_an_empty_store_answers(archive: Archive) -> None:
    assert known(archive) == latest(archive) == {}
    assert archive.observations.history(Asked()).is_empty()


def test_a_correction_counts_from_its_receipt_and_the_old_value_stays_known(archive: Archive) -> None:
    deliver_long(archive, long_rows([("S", "w21003", 0, 0.07, "N")]), MONDAY)
    counts = deliver_long(archive, long_rows([("S", "w21003", 0, 2.78, "N")]), TUESDAY)
    assert (counts.new, counts.same, counts.corrected) == (0, 0, 1)
    key = ("S", "w21003", hour(0))
    assert known(archive) == {key: (2.78, "N")}
    assert known(archive, Asked(as_of=MONDAY)) == {key: (0.07, "N")}
    assert known(archive, Asked(as_of=MONDAY - DAY)) == {}
    assert archive.observations.history(Asked())["value"].to_list() == [0.07, 2.78]


def test_what_is_not_mentioned_stays_and_what_is_mentioned_as_empty_becomes_empty(archive: Archive) -> None:
    deliver_long(archive, long_rows([("S", "w21003", 0, 0.07, "N"), ("S", "w21011", 0, 0.2, "N")]), MONDAY)
    deliver_long(archive, long_rows([("S", "w21003", 0, None, "M")]), TUESDAY)
    assert known(archive) == {("S", "w21003", hour(0)): (None, "M"), ("S", "w21011", hour(0)): (0.2, "N")}


def test_a_delivery_without_flags_leaves_the_flags(archive: Archive) -> None:
    deliver_long(archive, long_rows([("S", "w21003", 0, 0.07, "D")]), MONDAY)
    deliver_long(archive, long_rows([("S", "w21003", 0, 0.08, None)], flags=False), TUESDAY)
    assert known(archive) == {("S", "w21003", hour(0)): (0.08, "D")}


def test_an_empty_value_that_nobody_knew_says_nothing_unless_its_flag_does(archive: Archive) -> None:
    counts = deliver_long(
        archive, long_rows([("S", "w01016", 0, None, None), ("S", "w21003", 0, None, "F")]), MONDAY
    )
    assert (counts.new, counts.same, counts.empty) == (1, 0, 1)
    assert known(archive) == {("S", "w21003", hour(0)): (None, "F")}


def test_history_counts_as_received_at_the_end_of_its_period_and_the_delay_but_never_after_it_came(
    archive: Archive,
) -> None:
    received = hour(0) + timedelta(minutes=70)
    deliver_long(
        archive,
        long_rows([("S", "w21003", -9, 1.0, None), ("S", "w21003", 0, 2.0, None)]),
        received,
        timedelta(minutes=35),
    )
    rows = archive.observations.history(Asked())
    assert rows["received"].to_list() == [hour(-8) + timedelta(minutes=35), received]


def test_one_question_reads_only_what_it_asks_for(archive: Archive) -> None:
    cells: list[Cell] = [
        (s, q, n, 1.0, None) for s in "AB" for q in ("w21003", "w21011") for n in (0, 3, 2000)
    ]
    deliver_long(archive, long_rows(cells), MONDAY)
    asked = Asked(["B"], ["w21011"], ["hour"], hour(0), hour(3))
    assert set(known(archive, asked)) == {("B", "w21011", hour(0))}
    assert known(archive, Asked(periods=["day"])) == {}
    months = {p.month for p in archive.observations.parts.listed()}
    assert months == {"2021-03", "2021-06"}


def test_the_newest_of_each_series_survives_corrections_compaction_and_a_lost_cache(archive: Archive) -> None:
    deliver_long(archive, long_rows([("A", "Leq", 1, 50.0, "N"), ("A", "Leq", 2, 51.0, "N")]), MONDAY)
    deliver_long(archive, long_rows([("B", "Leq", 900, 60.0, "N")]), MONDAY)
    deliver_long(archive, long_rows([("A", "Leq", 2, 52.0, "N"), ("A", "Leq", 0, 49.0, "N")]), TUESDAY)
    now = {("A", "Leq", hour(2)): (52.0, "N"), ("B", "Leq", hour(900)): (60.0, "N")}
    assert latest(archive) == now
    archive.compact()
    assert latest(archive) == now
    folder = archive.root / LAST_VALUES
    assert {p.name for p in folder.iterdir()} >= {
        Path(p.path).name for p in archive.observations.parts.listed()
    }
    shutil.rmtree(folder)
    assert latest(Archive(archive.root)) == now
    assert latest(archive, Asked(as_of=MONDAY)) == {
        ("A", "Leq", hour(2)): (51.0, "N"),
        ("B", "Leq", hour(900)): (60.0, "N"),
    }
    assert latest(archive, Asked(sites=["A"], end=hour(2))) == {("A", "Leq", hour(1)): (50.0, "N")}


def test_lost_parts_and_a_lost_log_are_named(archive: Archive) -> None:
    deliver_long(archive, long_rows([("A", "Leq", 1, 50.0, "N")]), MONDAY)
    shutil.rmtree(archive.root / "observations" / "_delta_log")
    assert [str(d) for d in damages(archive.root)] == ["archive/observations: _delta_log is missing"]


def test_the_store_is_of_the_files_that_a_backup_takes(archive: Archive) -> None:
    deliver_long(archive, long_rows([("A", "Leq", 1, 50.0, "N")]), MONDAY)
    latest(archive)
    with archive.writing():
        kept = archive.files()
    assert {Path(p.path) for p in archive.observations.parts.listed()} < set(kept)
    assert not [p for p in kept if "derived" in p.parts]


cells = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.sampled_from(["w21003", "w21011"]),
        st.integers(2, 5),  # around the turn of the local month
        st.one_of(st.none(), st.integers(0, 2).map(float)),
        st.sampled_from([None, "N", "M"]),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda cell: cell[:3],
)


def applied(deliveries: list[list[Cell]]) -> Known:
    """What is known after deliveries, by the plainest reading of the rules."""
    found: Known = {}
    for delivery in deliveries:
        for site, code, n, value, flag in delivery:
            key = (site, code, hour(n))
            if key in found or value is not None or flag is not None:
                found[key] = (value, flag)
    return found


def newest(rows: Known) -> Known:
    ends: dict[tuple[str, str], datetime] = {}
    for site, code, start in rows:
        ends[site, code] = max(start, ends.get((site, code), start))
    return {key: said for key, said in rows.items() if ends[key[:2]] == key[2]}


@settings(max_examples=20, deadline=None)
@given(st.lists(cells, min_size=1, max_size=4), st.integers(0, 4), st.integers(0, 4))
def test_now_then_and_the_newest_are_what_a_plain_dictionary_says(
    deliveries: list[list[Cell]], stop: int, compact_at: int
) -> None:
    with TemporaryDirectory() as folder:
        archive = archive_in(Path(folder))
        for day, delivery in enumerate(deliveries):
            deliver_long(archive, long_rows(delivery), MONDAY + day * DAY)
            if day == compact_at:
                archive.compact()
        then = applied(deliveries[: stop + 1])
        asked = Asked(as_of=MONDAY + stop * DAY)
        assert known(archive) == applied(deliveries)
        assert latest(archive) == newest(applied(deliveries))
        assert known(archive, asked) == then
        assert latest(archive, asked) == newest(then)
        assert archive.compact() is not None
        assert latest(archive, asked) == newest(then)


def test_columns_are_chosen_where_they_are_read(archive: Archive) -> None:
    deliver_long(archive, long_rows([("A", "Leq", 1, 50.0, "N")]), MONDAY)
    rows = archive.observations.read(Asked(), ["site", "value"]).collect()
    assert rows.schema == pl.Schema({"site": pl.String(), "value": pl.Float64()})
