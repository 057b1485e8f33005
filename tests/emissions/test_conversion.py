from datetime import date

import polars as pl
import pytest

from bihuan.domain.emissions import conversion as cv
from bihuan.domain.emissions.processes import (
    NoProcess,
    measured_below,
    processes,
    reference_oxygen,
    ultra_low_limits,
)


def converted(c: float, o2: float, ref: float) -> float | None:
    value: float | None = pl.select(cv.to_reference_oxygen(pl.lit(c), pl.lit(o2), ref)).item()
    return value


def test_50_at_9_percent_oxygen_is_62_5_at_6_percent():
    # (21 - 6) / (21 - 9) = 15 / 12 = 1.25
    assert converted(50, 9, 6) == pytest.approx(62.5)
    assert converted(50, 6, 6) == pytest.approx(50)
    assert converted(50, 3, 6) == pytest.approx(50 * 15 / 18)


def test_excess_air_gives_the_same_number():
    # a of 9 % = 21/12 = 1.75; the coal boiler's a of 6 % = 21/15 = 1.4, as GB 13223 prints; 50 x 1.75/1.4 = 62.5
    assert cv.excess_air(9.0) == pytest.approx(1.75)
    assert cv.excess_air(6.0) == pytest.approx(1.4)
    assert cv.excess_air(3.5) == pytest.approx(1.2)  # gas boiler of GB 13271: a 1.2
    for o2 in (0.0, 4.5, 9.0, 16.0, 20.0):
        assert cv.by_excess_air(50.0, cv.excess_air(o2), cv.excess_air(6.0)) == pytest.approx(
            converted(50, o2, 6)
        )


def test_gas_like_air_is_not_converted():
    assert converted(1, 20.49, 6) == pytest.approx(15 / 0.51)
    assert converted(1, 20.5, 6) is None
    assert converted(1, 21.3, 6) is None


@pytest.mark.parametrize(
    ("o2", "lowered", "kept"),
    [
        (2.0, 60 * 18 / 19, 60),  # below the reference of 3 %
        (0.0, 60 * 18 / 21, 60),
        (3.0, 60, 60),  # at it
        (12.0, 120, 120),  # above it: 18 / 9 = 2
        (20.5, None, None),  # gas like air, whatever the rule
    ],
)
def test_at_and_below_the_reference_the_rule_of_the_process_counts(
    o2: float, lowered: float, kept: float
) -> None:
    frame = pl.DataFrame({"process": ["oil_gas_power", "voc_combustion"], "c": [60.0, 60.0], "o2": [o2, o2]})
    made = frame.select(
        cv.to_reference_oxygen(pl.col("c"), pl.col("o2"), 3.0, measured_below=measured_below())
    )
    assert made.to_series().to_list() == [lowered and pytest.approx(lowered), kept]


def test_every_process_that_is_converted_says_what_counts_below_its_reference() -> None:
    rows = processes()
    assert set(rows.filter(pl.col("ref_o2").is_not_null())["below"]) == {"converted", "measured"}
    assert rows.filter(pl.col("ref_o2").is_null())["below"].null_count() == 1


def test_ppm_is_at_zero_celsius():
    assert cv.mass_of_ppm(100.0, "so2") == pytest.approx(285.714, abs=1e-3)  # 64/22.4 = 2.857
    assert cv.mass_of_ppm(100.0, "no2") == pytest.approx(205.357, abs=1e-3)  # 46/22.4 = 2.054


def test_nox_is_counted_as_no2():
    # 30 mg NO are 46 mg NO2.
    assert cv.nox_as_no2(30.0, 4.0) == pytest.approx(50)
    # The same by volume: 100 ppm of NO are 100 ppm of NO2 after oxidation.
    assert cv.nox_as_no2(cv.mass_of_ppm(100.0, "no"), 0.0) == pytest.approx(cv.mass_of_ppm(100.0, "no2"))


def test_dry_gas_holds_more_than_wet():
    assert cv.dry(45.0, 10.0) == pytest.approx(50)
    assert cv.dry(9.0, 20.0) == pytest.approx(11.25)


def test_standard_dry_flow():
    # 10 m/s x 5 m² x 3600 = 180 000 m³/h; 273 °C doubles the volume; normal pressure; 10 % water: 81 000.
    assert cv.standard_dry_flow(10.0, 5.0, 273.0, 0.0, 10.0, 101.325) == pytest.approx(81_000)
    # At 91.325 kPa of air and 10 kPa over it the same; without them a little less: 91.325/101.325.
    assert cv.standard_dry_flow(10.0, 5.0, 273.0, 10.0, 10.0, 91.325) == pytest.approx(81_000)
    assert cv.standard_dry_flow(10.0, 5.0, 0.0, 0.0, 0.0, 91.325) == pytest.approx(180_000 * 91.325 / 101.325)


def test_amount_per_hour():
    # 50 mg/m³ x 200 000 m³/h = 10 000 000 mg/h = 10 kg/h
    assert cv.kg_per_hour(50.0, 200_000.0) == pytest.approx(10)


def test_reference_oxygen_is_dated_and_has_its_source():
    assert reference_oxygen("coal_power", date(2024, 6, 1)) == 6
    assert reference_oxygen("coke_oven", date(2024, 6, 1)) == 8
    assert reference_oxygen("hot_stove", date(2024, 6, 1)) is None
    with pytest.raises(NoProcess, match="coke_oven"):
        reference_oxygen("coke_oven", date(2019, 4, 21))
    with pytest.raises(NoProcess, match="moonshine"):
        reference_oxygen("moonshine", date(2024, 6, 1))
    assert processes().filter(pl.col("basis").is_null() | ~pl.col("mark").is_in(["K", "K?"])).is_empty()


def test_ultra_low_limits():
    assert ultra_low_limits("coal_power", date(2024, 6, 1)) == {"pm": 10, "so2": 35, "nox": 50}
    assert ultra_low_limits("coke_oven", date(2024, 6, 1)) == {"pm": 10, "so2": 30, "nox": 150}
    assert ultra_low_limits("cement_kiln", date(2023, 12, 31)) == {}
    assert ultra_low_limits("brick_kiln", date(2024, 6, 1)) == {}
