"""The check of events: water that suddenly is worse by a class, one finding for each event of a section."""

import json
from typing import Any

import polars as pl

from bihuan.domain.checks import FINDINGS, check
from bihuan.domain.standards.surface_water import ROMAN, items
from bihuan.domain.water_events import Sudden, events
from bihuan.scenarios.water_sections.quality.frames import normal


@check(
    "water_sections.event",
    title="断面水质突变",
    basis="自有方法；类别按 GB 3838-2002",
    severity="serious",
    looks_at="readings",
    facet="water_event",
)
def event(
    readings: pl.DataFrame,
    sections: pl.DataFrame,
    *,
    least_known: int = 8,
    begins: float = 4.0,
    lasts: float = 2.0,
    narrowest: float = 0.15,
    quiet_readings: int = 2,
    least_class: int = 4,
    ph: float = 1.0,
    do: float = 1.5,
    codmn: float = 1.5,
    nh3n: float = 0.3,
    tp: float = 0.06,
) -> pl.DataFrame:
    """An item is suddenly worse than the section's own last days, and the section's class with it.

    The median and spread of at least `least_known` readings before say what is usual. An event begins `begins` spreads from it, goes on while an item is `lasts`
    spreads from it, and ends with the last before `quiet_readings` that are as usual; `narrowest`: no spread of logarithms is taken to be less. Better classes than
    `least_class` (Ⅳ = 4) are none. ph, and do, codmn, nh3n, tp [mg/L]: the least change. Source: ours, counted on real readings
    (docs/surface-water.md). Returns FINDINGS; magnitude = by how many classes worse.
    """
    steps = {"ph": ph, "do": do, "codmn": codmn, "nh3n": nh3n, "tp": tp}
    sudden = Sudden(known=least_known, begins=begins, lasts=lasts, narrowest=narrowest, quiet=quiet_readings, least_class=least_class, steps=steps)  # fmt: skip
    found = events(judged_readings(readings, sections), sudden)
    return pl.DataFrame([_finding(row) for row in found.iter_rows(named=True)], schema=FINDINGS, orient="row")


def judged_readings(readings: pl.DataFrame, sections: pl.DataFrame) -> pl.DataFrame:
    """Readings of stations that were in order, with the kind of water of their section."""
    return normal(readings).join(sections.select("site", "kind"), on="site", how="left")


def _finding(row: dict[str, Any]) -> dict[str, Any]:
    rose = sorted((i for i in row["items"] if i["rose"]), key=lambda i: -i["spreads"])
    before, worst = (ROMAN[row[c] - 1] for c in ("class_before", "class_worst"))
    main = rose[0]
    said = {
        "变差的项目": "、".join(items()[i["item"]].chinese for i in rose),
        "平时值": "、".join(_figure(i["usual"]) for i in rose),
        "最差值": "、".join(_figure(i["worst"]) for i in rose),
        "此前类别": before,
        "最差类别": worst,
        "读数个数": row["readings"],
    }
    item = items()[main["item"]]
    value = f"{_figure(main['worst'])} {item.unit}".strip()
    return {
        "target_kind": "water_section",
        "target": row["site"],
        "start": row["start"],
        "until": row["until"],
        "item": "",
        "magnitude": float(row["class_worst"] - row["class_before"]),
        "unit": "类",
        "title": f"{item.chinese} {value}（平时 {_figure(main['usual'])}），水质由 {before} 类变为 {worst} 类",
        "evidence": json.dumps(said, ensure_ascii=False),
        "phrase": None,
    }


def _figure(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")
