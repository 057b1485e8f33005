"""The days of works out of the archive: what works write down, the day values of loggers, and rain, as known at a moment.

Daily figures come as observations of the sites `<works>-in`, `-out`, `-made`, `-sent` and of the works itself (`feeds/long/works_daily`);
<works> is the code or, where no other works has it, the name. Of two versions of a day the one that was received last counts.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import polars as pl

from bihuan.archive.devices import last_of_each
from bihuan.archive.observations import Asked
from bihuan.domain.flags import measured
from bihuan.domain.sewage.works.tables import DAYS
from bihuan.domain.timeaxis import INSTANT, day_start, local_date
from bihuan.feeds.long.works_daily import FLOW, IN, MADE, OUT, RAIN, SENT
from bihuan.registry.hours import archive, rain_of_days
from bihuan.scenarios.sewage_works.grades import CODES
from bihuan.scenarios.sewage_works.models import Works

VOLUME_OF = {IN: "inflow", OUT: "outflow", MADE: "made", SENT: "sent"}
CONCENTRATION_OF = {IN: "in_", OUT: "out_"}
A_DAY = 86.4
"""m³/d in one L/s."""
DIGITS = 6
"""What is left of a volume that was kept as a flow: 86.4 times a 86.4th is not one."""
DAY_RECORD, MEAN = "2031", "Avg"
"""HJ 212: the command of day values, the field with the mean."""
OWN, STATION, BOTH, NONE = "own", "station", "both", "none"


@dataclass(frozen=True)
class Read:
    """days: DAYS. rain: by works, where its rain is from: its own daily figures, the station, both, or nowhere."""

    days: pl.DataFrame
    rain: Mapping[str, str]

    def of(self, code: str) -> pl.DataFrame:
        """The days of one works, by date."""
        return self.days.filter(pl.col("works") == code)


def read_days(works: Sequence[Works], since: date, until: date, known: datetime) -> Read:
    """Days in [since, until) of some works, by works and date."""
    begin, end = day_start(since), day_start(until)
    long = pl.concat([_written(works, begin, end, known), _logged(works, begin, end, known)])
    days, rain = _with_station_rain(_wide(_newest(long, "rank")), works, begin, end, known)
    return Read(days.select(list(DAYS)).cast(DAYS).sort("works", "date"), rain)


LONG = pl.Schema(
    {
        "works": pl.String(),
        "date": pl.Date(),
        "column": pl.String(),
        "value": pl.Float64(),
        "received": INSTANT,
        "rank": pl.Int8(),
    }
)
"""rank: of two values of one day the higher counts, whatever came last."""


def _newest(long: pl.DataFrame, by: str) -> pl.DataFrame:
    """Of each works, day and column the last by a column."""
    return long.sort(by).unique(["works", "column", "date"], keep="last", maintain_order=True)


def _sites(works: Sequence[Works]) -> dict[str, tuple[str, str]]:
    """By site, the code of the works and the end of the site."""
    names = Counter(w.name for w in works)
    called = [(w.code, w.code) for w in works] + [(w.name, w.code) for w in works if names[w.name] == 1]
    return {
        f"{word}{suffix}": (code, suffix) for word, code in reversed(called) for suffix in ("", *VOLUME_OF)
    }


def _columns() -> pl.DataFrame:
    """What a quantity at the end of a site is called."""
    rows = [(suffix, FLOW, name, A_DAY) for suffix, name in VOLUME_OF.items()]
    rows += [
        (s, code, f"{p}{item}", 1.0) for s, p in CONCENTRATION_OF.items() for item, code in CODES.items()
    ]
    schema = ["suffix", "quantity", "column", "times"]
    return pl.DataFrame([*rows, ("", RAIN, "rain", 1.0)], schema=schema, orient="row")


def _written(works: Sequence[Works], begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """What works wrote down; of a day that they emptied again nothing."""
    sites = _sites(works)
    if not sites:
        return pl.DataFrame(schema=LONG)
    asked = Asked(list(sites), [FLOW, RAIN, *CODES.values()], ["day"], begin, end, known)
    rows = (
        archive()
        .observations.read(asked, ("site", "quantity", "start", "value", "flag", "received"))
        .collect()
    )
    table = pl.DataFrame([(s, *pair) for s, pair in sites.items()], ["site", "works", "suffix"], orient="row")
    named = rows.join(table, on="site").join(_columns(), on=["suffix", "quantity"])
    value = pl.when(measured()).then((pl.col("value") * pl.col("times")).round(DIGITS))
    long = named.select(
        "works", local_date().alias("date"), "column", value.alias("value"), "received", rank=1
    )
    return _newest(long.cast(LONG), "received").filter(pl.col("value").is_not_null())


def _logged(works: Sequence[Works], begin: datetime, end: datetime, known: datetime) -> pl.DataFrame:
    """The day values of the loggers of outlets: effluent, where the works wrote nothing down."""
    loggers = {w.logger: w.code for w in works if w.logger}
    if not loggers:
        return pl.DataFrame(schema=LONG)
    names = {code: f"out_{item}" for item, code in CODES.items()} | {FLOW: "outflow"}
    rows = archive().devices.versions(begin, end - timedelta(microseconds=1), list(loggers), as_of=known)
    kept = rows.filter(pl.col("cn") == DAY_RECORD, pl.col("field") == MEAN, pl.col("code").is_in(list(names)))
    times = pl.when(pl.col("code") == FLOW).then(A_DAY).otherwise(1.0)
    return last_of_each(kept).filter(measured(), pl.col("number").is_not_null()).collect().select(
        pl.col("site").replace_strict(loggers, return_dtype=pl.String).alias("works"), local_date().alias("date"),
        pl.col("code").replace_strict(names, return_dtype=pl.String).alias("column"), (pl.col("number") * times).round(DIGITS).alias("value"),
        "received", rank=0,
    ).cast(LONG)  # fmt: skip


def _wide(long: pl.DataFrame) -> pl.DataFrame:
    """A column for each of DAYS."""
    value = pl.col("value")
    columns = [value.filter(pl.col("column") == name).last().alias(name) for name in list(DAYS)[2:]]
    return long.group_by("works", "date").agg(columns)


def _with_station_rain(
    days: pl.DataFrame, works: Sequence[Works], begin: datetime, end: datetime, known: datetime
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Days with the rain of the station where the works wrote down none, also days of which nothing else is known."""
    rain = rain_of_days({w.rain_site for w in works if w.rain_site}, begin, end, known).rename(
        {"rain": "station"}
    )
    pairs = pl.DataFrame(
        [(w.code, w.rain_site) for w in works], {"works": pl.String, "site": pl.String}, orient="row"
    )
    theirs = rain.join(pairs, on="site").select("works", "date", "station")
    both = days.join(theirs, on=["works", "date"], how="full", coalesce=True)
    own = set(both.filter(pl.col("rain").is_not_null())["works"])
    station = set(both.filter(pl.col("rain").is_null() & pl.col("station").is_not_null())["works"])
    said = {w.code: _origin(w.code in own, w.code in station) for w in works}
    return both.with_columns(rain=pl.coalesce("rain", "station")), said


def _origin(own: bool, station: bool) -> str:
    return BOTH if own and station else OWN if own else STATION if station else NONE
