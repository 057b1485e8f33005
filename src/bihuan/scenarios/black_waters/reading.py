"""What was measured of bodies, out of the archive and the register: one read for all of them, judged at once."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta

import polars as pl

from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.timeaxis import CST
from bihuan.registry.hours import archive
from bihuan.scenarios.black_waters.judging import CODES, POINTS, Judged, judge
from bihuan.scenarios.black_waters.models import Body, Point
from bihuan.scenarios.black_waters.settings import in_force

PERIODS = ("day", "realtime")
"""A laboratory's day, and the moment of a measurement on the spot."""
COLUMNS = ("site", "quantity", "start", "value", "flag")
BACK = timedelta(days=400)
"""How far back lists and checks look: a year of rounds and a month."""


def items_of(body: Body) -> list[str]:
    """The items that are judged: as the register says, else those of the area."""
    if body.items:
        return list(in_force().judged_items["urban" if body.items == Body.Items.FOUR else "county"])
    return list(in_force().judged_items[body.area])


def points_of(bodies: Collection[Body]) -> pl.DataFrame:
    """POINTS of bodies."""
    items = {body.pk: items_of(body) for body in bodies}
    rows = Point.objects.filter(body__in=items).order_by("body", "position_m", "pk")
    fields = rows.values_list("pk", "body", "position_m", "depth_cm", "since", "until")
    return pl.DataFrame([(*row, items[row[1]]) for row in fields], POINTS, orient="row")


def judged(bodies: Collection[Body], as_of: datetime, back: timedelta | None = BACK) -> Judged:
    """What had been received of bodies by a moment, from so long before it on (None: all), judged."""
    points = points_of(bodies)
    begin = None if back is None else datetime.combine((as_of - back).astimezone(CST).date(), time(), CST)
    asked = Asked(points["point"].to_list(), list(CODES), PERIODS, begin, as_of, as_of)
    rows = archive().observations.read(asked, COLUMNS).filter(measured(), pl.col("value").is_not_null())
    return judge(rows.collect(), points, in_force())


def day_of(moment: datetime) -> date:
    """The day of China."""
    return moment.astimezone(CST).date()
