"""Ranked suggestions from a small reduction list made by hand."""

from datetime import date

import polars as pl
import pytest

from bihuan.domain.control import reduction, suggestions, warning
from bihuan.domain.control.suggestions import Need, Place

NEED = Need("yellow", False, "particles", "")
STATION = Place("市中心", 113.57, 37.86)


def unit(name: str, **more: object) -> dict[str, object]:
    row = {
        "unit": name, "name": name, "kind": "plant", "county": "140302", "lon": 113.57, "lat": 37.86,
        "industry": "水泥", "grade": "C", "guaranteed": False, "level": "yellow", "measure": "停产1号窑",
        "pollutant": "pm", "kg_per_day": 100.0, "basis": "应急减排清单",
    }  # fmt: skip
    return row | more


def frame(*rows: dict[str, object]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=reduction.LIST_COLUMNS)


def order(found: pl.DataFrame) -> list[str]:
    return found["unit"].to_list()


def test_share_is_of_the_list_s_total_of_level_and_pollutant() -> None:
    units = frame(
        unit("a", kg_per_day=300.0), unit("b", guaranteed=True), unit("c", pollutant="nox", kg_per_day=50.0)
    )
    found = suggestions.suggest(units, NEED, STATION)
    assert dict(zip(found["unit"], found["share"], strict=True)) == pytest.approx({"a": 0.75, "c": 1.0})


def test_guaranteed_units_and_other_levels_are_left_out() -> None:
    units = frame(unit("a"), unit("heating", guaranteed=True), unit("later", level="red"))
    assert order(suggestions.suggest(units, NEED, STATION)) == ["a"]


def test_upwind_comes_first_when_the_wind_is_known() -> None:
    units = frame(unit("east", lon=113.67), unit("west", lon=113.47))
    blowing = Place("市中心", 113.57, 37.86, wind_from=80.0)  # from the east
    found = suggestions.suggest(units, NEED, blowing)
    assert order(found) == ["east", "west"]
    assert found["upwind"].to_list() == ["yes", "no"]
    assert "位于上风向" in found["why"][0]


def test_an_unknown_wind_is_no_reason() -> None:
    found = suggestions.suggest(frame(unit("a", lon=113.67)), NEED, STATION)
    assert found["upwind"].item() == "unknown"
    assert "风" not in found["why"].item()
    # 0.1 degree of longitude at 37.86 N is 111.32 km x 0.1 x cos(37.86 deg) = 8.8 km.
    assert found["distance_km"].item() == pytest.approx(8.79, abs=0.02)


@pytest.mark.parametrize(("first", "second"), [("D", "C"), ("C", "B"), ("B", "A")])
def test_of_equals_the_worse_grade_is_asked_first(first: str, second: str) -> None:
    units = frame(unit("a", grade=second), unit("b", grade=first))
    assert order(suggestions.suggest(units, NEED, STATION)) == ["b", "a"]


def test_ozone_asks_for_vocs_and_nox_only() -> None:
    units = frame(unit("dust"), unit("paint", pollutant="voc"), unit("kiln", pollutant="nox"))
    need = suggestions.ozone_need(0.7)
    assert need is not None
    assert "不启动彩色预警" in need.reason
    assert order(suggestions.suggest(units, need, STATION)) == ["paint", "kiln"]


def _outlook(*days: int) -> warning.Outlook:
    rows = [
        {"member": 0, "date": date(2019, 1, 10 + k), "aqi": a, "primary": "PM2.5"} for k, a in enumerate(days)
    ]
    return warning.evaluate(pl.DataFrame(rows))


def test_need_follows_the_warning() -> None:
    need = suggestions.need_of(_outlook(210, 220, 230))
    assert need is not None
    assert (need.level, need.precaution) == ("orange", False)


def test_precaution_below_a_warning_spares_grade_a() -> None:
    need = suggestions.need_of(_outlook(160, 100))
    assert need is not None
    assert need.precaution
    units = frame(unit("a", grade="A"), unit("c"))
    found = suggestions.suggest(units, need, STATION)
    assert order(found) == ["c"]
    assert found["why"].item().startswith("预防性措施")


def test_clean_air_asks_for_nothing_and_says_so() -> None:
    outlook = _outlook(60, 70)
    assert suggestions.need_of(outlook) is None
    assert suggestions.suggest(frame(unit("a")), None, STATION).is_empty()
    assert suggestions.nothing_needed(outlook).startswith("当前不需要启动减排措施。未达预警条件")


def test_reduction_shares_of_the_guide() -> None:
    # 10 % of 1000 kg is 100 kg; SO2 falls short alone (8 %) but NOx exceeds by as much (12 %).
    units = frame(
        unit("a"), unit("b", pollutant="so2", kg_per_day=80.0), unit("c", pollutant="nox", kg_per_day=120.0),
        unit("d", pollutant="voc", kg_per_day=20.0),
    )  # fmt: skip
    found = reduction.shares(units, dict.fromkeys(reduction.POLLUTANTS, 1000.0)).filter(
        pl.col("level") == "yellow"
    )
    by = {r["pollutant"]: r for r in found.to_dicts()}
    assert by["pm"]["enough"]
    assert (by["so2"]["enough"], by["so2"]["enough_with_exchange"]) == (False, True)
    assert (by["voc"]["enough"], by["voc"]["enough_with_exchange"]) == (False, False)


def test_a_bad_list_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="unit x: grade Z"):
        suggestions.suggest(frame(unit("x", grade="Z")), NEED, STATION)
    with pytest.raises(ValueError, match="lacks the columns basis"):
        reduction.check_list(frame(unit("x")).drop("basis"))
