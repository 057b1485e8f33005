"""The tables as files of the documented import."""

from pathlib import Path

import polars as pl

from bihuan.simulate.vehicle_tests.curves import Made
from bihuan.simulate.vehicle_tests.wanted import CURVES


def written(made: Made, folder: Path) -> list[Path]:
    """The tables of tests, daily checks and curves as files, by the heads of the documented import; times of China."""

    def local(name: str) -> pl.Expr:
        return pl.col(name).dt.convert_time_zone("Asia/Shanghai").dt.strftime("%Y-%m-%dT%H:%M:%S")

    paths = [folder / name for name in ("tests.csv", "daily.csv", "traces.parquet")]
    tests = made.tests.with_columns(begin=local("start"), end=local("until")).drop("start", "until")
    tests.rename({"site": "station"}).write_csv(paths[0])
    daily = made.checked.with_columns(time=local("start")).drop("start")
    daily.rename({"site": "station", "kind": "daily_check"}).write_csv(paths[1])
    longest = pl.max_horizontal(pl.col(c).list.len() for c in CURVES).fill_null(0)
    curves = pl.concat(list(made.traces())).with_columns(second=pl.int_ranges(longest))
    none = pl.lit(None, pl.Float32).repeat_by(pl.col("second").list.len())
    whole = curves.with_columns(pl.when(pl.col(c).is_null()).then(none).otherwise(c).alias(c) for c in CURVES)
    whole.explode("second", *CURVES).write_parquet(paths[2])
    return paths
