"""Forecast weather as it was issued and received: one Parquet file per source, issue and delivery, never changed."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl

from bihuan.archive.forecasts import STAMP
from bihuan.atomic import draft
from bihuan.domain.quantities import WEATHER_NAMES
from bihuan.domain.timeaxis import HOUR, INSTANT
from bihuan.feeds.weather.rows import KEY, SCHEMA

COLUMNS = {**SCHEMA, "received": INSTANT}
OLDEST = timedelta(days=16)
"""Of an issue that may still be used: no global model reaches further."""
FRESH = timedelta(days=2)
"""Of an issue that a model learns from: of an older one its weather would be worse than what comes in use."""
LEAD_DAYS = 7


class WeatherStore:
    """`root`/weather/<issued, UTC>-<hash>.parquet."""

    def __init__(self, root: Path) -> None:
        self.folder = root / "weather"

    def keep(
        self, rows: pl.DataFrame, received: datetime, *, delay: timedelta | None = None
    ) -> tuple[int, int, int]:
        """Keep rows (shape of `feeds.weather`); gives how many are new, the same as known, and corrections.

        A row that says the same as what is known of its source, site, issue and hour is not kept again, so its time of
        receipt stays the first. delay: imported history counts as received at its issue plus `delay`, if that is
        before `received` (first version of a row only; a correction is received when it comes). Files are written
        beside and renamed: a killed import leaves nothing half written.
        """
        new = corrected = 0
        for (issued,), part in rows.group_by("issued", maintain_order=True):
            assert isinstance(issued, datetime)
            first = received if delay is None else min(received, issued + delay)
            fresh = self._fresh(part, issued).with_columns(
                received=pl.when("_known").then(pl.lit(received, INSTANT)).otherwise(pl.lit(first, INSTANT))
            )
            if fresh.height:
                self._write(fresh, issued)
            again = int(fresh["_known"].sum())
            new, corrected = new + fresh.height - again, corrected + again
        return new, rows.height - new - corrected, corrected

    def _fresh(self, part: pl.DataFrame, issued: datetime) -> pl.DataFrame:
        """Rows that say something new; `_known`: another version of the row is there."""
        values = [*KEY, *WEATHER_NAMES]
        known = self._last(self._rows(self._paths(issued, issued))).select(values).collect()
        fresh = part.join(known, on=values, how="anti", nulls_equal=True)
        return fresh.join(known.select(*KEY, _known=True), on=KEY, how="left").with_columns(
            pl.col("_known").fill_null(False)
        )

    def _write(self, fresh: pl.DataFrame, issued: datetime) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with draft(self.folder) as written:
            fresh.select(list(COLUMNS)).sort(KEY).write_parquet(written, compression="zstd")
            digest = hashlib.sha256(written.read_bytes()).hexdigest()[:12]
            written.rename(self.folder / f"{issued.astimezone(UTC):{STAMP}}-{digest}.parquet")

    def _paths(self, first: datetime, last: datetime) -> list[Path]:
        low, high = (f"{t.astimezone(UTC):{STAMP}}" for t in (first, last))
        return sorted(p for p in self.folder.glob("*.parquet") if low <= p.name[:16] <= high)

    @staticmethod
    def _rows(paths: list[Path]) -> pl.LazyFrame:
        return pl.scan_parquet(paths) if paths else pl.LazyFrame(schema=COLUMNS)

    @staticmethod
    def _last(rows: pl.LazyFrame) -> pl.LazyFrame:
        """Of several versions of a row of the same issue, the one received last."""
        return rows.sort(*KEY, "received").unique(KEY, keep="last", maintain_order=True)

    def versions_of(self, keys: pl.DataFrame) -> pl.DataFrame:
        """Of each key (source, site, issued, start) the version received last; absent where none is kept."""
        issues = [moment for moment in keys["issued"].unique() if isinstance(moment, datetime)]
        rows = self._rows([p for moment in issues for p in self._paths(moment, moment)])
        mine = rows.join(keys.lazy().select(KEY), on=KEY, how="semi")
        return self._last(mine).select(list(SCHEMA)).collect()

    @staticmethod
    def _newest(rows: pl.LazyFrame) -> pl.LazyFrame:
        """One row for each site and hour: the newest issue, of two sources with the same issue the one received last."""
        ordered = rows.sort("site", "start", "issued", "received", "source")
        return ordered.unique(["site", "start"], keep="last", maintain_order=True)

    def known_at(self, moment: datetime) -> pl.DataFrame:
        """What was forecast by `moment` of the hours that end after it: issued AND received by then, the newest issue.

        Rows of COLUMNS by site and start, one for each. An hour that the newest issue does not reach is of the one
        before; of two sources with the same issue the one received last speaks. Empty when there is none: a
        forecast then goes on without weather.
        """
        rows = self._rows(self._paths(moment - OLDEST, moment)).filter(
            (pl.col("issued") <= moment) & (pl.col("received") <= moment) & (pl.col("start") + HOUR > moment)
        )
        return self._newest(rows).collect()

    def said(self, since: datetime, moment: datetime) -> pl.DataFrame:
        """What was forecast of each hour from `since` on, `day` days ahead, as known at `moment`: site, start, day, weather.

        Of an hour that has ended: the newest issue that was here 24 x (day + 1) hours before its end, so that every lead
        of that day could have used it; none where it was older than FRESH then. Of the hours to come: what is known now,
        the same for every day. So what is learned from is a little worse than what is used, never better.
        """
        ahead = self.known_at(moment)
        days = [self._day(day, since, moment) for day in range(LEAD_DAYS)]
        tables = [
            pl.concat([past, ahead.select(past.columns)]).with_columns(day=pl.lit(n, pl.Int32))
            for n, past in enumerate(days)
        ]
        return pl.concat(tables)

    def _day(self, day: int, since: datetime, moment: datetime) -> pl.DataFrame:
        end = pl.col("start") + HOUR
        here = end - timedelta(days=day + 1)
        rows = self._rows(self._paths(since - FRESH - timedelta(days=day + 1), moment)).filter(
            (pl.col("start") >= since) & (end <= moment),
            (pl.col("issued") <= here) & (pl.col("received") <= here) & (pl.col("issued") > here - FRESH),
        )
        return self._newest(rows).select("site", "start", *WEATHER_NAMES).collect()
