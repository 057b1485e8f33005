"""What a photo says of its time and place beside its case: only what a verifier should look at is doubted."""

from datetime import UTC, datetime, timedelta

import pytest

from bihuan.cases.models import Attachment, Case, Step
from bihuan.cases.photos import FAR_METRES, OLD, shown

AT = datetime(2019, 1, 12, 6, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
DEGREE = 6371_000 * 3.141592653589793 / 180
"""Metres of a degree of latitude on the sphere that distances are measured on."""


def doubts(taken: datetime | None = None, north: float | None = None) -> tuple[str, tuple[str, ...]]:
    """Of a photo `north` metres of its case, which was handed in at AT."""
    lat = None if north is None else 37.8 + north / DEGREE
    file = Attachment(sha256="0" * 64, taken_at=taken, lat=lat, lon=None if lat is None else 113.6)
    found = shown(file, Step(at=AT), Case(lat=37.8, lon=113.6))
    return found.said, found.doubts


@pytest.mark.parametrize(
    ("north", "far"), [(0, False), (FAR_METRES - 1, False), (FAR_METRES + 1, True), (-FAR_METRES - 1, True)]
)
def test_a_photo_from_beyond_the_yard_is_doubted(north: float, far: bool) -> None:
    said, found = doubts(north=north)
    assert said == f"距点位 {abs(north):.0f} 米"
    assert found == (("离点位较远",) if far else ())


@pytest.mark.parametrize(
    ("taken", "found"),
    [
        (AT, ()),
        (AT - OLD, ()),
        (AT - OLD - SECOND, ("拍摄早于提交 1 天",)),
        (AT + OLD, ()),
        (AT + OLD + SECOND, ("拍摄时间晚于提交, 相机时钟有误",)),
    ],
)
def test_a_photo_of_another_day_is_doubted(taken: datetime, found: tuple[str, ...]) -> None:
    said, doubted = doubts(taken)
    assert said == f"拍摄于 {taken + timedelta(hours=8):%Y-%m-%d %H:%M}"
    assert [d[:11] for d in doubted] == [d[:11] for d in found]


def test_what_a_photo_does_not_say_is_not_doubted() -> None:
    assert doubts() == ("", ())


def test_a_case_without_a_place_has_no_distance() -> None:
    file = Attachment(sha256="0" * 64, lat=0.0, lon=0.0)
    found = shown(file, Step(at=AT), Case())
    assert (found.said, found.doubts) == ("", ())


def test_a_photo_that_is_no_longer_in_the_store_says_so() -> None:
    assert "缺失" in shown(Attachment(sha256="0" * 64), Step(at=AT), Case()).fault
