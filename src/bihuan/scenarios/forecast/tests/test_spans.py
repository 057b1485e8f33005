"""Which runs a span of scores holds: months of China, edges counted once, and what a reviewer decides later counts at once."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.timeaxis import INSTANT
from bihuan.registry.decisions import decide
from bihuan.registry.models import Site
from bihuan.scenarios.forecast.scores import gathering, splits
from tests.people import City
from tests.web.measured import Measured
from tests.web.numbers import CITY, HOUR, SITE, freeze

SECOND = timedelta(seconds=1)


def at(text: str) -> datetime:
    """A moment of China."""
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


@pytest.mark.parametrize(
    ("month", "first", "last"),
    [
        ("2019-02", "2019-02-01T00:00", "2019-03-01T00:00"),
        ("2020-02", "2020-02-01T00:00", "2020-03-01T00:00"),
        ("2019-12", "2019-12-01T00:00", "2020-01-01T00:00"),
        ("2019-01", "2019-01-01T00:00", "2019-02-01T00:00"),
    ],
)
def test_a_month_is_that_of_china_with_its_first_instant_and_without_its_last(
    month: str, first: str, last: str
) -> None:
    assert gathering.month_span(month) == gathering.Span(month, at(first), at(last))


@pytest.mark.parametrize(
    "text", ["2019-13", "2019-00", "2019", "2019-2", "", "x", "2019-02-01", "0000-01", "9999-12"]
)
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any of them is a month that is none
        gathering.month_span(text)


def test_the_last_fourteen_days_hold_a_run_of_this_second_and_none_that_is_older() -> None:
    now = at("2019-02-28T09:00")
    span = gathering.recent(now)
    assert (span.key, span.last - span.first) == ("recent", timedelta(days=14) + SECOND)
    assert span.first <= now < span.last


def stamp(folder: Path, *moments: datetime) -> list[str]:
    """Runs without content, issued at these moments."""
    nothing = pl.DataFrame({"site": ["x"]})
    return [ForecastStore(folder).freeze(nothing, nothing, nothing, {"issued": m}) for m in moments]


def test_a_run_at_the_turn_of_a_month_belongs_to_the_one_that_begins(data_dir: Path) -> None:
    edges = (at("2019-02-01T00:00"), at("2019-03-01T00:00"))
    before, first, last, after = stamp(data_dir, edges[0] - SECOND, edges[0], edges[1] - SECOND, edges[1])
    clock.set_replay(edges[1] + HOUR, 0)
    assert gathering.runs_of(gathering.month_span("2019-02")) == (first, last)
    assert gathering.runs_of(gathering.month_span("2019-01")) == (before,)
    assert gathering.runs_of(gathering.month_span("2019-03")) == (after,)
    assert gathering.months() == ["2019-03", "2019-02", "2019-01"]


def test_a_run_that_was_issued_after_the_clock_is_in_no_span_and_makes_no_month(data_dir: Path) -> None:
    known, _later = stamp(data_dir, at("2019-01-31T20:00"), at("2019-02-01T02:00"))
    clock.set_replay(at("2019-02-01T01:59"), 0)
    assert gathering.months() == ["2019-01"]
    assert gathering.runs_of(gathering.month_span("2019-02")) == ()
    assert gathering.runs_of(gathering.recent(clock.now())) == (known,)


@pytest.mark.django_db
def test_scores_of_a_month_stand_until_all_its_hours_are_measured(data_dir: Path) -> None:
    """A run of the last day reaches eight days into the next month."""
    month = gathering.month_span("2019-01")
    for now, until in (
        ("2019-01-15T10:40", "2019-01-15T10:00"),
        ("2019-02-05T10:40", "2019-02-05T10:00"),
        ("2019-02-09T00:00", "2019-02-09T00:00"),
        ("2019-06-01T10:40", "2019-02-09T00:00"),
    ):
        clock.set_replay(at(now), 0)
        assert gathering.settled(month).until == at(until)
    assert gathering.settled(gathering.recent(clock.now())).until == at("2019-06-01T10:00")


def test_what_a_reviewer_excludes_afterwards_leaves_the_scores_of_a_closed_month(
    measured: Measured, city: City
) -> None:
    issued = datetime(2019, 1, 10, 0, tzinfo=UTC)
    freeze(measured.folder, issued)
    clock.set_replay(datetime(2019, 2, 25, 1, tzinfo=UTC), 0)
    span = gathering.month_span("2019-01")

    def known() -> tuple[int, int]:
        found = gathering.gathered(SITE, span)
        assert found is not None
        month = splits.by_month(SITE, ["2019-01"])
        ours = found.hours.filter(pl.col("model") == "ours", pl.col("item") == "pm25")
        return ours.height, sum(r["n"] for r in month)

    before = known()
    decide(
        Site.objects.get(pk=SITE), ["pm25"], issued, issued + 24 * HOUR, "exclude", "仪器故障",
        city.person("dispatcher", "140300"),
    )  # fmt: skip
    after = known()
    assert before[0] - after[0] in range(20, 25)
    assert after[1] < before[1]


def test_a_place_without_forecast_has_no_scores_and_a_span_without_runs_none(
    measured: Measured, city: City
) -> None:
    span = gathering.month_span("2019-02")
    assert gathering.gathered(CITY, span) is None
    assert gathering.stations(span, [SITE]).is_empty()
    assert splits.by_month(CITY, []) == []
    assert splits.by_season(CITY, ["2019-02"]) == []
    freeze(measured.folder, datetime(2019, 2, 20, tzinfo=UTC))
    assert gathering.gathered(CITY, span) is not None
    assert gathering.gathered("county:140302", span) is None
    assert gathering.stations(span, ["1739A"]).is_empty()


def test_the_running_day_is_not_yet_measured(measured: Measured, city: City) -> None:
    """At 23:00 in China 22 whole hours of the day are there, which would do for a mean; it is published at its end."""
    freeze(measured.folder, datetime(2019, 2, 20, tzinfo=UTC))
    measured.at(at("2019-02-22T23:00"))
    found = gathering.gathered(CITY, gathering.month_span("2019-02"))
    assert found is not None
    assert found.published["date"].max() == at("2019-02-21T12:00").date()
    assert max(found.measured["start"].to_list()) <= at("2019-02-22T22:00")
    assert found.measured.schema["start"] == INSTANT
