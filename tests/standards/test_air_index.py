"""Real-time and daily AQI of frames: HJ 633-2012 and -2026, and the published values of 2019."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.standards import Rules, daily_index, realtime_index
from bihuan.domain.timeaxis import starts_from_labels

CLEAN = {"pm25": 10.0, "pm10": 20.0, "so2": 5.0, "no2": 20.0, "co": 0.5, "o3": 30.0}
EXCERPT = Path(__file__).parents[1] / "data" / "standards_yangquan_2019.parquet"


def hour(start=datetime(2019, 6, 1, tzinfo=UTC), **values):
    frame = pl.DataFrame(
        {"site": ["a"], "start": [start], **{k: [v] for k, v in {**CLEAN, **values}.items()}}
    )
    return frame.with_columns(pl.col(*CLEAN).cast(pl.Float64), pl.col("start").cast(pl.Datetime("us", "UTC")))


def judged(standard="auto", rules=None, **values):
    return realtime_index(hour(**values), standard, rules or Rules()).row(0, named=True)


def day(on=date(2019, 6, 1), standard="auto", **values):
    row = {**{k: v for k, v in CLEAN.items() if k != "o3"}, "o3_8h": 80.0, **values}
    frame = pl.DataFrame({"date": [on], **{k: [v] for k, v in row.items()}}).with_columns(
        pl.exclude("date").cast(pl.Float64)
    )
    return daily_index(frame, standard).row(0, named=True)


def test_clean_air_has_no_primary_item():
    got = judged()
    assert (got["aqi"], got["level"], got["primary"], got["exceeding"]) == (20, 1, "", "")


def test_ties_name_all_items_in_order():
    # PM2.5 75 and PM10 150 both give exactly 100 (HJ 633-2012 table 1).
    got = judged(pm10=150.0, pm25=75.0)
    assert (got["aqi"], got["level"], got["primary"], got["exceeding"]) == (100, 2, "PM2.5,PM10", "")


def test_several_items_may_exceed_and_one_is_primary():
    got = judged(pm25=120.0, pm10=260.0, o3=210.0)
    assert got["exceeding"] == "PM2.5,PM10,O3"
    assert got["primary"] == "PM2.5"


def test_the_date_of_the_data_chooses_the_table():
    frame = pl.concat([
        hour(datetime(2026, 2, 28, 15, tzinfo=UTC), pm25=75.0),  # label 24:00 of 28 February
        hour(datetime(2026, 2, 28, 16, tzinfo=UTC), pm25=75.0),  # first hour of 1 March
    ])  # fmt: skip
    assert realtime_index(frame)["aqi"].to_list() == [100, 114]
    assert realtime_index(frame.reverse())["aqi"].to_list() == [114, 100]
    assert realtime_index(frame, "HJ633-2012")["aqi"].to_list() == [100, 100]


def test_missing_item_old_judges_the_others():
    assert judged(co=None)["aqi"] == 20
    assert judged(**dict.fromkeys(CLEAN))["aqi"] is None
    assert judged(**dict.fromkeys(CLEAN))["primary"] is None


def test_missing_item_new_publishes_only_above_100():
    # HJ 633-2026, 5.3.1.
    clean = judged("HJ633-2026", co=None)
    assert (clean["aqi"], clean["level"], clean["withheld"], clean["iaqi_o3"]) == (None, None, True, 10)
    dirty = judged("HJ633-2026", co=None, pm25=75.0)
    assert (dirty["aqi"], dirty["primary"], dirty["withheld"]) == (114, "PM2.5", False)
    assert judged("HJ633-2026", co=None, pm25=60.0)["withheld"] is True
    assert realtime_index(hour().drop("co"), "HJ633-2026")["withheld"].item() is True


def test_particles_by_moving_mean_when_wanted():
    frame = hour(pm25=75.0).with_columns(pm25_24h=pl.lit(35.0), pm10_24h=pl.lit(20.0))
    assert realtime_index(frame, rules=Rules(particles="24h"))["iaqi_pm25"].item() == 50


def test_high_sulphur_takes_the_24h_mean_in_the_old_edition():
    assert judged(so2=900.0)["iaqi_so2"] is None
    frame = hour(so2=900.0).with_columns(so2_24h=pl.lit(475.0))
    assert realtime_index(frame)["iaqi_so2"].item() == 150
    assert judged("HJ633-2026", so2=900.0)["iaqi_so2"] == 200


def test_daily_ozone_by_the_maximum_8h_mean():
    got = day(o3_8h=161.0)
    assert (got["aqi"], got["primary"], got["exceeding"]) == (101, "O3_8h", "O3_8h")
    assert day(o3_8h=900.0, o3_1h=1000.0)["iaqi_o3"] == 400
    assert day(o3_8h=900.0, o3_1h=1000.0, standard="HJ633-2026")["iaqi_o3"] == 300


def test_empty_frame_and_rerun():
    assert realtime_index(hour().clear()).height == 0
    once = realtime_index(hour(pm25=80.0))
    assert realtime_index(once).equals(once)


def published() -> pl.DataFrame:
    frame = pl.read_parquet(EXCERPT).with_columns(
        start=starts_from_labels("time"), CO=pl.col("CO_tenths") / 10
    )
    names = {"PM2.5": "pm25", "PM10": "pm10", "SO2": "so2", "NO2": "no2", "CO": "co", "O3": "o3"}
    return frame.rename(names).with_columns(pl.col(*names.values()).cast(pl.Float64))


def test_real_values_of_2019_give_the_published_index():
    # Yangquan's five national stations, January, May and June 2019, as the national network published them.
    got = realtime_index(published()).filter(pl.all_horizontal(pl.col(*CLEAN, "AQI").is_not_null()))
    assert got.height > 9000
    assert got.select((pl.col("aqi") == pl.col("AQI")).mean()).item() >= 0.999


@pytest.mark.parametrize("standard", ["auto", "HJ633-2026"])
def test_order_of_rows_and_choice_of_sites_change_nothing(standard):
    frame = published().select("site", "start", *CLEAN)
    whole = realtime_index(frame, standard).sort("site", "start")
    mixed = realtime_index(frame.sample(fraction=1.0, shuffle=True, seed=4), standard).sort("site", "start")
    assert whole.equals(mixed)
    part = realtime_index(frame.filter(pl.col("site") == "1739A"), standard).sort("site", "start")
    assert part.equals(whole.filter(pl.col("site") == "1739A"))
