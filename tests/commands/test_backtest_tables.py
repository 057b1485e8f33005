"""The table of peers: one RMSE over all parts, on the hours that all of them forecast and somebody measured."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from bihuan.commands.backtest_tables import on_sample, peers
from bihuan.domain.forecast.statistical import Sample
from bihuan.domain.timeaxis import INSTANT

T0 = datetime(2019, 8, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def _row(issued: datetime, lead: int, mean: float, model: str, of: str, site: str = "a") -> dict[str, object]:
    start = issued + (lead - 1) * HOUR
    return {"site": site, "item": "pm25", "issued": issued, "start": start, "lead": lead, "mean": mean, "model": model, "of": of}  # fmt: skip


def _part(path: Path, *rows: dict[str, object]) -> Path:
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "issued": INSTANT,
        "start": INSTANT,
        "lead": pl.Int32,
    }
    pl.DataFrame(list(rows), schema_overrides=schema).write_parquet(path)
    return path


@pytest.fixture
def paths(tmp_path: Path) -> list[Path]:
    """Two fits. All is measured as 10, but for the third hour of the first origin."""
    later = T0 + 24 * HOUR
    return [
        _part(
            tmp_path / "1.parquet",
            _row(T0, 1, 11.0, "m@1", "model"), _row(T0, 1, 12.0, "persistence", "peer"),
            _row(T0, 2, 13.0, "m@1", "model"), _row(T0, 2, 15.0, "persistence", "peer"),
            _row(T0, 3, 99.0, "m@1", "model"), _row(T0, 3, 99.0, "persistence", "peer"),
            _row(T0, 4, 99.0, "m@1", "model"),
        ),
        _part(
            tmp_path / "2.parquet",
            _row(later, 1, 8.0, "m@2", "model"), _row(later, 1, 10.0, "persistence", "peer"),
            _row(later, 1, 50.0, "m@2", "model", "b"), _row(later, 1, 50.0, "persistence", "peer", "b"),
        ),
        _part(tmp_path / "3.parquet", _row(T0, 2, 16.0, "MSTL", "sample")),
    ]  # fmt: skip


OBSERVED = pl.DataFrame(
    {
        "site": ["a"] * 4 + ["b"],
        "item": "pm25",
        "start": [T0, T0 + HOUR, T0 + 3 * HOUR, T0 + 24 * HOUR, T0 + 24 * HOUR],
        "observed": 10.0,
    },
    schema_overrides={"start": INSTANT},
)


def test_one_figure_over_all_parts_by_hand(paths: list[Path]) -> None:
    found = {r["peer"]: (r["leads"], r["n"], r["rmse"]) for r in peers(paths, OBSERVED)}
    # The model errs by 1, 3, 2 and 40; persistence by 2, 5, 0 and 40. The slow peer is of the sample only.
    assert found == {
        "model": ("1-24", 4, round((1614 / 4) ** 0.5, 3)),
        "persistence": ("1-24", 4, round((1629 / 4) ** 0.5, 3)),
    }


def test_the_sample_is_scored_where_the_slow_peers_spoke(paths: list[Path]) -> None:
    found = on_sample(paths, OBSERVED, Sample(("a",), (T0,)))
    assert (found["sites"], found["origins"]) == (["a"], ["2019-08-01T08:00"])
    assert {r["peer"]: (r["n"], r["rmse"]) for r in found["peers"]} == {
        "model": (1, 3.0), "persistence": (1, 5.0), "MSTL": (1, 6.0),
    }  # fmt: skip
    assert [r["peer"] for r in found["peers"]] == ["model", "persistence", "MSTL"]  # the best first
