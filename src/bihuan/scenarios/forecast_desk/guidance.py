"""Guidance from above (上级指导预报): a file taken in as one more opinion, its raw bytes kept, refused rows named."""

from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.archive.blobs import Blobs
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import needed
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.statistics import daily_values
from bihuan.domain.timeaxis import INSTANT
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.forecast_places import every_place
from bihuan.registry.models import Person
from bihuan.scenarios.forecast_desk.guidance_file import Read, read_guidance
from bihuan.scenarios.forecast_desk.models import Guidance
from bihuan.scenarios.forecast_desk.settings import in_force

SOURCE_LENGTH = 80
DAYS: dict[str, Any] = {"item": pl.String, "date": pl.Date, "low": pl.Float64, "value": pl.Float64, "high": pl.Float64, "primary": pl.String}  # fmt: skip


def names_of_places() -> dict[str, str]:
    """Every name or code that a file may use -> place key: a city also without 市. Of two places of one name the larger counts."""
    found: dict[str, str] = {}
    for place in reversed(every_place()):
        found |= {place.name: place.key, place.key: place.key, place.key.split(":")[-1]: place.key}
        if place.key.startswith("city:"):
            found[place.name.removesuffix("市")] = place.key
    return found


def raw_files() -> Blobs:
    """The files as they came, named by their SHA-256."""
    folder = Path(settings.DATA_DIR) / "guidance"
    return Blobs(folder)


def take_in(path: Path, by: Person, *, source: str, issued: datetime, simulated: bool = False) -> Guidance:
    """Keep the file and what can be read of it. Raises IllegalMove, Unreadable (then nothing is kept)."""
    if not may(by, *in_force().makers, region=CITY):
        raise IllegalMove(_("指导预报由全市的调度岗或负责人导入"))
    source = needed(source, "来源", SOURCE_LENGTH, _("请写明指导预报的来源，例如省环境监测中心"))
    if issued > clock.now():
        raise IllegalMove(_("发布时间晚于现在，请核对"))
    return _kept(path, read_guidance(path, names_of_places()), by, source, issued, simulated)


@transaction.atomic
def _kept(path: Path, read: Read, by: Person, source: str, issued: datetime, simulated: bool) -> Guidance:
    digest, _known = raw_files().keep(path)
    if Guidance.objects.filter(sha256=digest, source=source, issued=issued).exists():
        raise IllegalMove(_("这个文件已经导入过"))
    made = Guidance.objects.create(
        source=source, issued=issued, received_at=clock.now(), received_by=by, file_name=path.name[-200:],
        sha256=digest, rows=read.rows, refused=read.refused, simulated=simulated,
    )  # fmt: skip
    record(by, "guidance.import", str(made), rows=len(read.rows), refused=len(read.refused), sha256=digest)
    return made


def latest_for(place: str, at: datetime) -> list[Guidance]:
    """The newest guidance of each source that speaks of a place, as known at a moment."""
    found: dict[str, Guidance] = {}
    for row in Guidance.objects.filter(received_at__lte=at).order_by("-issued", "-id")[:40]:
        if row.source not in found and any(r["place"] == place for r in row.rows):
            found[row.source] = row
    return list(found.values())


def days_of(guidance: Guidance, place: str) -> pl.DataFrame:
    """What it says of the days of a place: item, date, low, value, high, primary.

    Hours make a day as the standard makes it of measured hours, where no daily value is given.
    """
    mine = [r for r in guidance.rows if r["place"] == place]
    days = pl.DataFrame([{k: r[k] for k in DAYS if k != "date"} | {"date": r["day"]} for r in mine if r["day"]], schema=DAYS | {"date": pl.String})  # fmt: skip
    days = days.with_columns(pl.col("date").str.to_date("%Y-%m-%d")).select(*DAYS)
    hours = _days_of_hours(hours_of(guidance, place))
    return pl.concat([days, hours.join(days, on=["item", "date"], how="anti")]).sort("date", "item")


def hours_of(guidance: Guidance, place: str) -> pl.DataFrame:
    """What it says of the hours of a place: item, start, value."""
    rows = [(r["item"], datetime.fromisoformat(r["start"]), r["value"]) for r in guidance.rows if r["place"] == place and r["start"]]  # fmt: skip
    schema: dict[str, Any] = {"item": pl.String, "start": INSTANT, "value": pl.Float64}
    return pl.DataFrame(rows, schema=schema, orient="row").sort("item", "start")


def _days_of_hours(hours: pl.DataFrame) -> pl.DataFrame:
    """Days as the standard makes them of hours: 24 h means with 20 hours at least, ozone's highest 8 h mean."""
    given = set(hours["item"])
    items = [i for i in ITEM_NAMES if i in given]
    if not items:
        return pl.DataFrame(schema=DAYS)
    wide = hours.filter(pl.col("item").is_in(items)).pivot("item", index="start", values="value")
    absent = [pl.lit(None, pl.Float64).alias(i) for i in ITEM_NAMES if i not in items]
    days = daily_values(wide.with_columns(*absent, site=pl.lit("")))
    names = ["o3_8h" if i == "o3" else i for i in items]
    long = days.unpivot(names, index="date", variable_name="item", value_name="value").drop_nulls("value")
    empty = [pl.lit(None, pl.Float64).alias(k) for k in ("low", "high")]
    return long.with_columns(*empty, pl.lit("", pl.String).alias("primary")).select(*DAYS)
