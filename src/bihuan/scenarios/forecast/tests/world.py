"""What the walk over all addresses needs of this folder: two kept models, of which the newer one serves."""

from datetime import timedelta
from pathlib import Path

from bihuan import clock
from bihuan.registry import forecasting
from bihuan.registry.models import Site
from tests.forecast.real import SITES
from tests.forecasting.test_shelf import T0, keep
from tests.people import City
from tests.rights.address import ALL, WATCH, Address
from tests.rights.address import city as of_city

DAY = timedelta(days=1)
READ_BY_ALL = (
    "timeline", "forecast", "forecast_series", "forecast_scores", "forecast_reliability", "forecast_daily", "forecast_report",
)  # fmt: skip


def make_sites(city: City) -> None:
    """Yangquan's five stations, all of them in one district."""
    for code in SITES:
        Site.objects.create(
            code=code, name=code, rank="national", region=city.regions["140302"], lon=113.6, lat=37.9, evaluated=True,
            city=city.regions["140300"],
        )  # fmt: skip


def addresses(city: City, folder: Path) -> list[Address]:
    """Who opens what of this folder; the model that served before can be appointed again."""
    make_sites(city)
    clock.set_replay(T0 + 10 * DAY, 0)
    shelf = forecasting.shelf()
    before, _now = keep(shelf, T0, "champion"), keep(shelf, T0 + 8 * DAY, "champion")
    return [
        *(Address(name, ALL) for name in READ_BY_ALL),
        Address("models", WATCH),
        Address(
            "model_appoint", writes=of_city("admin"), works="city:admin",
            data={"model": before.model_id, "reason": "新模型偏高"},
        ),
    ]  # fmt: skip
