"""Dust of roads, worked by hand: matching, weather, passes, scores, grades, emission, coverage."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import polars as pl
import pytest
import shapely

from bihuan.domain.road_dust.coverage import PLAN, WORK, covered
from bihuan.domain.road_dust.emission import Road, factors, grams, kg_a_day, tonnes_a_year
from bihuan.domain.road_dust.grades import DIRT, SILT, grade_of
from bihuan.domain.road_dust.matching import NONE, matched, net_of
from bihuan.domain.road_dust.passes import PASSES, passes
from bihuan.domain.road_dust.rules import rules_on
from bihuan.domain.road_dust.scores import scores
from bihuan.domain.road_dust.weather import HOURS, humidity, states
from bihuan.domain.timeaxis import day_start

DAY = date(2019, 1, 5)
RULES = rules_on(DAY)
TEN = datetime(2019, 1, 5, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def line(lat: float) -> dict[str, object]:
    return {"type": "LineString", "coordinates": [[113.60, lat], [113.61, lat]]}


def test_a_point_goes_to_the_nearest_segment_within_reach_and_without_a_place_to_none() -> None:
    """A thousandth of a degree of latitude is 111 m: 0.0002 are 22 m, 0.0003 are 33 m."""
    net = net_of({"B": line(37.8), "A": line(37.8005), "X": line(37.9)})
    lat = np.array([37.8002, 37.8004, 37.7997, np.nan, 37.80025])
    found, far = matched(net, np.full(5, 113.605), lat, 30.0)
    assert [net.keys[n] if n != NONE else None for n in found] == [
        "B",
        "A",
        None,
        None,
        "A",
    ]  # of two as near the first by key
    assert far[0] == pytest.approx(22.2, abs=0.3)
    assert matched(net_of({}), np.array([113.6]), np.array([37.8]), 30.0)[0].tolist() == [NONE]


def test_matching_agrees_with_a_plain_loop() -> None:
    rng = np.random.default_rng(1)
    lines = {
        f"{n:02d}": {
            "type": "LineString",
            "coordinates": (rng.random((4, 2)) * 0.02 + [113.6, 37.8]).tolist(),
        }
        for n in range(20)
    }
    lon, lat = rng.random(300) * 0.02 + 113.6, rng.random(300) * 0.02 + 37.8
    net = net_of(lines)
    found, _far = matched(net, lon, lat, 50.0)
    shapes = [shapely.LineString(np.array(lines[k]["coordinates"]) * net.scale) for k in net.keys]
    for i in range(300):
        away = [s.distance(shapely.Point(lon[i] * net.scale[0], lat[i] * net.scale[1])) for s in shapes]
        assert found[i] == (int(np.argmin(away)) if min(away) <= 50 else NONE)


def hours(**more: float | None) -> pl.DataFrame:
    given = {"humidity": 50.0, "wind": 2.0, "rain": 0.0, "temp": 5.0} | more
    rows = [("W", TEN + timedelta(hours=k - 26), *given.values()) for k in range(30)]
    return pl.DataFrame(rows, HOURS, orient="row")


def state(frame: pl.DataFrame, at: datetime = TEN, sand: tuple[tuple[datetime, datetime], ...] = ()) -> str:
    return str(states(frame, sand, RULES).filter(pl.col("start") == at)["weather"].item())


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"humidity": 79.9, "wind": 5.4}, "ok"), ({"humidity": 80.0}, "humid"), ({"wind": 5.5}, "wind"), ({"rain": 0.1}, "rain"),
        ({"humidity": None}, "unknown"), ({"rain": None}, "unknown"),
    ],
)  # fmt: skip
def test_an_hour_counts_up_to_its_limits_and_not_where_something_is_unknown(
    more: dict[str, float | None], expected: str
) -> None:
    assert state(hours(**more)) == expected


def test_rain_spoils_a_day_and_sand_its_whole_days() -> None:
    """Rain 23 hours before spoils the hour, 24 hours before does not."""

    def rained(hours_ago: int) -> pl.DataFrame:
        wet = pl.col("start") == TEN - timedelta(hours=hours_ago)
        return hours().with_columns(rain=pl.when(wet).then(1.0).otherwise("rain"))

    assert (state(rained(23)), state(rained(24))) == ("rain", "ok")
    assert state(hours(), sand=((day_start(DAY), day_start(DAY + timedelta(days=1))),)) == "sand"
    assert state(hours(), sand=((day_start(date(2019, 1, 3)), day_start(date(2019, 1, 5))),)) == "ok"
    assert state(hours().filter(pl.col("start") != TEN - timedelta(hours=5))) == "unknown"


def test_humidity_comes_from_the_dew_point() -> None:
    """20 °C with a dew point of 10 °C are 52.5 % (tables of psychrometry)."""
    found = (
        pl.DataFrame({"t": [20.0], "d": [10.0]}).select(humidity(pl.col("t"), pl.col("d")).alias("rh")).item()
    )
    assert found == pytest.approx(52.5, abs=0.3)


def points(*rows: tuple[int, str | None, float | None, float | None]) -> pl.DataFrame:
    """Minutes after ten, segment, speed, PM10 of one vehicle."""
    made = [("T", TEN + n * MINUTE, s, v, p, "ok") for n, s, v, p in rows]
    schema = ["vehicle", "start", "segment", "speed", "pm10", "weather"]
    return pl.DataFrame(made, schema, orient="row").with_columns(
        pl.col("start").dt.cast_time_unit("us"), pl.col("speed", "pm10").cast(pl.Float64)
    )


def test_a_pass_is_compared_with_the_net_of_the_same_quarter() -> None:
    """A 160 and 140, B 90: the net is 130, A lies 20 above, B 40 below; a jump off the net between does not end the pass."""
    found = passes(
        points((0, "A", 30, 160), (1, None, 30, 999), (2, "A", 30, 140), (3, "B", 30, 90), (4, "B", 70, 500)),
        RULES,
    )
    assert found.select("segment", "points", "pm10", "net", "excess", "state").rows() == [
        ("A", 2, 150.0, 130.0, 20.0, "ok"), ("B", 1, 90.0, 130.0, -40.0, "ok"),
    ]  # fmt: skip


def test_what_does_not_count_says_why_and_a_gap_ends_a_pass() -> None:
    found = passes(
        points(
            (0, "A", 19.9, 160),
            (1, "B", 60.1, 160),
            (2, "C", 30, None),
            (3, "D", None, 90),
            (4, "E", 30, 90),
            (7, "E", 20, 90),
        ),
        RULES,
    )
    assert found["state"].to_list() == [
        "slow",
        "fast",
        "no_value",
        "no_speed",
        "lone",
        "lone",
    ]  # E twice: three minutes without a point; alone on the net
    assert found["excess"].null_count() == 6


def made(segment: str, excess: list[float], days: int = 3, month: int = 1) -> list[tuple[object, ...]]:
    at = datetime(2019, month, 2, 4, tzinfo=UTC)
    return [
        (segment, "T", at + timedelta(days=n % days), date(2019, month, 2 + n % days), 1, 0.0, 0.0, e, "ok")
        for n, e in enumerate(excess)
    ]


def test_ranks_are_of_medians_ties_are_shared_and_too_few_have_none() -> None:
    """Medians 30, 30, 10: ranks 1, 1, 3 of 3; four passes, and five on two days, are too few. A pass that does not count counts nowhere."""
    rows = [
        *made("A", [10, 20, 30, 40, 900]),
        *made("B", [30] * 5),
        *made("C", [10] * 6),
        *made("D", [99] * 4),
        *made("E", [99] * 5, days=2),
    ]
    bad = [(*r[:-1], "humid") for r in made("C", [500.0] * 9)]
    found = scores(pl.DataFrame(rows + bad, PASSES, orient="row"), RULES)
    assert found.select("segment", "passes", "enough", "rank", "of", "share").rows() == [
        ("A", 5, True, 1, 3, 1 / 3), ("B", 5, True, 1, 3, 1 / 3), ("C", 6, True, 3, 3, 1.0), ("D", 4, False, None, 3, None), ("E", 5, False, None, 3, None),
    ]  # fmt: skip
    assert found["excess"].to_list()[:3] == [30.0, 30.0, 10.0]


def test_each_month_has_ranks_of_its_own() -> None:
    found = scores(
        pl.DataFrame(
            [*made("A", [1] * 5), *made("B", [9] * 5), *made("A", [9] * 5, month=2)], PASSES, orient="row"
        ),
        RULES,
    )
    assert found.select("segment", "rank", "of").rows() == [("B", 1, 2), ("A", 2, 2), ("A", 1, 1)]


@pytest.mark.parametrize(
    ("kind", "silt", "expected"),
    [("fast", 0.3, "good"), ("main", 0.6, "fair"), ("main", 1.0, "poor"), ("main", 1.01, "bad"), ("secondary", 0.45, "good"), ("branch", 2.0, "poor"), ("path", 1.0, None)],
)  # fmt: skip
def test_silt_is_graded_by_class_of_road(kind: str, silt: float, expected: str | None) -> None:
    assert grade_of(SILT, kind, silt, DAY) == expected


def test_dirt_is_within_its_limit_or_bad() -> None:
    assert [grade_of(DIRT, "first", v, DAY) for v in (15.0, 15.1)] == ["good", "bad"]
    assert grade_of(DIRT, "", 1.0, DAY) is None


def test_the_worked_example_of_the_guide() -> None:
    """sL 0.6 g/m², 10 t: 0.62 x 0.6282 x 10.471 = 4.08 g/km of PM10; sL 2 gives 12.2, three times as much."""
    k = factors("k", DAY)
    assert (k["tsp"], k["pm10"], k["pm25"]) == (3.23, 0.62, 0.15)
    found = grams(k["pm10"], 0.6, 10)
    assert found == pytest.approx(4.08, abs=0.005)
    assert grams(k["pm10"], 2, 10) == pytest.approx(12.2, abs=0.05)
    assert grams(k["pm10"], 0.6, 10, factors("watering", DAY)["pm10"]) == pytest.approx(
        4.08 * 0.45, abs=0.005
    )


def test_a_year_leaves_out_its_days_of_rain() -> None:
    """4 g/km x 2 km x 10,000 = 80 kg a day; 73 wet days of 365 leave 80 %: 80 x 292 = 23.36 t."""
    road = Road(0.6, 10, 10_000, 2)
    assert kg_a_day(4.0, road) == 80.0
    assert tonnes_a_year(4.0, road, 73) == pytest.approx(23.36)


def test_coverage_counts_slow_sweeping_and_does_not_know_without_speed_or_log() -> None:
    plan = pl.DataFrame(
        [("A", "sweeping", 100.0), ("A", "washing", 100.0), ("B", "sweeping", 100.0)], PLAN, orient="row"
    )
    log = [
        ("A", TEN, "sweep", 40.0, 15.0),
        ("A", TEN, "suction", 20.0, 15.1),
        ("A", TEN, "sweep", 30.0, None),
        ("A", TEN, "wash", 90.0, 40.0),
        ("A", TEN, "fog", 500.0, None),
    ]
    found = covered(plan, pl.DataFrame(log, WORK, orient="row"), RULES)
    assert found.select("segment", "kind", "done", "unverified", "fast", "rows", "share").rows() == [
        ("A", "sweeping", 40.0, 30.0, 20.0, 3, 0.4), ("A", "washing", 90.0, 0.0, 0.0, 1, 0.9), ("B", "sweeping", None, 0.0, 0.0, 0, None),
    ]  # fmt: skip
