"""A small city with a reduction list, and forecast runs from hand-made paths (fixtures/*.csv)."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan import clock
from bihuan.archive.forecasts import Run
from bihuan.registry.models import Emitter, Measure, Person, Site
from bihuan.scenarios.heavy_pollution.in_force import Kind
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions
from bihuan.scenarios.heavy_pollution.warning_actions import Wish, approve, propose
from tests.people import City
from tests.rights.address import ALL, EVERYWHERE, ROLES, Address, covering, holders
from tests.rights.address import city as of_city

FIXTURES = Path(__file__).parent / "fixtures"
SHARES = {"yellow": 0.5, "orange": 0.8, "red": 1.0}
# code, name, kind, county, grade, guaranteed, lon, lat, kg/d at red
UNITS = (
    ("P1", "荫营水泥1厂", "plant", "140311", "C", False, 113.60, 37.90, {"nox": 400.0, "pm": 100.0}),
    ("P2", "冠山砖瓦2厂", "plant", "140321", "D", False, 113.62, 37.80, {"pm": 60.0}),
    ("P3", "桥头供热1厂", "plant", "140303", "C", True, 113.55, 37.87, {"nox": 300.0}),
    ("V1", "用车大户1", "vehicles", "140321", "C", False, 113.70, 37.79, {"nox": 50.0}),
)


@dataclass
class World:
    """`at` is what the clock shows."""

    city: City
    folder: Path
    at: datetime

    def person(self, role: str = "dispatcher", region: str = "140300") -> Person:
        """Somebody with this role, freshly loaded."""
        return self.city.person(role, region)

    def run(self, name: str = "episode", days: int = 0) -> Run:
        """A run of the hand-made paths, issued `days` after the clock's first moment."""
        return run_of(name, self.at + timedelta(days=days))

    def suggest(self, name: str = "episode") -> list[Suggestion]:
        """Suggestions of a run, best first."""
        make_suggestions(self.run(name), clock.now())
        return list(Suggestion.objects.order_by("rank"))

    def advice(self, name: str = "episode") -> Advice:
        """The advice of a run."""
        make_suggestions(self.run(name), clock.now())
        return Advice.objects.get()


def run_of(name: str, issued: datetime) -> Run:
    """A forecast run from fixtures/<name>.csv; its days are counted from the members here."""
    members = pl.read_csv(
        FIXTURES / f"{name}.csv", try_parse_dates=True, schema_overrides={"primary": pl.String}
    )
    aqi, level = pl.col("aqi").cast(pl.Float64), pl.col("level")
    quantiles = [aqi.quantile(q / 100, "linear").alias(f"q{q:02d}") for q in (5, 10, 25, 50, 75, 90, 95)]
    chances = [(level == k).mean().alias(f"p{k}") for k in range(1, 7)]
    days = members.group_by("site", "date").agg(aqi.mean().alias("mean"), *quantiles, *chances)
    days = days.with_columns(item=pl.lit("aqi")).sort("site", "date")
    return Run(f"{issued:%Y%m%dT%H%M%SZ}-{name}", issued, pl.DataFrame(), days, members, {"issued": issued})


def make_world(city: City, folder: Path, at: datetime) -> World:
    """Stations and units in the registry."""
    top = city.regions["140300"]
    for code, name, lat in (("S1", "郊区站", 37.91), ("S2", "平定站", 37.80)):
        Site.objects.create(
            code=code, name=name, rank="national", region=top, city=top, lon=113.6, lat=lat, evaluated=True
        )
    for code, name, kind, county, grade, guaranteed, lon, lat, kg in UNITS:
        unit = Emitter.objects.create(
            code=code, name=name, kind=kind, region=city.regions[county], industry="试验", grade=grade,
            guaranteed=guaranteed, lon=lon, lat=lat, simulated=True,
        )  # fmt: skip
        Measure.objects.bulk_create(
            Measure(
                emitter=unit,
                level=level,
                pollutant=p,
                text=f"{name}停产一半",
                kg_per_day=v * share,
                basis="应急减排清单",
            )
            for level, share in SHARES.items()
            for p, v in kg.items()
        )
    return World(city, folder, at)


def addresses(city: City, folder: Path) -> list[Address]:
    """Who opens what of this folder: the city's advice and warning, and a measure of a unit in 平定县."""
    at = datetime(2019, 2, 25, 6, tzinfo=UTC)
    clock.set_replay(at, 0)
    world = make_world(city, folder, at)
    advice = world.advice()
    region, wish = city.regions["140300"], Wish(Kind.START, "yellow", reason="会商决定")
    started = approve(propose(region, world.person(), wish), world.person("chief"))[0]
    waiting = propose(region, world.person(), Wish(Kind.LIFT, "", reason="好转"))
    measure = {
        "pk": Suggestion.objects.filter(region="140321", status=Suggestion.Status.OPEN).order_by("pk")[0].pk
    }
    office = of_city("dispatcher", "chief")
    sees = of_city(*(role for role in ROLES if role != "enterprise"))
    because = {"reason": "会商决定"}
    return [
        Address("index", ALL),
        Address("accept", writes=covering("dispatcher", "chief"), works="mine:dispatcher", values=measure),
        Address("refuse", writes=covering("dispatcher", "chief"), values=measure, data=because),
        Address("batch", writes=holders("dispatcher", "chief") | {EVERYWHERE}),
        Address("history", ALL),
        Address("propose", writes=office, data=because | {"kind": "change", "level": "orange"}),
        *(Address(name, ALL, values={"pk": started.pk}) for name in ("notice", "notice_word")),
        Address(
            "answer", writes=of_city("chief"), works="city:chief", values={"pk": waiting.pk, "verdict": "approve"}, data=because,
        ),
        Address("decline", writes=office, values={"pk": advice.pk}, data=because),
        *(Address(name, sees, values={"pk": advice.pk}) for name in ("sheet", "sheet_word")),
    ]  # fmt: skip
