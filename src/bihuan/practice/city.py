"""The register of the practice city: real regions and stations, simulated sources; all comes in as files, as in any city."""

import json
import random
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from bihuan.kit.registers.made import bring_file, bring_rows
from bihuan.practice import people
from bihuan.registry.installation import ONE
from bihuan.registry.models import Installation, Region
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.economy import Unit, make_units, place, rings_of

DATA = files("bihuan.practice") / "data"
FULL_SITES = 1000
SMALL = {f"P{n:03}" for n in range(1, 25)} | {"P033", "P047"}
"""Plants of a small city: those that the stories are about, and some beside."""
NUMBER_PREFIX = "阳环交"
OWN_SITES = ["1738A", "1739A", "1741A", "1742A", "1743A"]


def data_file(name: str) -> Path:
    """A file that the package carries."""
    with as_file(DATA / name) as path:
        return path


def regions() -> None:
    """Provinces, cities, counties and townships; the counties of Yangquan with their boundaries."""
    bring_file(every_register()["regions"], data_file("regions.csv"))
    features = json.loads(data_file("yangquan.geojson").read_text("utf-8"))["features"]
    bring_rows(
        every_register()["regions"],
        ({"code": f["properties"]["code"], "geometry": json.dumps(f["geometry"])} for f in features),
    )


def _enterprise(unit: Unit) -> str:
    return f"{unit.name}（{unit.code}）" if unit.kind == "plant" else ""


def _source(unit: Unit) -> dict[str, Any]:
    return {
        "code": unit.code, "name": unit.name, "kind": unit.kind, "region": unit.region, "organisation": _enterprise(unit),
        "industry": unit.industry, "grade": unit.grade, "guaranteed": unit.guaranteed, "lon": unit.lon, "lat": unit.lat,
        "simulated": True,
    }  # fmt: skip


def emitters(*, small: bool) -> None:
    """The simulated reduction list; of a small city only some plants."""
    units = make_units(data_file("yangquan.geojson"))
    if small:
        units = [u for u in units if u.kind != "plant" or u.code in SMALL]
    plants = [u for u in units if u.kind == "plant"]
    bring_rows(
        every_register()["organisations"],
        (
            {"name": _enterprise(u), "kind": "enterprise", "region": u.region, "simulated": True}
            for u in plants
        ),
    )
    bring_rows(every_register()["emitters"], map(_source, units))
    heads = ("level", "pollutant", "text", "kg_per_day", "basis")
    bring_rows(
        every_register()["measures"],
        ({"emitter": u.code, **dict(zip(heads, m, strict=True))} for u in units for m in u.measures),
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
        name, rank = f"{town.name}{i // len(towns) + 1}号站", "provincial" if i < 40 else "township"
        made.append(
            {
                "code": code,
                "name": name,
                "rank": rank,
                "region": town.code,
                "city": people.CITY,
                "lon": lon,
                "lat": lat,
                "simulated": True,
            }
        )
    bring_rows(every_register()["stations"], made)


def build_registry(size: str) -> None:
    """Everything of the register, one kind after the other: what names another comes after it."""
    regions()
    bring_rows(every_register()["organisations"], people.organisations())
    bring_file(every_register()["stations"], data_file("sites.csv"))
    emitters(small=size == "small")
    people.people()
    Installation.objects.update_or_create(pk=ONE, defaults={"number_prefix": NUMBER_PREFIX})
    if size == "full":
        township_sites()
