"""The scenario's checks on an episode with faults, and on the same hours without (a near miss)."""

import polars as pl

from bihuan.domain.outages import no_outages
from bihuan.domain.quantities import ITEMS
from bihuan.domain.timeaxis import starts_from_labels
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.station_quality.checks import CHECKS
from bihuan.scenarios.station_quality.tests.conftest import FIXTURES, STATIONS

SITES = pl.DataFrame(
    [(c, n, "140300", lon, lat, True) for c, n, _, lon, lat in STATIONS],
    schema=["site", "name", "city", "lon", "lat", "evaluated"],
    orient="row",
)


def hours_of(name: str) -> pl.DataFrame:
    """Real hours of 2019-01-11 to 13, gaps filled; `episode` has a stuck PM10, a PM2.5 spike and an absurd O3."""
    table = pl.read_csv(FIXTURES / f"{name}.csv").with_columns(pl.col("time").str.to_datetime())
    items = [pl.col(q.label).cast(pl.Float64).alias(q.name) for q in ITEMS]
    return table.select("site", starts_from_labels("time").alias("start"), *items)


def found(name: str) -> set[tuple[str, str, str]]:
    """(check, site, item) with the parameters that the manifest sets."""
    entries = [e for e in every_check() if e.folder == "station_quality"]
    assert [e.check.key for e in entries] == [c.key for c in CHECKS]
    tables = [(e.check.key, e.check.run(hours_of(name), SITES, no_outages())) for e in entries]
    return {(key, row["target"], row["item"]) for key, table in tables for row in table.iter_rows(named=True)}


def test_the_faults_of_the_episode_are_found() -> None:
    assert found("episode") - found("near_miss") >= {
        ("air.stuck", "1738A", "pm10"),
        ("air.spike", "1739A", "pm25"),
        ("air.range", "1741A", "o3"),
    }


def test_the_near_miss_has_none_of_them() -> None:
    """Three equal hours of PM10 (four are needed), the real course of PM2.5, and usual ozone."""
    keys = {(key, site) for key, site, _ in found("near_miss")}
    assert not keys & {("air.stuck", "1738A"), ("air.spike", "1739A"), ("air.range", "1741A")}


def test_every_check_says_what_it_is_based_on() -> None:
    assert len({c.key for c in CHECKS}) == len(CHECKS) == 9
    for each in CHECKS:
        assert each.basis
        assert "Returns FINDINGS" in each.meaning
