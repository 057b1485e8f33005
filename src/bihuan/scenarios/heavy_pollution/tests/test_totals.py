"""Sums of reductions, and what the practice city has."""

import pytest

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.scenarios.heavy_pollution import demo
from bihuan.scenarios.heavy_pollution.models import EmissionBase
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.totals import totals


def test_reductions_are_held_against_ten_percent(world: World) -> None:
    # Yellow list: NOx 200 + 25 + 150 (guaranteed) = 375 kg of 3000 = 12.5 %; PM 50 + 30 = 80 kg of 1000 = 8 %.
    region = world.city.regions["140300"]
    for pollutant, kg in (("nox", 3000.0), ("pm", 1000.0)):
        EmissionBase.objects.create(region=region, pollutant=pollutant, kg_per_day=kg, source="手算")
    rows = {t.pollutant: t for t in totals(region, "yellow", world.suggest())}
    assert rows["nox"].listed_share == pytest.approx(0.125)
    assert rows["nox"].enough
    assert rows["pm"].listed_share == pytest.approx(0.08)
    assert rows["pm"].verdict == "未达到"
    assert rows["so2"].verdict == "未登记排放基数，无法核算"


def test_the_practice_city_gets_suggestions_of_its_newest_run(world: World) -> None:
    run = world.run()
    ForecastStore(world.folder).freeze(run.hours, run.days, run.members, {"issued": run.issued})
    assert demo.build(clock.now()) == "管控建议 3 条"
    assert demo.build(clock.now()) == "管控建议 0 条"
    assert EmissionBase.objects.filter(simulated=True).count() == 4
