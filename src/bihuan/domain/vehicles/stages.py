"""排放阶段: 0 to 6 as text, and `electric` for vehicles without exhaust.

What counts is the vehicle's list (随车清单) or the national list. Where neither is known, the date of registration allows a hint
(推断): the stage that all newly registered ones had to meet then (stages.csv). Provinces were earlier, and a vehicle may be better.
"""

import csv
import re
import unicodedata
from datetime import date
from pathlib import Path

from bihuan.domain.vehicles.fuels import FUELS

STAGES = ("0", "1", "2", "3", "4", "5", "6")
ELECTRIC = "electric"
TITLES = {stage: f"国{'零一二三四五六'[int(stage)]}" for stage in STAGES} | {ELECTRIC: "新能源"}
LIST, OBD, NATIONAL, MANUAL, DATE = "list", "obd", "national", "manual", "date"
SOURCES = {LIST: "随车清单", NATIONAL: "国家车辆名录", OBD: "OBD", MANUAL: "人工填写", DATE: "登记日期推断"}
"""Where a stage is known from, the one that counts first."""
_NUMBERS = {"零": "0", "一": "1", "二": "2", "三": "3", "四": "4", "五": "5", "六": "6"} | {
    "I": "1", "II": "2", "III": "3", "IV": "4", "V": "5", "VI": "6",
}  # fmt: skip
_STAGE = re.compile(
    r"(?:国家?|GB|EURO|第)?([0-6零一二三四五六]|VI|IV|V|I{1,3})(?:阶段|标准)?\(?([AB])?(?:阶段)?\)?"
)
_ELECTRIC = {"电动", "纯电动", "纯电", "新能源", "电", "氢能", "ELECTRIC", "X"}
_TABLE = Path(__file__).with_name("stages.csv")


def read_stage(text: str | None) -> str | None:
    """The stage of a word (国四, 国Ⅳ, 国6b, 第五阶段, 4); None for none and for one that nobody knows. a and b of 国六 are not told apart."""
    plain = unicodedata.normalize("NFKC", text or "").strip().replace(" ", "").upper()
    if plain in _ELECTRIC:
        return ELECTRIC
    found = _STAGE.fullmatch(plain)
    return _NUMBERS.get(found[1], found[1]) if found else None


def _dates() -> dict[tuple[str, str], tuple[tuple[date, str], ...]]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    kinds = {(row["group"], row["kind"]) for row in rows}
    return {
        key: tuple(
            sorted(
                (date.fromisoformat(r["since"]), r["stage"]) for r in rows if (r["group"], r["kind"]) == key
            )
        )
        for key in kinds
    }


DATES = _dates()


def hinted(registered: date | None, fuel: str | None, *, heavy: bool) -> str | None:
    """推断: the least stage that a vehicle of this fuel had to meet when it was registered; None where that cannot be said."""
    if fuel is None or registered is None:
        return None
    group = FUELS[fuel].group
    if group == "electric":
        return ELECTRIC
    met = [
        stage for since, stage in DATES.get((group, "heavy" if heavy else "light"), ()) if since <= registered
    ]
    return met[-1] if met else None


def possible_from(stage: str, fuel: str, *, heavy: bool, early_years: int) -> date | None:
    """The first day on which such a stage is believed: `early_years` before it was asked of all; None where no date is known."""
    for since, of in DATES.get((FUELS[fuel].group, "heavy" if heavy else "light"), ()):
        if of == stage:
            return since.replace(year=since.year - early_years)
    return None
