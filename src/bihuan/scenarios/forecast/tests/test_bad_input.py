"""The city's own forecast with too little history and with excluded values, as the worker makes it and the page shows it."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.domain.timeaxis import parse_moment
from bihuan.registry.decisions import decide
from bihuan.registry.forecasting import fallback_of, forecast_city
from bihuan.registry.models import Site
from bihuan.scenarios.forecast import jobs
from tests.archive.bringing import bring, of_first, put, since
from tests.forecast.real import SITES, until
from tests.people import City
from tests.web.measured import build_sites

NOW = "2019-01-12T08:00"
FIRST = SITES[0]


def hours(first: str) -> pl.DataFrame:
    return until(NOW).filter(since(first)).select("site", "start", "pm25")


@pytest.fixture
def sites(city: City, data_dir: Path) -> None:
    """The register's stations, on the morning of 12 January 2019."""
    build_sites()
    clock.set_replay(parse_moment(NOW), 0)


def run_of(data_dir: Path, run_id: str) -> Run:
    return ForecastStore(data_dir).load(run_id)


def test_two_days_of_history_give_a_labelled_forecast_that_says_why(
    sites: None, client: Client, city: City, data_dir: Path
) -> None:
    bring(data_dir, hours("2019-01-10T08:00"))
    said = jobs.forecast(parse_moment(NOW), lambda _: None)
    run_id = ForecastStore(data_dir).runs()[0]
    (note,) = fallback_of(run_id)
    assert note in said
    assert "会商台未列成员：这次起报没有模型" in said
    assert note.startswith("历史资料不足以训练模型，暂以最简成员“持续性”起报（现有 2.0 天，至少需要 5 天）")
    assert run_of(data_dir, run_id).hours["model"].unique().to_list() == ["persistence"]
    client.force_login(city.person("chief", "140300"))
    page = client.get(reverse("forecast")).content.decode()
    for part in (
        "降级",
        "持续性",
        "缺少或较差的预报",
        "PM2.5: 历史资料不足，以持续性代替",
        "O3: 近 60 天没有监测值",
    ):
        assert part in page
    for name in ("centre", "forecast_scores", "models", "forecast_desk:index"):
        assert client.get(reverse(name)).status_code == 200
    assert client.get("/brief/2019-01-12/").status_code == 200


def test_what_a_reviewer_excluded_by_then_is_not_looked_at(sites: None, city: City, data_dir: Path) -> None:
    """985 for a day says the same as nothing there once it is excluded; the exclusion does not reach back in time."""
    first, last = "2019-01-11T08:00", NOW
    bad = of_first(first) & ~since(last)
    moment = parse_moment(NOW)
    bring(data_dir, put(bad, 985.0)(hours("2019-01-01")))
    before = run_of(data_dir, forecast_city(moment))
    clock.set_replay(datetime(2019, 1, 12, 0, 20, tzinfo=UTC), 0)
    decide(
        Site.objects.get(pk=FIRST), ["pm25"], parse_moment(first), parse_moment(last), "exclude", "仪器故障",
        city.person("dispatcher", "140300"),
    )  # fmt: skip
    assert forecast_city(moment) == before.run_id
    later = datetime(2019, 1, 12, 0, 30, tzinfo=UTC)
    clock.set_replay(later, 0)
    after = run_of(data_dir, forecast_city(later))
    first_mean, second_mean = (
        r.hours.filter(pl.col("site") == FIRST, pl.col("item") == "pm25")["mean"].to_numpy().mean()
        for r in (before, after)
    )
    assert first_mean > second_mean * 2
    assert second_mean < 300
