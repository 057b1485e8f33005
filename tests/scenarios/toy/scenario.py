"""Noise (噪声): what it gives to the rest of the house."""

from datetime import datetime, timedelta

import polars as pl
from bihuan.scenarios.toy.models import NoisePlace
from django.http import HttpResponse
from django.urls import path

from bihuan.domain.checks import FINDINGS, check
from bihuan.errors import NotAllowed
from bihuan.jobs import Job, Say
from bihuan.kit.listing.declared import Column as Shown
from bihuan.kit.listing.declared import Listing, whole, words_in
from bihuan.kit.listing.shown import listed
from bihuan.kit.patrol.declared import of_register
from bihuan.kit.registers.declared import SUBJECT, Column, Register
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.roles import OFFICE
from bihuan.scenarios.contract import NATURE, MenuEntry, Scenario


@check("noise.night", title="夜间噪声超标", basis="GB 3096-2008 表1", severity="minor", looks_at="levels")
def night(levels: pl.DataFrame, *, limit_db: float = 55.0) -> pl.DataFrame:
    """Equivalent level of an hour of the night [dB(A)] above the limit."""
    over = levels.filter(pl.col("magnitude") > limit_db)
    return over.with_columns(pl.lit("夜间噪声超过限值").alias("title")).select(FINDINGS.names())


def inputs(now: datetime, back: timedelta) -> tuple[pl.DataFrame]:
    """One loud hour at every place."""
    hour = (now - timedelta(hours=1), now, "leq", 61.0, "dB(A)", "", "{}", None)
    rows = [("noise_place", place.code, *hour) for place in NoisePlace.objects.all()]
    return (pl.DataFrame(rows, schema=FINDINGS, orient="row"),)


def index(request: Asked) -> HttpResponse:
    """The places for the office of the city, searched, ordered and taken away."""
    if not may(request.user, *OFFICE, region=CITY):
        raise NotAllowed("噪声由全市的调度岗查看。")
    columns = (Shown("点位", str), Shown("昼间限值", lambda p: p.limit_day, unit="dB(A)", order="limit_day"))
    rows = visible(NoisePlace.objects.order_by("pk"), request.user)
    return listed(request, Listing("noise", "噪声", whole(rows.filter), columns, search=words_in("name")))


def count(now: datetime, say: Say) -> str:
    """A job that counts."""
    return f"{NoisePlace.objects.count()} 个噪声点位"


PLACES = Register(
    "noise", NoisePlace, "噪声点位",
    (
        *SUBJECT,
        Column("zone", source="GB 3096-2008", filtered=True),
        Column("road", searched=True),
        Column("height", unit="m", low=1.2),
        Column("limit_day", unit="dB(A)", low=40, high=80),
        Column("limit_night", unit="dB(A)", low=30, high=70),
        *map(Column, ("automatic", "device", "checked_on")),
    ),
    layer="噪声", target="noise_place",
)  # fmt: skip
SCENARIO = Scenario(
    title="噪声",
    owner="指挥中心",
    version="1",
    menu=(MenuEntry(NATURE, 10, "toy:index", "噪声", OFFICE, whole_city=True),),
    checks=(night,),
    inputs=inputs,
    look_back=timedelta(hours=24),
    jobs=(Job("noise", "噪声统计", timedelta(hours=1), count),),
    registers=(PLACES,),
    patrols=(of_register(PLACES),),
    pages=[path("", index, name="index")],
)
