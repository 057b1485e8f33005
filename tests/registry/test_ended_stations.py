"""A station counts up to the day on which it is not there any more: its later hours are nobody's, and no city waits for them."""

from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest

from bihuan.registry.hours import before_ends, by_terms, ends
from bihuan.registry.models import Site
from bihuan.registry.subjects import there_on
from tests.people import City

DAY = date(2019, 3, 1)
MIDNIGHT = datetime(2019, 2, 28, 16, tzinfo=UTC)  # 00:00 of 1 March in China
HOUR = timedelta(hours=1)


def station(city: City, code: str, **changes: object) -> Site:
    fields = {"name": code, "rank": "national", "region": city.regions["140321"], "lon": 113.6, "lat": 37.8}
    return Site.objects.create(code=code, **fields | changes)


def hours(*rows: tuple[str, datetime, float]) -> pl.DataFrame:
    schema = {"site": pl.String, "start": pl.Datetime("us", "UTC"), "pm25": pl.Float64}
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def test_ends_are_told_by_code_and_only_of_what_has_one(city: City) -> None:
    station(city, "B", until=DAY)
    station(city, "A", until=date(2018, 1, 1))
    station(city, "C")
    assert ends() == (("A", date(2018, 1, 1)), ("B", DAY))


def test_the_last_hour_of_a_station_is_the_one_before_the_midnight_of_its_end_in_china(city: City) -> None:
    station(city, "S1", until=DAY)
    rows = hours(*(("S1", MIDNIGHT + n * HOUR, float(n)) for n in (-2, -1, 0, 1)))
    assert before_ends(rows)["pm25"].to_list() == [-2.0, -1.0]


def test_other_stations_and_those_that_nobody_registered_keep_their_hours(city: City) -> None:
    station(city, "S1", until=DAY)
    station(city, "S2")
    rows = hours(("S2", MIDNIGHT, 1.0), ("stranger", MIDNIGHT, 2.0), ("S1", MIDNIGHT, 3.0))
    left = before_ends(rows)
    assert dict(zip(left["site"], left["pm25"], strict=True)) == {"S2": 1.0, "stranger": 2.0}
    assert left.schema == rows.schema


def test_without_any_end_nothing_is_left_out_and_nothing_is_there_of_nothing(city: City) -> None:
    rows = hours(("S1", MIDNIGHT, 1.0))
    assert before_ends(rows).equals(rows)
    station(city, "S1", until=DAY)
    assert before_ends(rows.clear()).equals(rows.clear())


def members(*codes: str) -> pl.DataFrame:
    return pl.DataFrame({"site": list(codes), "city": ["140300"] * len(codes)})


def counted(rows: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
    """A value that shows by which stations it was made: the hour, how many rows, which members."""
    return rows.group_by("start").agg(
        pl.len().cast(pl.Int64).alias("rows"), pl.lit(",".join(sorted(there["site"]))).alias("of")
    )


def test_a_group_is_valued_by_those_that_were_there_at_the_time(city: City) -> None:
    station(city, "A", until=DAY)
    station(city, "B")
    rows = hours(*(("A", MIDNIGHT - HOUR, 1.0), ("B", MIDNIGHT - HOUR, 2.0), ("B", MIDNIGHT, 3.0)))
    found = by_terms(rows, members("A", "B"), "start", counted).sort("start")
    assert found.rows() == [(MIDNIGHT - HOUR, 2, "A,B"), (MIDNIGHT, 1, "B")]


def test_two_ends_make_three_terms_and_an_end_of_somebody_else_makes_none(city: City) -> None:
    station(city, "A", until=DAY)
    station(city, "B", until=DAY + timedelta(days=1))
    station(city, "C")
    station(city, "elsewhere", until=DAY)
    rows = hours(*(("C", MIDNIGHT + n * timedelta(days=1), float(n)) for n in (-1, 0, 1)))
    found = by_terms(rows, members("A", "B", "C"), "start", counted).sort("start")
    assert found["of"].to_list() == ["A,B,C", "B,C", "C"]
    assert by_terms(rows, members("C"), "start", counted)["of"].unique().to_list() == ["C"]


def test_days_are_parted_by_the_day_of_the_end_itself(city: City) -> None:
    station(city, "A", until=DAY)
    days = pl.DataFrame({"site": ["A", "A"], "date": [DAY - timedelta(days=1), DAY]})

    def of_days(rows: pl.DataFrame, there: pl.DataFrame) -> pl.DataFrame:
        return rows.with_columns(pl.lit(there.height).alias("stations")).select("date", "stations")

    found = by_terms(days, members("A"), "date", of_days).sort("date")
    assert found["stations"].to_list() == [1, 0]


def test_of_no_rows_comes_a_value_of_no_rows(city: City) -> None:
    station(city, "A", until=DAY)
    assert by_terms(hours(), members("A"), "start", counted).is_empty()


@pytest.mark.parametrize(
    ("until", "there"),
    [(None, True), (DAY, False), (DAY + timedelta(days=1), True), (date(2000, 1, 1), False)],
)
def test_a_query_and_an_object_agree_on_who_is_there(city: City, until: date | None, there: bool) -> None:
    made = station(city, "S1", until=until)
    assert made.in_force(DAY) is there
    assert Site.objects.filter(there_on(DAY)).exists() is there


def test_what_has_not_begun_is_not_in_force_and_its_first_day_is(city: City) -> None:
    made = station(city, "S1", since=DAY)
    assert [made.in_force(DAY + timedelta(days=n)) for n in (-1, 0, 1)] == [False, True, True]
