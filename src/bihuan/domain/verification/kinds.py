"""Kind of weather of an hour, from what was measured: scores differ most between stagnant and windy, dry and humid air."""

import polars as pl

KINDS = ("rain", "calm", "windy", "moderate")
HUMIDITIES = ("humid", "middle", "dry")
HOURS = 12


def weather_kinds(
    weather: pl.DataFrame,
    *,
    rain: float = 0.1,
    calm: float = 1.5,
    windy: float = 3.4,
    least: int = 6,
) -> pl.DataFrame:
    """site, start, kind of every hour with enough measured weather in the 12 hours that end with it.

    weather: site, start, wspm (m/s), rain (mm). rain: sum of at least `rain` mm (light rain of 12 h begins there,
    GB/T 28592-2012); else calm: mean wind below `calm`; windy: at least `windy` (force 3 begins there, GB/T 28591-2012);
    else moderate. calm is our setting, the same below which the forecast counts an hour as calm. An hour needs
    `least` wind values; rain that was not measured counts as none.
    """
    kind = (
        pl.when(pl.col("wet") >= rain)
        .then(pl.lit("rain"))
        .when(pl.col("wind") < calm)
        .then(pl.lit("calm"))
        .when(pl.col("wind") >= windy)
        .then(pl.lit("windy"))
        .otherwise(pl.lit("moderate"))
    )
    means = (
        weather.lazy()
        .sort("site", "start")
        .rolling("start", period=f"{HOURS}h", group_by="site")
        .agg(wind=pl.col("wspm").mean(), values=pl.col("wspm").count(), wet=pl.col("rain").sum())
    )
    return means.filter(pl.col("values") >= least).select("site", "start", kind=kind).collect()


def humidity(temp: pl.Expr, dewp: pl.Expr) -> pl.Expr:
    """Relative humidity [%] from temperature and dew point [°C]; Magnus form, WMO-No. 8, annex 4.B, over water."""

    def pressure(t: pl.Expr) -> pl.Expr:
        return (17.62 * t / (243.12 + t)).exp()

    return 100 * pressure(dewp) / pressure(temp)


def humidity_kinds(
    weather: pl.DataFrame, *, humid: float = 80.0, dry: float = 40.0, least: int = 6
) -> pl.DataFrame:
    """site, start, kind of every hour with enough measured humidity in the 12 hours that end with it.

    weather: site, start, temp, dewp (°C). humid: mean relative humidity of at least `humid` % (where QX/T 113-2010 no
    longer calls reduced visibility haze by itself); dry: below `dry` %, our setting; else middle. An hour needs `least`
    values.
    """
    kind = (
        pl.when(pl.col("damp") >= humid)
        .then(pl.lit("humid"))
        .when(pl.col("damp") < dry)
        .then(pl.lit("dry"))
        .otherwise(pl.lit("middle"))
    )
    means = (
        weather.lazy()
        .sort("site", "start")
        .with_columns(damp=humidity(pl.col("temp"), pl.col("dewp")))
        .rolling("start", period=f"{HOURS}h", group_by="site")
        .agg(pl.col("damp").mean(), values=pl.col("damp").count())
    )
    return means.filter(pl.col("values") >= least).select("site", "start", kind=kind).collect()
