"""From the forecast to advice and suggestions: what fires, what must not, and what happens with the next run."""

from dataclasses import replace
from datetime import timedelta

import polars as pl
import pytest

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Finding
from bihuan.registry.models import Emitter
from bihuan.scenarios.catalogue import check_of
from bihuan.scenarios.heavy_pollution import actions
from bihuan.scenarios.heavy_pollution.checks import heavy_days_ahead
from bihuan.scenarios.heavy_pollution.inputs import inputs
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions
from bihuan.scenarios.heavy_pollution.tests.world import World, run_of


def test_an_episode_gives_the_level_of_the_dated_rule(world: World) -> None:
    # By hand from fixtures/episode.csv: 7 of 10 paths lie above 200 on two days, 2 of them on three. 2018 rule:
    # yellow = 48 h, orange = 72 h above 200.
    advice = world.advice()
    assert advice.level == "yellow"
    assert advice.probabilities == {"yellow": 0.7, "orange": 0.2, "red": 0.0}
    assert "建议启动黄色预警" in advice.sentence
    assert advice.rule.startswith("2018")
    assert "黄色预警：日 AQI > 200 持续 48 小时及以上。" in advice.rule_text


def test_one_bad_day_is_a_near_miss(world: World) -> None:
    # All paths above 200, but on one day only: no warning under the 2018 rule, precaution with the yellow list.
    advice = world.advice("one_day")
    assert (advice.level, advice.listed_level) == ("", "yellow")
    assert "预防性管控" in advice.need
    assert Suggestion.objects.exists()


def test_clean_air_asks_for_nothing(world: World) -> None:
    advice = world.advice("clean")
    assert (advice.level, advice.listed_level, Suggestion.objects.count()) == ("", "", 0)
    assert not Finding.objects.exists()


def test_ozone_starts_no_coloured_warning(world: World) -> None:
    advice = world.advice("ozone")
    assert (advice.level, advice.probabilities["yellow"]) == ("", 0.0)
    assert "臭氧" in advice.need
    assert {s.pollutant for s in Suggestion.objects.all()} == {"nox"}


def test_a_unit_gets_one_suggestion_with_all_that_it_saves(world: World) -> None:
    rows = {s.emitter_id: s for s in world.suggest()}
    assert set(rows) == {"P1", "P2", "V1"}  # P3 heats homes: guaranteed
    assert rows["P1"].kg == {"nox": 200.0, "pm": 50.0}
    assert rows["P1"].level == "yellow"
    assert rows["P1"].simulated
    assert sorted(s.rank for s in rows.values()) == [1, 2, 3]


def test_an_unknown_wind_is_no_reason(world: World) -> None:
    first = world.suggest()[0]
    assert first.why_data["upwind"] == "unknown"
    assert "风" not in first.why
    assert "平定站" in first.why  # S2 has the highest AQI in the paths


def test_the_same_run_twice_changes_nothing(world: World) -> None:
    assert make_suggestions(world.run(), clock.now()) == 3
    assert make_suggestions(world.run(), clock.now()) == 0
    assert Advice.objects.count() == 1


def test_a_newer_run_expires_what_is_open_and_links_what_is_under_way(world: World) -> None:
    first = {s.emitter_id: s for s in world.suggest()}
    case = actions.accept(first["P1"], world.person())
    clock.set_replay(world.at + timedelta(days=1), 0)
    make_suggestions(world.run(days=1), clock.now())
    old = {s.emitter_id: s.status for s in Suggestion.objects.filter(issued=world.at)}
    new = {s.emitter_id: s for s in Suggestion.objects.filter(issued__gt=world.at)}
    assert old == {"P1": "accepted", "P2": "expired", "V1": "expired"}
    assert (new["P1"].status, new["P1"].case) == ("ongoing", case)
    assert new["P2"].status == "open"


def test_an_unknown_grade_counts_as_ungraded(world: World) -> None:
    Emitter.objects.filter(pk="P1").update(grade="长期停产")
    assert {s.emitter_id for s in world.suggest()} == {"P1", "P2", "V1"}


def test_a_city_without_stations_says_what_to_do(world: World) -> None:
    world.city.regions["140300"].city_sites.all().delete()
    with pytest.raises(LookupError, match="没有参与城市评价的点位"):
        world.suggest()


def test_heavy_days_in_a_row_are_one_finding_about_the_city(world: World) -> None:
    # Level 5 or 6 by count of fixtures/episode.csv: 26 Feb 2 of 10, 27 and 28 Feb 7 of 10, 1 Mar none.
    found = heavy_days_ahead.run(run_of("episode", world.at).days).to_dicts()
    assert [(f["target"], f["start"].isoformat(), f["until"].isoformat()) for f in found] == [
        ("140300", "2019-02-26T16:00:00+00:00", "2019-02-28T16:00:00+00:00")
    ]
    assert "2月27日至2月28日" in found[0]["title"]
    # Medians by count of the same file: 230 on 27 Feb, 240 on 28 Feb.
    assert (
        found[0]["title"] == "预计2月27日至2月28日重度及以上污染，2月28日最重，AQI 中位数 240，概率最高 70%"
    )
    assert heavy_days_ahead.run(run_of("ozone", world.at).days).is_empty()


def test_the_finding_is_filed_for_people_from_the_newest_run(world: World) -> None:
    run = world.run()
    ForecastStore(world.folder).freeze(run.hours, run.days, run.members, run.meta)
    rule = check_of("heavy_pollution.forecast")
    file_findings(rule, rule.run(*inputs(clock.now(), timedelta(hours=24))))
    finding = Finding.objects.get()
    assert (finding.check_key, finding.region_id, finding.simulated) == (
        "heavy_pollution.forecast",
        "140300",
        False,
    )


def test_dust_starts_no_warning(world: World) -> None:
    # The episode's paths with PM10 raised to four times PM2.5: a ratio of 0.25, below the manifest's 0.3.
    run = world.run()
    dusty = run.members.with_columns(pm10=pl.col("pm25") * 4.0)
    make_suggestions(replace(run, members=dusty), clock.now())
    assert (Advice.objects.get().level, Advice.objects.get().probabilities["yellow"]) == ("", 0.0)
