"""Noise (噪声): what it gives to the rest of the house."""

from datetime import datetime, timedelta

import polars as pl
from django.http import HttpResponse
from django.urls import path

from bihuan.cases.targets import Kind, Target
from bihuan.domain.checks import FINDINGS, check
from bihuan.errors import NotAllowed
from bihuan.jobs import Job, Say
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.contract import NATURE, Finder, Hit, MenuEntry, Scenario

PLACE = "昼夜广场"


@check("noise.night", title="夜间噪声超标", basis="GB 3096-2008 表1", severity="minor", looks_at="levels")
def night(levels: pl.DataFrame, *, limit_db: float = 55.0) -> pl.DataFrame:
    """Equivalent level of an hour of the night [dB(A)] above the limit."""
    over = levels.filter(pl.col("magnitude") > limit_db)
    return over.with_columns(pl.lit("夜间噪声超过限值").alias("title")).select(FINDINGS.names())


def inputs(now: datetime, back: timedelta) -> tuple[pl.DataFrame]:
    """One loud hour."""
    row = ("noise_place", PLACE, now - timedelta(hours=1), now, "leq", 61.0, "dB(A)", "", "{}", None)
    return (pl.DataFrame([row], schema=FINDINGS, orient="row"),)


def targets(keys: object) -> dict[str, Target]:
    """The only place, in the first region of the register."""
    return {PLACE: Target(PLACE, Region.objects.all()[0], None, True)}


def index(request: Asked) -> HttpResponse:
    """A page for the office of the city."""
    if not may(request.user, *OFFICE, region=CITY):
        raise NotAllowed("噪声由全市的调度岗查看。")
    return HttpResponse(f"{PLACE} 61 dB(A)")


def find(person: Person, text: str, most: int) -> list[Hit]:
    """The place by its name."""
    return [Hit(PLACE, "噪声", "/s/toy/", True)] if text in PLACE else []


def count(now: datetime, say: Say) -> str:
    """A job that has nothing to do."""
    return "1 个噪声点位"


SCENARIO = Scenario(
    title="噪声",
    owner="指挥中心",
    version="1",
    menu=(MenuEntry(NATURE, 10, "toy:index", "噪声", OFFICE, whole_city=True),),
    checks=(night,),
    inputs=inputs,
    look_back=timedelta(hours=24),
    jobs=(Job("noise", "噪声统计", timedelta(hours=1), count),),
    kinds={"noise_place": Kind(targets)},
    pages=[path("", index, name="index")],
    finders=(Finder("噪声点位", find),),
)
