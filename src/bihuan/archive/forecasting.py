"""From the archive to a frozen forecast run: what was received by a moment, a model kept for some days, an issue."""

import hashlib
import os
import pickle
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.forecasts import STAMP, ForecastStore
from bihuan.archive.store import Archive
from bihuan.domain.forecast import model as models
from bihuan.domain.forecast.issuing import Issue, issue
from bihuan.domain.forecast.model import Model, NoHistory

REFIT_AFTER = timedelta(days=7)
FIT_SPAN = timedelta(days=400)
RECENT = timedelta(days=7)
KEPT_MODELS = 8
MOST_LEARNED = 60

Say = Callable[[str, int, int], None]


def known_rows(
    archive: Archive, moment: datetime, span: timedelta, sites: Sequence[str] | None = None
) -> pl.DataFrame:
    """Ambient hours of the `span` before `moment`, as they had been received by then (of `sites`, or of all)."""
    rows = archive.ambient.as_of(moment, sites=sites, start=moment - span, end=moment).collect()
    return models.known_until(rows.drop("received", strict=False), moment)


def issue_and_freeze(
    data: Path,
    moment: datetime,
    *,
    sites: Sequence[str] | None = None,
    cities: Mapping[str, Sequence[str]] | None = None,
    known: Sequence[str] | None = None,
    refit_after: timedelta = REFIT_AFTER,
    say: Say | None = None,
) -> tuple[str, Issue]:
    """Forecast as of `moment` for `sites` (default: all that reported in the last 7 days) and cities; freeze it.

    data: the installation's folder. known: sites to learn from (default: all). The model is the last one fitted within `refit_after` (a third of its
    history at most), on rows received by its own fit date. Raises NoHistory.
    """
    towns = {k: tuple(v) for k, v in (cities or {}).items()}
    archive, store = Archive(data / "archive"), ForecastStore(data)
    recent = known_rows(archive, moment, models.LOOK_BACK, known)
    wanted = sites or sorted(recent.filter(pl.col("start") >= moment - RECENT)["site"].unique())
    if not wanted:
        raise NoHistory(f"no site reported in the 7 days before {moment.isoformat()}")
    fitted = _kept(store, towns, moment, refit_after)
    if fitted is None:
        learned = to_learn_from(wanted, towns, recent["site"].unique().to_list())
        fitted = models.fit(known_rows(archive, moment, FIT_SPAN, learned), cities=towns, say=say)
        _keep(store, towns, moment, fitted)
    made = issue(fitted, recent, moment, sites=wanted)
    meta = {
        "issued": moment,
        "model": fitted.name,
        "fitted_on": [fitted.first, fitted.until],
        "received_until": moment,
        "rows": recent.height,
        "validation": fitted.validation,
        "reasons": made.reasons,
    }
    return store.freeze(made.hours, made.days, made.members, meta), made


def to_learn_from(
    wanted: Sequence[str], cities: Mapping[str, Sequence[str]], known: Sequence[str]
) -> list[str]:
    """At most MOST_LEARNED sites: those of the cities, then the wanted ones, then others spread evenly by code.

    The model is pooled: more sites hardly make it better, and each makes the fit longer.
    """
    chosen = dict.fromkeys(s for sites in cities.values() for s in sites if s in known)
    for more in (sorted(set(wanted) & set(known)), sorted(known)):
        rest = [s for s in more if s not in chosen]
        room = MOST_LEARNED - len(chosen)
        if room > 0 and rest:
            step = max(len(rest) / room, 1.0)
            chosen |= dict.fromkeys(rest[int(i * step)] for i in range(min(room, len(rest))))
    return sorted(chosen)


def _key(cities: Mapping[str, Sequence[str]]) -> str:
    return hashlib.sha256(repr((models.VERSION, sorted(cities.items()))).encode()).hexdigest()[:8]


def _shelf(store: ForecastStore) -> Path:
    return store.folder / ".models"


def _kept(
    store: ForecastStore, cities: Mapping[str, Sequence[str]], moment: datetime, refit_after: timedelta
) -> Model | None:
    for path in sorted(_shelf(store).glob(f"*-{_key(cities)}.pickle"), reverse=True):
        until = datetime.strptime(path.name.split("-")[0], STAMP).replace(tzinfo=UTC)
        if until > moment or moment - until > refit_after:
            continue
        with path.open("rb") as file:
            fitted: Model = pickle.load(file)
        return fitted if moment - until <= (fitted.until - fitted.first) / 3 else None
    return None


def _keep(store: ForecastStore, cities: Mapping[str, Sequence[str]], moment: datetime, fitted: Model) -> None:
    shelf = _shelf(store)
    shelf.mkdir(parents=True, exist_ok=True)
    path = shelf / f"{moment.astimezone(UTC):{STAMP}}-{_key(cities)}.pickle"
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(pickle.dumps(fitted))
    beside.replace(path)
    for old in sorted(shelf.glob("*.pickle"), key=lambda p: p.stat().st_mtime)[:-KEPT_MODELS]:
        old.unlink(missing_ok=True)
