"""What a stack does that nobody tampers with."""

from datetime import timedelta

import numpy as np
import polars as pl
import pytest

from bihuan.simulate.plants import output, paperwork
from bihuan.simulate.plants.calendar import epoch_us, minute_of
from bihuan.simulate.plants.register import make_plants, outlets_of
from bihuan.simulate.plants.running import runs
from bihuan.simulate.plants.world import World, logged
from tests.simulate.plants.worlds import DAY, HONEST, MIDNIGHT, PLANTS, running

NOON = minute_of(MIDNIGHT) + 12 * 60


def test_eighty_plants_with_one_to_five_outlets_are_the_same_for_the_same_seed() -> None:
    again, other = make_plants(2019), make_plants(2020)
    assert len(PLANTS) == 80
    assert {len(plant.outlets) for plant in PLANTS} <= {1, 2, 3, 4, 5}
    assert all(plant.simulated for plant in PLANTS)
    devices = [outlet.device for outlet in outlets_of(PLANTS)]
    assert [d.mn for d in devices] == [outlet.device.mn for outlet in outlets_of(again)]
    assert [d.mn for d in devices] != [outlet.device.mn for outlet in outlets_of(other)]
    assert len({d.mn for d in devices}) == len(devices)
    assert {(d.edition, len(d.mn)) for d in devices} == {(2005, 14), (2017, 24), (2025, 24)}
    assert {d.interval for d in devices} == {1, 10}


def test_a_day_is_the_same_whatever_span_is_asked_for() -> None:
    site = running("coal_power").site
    long = output.minutes(HONEST, site, MIDNIGHT - 2 * DAY, MIDNIGHT + DAY)
    short = output.minutes(World(make_plants(2019)), site, MIDNIGHT, MIDNIGHT + timedelta(hours=5))
    assert short.equals(
        long.filter(pl.col("start") >= MIDNIGHT, pl.col("start") < MIDNIGHT + timedelta(hours=5))
    )
    assert short.height > 290


@pytest.mark.parametrize(
    ("process", "reference"), [("coal_power", 6), ("cement_kiln", 10), ("brick_kiln", 18)]
)
def test_converted_values_follow_the_formula(process: str, reference: float) -> None:
    # Cz = C x (21 - reference) / (21 - O2), of the values as they are reported; to two decimals.
    minutes = output.minutes(HONEST, running(process, interval=1).site, MIDNIGHT, MIDNIGHT + DAY)
    for item in ("pm", "so2", "nox"):
        by_hand = minutes[item] * (21 - reference) / (21 - minutes["o2"])
        wrong = (minutes[f"{item}_zs"] - by_hand).abs().drop_nulls()
        assert len(wrong) > 1300
        assert wrong.max() < 0.00501  # type: ignore[operator]


def test_flow_follows_velocity_and_the_state_of_the_gas() -> None:
    outlet = running("cement_kiln", interval=1)
    row = output.minutes(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY).row(600, named=True)
    wet = 3600 * outlet.area * row["velocity"]
    dry = (
        wet
        * 273
        / (273 + row["temp"])
        * (outlet.air_kpa + row["pressure"])
        / 101.325
        * (1 - row["humidity"] / 100)
    )
    assert row["flow"] == pytest.approx(dry, abs=18.01)  # it travels as m³/s with two decimals: 0.005 x 3600
    assert 0.3 < dry / outlet.rated_flow < 1.2


def test_a_foundry_that_rests_at_night_is_flagged_as_stopped_and_marked() -> None:
    outlet = next(
        o
        for o in outlets_of(PLANTS)
        if o.process.key == "foundry" and o.has_load and runs(o, NOON, NOON + 240)
    )
    night, noon = MIDNIGHT + timedelta(hours=2), MIDNIGHT + timedelta(hours=12)
    minutes = output.minutes(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY)
    asleep = minutes.filter(pl.col("start").is_between(night, night + timedelta(hours=2)))
    awake = minutes.filter(pl.col("start").is_between(noon, noon + timedelta(hours=2)))
    for item in ("pm", "so2", "nox", "o2", "flow"):
        assert set(asleep[f"{item}_flag"]) == {"F"}
        assert awake[f"{item}_flag"].value_counts().sort("count")[f"{item}_flag"][-1] == "N"
    assert asleep["o2"].min() > 20  # type: ignore[operator]
    assert asleep["pm_zs"].null_count() == asleep.height  # air cannot be converted
    assert awake["load"].min() > 50  # type: ignore[operator]
    assert asleep["load"].max() == 0
    marked = paperwork.marks(HONEST, outlet.site, night, noon)
    assert marked["code"].to_list() == ["停运", "启炉"]


def test_honest_plants_keep_their_limits_nearly_always_and_still_show_life() -> None:
    hours = over = 0
    for outlet in outlets_of(PLANTS)[::6]:
        logged_hours = output.hours(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + 4 * DAY)
        marks = paperwork.marks(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + 4 * DAY)
        marked = {
            hour
            for begin, end in marks.select("start", "until").iter_rows()
            for hour in logged_hours["start"]
            if begin < hour + timedelta(hours=1) and end > hour
        }
        for item, limit in outlet.limits.items():
            column = item if outlet.process.ref_o2 is None else f"{item}_zs"
            judged = logged_hours.filter(pl.col(f"{item}_flag") == "N", ~pl.col("start").is_in(list(marked)))
            hours += judged.height
            over += judged.filter(pl.col(column) > limit).height
            if judged.height > 24:
                assert judged[column].std() / judged[column].mean() > 0.015  # type: ignore[operator]
    assert hours > 2500
    assert over / hours < 0.005


def test_oxygen_rises_and_flow_falls_when_the_load_falls() -> None:
    minutes = output.minutes(HONEST, running("coal_power", days=7).site, MIDNIGHT, MIDNIGHT + 7 * DAY)
    normal = minutes.filter(pl.col("o2_flag") == "N", pl.col("flow_flag") == "N")
    columns = normal.select("load", "o2", "flow").drop_nulls().to_numpy().T
    assert columns.shape[1] > 5 * 24 * 6  # this boiler has a signal of its load
    correlation = np.corrcoef(columns)
    assert correlation[0, 1] < -0.7
    assert correlation[0, 2] > 0.9


def test_the_logger_means_and_sums_what_it_recorded() -> None:
    outlet = running("cement_kiln", interval=1)
    made = logged(HONEST, outlet.site, (MIDNIGHT + DAY).date())
    kept = np.where(made.minutes.flags["so2"] == 0, made.minutes.values["so2"], np.nan).reshape(24, 60)
    for hour in range(24):
        if made.hours.flags["so2"][hour] == 0:
            assert made.hours.values["so2"][hour] == pytest.approx(np.nanmean(kept[hour]), abs=0.0051)
    # An amount is concentration x flow: 30 mg/m³ x 400 000 m³/h = 12 kg/h.
    both = (made.minutes.flags["so2"] == 0) & (made.minutes.flags["flow"] == 0)
    rate = np.where(both, made.minutes.values["so2"] * made.minutes.values["flow"] / 1e6, np.nan).reshape(
        24, 60
    )
    assert made.hours.values["so2_kg"][12] == pytest.approx(np.nanmean(rate[12]), abs=0.0001)
    assert made.days.values["so2_kg"][0] == pytest.approx(made.hours.values["so2_kg"].sum(), abs=0.0001)


def test_records_of_ten_minutes_are_six_an_hour() -> None:
    outlet = next(o for o in outlets_of(PLANTS) if o.device.interval == 10)
    starts = output.minutes(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY)["start"]
    assert 140 <= len(starts) <= 144
    assert set(starts.dt.minute()) == {0, 10, 20, 30, 40, 50}


def test_calibration_stands_in_the_flags_and_in_the_log_at_the_set_time() -> None:
    outlet = next(o for o in outlets_of(PLANTS) if o.calibrated_every == 1 and len(o.items) == 3 and o.device.interval == 1 and o is running(o.process.key, interval=1))  # fmt: skip
    minutes = output.minutes(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY)
    calibrated = minutes.filter(pl.col("nox_flag") == "C")
    assert 9 <= calibrated.height <= 14
    assert calibrated["start"][0] == MIDNIGHT + timedelta(minutes=outlet.calibration)
    assert calibrated["nox"][-1] == pytest.approx(0.8 * outlet.span["nox"])
    assert (
        "自动零点量程校准" in paperwork.logs(HONEST, outlet.site, MIDNIGHT, MIDNIGHT + DAY)["text"].to_list()
    )


def test_local_minutes_are_instants_of_china() -> None:
    assert epoch_us(1440 * MIDNIGHT.toordinal() + 24 * 60) == int(MIDNIGHT.timestamp() * 1e6)
