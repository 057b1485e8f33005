"""Whatever the order, the split and the repeats of deliveries: the same is known in the end, and then."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.archive import Archive
from tests.archive.deliveries import archive_in, deliver, rows, shown

DAY_0 = datetime(2019, 12, 1, tzinfo=UTC)
Cell = tuple[str, int, str, float | None]
cells = st.lists(
    st.tuples(
        st.sampled_from("AB"),
        st.integers(2, 5),  # around the turn of the local month
        st.sampled_from(["pm25", "co"]),
        st.one_of(st.none(), st.integers(0, 3).map(float)),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda cell: cell[:3],
)


def deliver_cells(
    archive: Archive, group: list[Cell], received: datetime, delay: timedelta | None = None
) -> None:
    for quantity in sorted({c[2] for c in group}):
        deliver(
            archive, rows(*[(s, h, {q: v}) for s, h, q, v in group if q == quantity]), received, delay=delay
        )


def values(archive: Archive) -> list[tuple[object, ...]]:
    return (
        archive.ambient.current().select("site", "start", "pm25", "co").sort("site", "start").collect().rows()
    )


@settings(max_examples=15, deadline=None)
@given(cells, st.randoms(use_true_random=False), st.integers(1, 3))
def test_any_order_and_split_of_deliveries_gives_the_same(
    group: list[Cell], chance: object, parts: int
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        whole, split = archive_in(Path(one)), archive_in(Path(two))
        deliver_cells(whole, group, DAY_0)
        shuffled = sorted(group, key=lambda _: chance.random())  # type: ignore[attr-defined]  # hypothesis gives a Random
        for i in range(parts):
            if shuffled[i::parts]:
                deliver_cells(split, shuffled[i::parts], DAY_0 + timedelta(days=i))
        deliver_cells(split, group, DAY_0 + timedelta(days=9))  # and all of it once more
        assert values(split) == values(whole)


@settings(max_examples=12, deadline=None)
@given(st.lists(cells, min_size=1, max_size=4), st.integers(0, 4), st.integers(0, 4))
def test_as_of_is_what_a_stopped_import_would_show(
    groups: list[list[Cell]], stop: int, compact_at: int
) -> None:
    with TemporaryDirectory() as one, TemporaryDirectory() as two:
        whole, stopped = archive_in(Path(one)), archive_in(Path(two))
        for day, group in enumerate(groups):
            deliver_cells(whole, group, DAY_0 + timedelta(days=day))
            if day <= stop:
                deliver_cells(stopped, group, DAY_0 + timedelta(days=day))
            if day == compact_at:
                whole.compact()
        assert shown(whole.ambient.as_of(DAY_0 + timedelta(days=stop))) == shown(stopped.ambient.current())
