"""A small city, and a run that always says the same: median AQI 160 on the first day, 10 less on each day after."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore, Run
from bihuan.domain.timeaxis import CST, INSTANT
from bihuan.registry.forecast_places import Place, every_place
from bihuan.registry.models import Person, Site
from bihuan.scenarios.forecast_desk import actions
from bihuan.scenarios.forecast_desk.bulletin_form import read
from bihuan.scenarios.forecast_desk.guidance import raw_files
from bihuan.scenarios.forecast_desk.models import Bulletin, Guidance
from tests.people import City
from tests.rights.address import ALL, Address, covering
from tests.rights.address import city as of_city

KEY = "city:140300"
OFF = {"q05": -30.0, "q10": -20.0, "q25": -10.0, "q50": 0.0, "q75": 10.0, "q90": 20.0, "q95": 30.0}
ITEMS = {"aqi": 160.0, "pm25": 122.0, "pm10": 170.0, "so2": 40.0, "no2": 60.0, "co": 42.0, "o3_8h": 80.0}
DAYS = 3


@dataclass
class World:
    """`at` is what the clock shows."""

    city: City
    folder: Path
    at: datetime

    def person(self, role: str = "dispatcher", region: str = "140300") -> Person:
        """Somebody with this role, freshly loaded."""
        return self.city.person(role, region)

    def later(self, hours: float) -> None:
        """Let the clock show a later time."""
        self.at += timedelta(hours=hours)
        clock.set_replay(self.at, 0)

    def run(self, issued: datetime | None = None) -> Run:
        """A frozen run."""
        return ForecastStore(self.folder).load(freeze(self.folder, issued or self.at))

    def place(self, key: str = KEY) -> Place:
        """A place by its key."""
        return next(p for p in every_place() if p.key == key)

    def propose(
        self,
        form: dict[str, str] | None = None,
        *,
        run: Run | None = None,
        by: Person | None = None,
        key: str = KEY,
    ) -> Bulletin:
        """A version from a form; without one, the first day's AQI is 180 (170-195)."""
        run = run or self.run()
        said = form or {f"v_aqi_{self.day()}": "180", f"r_aqi_{self.day()}": "170-195"}
        content = read(said, run, key)
        return actions.propose(self.place(key), run, content, by or self.person(), "夜间静稳，上调")

    def publish(self, made: Bulletin | None = None) -> Bulletin:
        """Approved by the chief and published by the dispatcher."""
        made = made or self.propose()
        actions.act(made, "approved", self.person("chief"))
        actions.act(made, "published", self.person())
        return made

    def day(self, ahead: int = 0) -> str:
        """A date as the form writes it."""
        return (self.at.astimezone(CST).date() + timedelta(days=ahead)).isoformat()


def freeze(folder: Path, issued: datetime) -> str:
    """Freeze a run of 72 hours and three days at the city and one station."""
    first = issued.astimezone(CST).date()
    places = (KEY, "S1")
    hours = [
        {"site": s, "item": "pm25", "issued": issued, "start": issued + timedelta(hours=k), "lead": k + 1, "mean": 100.0, **{q: 100.0 + v for q, v in OFF.items()}, "model": "made"}
        for s in places
        for k in range(72)
    ]  # fmt: skip
    days: list[dict[str, Any]] = []
    for site in places:
        for n in range(DAYS):
            for item, value in ITEMS.items():
                middle = value - 10.0 * n if item in ("aqi", "pm25") else value
                chances = {f"p{k}": float(k == 4) if item == "aqi" else None for k in range(1, 7)}
                quantiles = (
                    {q: middle + v for q, v in OFF.items()} if item != "co" else dict.fromkeys(OFF, 1.5)
                )
                days.append({"site": site, "date": first + timedelta(days=n), "item": item, "issued": issued, "mean": middle, **quantiles, **chances, "model": "made"})  # fmt: skip
    members = [
        {"site": s, "member": m, "date": first + timedelta(days=n), "primary": "PM2.5" if m else "PM10"}
        for s in places
        for n in range(DAYS)
        for m in range(3)
    ]
    floats = {f"p{k}": pl.Float64 for k in range(1, 7)}
    return ForecastStore(folder).freeze(
        pl.DataFrame(hours, schema_overrides={"issued": INSTANT, "start": INSTANT}),
        pl.DataFrame(days, schema_overrides={"issued": INSTANT, **floats}),
        pl.DataFrame(members),
        {
            "issued": issued,
            "model": "made",
            "received_until": issued,
            "fitted_on": [issued - timedelta(days=30), issued],
            "validation": {"pm25": {"combined": [40.0] * 7}},
        },
    )


def make_world(city: City, folder: Path, at: datetime) -> World:
    """Two stations in the registry."""
    top = city.regions["140300"]
    for code, name, county in (("S1", "郊区站", "140311"), ("S2", "平定站", "140321")):
        Site.objects.create(
            code=code, name=name, rank="national", region=city.regions[county], city=top, lon=113.6, lat=37.9, evaluated=True,
        )  # fmt: skip
    return World(city, folder, at)


def addresses(city: City, folder: Path) -> list[Address]:
    """Who opens what of this folder, of the county's own forecast: a draft that waits, and guidance."""
    at = datetime(2019, 2, 25, 6, tzinfo=UTC)
    clock.set_replay(at, 0)
    world = make_world(city, folder, at)
    Site.objects.filter(pk="S1").update(region=city.regions["140321"])
    desk = covering("dispatcher", "chief")
    run = world.run()
    draft = world.propose({f"v_aqi_{world.day()}": "180"}, run=run, key="S1")
    raw = folder / "guidance.csv"
    raw.write_text("地点,日期,项目,值\n阳泉市,2019-02-26,PM2.5,80\n")
    taken = Guidance.objects.create(
        source="省站", issued=at, received_at=at, received_by=world.person(), file_name=raw.name,
        sha256=raw_files().keep(raw)[0],
    )  # fmt: skip
    form = {f"v_aqi_{world.day()}": "181", "reason": "夜间静稳", "run": run.run_id}
    return [
        Address("index", ALL),
        Address("series", ALL),
        Address("guidance", ALL, of_city("dispatcher", "chief")),
        *(Address(name, ALL, values={"pk": taken.pk}) for name in ("guidance_file", "guidance_raw")),
        Address("bulletin", desk, values={"pk": draft.pk}),
        Address(
            "act", writes=covering("chief"), works="mine:chief", values={"pk": draft.pk, "kind": "approved"}
        ),
        Address("propose", writes=desk, works="mine:dispatcher", values={"key": "S1"}, data=form),
    ]
