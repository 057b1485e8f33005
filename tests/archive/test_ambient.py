"""The observation store: what is known now, what was known then, and that nothing is lost or counted twice."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.archive import Archive
from tests.archive.deliveries import archive_in, deliver, hour, rows, shown

MONDAY = datetime(2019, 12, 2, tzinfo=UTC)
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return archive_in(tmp_path)


def value(frame: pl.LazyFrame, column: str = "pm25") -> list[float | None]:
    return frame.sort("site", "start").collect()[column].to_list()


def test_an_empty_archive_answers(archive: Archive) -> None:
    assert archive.ambient.current().collect().is_empty()
    assert archive.ambient.latest().is_empty()
    assert archive.ambient.newest().is_empty()
    assert archive.ambient.coverage(hour(0), hour(5)).is_empty()


def test_a_correction_is_a_later_row_and_the_old_value_stays_known(archive: Archive) -> None:
    deliver(archive, rows(("A", 0, {"pm25": 10.0})), MONDAY)
    counts = deliver(archive, rows(("A", 0, {"pm25": 12.0})), TUESDAY)
    assert (counts.new, counts.same, counts.corrected) == (0, 0, 1)
    assert value(archive.ambient.current()) == [12.0]
    assert value(archive.ambient.as_of(MONDAY)) == [10.0]
    assert value(archive.ambient.as_of(MONDAY - timedelta(seconds=1))) == []
    history = archive.ambient.history("A", hour(0), hour(1))
    assert history.select("pm25", "received").rows() == [(10.0, MONDAY), (12.0, TUESDAY)]
    assert history["journal"].is_unique().all()


def test_the_same_again_changes_nothing(archive: Archive) -> None:
    delivery = rows(("A", 0, {"pm25": 10.0, "o3": None}))
    deliver(archive, delivery, MONDAY)
    counts = deliver(archive, delivery, TUESDAY)
    assert (counts.new, counts.same, counts.corrected) == (0, 1, 0)
    assert archive.ambient.history("A", hour(0), hour(1)).height == 1


def test_what_a_delivery_does_not_mention_stays_and_what_it_mentions_as_empty_becomes_empty(
    archive: Archive,
) -> None:
    deliver(archive, rows(("A", 0, {"pm25": 10.0, "co": 0.4})), MONDAY)
    deliver(archive, rows(("A", 0, {"o3": 80.0, "co": None})), TUESDAY)
    row = archive.ambient.current().collect().row(0, named=True)
    assert (row["pm25"], row["co"], row["o3"]) == (10.0, None, 80.0)


def test_a_refused_value_leaves_the_known_one(archive: Archive) -> None:
    deliver(archive, rows(("A", 0, {"pm25": 10.0, "co": 0.4})), MONDAY)
    deliver(
        archive,
        rows(
            ("A", 0, {"pm25": float("nan"), "co": 0.5}), ("B", 0, {"pm25": float("nan"), "co": float("nan")})
        ),
        TUESDAY,
    )
    row = archive.ambient.current().collect().row(0, named=True)
    assert (row["site"], row["pm25"], row["co"]) == ("A", 10.0, 0.5)


def test_imported_history_counts_as_received_at_its_label_plus_the_usual_delay(archive: Archive) -> None:
    delay = timedelta(minutes=35)
    deliver(archive, rows(("A", 0, {"pm25": 10.0})), MONDAY, delay=delay)
    deliver(archive, rows(("A", 0, {"pm25": 11.0})), TUESDAY, delay=delay)
    known = hour(1) + delay
    assert value(archive.ambient.as_of(known)) == [10.0]
    assert value(archive.ambient.as_of(known - timedelta(seconds=1))) == []
    assert value(archive.ambient.as_of(TUESDAY)) == [11.0]


def test_a_correction_is_never_older_than_what_it_corrects(archive: Archive) -> None:
    deliver(archive, rows(("A", 0, {"pm25": 10.0})), TUESDAY)
    deliver(archive, rows(("A", 0, {"pm25": 11.0})), MONDAY)
    assert value(archive.ambient.current()) == [11.0]
    assert value(archive.ambient.as_of(TUESDAY)) == [11.0]


def test_bounds_sites_and_columns(archive: Archive) -> None:
    deliver(archive, rows(*[(s, h, {"pm25": float(h)}) for s in "ABC" for h in range(10)]), MONDAY)
    found = (
        archive.ambient.current(["A", "C"], hour(2), hour(4), ["site", "pm25"]).sort("site", "pm25").collect()
    )
    assert found.rows() == [("A", 2.0), ("A", 3.0), ("C", 2.0), ("C", 3.0)]


def test_latest_is_the_newest_row_of_each_site(archive: Archive) -> None:
    deliver(
        archive,
        rows(("A", 0, {"pm25": 1.0}), ("A", 1, {"pm25": 2.0}), ("B", 0, {"pm25": 3.0})),
        MONDAY,
        delay=timedelta(),
    )
    assert archive.ambient.latest().select("site", "pm25").rows() == [("A", 2.0), ("B", 3.0)]
    assert archive.ambient.latest(as_of=hour(1)).select("site", "pm25").rows() == [("A", 1.0), ("B", 3.0)]
    assert archive.ambient.latest(within=timedelta(hours=1))["site"].to_list() == ["A"]


def test_coverage_counts_hours_with_a_value_per_local_month(archive: Archive) -> None:
    # Hour 4 of the test axis is 2019-11-01T00:00 in China: the first hour of November there.
    deliver(archive, rows(*[("A", h, {"pm25": None if h == 3 else 1.0}) for h in range(6)]), MONDAY)
    cover = archive.ambient.coverage(hour(0), hour(8))
    assert cover.rows() == [("A", "2019-10", 3, 4, 0.75), ("A", "2019-11", 2, 4, 0.5)]


def test_newest_per_source(archive: Archive) -> None:
    deliver(archive, rows(("A", 0, {"pm25": 1.0}), ("A", 1, {"pm25": 1.0})), MONDAY, source="one")
    deliver(archive, rows(("B", 5, {"pm25": 1.0})), TUESDAY, source="two")
    assert archive.ambient.newest().rows() == [("one", hour(1), MONDAY, 2), ("two", hour(5), TUESDAY, 1)]


def test_compaction_changes_nothing_that_can_be_seen(archive: Archive) -> None:
    for day in range(4):
        cells = [(s, h, {"pm25": float(h + (day if h % 3 == 0 else 0))}) for s in "AB" for h in range(8)]
        deliver(archive, rows(*cells), MONDAY + timedelta(days=day))
    moments = [MONDAY + timedelta(days=day) for day in range(4)]
    before = [shown(archive.ambient.current()), *[shown(archive.ambient.as_of(m)) for m in moments]]
    history = archive.ambient.history("A", hour(0), hour(9)).rows()
    held = archive.ambient.current()
    for _ in range(2):
        assert archive.compact() == (["2019-10", "2019-11"] if _ == 0 else [])
        assert [
            shown(archive.ambient.current()),
            *[shown(archive.ambient.as_of(m)) for m in moments],
        ] == before
        assert archive.ambient.history("A", hour(0), hour(9)).rows() == history
    assert shown(held) == before[0]  # a reader that began before goes on with the old parts
    deliver(archive, rows(("A", 0, {"pm25": 99.0})), MONDAY + timedelta(days=9))
    archive.compact()
    assert shown(archive.ambient.as_of(moments[3])) == before[4]


def test_retention_frees_parts_and_keeps_every_version(archive: Archive) -> None:
    for day in range(3):
        deliver(archive, rows(("A", 0, {"pm25": float(day)})), MONDAY + timedelta(days=day))
    archive.compact()
    history = archive.ambient.history("A", hour(0), hour(1)).rows()
    freed = archive.retain(before=MONDAY, unused_for=timedelta(0))
    assert freed["parts"] == 3
    assert Archive(archive.root).ambient.history("A", hour(0), hour(1)).rows() == history


def test_another_process_sees_what_one_wrote(archive: Archive) -> None:
    reader = Archive(archive.root)
    assert reader.ambient.current().collect().is_empty()
    for number in range(3):
        deliver(archive, rows(("A", number, {"pm25": 1.0})), MONDAY)
        assert reader.ambient.current().collect().height == number + 1


def test_many_commits_still_open(archive: Archive) -> None:
    for number in range(120):  # beyond the first checkpoint of the table's log
        deliver(archive, rows(("A", number, {"pm25": 1.0})), MONDAY)
    again = Archive(archive.root)
    assert again.ambient.current().collect().height == 120
    assert again.ambient.parts.stored() == archive.ambient.parts.stored() > 0
