import polars as pl
import pytest

from bihuan.domain.emissions import conversion as cv
from bihuan.domain.emissions.processes import measured_below, processes


def converted(c: float, o2: float, ref: float) -> float | None:
    value: float | None = pl.select(cv.to_reference_oxygen(pl.lit(c), pl.lit(o2), ref)).item()
    return value


def test_50_at_9_percent_oxygen_is_62_5_at_6_percent():
    # (21 - 6) / (21 - 9) = 15 / 12 = 1.25
    assert converted(50, 9, 6) == pytest.approx(62.5)
    assert converted(50, 6, 6) == pytest.approx(50)
    assert converted(50, 3, 6) == pytest.approx(50 * 15 / 18)


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
    assert rows.filter(pl.col("ref_o2").is_null())["below"].drop_nulls().is_empty()


def test_standard_dry_flow():
    # 10 m/s x 5 m² x 3600 = 180 000 m³/h; 273 °C doubles the volume; normal pressure; 10 % water: 81 000.
    assert cv.standard_dry_flow(10.0, 5.0, 273.0, 0.0, 10.0, 101.325) == pytest.approx(81_000)
    # At 91.325 kPa of air and 10 kPa over it the same; without them a little less: 91.325/101.325.
    assert cv.standard_dry_flow(10.0, 5.0, 273.0, 10.0, 10.0, 91.325) == pytest.approx(81_000)
    assert cv.standard_dry_flow(10.0, 5.0, 0.0, 0.0, 0.0, 91.325) == pytest.approx(180_000 * 91.325 / 101.325)


def test_amount_per_hour():
    # 50 mg/m³ x 200 000 m³/h = 10 000 000 mg/h = 10 kg/h
    assert cv.kg_per_hour(50.0, 200_000.0) == pytest.approx(10)


def test_the_reference_oxygen_of_a_process_has_its_source() -> None:
    rows = processes()
    assert dict(rows.filter(pl.col("process").is_in(["coal_power", "coke_oven", "hot_stove"])).select("process", "ref_o2").iter_rows()) == {"coal_power": 6, "coke_oven": 8, "hot_stove": None}  # fmt: skip
    assert rows.filter(pl.col("basis").is_null() | ~pl.col("mark").is_in(["K", "K?"])).is_empty()
