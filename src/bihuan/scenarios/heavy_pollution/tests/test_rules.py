"""From paths to the level that is suggested: both rules by the date of the forecast, at and beside every threshold."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Emitter, Measure
from bihuan.scenarios.heavy_pollution import after_forecast
from bihuan.scenarios.heavy_pollution.inputs import inputs
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions, measured_aqi, release_sentence
from bihuan.scenarios.heavy_pollution.tests.made import at, measure, members, run_with, signed_in, some
from bihuan.scenarios.heavy_pollution.tests.world import World

OLD, NEW = date(2019, 2, 26), date(2024, 2, 27)


def advised(world: World, first: date, *paths: Sequence[int], **more: Any) -> Advice:
    """The advice of a run that was issued on the day before, the clock being there."""
    issued = datetime(first.year, first.month, first.day, 6, tzinfo=CST) - timedelta(days=1)
    clock.set_replay(issued, 0)
    make_suggestions(run_with(issued, members(first, paths, **more)), issued)
    return Advice.objects.get()


@pytest.mark.parametrize(
    ("days", "old", "new"),
    [
        # 2018: yellow 48 h, orange 72 h, red 96 h above 200 with 48 h above 300 in it, or 500 reached.
        # 2024: yellow 24 h above 200 or 48 h above 150; orange 48 h above 200 or 72 h above 150; red 72 h above 200
        # with 24 h above 300 in it.
        ([200, 200, 200, 200], "", "orange"),
        ([201, 150, 150, 150], "", "yellow"),
        ([201, 201, 150, 150], "yellow", "orange"),
        ([201, 200, 201, 150], "", "orange"),
        ([201, 201, 201, 150], "orange", "orange"),
        ([150, 150, 150, 150], "", ""),
        ([151, 151, 150, 151], "", "yellow"),
        ([151, 151, 151, 150], "", "orange"),
        ([301, 301, 201, 201], "red", "red"),
        ([301, 300, 201, 201], "orange", "red"),
        ([300, 300, 201, 201], "orange", "orange"),
        ([301, 201, 201, 150], "orange", "red"),
        ([500, 100, 100, 100], "red", "yellow"),
        ([499, 100, 100, 100], "", "yellow"),
    ],
)
@pytest.mark.parametrize("edition", ["old", "new"])
def test_every_threshold_of_both_rules(
    world: World, days: list[int], old: str, new: str, edition: str
) -> None:
    advice = advised(world, OLD if edition == "old" else NEW, *[days] * 10)
    level = old if edition == "old" else new
    assert advice.level == level
    assert advice.rule.startswith("2018 年规则" if edition == "old" else "2024 年规则")
    assert advice.decision == "open"
    if level:
        assert advice.listed_level == level
        assert {s.level for s in Suggestion.objects.all()} == {level}


@pytest.mark.parametrize(("first", "name"), [(date(2023, 12, 31), "2018"), (date(2024, 1, 1), "2024")])
def test_the_rule_is_that_of_the_first_day_of_the_forecast(world: World, first: date, name: str) -> None:
    advice = advised(world, first, *[[210, 100, 100, 100]] * 10)
    assert advice.rule.startswith(f"{name} 年规则（{name}-01-01 起）")
    assert advice.level == ("" if name == "2018" else "yellow")
    assert ("持续 48 小时及以上" in advice.rule_text.splitlines()[0]) is True
    assert ("> 150" in advice.rule_text) == (name == "2024")
    assert ("达到 500" in advice.rule_text) == (name == "2018")
    assert advice.rule_source


@pytest.mark.parametrize(("n", "level"), [(4, ""), (5, "yellow"), (6, "yellow")])
def test_a_level_is_suggested_when_half_of_the_paths_reach_it(world: World, n: int, level: str) -> None:
    advice = advised(world, OLD, *some(n, [210, 210, 90, 90], [90, 90, 90, 90]))
    assert advice.level == level
    assert advice.probability == pytest.approx(n / 10)
    assert advice.probabilities == {"yellow": n / 10, "orange": 0, "red": 0}


def test_the_highest_level_that_half_of_the_paths_reach(world: World) -> None:
    paths = [*[[310, 310, 210, 210]] * 3, *[[210, 210, 210, 100]] * 3, *[[210, 210, 100, 100]] * 4]
    advice = advised(world, OLD, *paths)
    assert advice.probabilities == {"yellow": 1.0, "orange": 0.6, "red": 0.3}
    assert (advice.level, advice.probability) == ("orange", 0.6)
    assert {s.emitter_id: s.level for s in Suggestion.objects.all()} == dict.fromkeys(
        ("P1", "P2", "V1"), "orange"
    )
    # Orange asks P1 for 80 % of 400 kg NOx and of 100 kg PM.
    assert Suggestion.objects.get(emitter="P1").kg == {"nox": 320.0, "pm": 80.0}


@pytest.mark.parametrize(("n", "listed"), [(4, ""), (5, "yellow")])
def test_precaution_begins_where_half_of_the_paths_pass_150(world: World, n: int, listed: str) -> None:
    advice = advised(world, OLD, *some(n, [151, 90, 90, 90], [150, 90, 90, 90]))
    assert (advice.level, advice.listed_level) == ("", listed)
    assert ("建议预防性管控" in advice.need) == bool(listed)
    assert Suggestion.objects.exists() == bool(listed)


@pytest.mark.parametrize(("days", "asked"), [([160, 90], {"P2", "V1"}), ([210, 210], {"P1", "P2", "V1"})])
def test_precaution_spares_the_best_and_a_warning_does_not(
    world: World, days: list[int], asked: set[str]
) -> None:
    Emitter.objects.filter(pk="P1").update(grade="A")
    advised(world, OLD, *[days] * 10)
    assert set(Suggestion.objects.values_list("emitter", flat=True)) == asked


@pytest.mark.parametrize(("pm25", "level"), [(60.0, "yellow"), (59.9, "")])
def test_dust_is_below_a_ratio_of_three_tenths(world: World, pm25: float, level: str) -> None:
    advice = advised(world, OLD, *[[210, 210, 90, 90]] * 10, pm25=pm25, pm10=200.0, primary="PM10")
    assert advice.level == level


@pytest.mark.parametrize(("n", "asked"), [(4, False), (5, True)])
def test_ozone_asks_from_half_of_the_paths_on(world: World, n: int, asked: bool) -> None:
    advice = advised(world, OLD, *some(n, [101, 90, 90, 90], [100, 90, 90, 90]), primary="O3_8h")
    assert ("臭氧" in advice.need) == asked
    assert (advice.level, advice.listed_level) == ("", "yellow" if asked else "")


def test_only_the_citys_own_paths_count(world: World) -> None:
    issued = at(25, 6)
    bad = members(OLD, [[310, 310, 310, 310]] * 10, site="S1")
    make_suggestions(run_with(issued, bad, members(OLD, [[90] * 4] * 10)), issued)
    assert (Advice.objects.get().level, Advice.objects.get().worst["name"]) == ("", "郊区站")


def test_the_days_of_the_advice_are_those_of_the_forecast(world: World) -> None:
    advice = advised(world, OLD, *some(6, [210, 160, 90, 40], [110, 60, 90, 40]))
    assert [d["date"] for d in advice.days] == ["2019-02-26", "2019-02-27", "2019-02-28", "2019-03-01"]
    first = advice.days[0]
    # Six of ten at 210 (level 5), four at 110 (level 3): the mean is 170, the median 210.
    assert (first["mean"], first["q50"], first["p5"], first["p3"]) == (170, 210, 0.6, 0.4)
    assert first["primary"] == "PM2.5"


# What is measured, and when a warning may end


@pytest.mark.parametrize(
    ("hours", "index"),
    [
        ({at(25, 13): 150.0}, 200),  # HJ 633 table 1: PM2.5 150 is IAQI 200
        ({at(25, 13): 151.0}, 201),
        ({at(25, 12): 150.0, at(25, 13): 35.0}, 75),  # the newest, not the worst: PM10 100 is IAQI 75
        ({at(25, 11): 150.0}, 200),
        ({at(25, 10): 150.0}, None),  # four hours old
        ({}, None),
    ],
)
def test_the_citys_measured_index_is_of_the_newest_hour(
    world: World, hours: dict[datetime, float | None], index: int | None
) -> None:
    measure(world, {"S1": hours, "S2": hours})
    assert measured_aqi(world.city.regions["140300"], clock.now()) == index


def test_an_index_without_all_items_does_not_say_that_the_air_is_clean(world: World) -> None:
    hours: dict[datetime, float | None] = {at(25, 13): 20.0}
    measure(world, {"S1": hours, "S2": hours}, without="PM10")
    assert measured_aqi(world.city.regions["140300"], clock.now()) is None


@pytest.mark.parametrize(
    ("pm25", "ahead", "verdict"),
    [
        (150.0, [200, 200], "可以解除"),
        (151.0, [200, 200], "尚不满足解除条件"),
        (150.0, [200, 201], "尚不满足解除条件"),
        (150.0, [201, 200], "尚不满足解除条件"),
        (None, [100, 100], "尚不满足解除条件"),
    ],
)
def test_a_warning_may_end_at_its_start_value_and_not_above(
    world: World, pm25: float | None, ahead: list[int], verdict: str
) -> None:
    if pm25 is not None:
        measure(world, {s: {at(25, 13): pm25} for s in ("S1", "S2")})
    paths = members(OLD, [ahead] * 10)
    said = release_sentence(world.city.regions["140300"], "yellow", paths, clock.now())
    assert said.endswith(f"{verdict}。")
    assert ("近 3 小时没有实测 AQI" in said) == (pm25 is None)


def test_release_is_measured_against_the_rule_of_today(world: World) -> None:
    """From 2024 on yellow starts above 150 too, so that is what must not be passed."""
    now = at(26, 14, year=2024)
    clock.set_replay(now, 0)
    world.at = now
    for ahead, verdict in ((150, "可以解除"), (151, "尚不满足解除条件")):
        measure(world, {s: {now - timedelta(hours=1): 110.0} for s in ("S1", "S2")})
        paths = members(NEW, [[ahead, ahead]] * 10)
        said = release_sentence(world.city.regions["140300"], "yellow", paths, now)
        assert "不高于 150" in said
        assert said.endswith(f"{verdict}。")


# Without a forecast


def test_without_any_run_nothing_is_advised_and_everything_stands(client: Client, world: World) -> None:
    assert after_forecast.run(clock.now()) == "没有预报，未作管控建议"
    (days,) = inputs(clock.now(), timedelta(hours=24))
    assert days.is_empty()
    signed_in(client, world)
    text = client.get(reverse("heavy_pollution:index")).content.decode()
    assert "没有预警建议" in text
    assert "提请启动预警" in text  # people may start one without a forecast
    assert client.get(reverse("heavy_pollution:history")).status_code == 200
    assert client.get(reverse("centre")).status_code == 200


def test_a_list_without_the_level_gives_advice_and_no_measures(world: World) -> None:
    Measure.objects.filter(level="red").delete()
    advice = advised(world, OLD, *[[310, 310, 210, 210]] * 10)
    assert (advice.level, Suggestion.objects.count()) == ("red", 0)


def test_a_run_of_a_city_that_is_not_registered_is_passed_over(world: World) -> None:
    issued = at(25, 6)
    run = run_with(issued, members(OLD, [[310] * 4] * 10, site="city:149999"))
    assert make_suggestions(run, issued) == 0
    assert not Advice.objects.exists()
