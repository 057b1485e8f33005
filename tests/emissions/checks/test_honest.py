"""Honest outlets: a week with noise, a marked stop and start, calibrations, ten-minute records, no load signal."""

import re
from pathlib import Path

import polars as pl
import pytest

from bihuan.domain.checks import FINDINGS, SEVERITIES
from bihuan.domain.emissions.checks import CHECKS
from bihuan.domain.emissions.tables import Stacks
from bihuan.domain.outlets.tables import PARAMETERS
from tests.emissions.checks import world
from tests.emissions.checks.world import at

STOPPED = {"flow": 0.0, "velocity": 0.0, "temp": 22.0, "o2": 20.9, "pm": 0.3, "so2": 0.0, "nox": 0.0}
FLAGS = {f"{i}_flag": "F" for i in ("pm", "so2", "nox", "o2", "flow")}


def _week(site: str, seed: int, interval: int, *, load_signal: bool) -> pl.DataFrame:
    """Seven days; on the fourth a stop from 2 to 14 h (F), then a start-up until 17 h with high values."""
    calm = world.outlet_minutes(site, seed, 7, interval, load_signal=load_signal)
    loads: list[dict[str, float]] = [{"load": 0.0}, {"load": 36.0}] if load_signal else [{}, {}]
    stopped = world.change(calm, at(2, 3), at(14, 3), **STOPPED, **FLAGS, **loads[0])
    return world.change(
        stopped,
        at(14, 3),
        at(17, 3),
        nox=pl.col("nox") * 2.5,
        o2=pl.col("o2") + 5,
        flow=180_000.0,
        **loads[1],
    )


def _plant(seed: int, interval: int, *, load_signal: bool) -> Stacks:
    """Two outlets of one plant, with everything that a plant sends."""
    sites = ("A", "B")
    minutes = pl.concat(
        _week(s, 100 * seed + i, interval, load_signal=load_signal) for i, s in enumerate(sites)
    )
    marks = pl.concat(
        world.mark(at(2, 3), at(17, 3), kind="condition", code="停炉启炉", site=s) for s in sites
    )
    hours = world.platform_hours(minutes, interval, marks)
    slopes = [(s, at(12, d), "nox", "斜率", 1.0 + (d * 7 % 5) / 1000) for s in sites for d in range(7)]
    return world.stacks(
        minutes, interval=interval, marks=marks, hours=hours, logged_hours=world.logger_hours(hours),
        parameters=pl.DataFrame(slopes, schema=PARAMETERS, orient="row"),
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("interval", "load_signal"), [(1, True), (1, False), (10, True)])
def test_an_honest_week_has_no_finding(seed: int, interval: int, load_signal: bool) -> None:
    stacks = _plant(seed, interval, load_signal=load_signal)
    found = {c.key: f["title"].to_list() for c in CHECKS if (f := c.run(stacks)).height}
    assert found == {}


def test_the_catalogue() -> None:
    keys = [c.key for c in CHECKS]
    assert len(keys) >= 30
    assert len(set(keys)) == len(keys)
    for check in CHECKS:
        assert check.key.startswith("cems.")
        assert check.looks_at == "stacks"
        assert check.severity in SEVERITIES
        assert check.basis
        assert "Source" in check.meaning, check.key


def test_the_docs_list_every_check_with_its_severity_and_a_test_that_calls_it() -> None:
    text = (
        (Path(__file__).parents[3] / "docs" / "plant-emissions.md").read_text("utf-8").split("\n## Sewage")[0]
    )
    rows = re.findall(r"^\|[^|]+\| `([a-z_.]+)` \| (\w+) \| `(test_\w+\.py)` \|$", text, re.MULTILINE)
    assert {f"cems.{key}": severity for key, severity, _ in rows} == {c.key: c.severity for c in CHECKS}
    for key, _, name in rows:
        assert f".{key.split('.')[1]}(" in (Path(__file__).parent / name).read_text("utf-8"), key


def test_no_data_is_no_finding_of_the_data() -> None:
    """Empty tables: only the outlet that never sent anything could be said, and since when is not known."""
    nothing = world.honest(days=1).clear()
    stacks = Stacks(at(0), world.outlets(nothing), nothing, world.platform_hours(nothing))
    for check in CHECKS:
        found = check.run(stacks)
        assert found.schema == FINDINGS, check.key
        assert found.is_empty(), check.key
