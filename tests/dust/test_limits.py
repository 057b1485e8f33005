"""Limits of site monitors: the worked examples of the standards, which rule holds where, and what cannot be judged."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import polars as pl
import pytest

from bihuan.domain.dust.limits import DUST, FOUL, OK, OVER, UNKNOWN, Rule, days, judged, rules_for

ON = date(2024, 3, 1)
START = datetime(2024, 3, 1, 2, tzinfo=UTC)


def only(
    region: str, phase: str = "earthwork", setting: str = "", *, item: str, grade: str = "limit"
) -> list[Rule]:
    return [r for r in rules_for(region, ON, phase, setting) if r.item == item and r.grade == grade]


def values(*pairs: tuple[float, float | None], dust: bool = False, monitor: str = "M") -> pl.DataFrame:
    """Hours with their value and background."""
    rows = [(monitor, START + n * timedelta(hours=1), v, b, dust) for n, (v, b) in enumerate(pairs)]
    schema: dict[str, Any] = {
        "monitor": pl.String, "start": pl.Datetime("us", "UTC"), "value": pl.Float64, "background": pl.Float64, "dust": pl.Boolean,
    }  # fmt: skip
    return pl.DataFrame(rows, schema, orient="row").with_columns(air=pl.lit(None, pl.Float64))


def states(rule: Rule, *pairs: tuple[float, float | None], dust: bool = False) -> list[str]:
    return judged(values(*pairs, dust=dust), rule)["state"].to_list()


def test_hebei_takes_the_difference_to_the_county_of_which_150_count() -> None:
    """DB13/2934-2019: 200 at 100 is 100 above; 200 at 170 is 50 above, as no more than 150 count; 80 itself is kept."""
    (rule,) = only("130100", item="pm10")
    assert states(rule, (200, 100), (200, 170), (180, 100), (181, 100)) == [OVER, OK, OK, OVER]
    assert judged(values((200, 170)), rule)["over"].to_list() == [50]


@pytest.mark.parametrize(("times", "met"), [(2, True), (3, False)])
def test_hebei_allows_two_hours_a_day(times: int, met: bool) -> None:
    (rule,) = only("130100", item="pm10")
    told = days(judged(values(*[(200.0, 100.0)] * times, (90.0, 80.0)), rule), rule)
    assert told.select("times", "met").row(0) == (times, met)


def test_without_a_background_an_hour_is_not_judged_and_neither_is_its_day() -> None:
    (rule,) = only("130100", item="pm10")
    told = judged(values((900, None)), rule)
    assert told["state"].to_list() == [UNKNOWN]
    assert days(told, rule).select("judged", "unknown", "met").row(0) == (0, 1, None)


def test_shanxi_warns_above_150_and_stops_work_at_250() -> None:
    (stop,), (warn,) = only("140321", item="pm10", grade="stop"), only("140321", item="pm10", grade="warn")
    assert states(stop, (249, 100), (250, 100), (251, 100)) == [OK, OVER, OVER]
    assert states(warn, (150, 60), (151, 60)) == [OK, OVER]


def test_in_a_foul_county_only_what_a_site_adds_is_held_against_it() -> None:
    """Heavy pollution: at a county of 230, 260 is 30 of its own, 320 is 90; at a county of 100 any 260 is the site's, and so is one of which nobody knows the county."""
    (stop,) = only("140321", item="pm10", grade="stop")
    assert states(stop, (260, 230), (320, 230), (260, 100), (300, None)) == [FOUL, OVER, OVER, OVER]


def test_official_sand_dust_is_left_out() -> None:
    (stop,) = only("140321", item="pm10", grade="stop")
    assert states(stop, (900, 100), dust=True) == [DUST]
    told = days(judged(values((900, 100), dust=True), stop), stop)
    assert told["met"].to_list() == [None]


def test_liaoning_judges_five_minutes_by_where_the_site_lies() -> None:
    (town,), (country,) = (
        only("210100", setting="built_up", item="tsp"),
        only("210100", setting="rural", item="tsp"),
    )
    assert (town.averaging, town.limit, country.limit) == ("5min", 800, 1000)
    assert (
        only("210100", setting="", item="tsp") == []
    )  # nobody said where it lies: not judged, and not by another's rule


def test_shaanxi_has_a_limit_for_each_phase() -> None:
    assert [only("610100", phase, item="tsp")[0].limit for phase in ("earthwork", "piling", "structure")] == [
        800,
        800,
        700,
    ]


def test_shanghai_has_two_limits_with_their_times() -> None:
    found = only("310000", item="tsp")
    assert sorted((r.limit, r.allowed, r.averaging) for r in found) == [
        (1000, 6, "15min"),
        (2000, 1, "15min"),
    ]


def test_elsewhere_the_fence_limit_of_gb_16297_holds_and_each_item_has_the_narrowest_place() -> None:
    assert [(r.item, r.limit) for r in rules_for("440100", ON, "earthwork", "")] == [("tsp", 1000)]
    assert {(r.item, r.place) for r in rules_for("140321", ON, "earthwork", "")} == {
        ("pm10", "14"),
        ("tsp", ""),
    }


def test_a_rule_holds_from_its_day_on() -> None:
    assert not [r for r in rules_for("130100", date(2018, 1, 1), "earthwork", "") if r.item == "pm10"]


def test_values_are_rounded_before_they_are_compared() -> None:
    """80.4 above is 80 and kept; 80.6 is 81."""
    (rule,) = only("130100", item="pm10")
    assert states(rule, (180.4, 100), (180.6, 100)) == [OK, OVER]
