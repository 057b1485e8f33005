"""What the walk over all addresses needs of this folder: one station in a county."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.registry.models import Site
from tests.people import City
from tests.rights.address import ALL, IN_REGION, Address, covering

FORM: dict[str, Any] = {
    "items": ["pm10"], "start": "2019-01-12T04:00", "until": "2019-01-12T10:00", "verdict": "exclude", "reason": "采样泵故障",
}  # fmt: skip


def addresses(city: City, folder: Path) -> list[Address]:
    """Who opens what of this folder."""
    clock.set_replay(datetime(2019, 1, 14, tzinfo=UTC), 0)
    Site.objects.create(
        code="Q1", name="测试站", rank="national", region=city.regions["140321"], city=city.regions["140300"], lon=113.6,
        lat=37.8, evaluated=True,
    )  # fmt: skip
    return [
        Address("index", ALL),
        Address("preview", IN_REGION, values={"code": "Q1"}),
        Address(
            "decide", writes=covering("dispatcher", "verifier", "chief"), works="mine:verifier", values={"code": "Q1"}, data=FORM,
        ),
    ]  # fmt: skip
