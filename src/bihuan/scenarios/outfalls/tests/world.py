"""Outfalls of one county on one reach, what is sent and done about them, and the addresses of the folder."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.rivers import Reach, River
from bihuan.scenarios.outfalls.actions import take
from bihuan.scenarios.outfalls.models import Outfall, Step
from bihuan.scenarios.outfalls.transitions import State
from tests.people import City
from tests.rights.address import ALL, IN_REGION_OR_UNIT, SIGNED_IN, Address, covering
from tests.web.world import MINE, NOW

TODAY = NOW.astimezone(CST).date()
LON, LAT = 113.6, 37.8
NOTE = {"note": "现场核实"}


def reach(people: City) -> Reach:
    """One reach of 8 km of one river."""
    given: dict[str, Any] = {"region": people.regions["140300"], "lon": LON, "lat": LAT}
    river, _new = River.objects.get_or_create(code="R", defaults={"name": "桃河", **given})
    made, _new = Reach.objects.get_or_create(
        code="R-1", defaults={"name": "桃河一段", "river": river, "length_km": 8.0, **given}
    )
    return made


def outfall(people: City, code: str = "P1", **more: Any) -> Outfall:
    """An outfall that the county's government is responsible for."""
    given: dict[str, Any] = {
        "name": f"排口{code}", "region": people.regions[MINE], "organisation": people.governments[MINE], "lon": LON, "lat": LAT,
        "kind": "plant",
    }  # fmt: skip
    if "stage" in more:
        given["entry"] = more["stage"]
    return Outfall.objects.create(code=code, **given | more)


def measured(folder: Path, *rows: tuple[str, str, str, float], days_ago: int = 1) -> None:
    """Day values (site, day, code, value) that were received some days ago."""
    table = pl.DataFrame(
        [{"site": s, "time": f"{day} 00:00", "code": c, "period": "day", "value": v} for s, day, c, v in rows]
    )
    path = folder / f"outfalls{len(list(folder.iterdir()))}.csv"
    table.write_csv(path)
    (report,) = import_files(archive(), [path], received=NOW - timedelta(days=days_ago), delay=None)
    assert report.new == len(rows), report


def step(found: Outfall, action: str, people: City, role: str = "chief", **texts: str) -> Step:
    """A step by somebody of the county."""
    return take(found, action, people.person(role), NOTE | texts)


def in_days(days: int) -> str:
    """A day so far from today, as people write it."""
    return (TODAY + timedelta(days=days)).isoformat()


def addresses(people: City, folder: Path) -> list[Address]:
    """All pages; an outfall is seen in its county and by who is responsible for it."""
    clock.set_replay(NOW, 0)
    outfall(people)
    outfall(people, "P2", lat=LAT + 0.01, stage=State.TRACED)
    outfall(people, "P3", lat=LAT + 0.02, stage=State.SUPERVISED)
    plan = {"way": "merge", "due": in_days(9), "note": "并网"}
    return [
        Address("index", ALL),
        *(Address(name, ALL) for name in ("progress", "word", "book")),
        *(Address(name, IN_REGION_OR_UNIT, values={"code": "P1"}) for name in ("outfall", "sign")),
        Address("public", SIGNED_IN, SIGNED_IN, values={"code": "P3"}, open=True),
        Address(
            "step", writes=covering("ranger", "dispatcher", "verifier", "chief") - {"city:ranger"}, works="mine:ranger",
            values={"code": "P1", "action": "check"}, data=NOTE,
        ),
        Address(
            "step", writes=covering("dispatcher", "chief"), works="mine:chief", values={"code": "P2", "action": "plan"}, data=plan
        ),
    ]  # fmt: skip
