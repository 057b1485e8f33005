"""The invented parts of the practice city: marked, in place, repeatable, with amounts that a list can have."""

from collections import Counter
from datetime import UTC, datetime

import polars as pl

from bihuan.practice.city import data_file
from bihuan.simulate.economy import inside, make_units, rings_of
from bihuan.simulate.township import resample_sites

BOUNDARY = data_file("yangquan.geojson")


def test_the_economy_has_the_units_that_the_centre_looks_after() -> None:
    kinds = Counter(u.kind for u in make_units(BOUNDARY))
    assert kinds["plant"] >= 80
    assert kinds["vehicles"] == 104
    assert kinds["site"] > 0


def test_every_unit_stands_in_its_county_and_the_same_seed_gives_the_same_city() -> None:
    rings = rings_of(BOUNDARY)
    units = make_units(BOUNDARY)
    assert all(inside(u.lon, u.lat, rings[u.region]) for u in units)
    assert units == make_units(BOUNDARY)
    assert units != make_units(BOUNDARY, seed=1)


def test_a_redder_level_never_saves_less_and_grade_a_chooses_for_itself() -> None:
    for unit in make_units(BOUNDARY):
        saved = {(level, pollutant): kg for level, pollutant, _, kg, _ in unit.measures}
        for (level, pollutant), kg in saved.items():
            if level == "yellow":
                assert saved["orange", pollutant] >= kg
            if level == "orange":
                assert saved["red", pollutant] >= kg
        if unit.grade == "A":
            assert unit.measures == []


def test_simulated_stations_keep_the_gaps_and_the_rounding_of_real_ones() -> None:
    start = pl.datetime_range(
        datetime(2019, 1, 1, tzinfo=UTC), datetime(2019, 1, 2, tzinfo=UTC), "1h", eager=True, closed="left"
    )
    real = pl.DataFrame(
        {"site": ["R"] * 24, "start": start, "pm25": [None, *range(10, 33)], "co": [0.5] * 24}
    ).cast({"pm25": pl.Float64})
    made = resample_sites(real, ["T1", "T2"])
    assert made["site"].unique().sort().to_list() == ["T1", "T2"]
    assert made.filter(pl.col("pm25").is_null()).height == 2
    assert (made["pm25"].drop_nulls() % 1 == 0).all()
    assert (made["co"].round(1) == made["co"]).all()
    assert made.equals(resample_sites(real, ["T1", "T2"]))
