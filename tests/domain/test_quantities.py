"""The table of quantities: one row for each, readable by code and by the words that people use."""

import pytest

from bihuan.domain import quantities
from bihuan.domain.emissions.tables import FACTORS
from bihuan.domain.quantities import ALL, BY_NAME, LONG, code_of, water_code_of
from bihuan.domain.units import factor, unit_of


def test_every_row_can_be_used() -> None:
    assert len({q.name for q in ALL}) == len(ALL)
    for q in ALL:
        assert q.low < q.high, q
        assert q.chinese, q
        assert q.source, q
        assert unit_of(q.unit) == q.unit, q
        assert q.medium in {"ambient", "weather", "dust", "gas", "water", "noise", "road"}, q


def test_the_wide_table_has_the_columns_that_files_promise() -> None:
    labels = "PM2.5 PM10 SO2 NO2 CO O3 TEMP DEWP PRES RAIN WSPM wd"
    assert {q.label for q in BY_NAME.values()} == set(labels.split())
    assert [q.name for q in quantities.ITEMS] == ["pm25", "pm10", "so2", "no2", "co", "o3"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("w21003", "w21003"),
        ("W21003", "w21003"),
        (" 氨氮 ", "w21003"),
        ("nh3n", "w21003"),
        ("PM2.5", "a34004"),
        ("Leq", "Leq"),
        ("leq", "Leq"),
        ("总悬浮颗粒物", "a34001"),
        ("砷", None),  # of water and of air
        ("w99999", None),
        ("", None),
    ],
)
def test_a_quantity_is_found_by_its_code_and_by_its_names(text: str, code: str | None) -> None:
    assert code_of(text) == code


def test_flue_gas_has_the_units_of_hj_212_and_ambient_air_its_own() -> None:
    # HJ 212-2017 table B.2: a21026 in mg/m³; GB 3095-2012: SO2 in µg/m³.
    assert LONG["a21026"].unit == "mg/m³"
    assert BY_NAME["so2"].unit == "µg/m³"
    assert frozenset({"a21026", "a21004", "a01006"}) == quantities.TWO_UNITS


def test_every_code_that_outlets_read_is_in_the_table() -> None:
    tables = [FACTORS, FACTORS.parents[1] / "sewage" / "factors.csv"]
    codes = {line.split(",")[0] for table in tables for line in table.read_text("utf-8").split("\n")[1:]}
    assert {c for c in codes if len(c) == 6} <= set(LONG)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("ug/m3", "µg/m³"),
        ("μg/m³", "µg/m³"),  # the Greek letter
        ("毫克/升", "mg/L"),
        ("MG/L", "mg/L"),
        ("℃", "°C"),
        ("无量纲", ""),
        ("uS/cm", "µS/cm"),
        ("立方米/秒", "m³/s"),
        ("ppm", None),
        ("mPa", None),  # not MPa
    ],
)
def test_units_are_known_as_people_write_them(text: str, unit: str | None) -> None:
    assert unit_of(text) == unit


@pytest.mark.parametrize(
    ("unit", "wanted", "value"),
    [
        ("µg/L", "mg/L", 0.001),
        ("µg/m³", "mg/m³", 0.001),
        ("hPa", "kPa", 0.1),
        ("m³/h", "L/s", 1 / 3.6),
        ("mS/m", "µS/cm", 10),  # 1 S/m = 10 mS/cm
        ("cells/mL", "cells/L", 1000),
    ],
)
def test_one_unit_in_another(unit: str, wanted: str, value: float) -> None:
    found = factor(unit, wanted)
    assert found is not None
    assert float(found) == pytest.approx(value, rel=1e-15)


def test_what_is_no_matter_of_a_factor_is_not_converted() -> None:
    assert factor("mg/L", "°C") is None
    assert factor("µg/m³", "NTU") is None


def test_a_name_of_water_and_of_flue_gas_is_of_water_where_only_water_is_asked() -> None:
    assert code_of("氟化物") is None
    assert water_code_of("氟化物") == "w21017"
    assert (water_code_of("氨氮"), water_code_of("w01018"), water_code_of("cod")) == (
        "w21003",
        "w01018",
        "w01018",
    )
    assert water_code_of("二氧化硫") is None
