"""The register of the practice city: real regions and stations, simulated emitters."""

import csv
import json
import random
from importlib.resources import as_file, files
from pathlib import Path

from django.db import transaction

from bihuan.practice import people
from bihuan.registry.models import Emitter, Measure, Organisation, Region, Site
from bihuan.simulate.economy import Unit, make_units, place, rings_of

DATA = files("bihuan.practice") / "data"
FULL_SITES = 1000
SMALL = {f"P{n:03}" for n in range(1, 25)} | {"P033", "P047"}
"""Plants of a small city: those that the stories are about, and some beside."""
OWN_SITES = ["1738A", "1739A", "1741A", "1742A", "1743A"]


def data_file(name: str) -> Path:
    """A file that the package carries."""
    with as_file(DATA / name) as path:
        return path


def _rows(name: str) -> list[dict[str, str]]:
    with data_file(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def regions() -> None:
    """Provinces, cities, counties and townships, parents first; the counties of Yangquan with their boundaries."""
    features = json.loads(data_file("yangquan.geojson").read_text("utf-8"))["features"]
    boundaries = {f["properties"]["code"]: f["geometry"] for f in features}
    for row in sorted(_rows("regions.csv"), key=lambda r: len(r["code"]) * 10 - r["code"].count("0")):
        code = row["code"]
        Region.objects.create(
            code=code, name=row["name"], parent_id=row["parent"] or None, geometry=boundaries.get(code)
        )


def sites() -> None:
    """The five national stations of Yangquan and the neighbours' stations."""
    for row in _rows("sites.csv"):
        own = row["city"] == people.CITY
        Site.objects.create(
            code=row["site"], name=row["name"], rank=Site.Rank.NATIONAL, region_id=row["region"], city_id=row["city"],
            lon=float(row["lon"]), lat=float(row["lat"]), evaluated=own, neighbour=not own,
        )  # fmt: skip


def _emitter(unit: Unit) -> Emitter:
    organisation = None
    if unit.kind == "plant":
        organisation = Organisation.objects.create(
            name=f"{unit.name}（{unit.code}）", kind="enterprise", region_id=unit.region, simulated=True
        )
    return Emitter(
        code=unit.code, name=unit.name, kind=unit.kind, region_id=unit.region, organisation=organisation,
        industry=unit.industry, grade=unit.grade, guaranteed=unit.guaranteed, lon=unit.lon, lat=unit.lat, simulated=True,
    )  # fmt: skip


def emitters(*, small: bool) -> None:
    """The simulated reduction list; of a small city only some plants."""
    units = make_units(data_file("yangquan.geojson"))
    if small:
        units = [u for u in units if u.kind != "plant" or u.code in SMALL]
    Emitter.objects.bulk_create([_emitter(u) for u in units])
    Measure.objects.bulk_create(
        Measure(emitter_id=u.code, level=level, pollutant=pollutant, text=text, kg_per_day=kg, basis=basis)
        for u in units
        for level, pollutant, text, kg, basis in u.measures
    )


def township_codes() -> list[str]:
    """Codes of the simulated lower-rank stations of the full-size city."""
    return [f"T{i:04d}" for i in range(1, FULL_SITES + 1)]


def township_sites() -> None:
    """About 1,000 simulated provincial and township stations, by township."""
    rng = random.Random(7)
    rings = rings_of(data_file("yangquan.geojson"))
    towns = list(Region.objects.filter(code__startswith=people.CITY[:4], parent__parent_id=people.CITY))
    made = []
    for i, code in enumerate(township_codes()):
        town = towns[i % len(towns)]
        lon, lat = place(rng, rings[town.code[:6]])
        rank = Site.Rank.PROVINCIAL if i < 40 else Site.Rank.TOWNSHIP
        made.append(
            Site(
                code=code,
                name=f"{town.name}{i // len(towns) + 1}号站",
                rank=rank,
                region=town,
                city_id=people.CITY,
                lon=lon,
                lat=lat,
                simulated=True,
            )
        )
    Site.objects.bulk_create(made)


@transaction.atomic
def build_registry(size: str) -> None:
    """Everything of the register in one transaction."""
    regions()
    people.organisations()
    sites()
    emitters(small=size == "small")
    people.people()
    if size == "full":
        township_sites()
