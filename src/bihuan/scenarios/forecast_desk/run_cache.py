"""What is kept of a forecast run for the desk: every member, why, and the most similar past days. Written once.

`data/forecast_desk/<run id>/` holds members, why, days and followed (Parquet). It is made from what had been received
by the run's issue with the model that issued it, so it can be made again as long as that model is kept.
"""

from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from django.conf import settings

from bihuan.archive.forecasts import Run
from bihuan.atomic import draft
from bihuan.domain.forecast import analogues, why
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.analogues import Analogues
from bihuan.domain.forecast.areas import Areas, mean_over, places_at, with_areas
from bihuan.domain.forecast.grid import to_grid
from bihuan.domain.forecast.model import Model, View
from bihuan.domain.quantities import ITEM_NAMES, WEATHER_NAMES
from bihuan.domain.timeaxis import HOUR, INSTANT
from bihuan.errors import BihuanError
from bihuan.forecasting.known_inputs import inputs, said_weather
from bihuan.forecasting.records import UnfitModel
from bihuan.forecasting.shelf import ModelShelf
from bihuan.registry.forecasting import areas as registered_areas
from bihuan.registry.forecasting import cities, excluded_by
from bihuan.registry.hours import archive
from bihuan.registry.models import Site
from bihuan.scenarios.forecast_desk.settings import in_force

PARTS = ("members", "why", "days", "followed")
HORIZON = 168
EXPLAINED = 72  # hours
NEAR = 8  # neighbouring stations that an analogue is compared with


class NotKept(BihuanError):
    """Nothing is kept of this run; the message says why."""


def folder_of(run_id: str) -> Path:
    """Where a run's parts lie."""
    return Path(settings.DATA_DIR) / "forecast_desk" / Path(run_id).name


def keep(run: Run) -> bool:
    """Make and write the parts of a run; False when they are there already. Raises NotKept."""
    target = folder_of(run.run_id)
    if target.exists():
        return False
    parts = dict(zip(PARTS, _parts(run), strict=True))
    with draft(target.parent, target.name) as folder:
        folder.mkdir(parents=True)
        for name, frame in parts.items():
            frame.write_parquet(folder / f"{name}.parquet", compression="zstd")
        if not target.exists():
            folder.rename(target)
    return True


def part(run_id: str, name: str, place: str) -> pl.DataFrame | None:
    """One part of a run at a place; None when nothing is kept."""
    path = folder_of(run_id) / f"{name}.parquet"
    return _read(str(path)).filter(pl.col("site") == place) if path.is_file() else None


@lru_cache(maxsize=16)
def _read(path: str) -> pl.DataFrame:
    return pl.read_parquet(path)


def _model(run: Run) -> Model:
    name = str(run.meta.get("model_id", ""))
    if not name:
        raise NotKept("这次起报没有模型，只有最简成员，没有可列的成员")
    try:
        return ModelShelf(Path(settings.DATA_DIR), cities()).load(name)
    except UnfitModel as error:
        raise NotKept(f"这次起报所用的模型已不能读取，无法列出成员：{error}") from error


def _known(sites: list[str], moment: datetime, span: timedelta) -> pl.DataFrame:
    """Hours of real stations as they had been received by a moment, of the span before it, as a model looked at them."""
    return inputs(archive(), moment, span, sites, excluded_by(moment))


def _parts(run: Run) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    model, places = _model(run), run.hours["site"].unique().sort().to_list()
    real = sorted(Site.objects.filter(simulated=False).values_list("code", flat=True))
    recent = _known(real, run.issued, models.LOOK_BACK)
    if recent.is_empty():
        raise NotKept("起报前 60 天没有实测，无法列出成员")
    said = said_weather(settings.DATA_DIR, model, run.issued)
    seen = models.view(model, recent, end=run.issued, said=said)
    areas = registered_areas()
    members = places_at(places, areas, seen.grid.sites)
    if not members:
        raise NotKept("起报的地点近 60 天都没有实测，无法列出成员")
    similar = _analogues(run.issued, list(members), real)
    told = [
        why.explain(model, seen, run.issued, range(1, EXPLAINED + 1), places, i, areas) for i in model.items
    ]
    days, followed = (
        pl.concat([getattr(a, k).with_columns(site=pl.lit(p, pl.String)) for p, a in similar.items()])
        for k in ("days", "followed")
    )
    return _members(model, seen, run.issued, members, similar), pl.concat(told), days, followed


def _members(
    model: Model, seen: View, moment: datetime, places: dict[str, list[int]], similar: dict[str, Analogues]
) -> pl.DataFrame:
    """site, item, start, lead and one column per member, with `combined` and `analogues`. places: place -> its columns."""
    at = places.values()
    origin, leads = np.array([seen.grid.row_of(moment) - 1]), np.arange(1, HORIZON + 1)
    tables = []
    for item in model.items:
        said = [models.member_means(model, seen, item, origin, int(h)) for h in leads]
        columns = {m: np.stack([mean_over(s[m][0], at) for s in said]).ravel() for m in said[0]}
        mean = [models.means(model, seen, item, origin, int(h))[0] for h in leads]
        mixed = np.stack([mean_over(values, at) for values in mean]).ravel()
        after = np.stack([analogues.member_values(similar[p], item, leads) for p in places], axis=1).ravel()
        starts = pl.Series([moment + (int(h) - 1) * HOUR for h in leads for _ in places], dtype=INSTANT)
        head: dict[str, Any] = {"site": list(places) * HORIZON, "item": [item] * len(starts), "start": starts}
        frame = pl.DataFrame(head | columns | {"combined": mixed, "analogues": after})
        tables.append(frame.with_columns(lead=pl.Series(np.repeat(leads, len(places)), dtype=pl.Int32)))
    values = [c for c in tables[0].columns if c not in ("site", "item", "start", "lead")]
    return pl.concat(tables, how="diagonal").with_columns(pl.col(values).fill_nan(None))


def _analogues(moment: datetime, places: list[str], real: list[str]) -> dict[str, Analogues]:
    """The most similar past days of each place, among those that had been received by the issue."""
    where = {
        c: (lon, lat) for c, lon, lat in Site.objects.filter(code__in=real).values_list("code", "lon", "lat")
    }
    areas = registered_areas()
    near = {p: _near(p, where, areas) for p in places}
    wanted = {s for group in (*near.values(), *areas.values(), places) for s in group if s in where}
    rows = _known(sorted(wanted), moment, in_force().analogues)
    grid = with_areas(to_grid(rows.select("site", "start", *[c for c in (*ITEM_NAMES, *WEATHER_NAMES) if c in rows.columns]), ITEM_NAMES, end=moment), areas)  # fmt: skip
    return {p: analogues.find(grid, p, moment, near=near[p]) for p in places}


def _near(place: str, where: dict[str, tuple[float, float]], areas: Areas) -> list[str]:
    """Neighbouring stations; of an area those outside it, seen from its middle."""
    inside = set(areas.get(place, ()))
    own = [where[s] for s in inside if s in where]
    if place in where:
        return analogues.near_sites(where, place, NEAR)
    if not own:
        return []
    middle = (float(np.mean([lon for lon, _ in own])), float(np.mean([lat for _, lat in own])))
    outside = {k: v for k, v in where.items() if k not in inside}
    return analogues.near_sites(outside | {place: middle}, place, NEAR)
