"""What a backtest says beside its file: scores, the peers on the same targets, the slow peers on a sample."""

import resource
from collections.abc import Mapping, Sequence
from datetime import timedelta
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


def _compared(said: pl.DataFrame, observed: pl.DataFrame) -> list[dict[str, Any]]:
    """RMSE of every peer by item and lead block, on the targets that all of them have."""
    named = said.with_columns(model=pl.when(pl.col("of") == "model").then(pl.lit("model")).otherwise("model"))
    means = error_scores(shared(paired(named.drop("of"), observed)), ["item", "block", "model"])
    return [
        {
            "item": label_of(r["item"]),
            "peer": r["model"],
            "leads": r["block"],
            "n": r["n"],
            "rmse": round(r["rmse"], 3),
        }
        for r in means.sort("item", "block", "rmse").to_dicts()
    ]


def peers(rows: pl.DataFrame, observed: pl.DataFrame) -> list[dict[str, Any]]:
    """The named baselines and the model on all origins; rows: with `of`."""
    return _compared(rows.filter(pl.col("of") != "sample"), observed)


def on_sample(rows: pl.DataFrame, observed: pl.DataFrame, sample: Sample | None) -> dict[str, Any]:
    """All peers with the slow ones, on the sample; without their library, how to install it."""
    if sample is None:
        return {"missing": f"statsforecast (AutoETS, MSTL, AutoTheta) is not installed: {INSTALL}"}
    chosen = rows.filter(pl.col("site").is_in(sample.sites), pl.col("issued").is_in(sample.origins))
    return {
        "sites": list(sample.sites),
        "origins": [f"{o + timedelta(hours=8):%Y-%m-%dT%H:%M}" for o in sample.origins],
        "history_days": SPAN.days,
        "peers": _compared(chosen, observed),
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
