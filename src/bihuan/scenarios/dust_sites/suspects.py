"""From which sites a peak may have come: the attribution of `domain/dust`, fed with what was measured around it."""

from datetime import datetime

import polars as pl

from bihuan.domain.dust.attribution import Answer, Neighbour, Peak, Share, Suspect, Wind, attribute, mean_wind
from bihuan.scenarios.dust_sites.tables import Dust

LACKS = {
    "wind": "没有风的数据，已扩大范围、不分方向", "calm": "静风，已扩大范围、不分方向", "monitors": "附近工地没有监测数据", "sites": "范围内没有登记工地",
}  # fmt: skip
NOBODY = "没有已知来源"
SHOWN = 3


def wind_at(dust: Dust, start: datetime, until: datetime) -> Wind | None:
    """The mean wind that the monitors measured in [start, until); None where none did."""
    rows = dust.hours.filter(pl.col("start") >= start, pl.col("start") < until)
    return mean_wind(rows.select("direction", "wind").iter_rows())


def around(dust: Dust, but: str, start: datetime, until: datetime) -> pl.DataFrame:
    """Stations of ambient air and places around sites, without one, with their mean rise above the county's background: key, name, lon, lat, risen."""
    inside = (pl.col("start") >= start) & (pl.col("start") < until)
    stations = dust.stations.filter(inside).join(dust.background, on=["county", "start"], how="left")
    places = dust.compared(dust.hours).filter(inside, pl.col("site").is_null())
    places = places.join(dust.monitors.select("monitor", "name", "lon", "lat"), on="monitor")
    columns = ["name", "lon", "lat", "pm10", "background"]
    both = pl.concat(
        [
            stations.select(pl.col("station").alias("key"), *columns),
            places.select(pl.col("monitor").alias("key"), *columns),
        ]
    )
    risen = (pl.col("pm10") - pl.col("background")).mean()
    known = both.filter(pl.col("key") != but).group_by("key", "name", "lon", "lat").agg(risen=risen)
    return known.filter(pl.col("risen").is_not_null()).sort("key")


def peak_at(
    dust: Dust, key: str, lon: float, lat: float, start: datetime, until: datetime, risen: float
) -> Peak:
    """The peak at a place with what stands around it."""
    rows = around(dust, key, start, until).select("lon", "lat", "risen").iter_rows()
    return Peak(lon, lat, risen, wind_at(dust, start, until), [Neighbour(*row) for row in rows])


def answer_of(dust: Dust, peak: Peak, start: datetime, until: datetime) -> Answer:
    """Who of the sites may have raised it."""
    inside = (pl.col("start") >= start) & (pl.col("start") < until)
    hours = dust.compared(dust.hours).filter(inside, pl.col("site").is_not_null())
    risen = dict(hours.group_by("site").agg((pl.col("pm10") - pl.col("background")).max()).iter_rows())
    rows = dust.sites.iter_rows(named=True)
    return attribute(
        peak,
        [
            Suspect(
                r["site"],
                r["lon"],
                r["lat"],
                "yard" if r["kind"] == "yard" and r["phase"] != "idle" else r["phase"],
                r["area"],
                risen.get(r["site"]),
            )
            for r in rows
        ],
    )


def told(share: Share, names: dict[str, str]) -> str:
    """One suspect in a sentence."""
    if not share.code:
        return f"{NOBODY}（{share.share * 100:.0f}%）"
    far = f"，相距 {share.metres / 1000:.1f} km" if share.metres is not None else ""
    return f"{names.get(share.code, share.code)}（{share.share * 100:.0f}%{far}）"


def told_shares(answer: Answer, names: dict[str, str]) -> tuple[list[str], list[str]]:
    """The first ones and nobody, in sentences, and what was not known."""
    first = [s for n, s in enumerate(answer.shares) if n < SHOWN or not s.code]
    return [told(s, names) for s in first], [LACKS[code] for code in answer.lacks]
