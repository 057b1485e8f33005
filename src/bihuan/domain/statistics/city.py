"""Values of a city from its stations (HJ 663): the mean of the stations, never the mean of their AQI."""

import polars as pl

from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.standards import DEFAULT, Rules, usable
from bihuan.domain.statistics.daily import VALUES

ONE_CITY = "city"


def _cities(frame: pl.DataFrame, cities: pl.DataFrame | None) -> pl.DataFrame:
    """site, city, stations (how many evaluation stations that city has)."""
    if cities is None:
        cities = frame.select(pl.col("site").unique()).with_columns(city=pl.lit(ONE_CITY))
    listed = cities.select("site", "city").unique()
    return listed.with_columns(stations=pl.col("site").count().over("city"))


def _city_means(
    frame: pl.DataFrame, moment: str, values: tuple[str, ...], cities: pl.DataFrame | None, share: float
) -> pl.DataFrame:
    joined = frame.join(_cities(frame, cities), on="site", how="inner")
    grouped = joined.group_by("city", moment).agg(
        pl.col("stations").first(),
        *(pl.col(v).mean() for v in values),
        *(pl.col(v).count().cast(pl.Int32).alias(f"n_{v}") for v in values),
    )
    # 1e-9: 0.75 x 4 stations must not fail by a binary error.
    enough = {v: pl.col(f"n_{v}") >= (pl.col("stations") * share - 1e-9).clip(1) for v in values}
    return (
        grouped.with_columns(enough[v].alias(f"valid_{v}") for v in values)
        .with_columns(pl.when(f"valid_{v}").then(v).alias(v) for v in values)
        .rename({"city": "site"})
        .sort("site", moment)
    )


def city_days(days: pl.DataFrame, cities: pl.DataFrame | None = None, rules: Rules = DEFAULT) -> pl.DataFrame:
    """Daily values of cities, in the shape of `daily_values` (`site` holds the city): feed them to the same functions.

    days: from `daily_values`. cities: site, city (the evaluation stations of each; control stations left out);
    None = all sites are one city. A value is the mean of the stations' valid unrounded daily values (O3: of their
    daily maximum 8 h), valid when `rules.city_share` of the city's listed stations are valid, else null. n_<value>
    counts stations. Sites that are not listed are left out. Source: HJ 663 (share: known but unsure).
    """
    top = days.join(_cities(days, cities), on="site").group_by("city", "date").agg(pl.col("o3_1h").mean())
    means = _city_means(days, "date", VALUES, cities, rules.city_share)
    return means.join(top.rename({"city": "site"}), on=["site", "date"], how="left", maintain_order="left")


def city_hours(
    hours: pl.DataFrame, cities: pl.DataFrame | None = None, rules: Rules = DEFAULT
) -> pl.DataFrame:
    """Hourly values of cities: mean of the stations of that hour, in the shape of ambient hours plus n_<item>.

    hours: wide ambient hours. As `city_days`; feed the result to `realtime_index` for the city's AQI.
    """
    items = tuple(i for i in ITEM_NAMES if i in hours.columns)
    clean = hours.with_columns(usable(pl.col(i)) for i in items)
    return _city_means(clean, "start", items, cities, rules.city_share).drop(f"valid_{i}" for i in items)
