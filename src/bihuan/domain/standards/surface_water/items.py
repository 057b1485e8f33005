"""项目: what GB 3838-2002 table 1 limits, read once from `limits.csv` beside this module.

Which values go how to a class: `least` (dissolved oxygen: not below), `most` (not above), `range` (pH: within 6 to 9 in every
class). Total phosphorus has limits of its own in lakes and reservoirs, total nitrogen has limits there alone.
`decimals` are those to which means are rounded before they are judged: one more than the limit of class I has, at most three
digits in common results; our reading of the statistics rule of 2020 (环办监测函〔2020〕82号), unsure.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RIVER, LAKE = "river", "lake"
HIGHEST_PH = 9.0


@dataclass(frozen=True)
class Item:
    """One item. `river`, `lake`: its limits of the classes I to V in `unit`, None where it has none for that kind of water.

    judged: it counts for the class of a section (21 of the 24 items of table 1; of the others TN and coliform stand here).
    toxic: named first among the main pollutants.
    """

    name: str
    code: str
    chinese: str
    short: str
    unit: str
    rule: str
    river: tuple[float, ...] | None
    lake: tuple[float, ...] | None
    decimals: int
    judged: bool
    toxic: bool
    source: str

    @property
    def has_multiple(self) -> bool:
        """Is there a multiple by which it lies above a limit? pH and dissolved oxygen have none."""
        return self.rule == "most"

    def limits(self, kind: str) -> tuple[float, ...] | None:
        """Its limits in a kind of water."""
        return self.lake if kind == LAKE else self.river


@cache
def items() -> dict[str, Item]:
    """All items by name, in the order of the standard."""
    with Path(__file__).with_name("limits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found: dict[str, Item] = {}
    for row in rows:
        limits = tuple(float(row[c]) for c in ("I", "II", "III", "IV", "V"))
        before = found.get(row["name"])
        river = limits if row["water"] in ("", RIVER) else before.river if before else None
        lake = limits if row["water"] in ("", LAKE) else before.lake if before else None
        found[row["name"]] = Item(
            *(row["name"], row["code"], row["chinese"], row["short"], row["unit"], row["rule"]),
            river,
            lake,
            int(row["decimals"]),
            row["judged"] == "yes",
            row["toxic"] == "yes",
            row["source"],
        )
    return found


RELEASE = ("ph", "do", "codmn", "nh3n", "tp")
"""Five items, by which the national release of automatic stations gives its class; TN is not among them. Found out from the
release itself (docs/surface-water.md)."""
