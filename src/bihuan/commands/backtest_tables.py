"""What a backtest says beside its file: scores, the peers on the same targets, the slow peers on a sample."""

import resource
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import polars as pl

from bihuan.domain.forecast.statistical import INSTALL, SPAN, Sample
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.verification.errors import error_scores
from bihuan.domain.verification.pairs import paired, shared


def label_of(item: str) -> str:
    """Name of an item in files."""
    special = {"aqi": "AQI", "o3_8h": "O3_8h"}
    return special[item] if item in special else BY_NAME[item].label


def labelled(scores: pl.DataFrame) -> list[dict[str, Any]]:
    """Scores as they are printed: labels of items, four decimals, no nulls."""
    rows = []
    for row in scores.to_dicts():
        kept = {k: (round(v, 4) if isinstance(v, float) else v) for k, v in row.items() if v is not None}
        rows.append({**kept, "item": label_of(row["item"])})
    return rows


NEEDED = ("site", "item", "issued", "start", "lead", "mean", "model", "of")


def _read(path: Path) -> pl.DataFrame:
    """What comparisons need of a unit's rows; our own model is called `model` whatever its fit."""
    name = pl.when(pl.col("of") == "model").then(pl.lit("model")).otherwise("model")
    return pl.read_parquet(path, columns=list(NEEDED)).with_columns(model=name)


def _summed(said: pl.DataFrame, observed: pl.DataFrame) -> pl.DataFrame:
    """item, block, model, n and the sum of squared errors, on the targets that all models have."""
    scores = error_scores(shared(paired(said.drop("of"), observed)), ["item", "block", "model"])
    return scores.select("item", "block", "model", "n", squares=pl.col("n") * pl.col("rmse") ** 2)


def _compared(sums: Iterable[pl.DataFrame]) -> list[dict[str, Any]]:
    """RMSE of every peer by item and lead block, the best first."""
    whole = pl.concat(sums).group_by("item", "block", "model").sum()
    rows = whole.with_columns(rmse=(pl.col("squares") / pl.col("n")).sqrt()).sort(
        "item", "block", "rmse", "model"
    )
    return [
        {
            "item": label_of(r["item"]),
            "peer": r["model"],
            "leads": r["block"],
            "n": r["n"],
            "rmse": round(r["rmse"], 3),
        }
        for r in rows.to_dicts()
    ]


def peers(paths: Sequence[Path], observed: pl.DataFrame) -> list[dict[str, Any]]:
    """The named baselines and the model on all origins; unit by unit, for all together would need gigabytes."""
    return _compared(_summed(_read(p).filter(pl.col("of") != "sample"), observed) for p in paths)


def on_sample(paths: Sequence[Path], observed: pl.DataFrame, sample: Sample | None) -> dict[str, Any]:
    """All peers with the slow ones, on the sample; without their library, how to install it."""
    if sample is None:
        return {"missing": f"statsforecast (AutoETS, MSTL, AutoTheta) is not installed: {INSTALL}"}
    here = pl.col("site").is_in(sample.sites) & pl.col("issued").is_in(sample.origins)
    chosen = pl.concat([_read(p).filter(here) for p in paths])
    return {
        "sites": list(sample.sites),
        "origins": [f"{o + timedelta(hours=8):%Y-%m-%dT%H:%M}" for o in sample.origins],
        "history_days": SPAN.days,
        "peers": _compared([_summed(chosen, observed)]),
    }


def memory() -> dict[str, int]:
    """Most memory that this process, and the largest of the others, ever held [MB]."""
    kinds = {"main": resource.RUSAGE_SELF, "largest_process": resource.RUSAGE_CHILDREN}
    return {name: resource.getrusage(kind).ru_maxrss // 1024 for name, kind in kinds.items()}


def _peer_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{p['peer']:<34}{p['item']:<7}{p['leads']:<8}{p['rmse']:>8.2f}" for p in rows]


def _sample_lines(sample: Mapping[str, Any]) -> list[str]:
    if "missing" in sample:
        return [str(sample["missing"])]
    head = f"on a sample of {len(sample['sites'])} sites ({', '.join(sample['sites'])}) and {len(sample['origins'])} origins"
    return [f"{head}, each fit on {sample['history_days']} days:", *_peer_lines(sample["peers"])]


def text(data: Mapping[str, Any]) -> str:
    """The result as it is printed."""
    lines = [f"{data['rows']} rows written to {data['out']}", ""]
    lines.append(
        f"{'model':<34}{'item':<7}{'leads':<8}{'RMSE':>8}{'MAE':>8}{'bias':>8}{'in 50 %':>9}{'in 90 %':>9}"
    )
    for s in data["scores"]:
        lines.append(
            f"{s['model']:<34}{s['item']:<7}{s['block']:<8}{s['rmse']:>8.2f}{s['mae']:>8.2f}{s['bias']:>8.2f}"
            f"{100 * s['coverage50']:>8.1f}%{100 * s['coverage90']:>8.1f}%"
        )
    lines += _peer_lines(data["peers"])
    if data["sample"]:
        lines += ["", *_sample_lines(data["sample"])]
    mb = data["memory_mb"]
    lines += [
        "",
        f"{data['processes']} processes; memory {mb['main']} MB and {mb['largest_process']} MB the largest other",
    ]
    return "\n".join(lines)
