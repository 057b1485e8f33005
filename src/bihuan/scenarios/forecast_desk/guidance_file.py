"""A guidance file (CSV, Excel): places, items, days or hours, values or ranges. Read apart, so nothing of Django is here."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bihuan.apart import Talk
from bihuan.domain.quantities import ITEM_NAMES
from bihuan.domain.timeaxis import CST, HOUR, meant
from bihuan.feeds.lines import ROW
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.tables import table_pieces
from bihuan.pipeline.previews import look
from bihuan.scenarios.forecast_desk.items import LABELS, MOST_AQI, MOST_VALUE, PRIMARIES

HEADS = {
    "place": ("城市", "点位", "地点", "city", "site", "place"),
    "item": ("因子", "污染物", "item"),
    "day": ("日期", "date", "day"),
    "time": ("时间", "小时", "time", "hour"),
    "value": ("值", "预报值", "value"),
    "low": ("下限", "low"),
    "high": ("上限", "high"),
    "primary": ("首要污染物", "primary"),
}
ITEMS = {label.upper().replace("_", "-"): name for name, label in LABELS.items()} | {"O3_8H": "o3_8h"}  # fmt: skip
MOST_ROWS = 20_000
DAY_FORMS = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y%m%d", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
TIME_FORMS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y年%m月%d日%H时")  # fmt: skip
PARTED = re.compile(r"\s*[,，、;；/]\s*")
RANGE = re.compile(r"\s*([0-9.]+)\s*[-—–~～至]+\s*([0-9.]+)\s*")


REFUSALS = {
    "place": ("没有登记这个城市或评价点位", "改用登记的名称或编码"),
    "item": ("不认识的因子", "用 AQI、PM2.5、PM10、SO2、NO2、CO、O3、O3-8h 之一"),
    "time": ("不是时间", "写成 2019-01-12 08:00（小时末）"),
    "hourly": ("小时预报只收六项因子和 AQI 的整点", "按整点给出，或改为日预报"),
    "day": ("不是日期", "写成 2019-01-12"),
    "number": ("不是数字", "只填数字，单位 µg/m³（CO 为 mg/m³）"),
    "bounds": ("不在 0 与 2000 之间", "核对数值和单位"),
    "index": ("AQI 不在 0 与 500 之间", "核对数值"),
    "empty": ("没有值，也没有完整的范围", "填值，或填下限和上限"),
    "half": ("范围只有一端", "上限和下限都填，或都不填"),
    "turned": ("范围颠倒，或值不在范围内", "核对上下限"),
    "primary": ("不认识的首要污染物", "用 PM2.5、PM10、O3_8h、NO2、SO2、CO，多项以逗号分隔"),
    "repeated": ("同一地点、因子和时间在文件中已出现过", "删去重复的行"),
}
"""Why a row is refused and how to mend it; pages translate both."""


class _Refused(Exception):
    """A cell that cannot be taken: its column, what stands in it, and a key of REFUSALS."""

    def __init__(self, column: str, value: str, why: str) -> None:
        super().__init__(why)
        self.column, self.value = column, value
        self.reason, self.remedy = REFUSALS[why]


@dataclass(frozen=True)
class Read:
    """`rows`: place, item, day or start (text), low, value, high, primary. `refused`: row, column, value and why."""

    rows: list[dict[str, Any]]
    refused: list[dict[str, Any]]


def read_guidance(path: Path, places: Mapping[str, str]) -> Read:
    """The rows of a file. places: any name or code that a file may use -> place key. Raises Unreadable.

    Hours are labelled by their end (China Standard Time), as the national network labels them.
    """
    return Read(*look(_read, path, path.name, dict(places)))


def _read(talk: Talk, path: Path, places: Mapping[str, str]) -> list[list[dict[str, Any]]]:
    names = frozenset(n for group in HEADS.values() for n in group)
    rows: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    seen: set[tuple[Any, ...]] = set()
    for piece in table_pieces(path, names):
        refused += [_refused(r.row, r.column, r.value, why=r.why.plain) for r in piece.refused]
        columns = _columns(piece.frame.columns, path.name)
        for record in piece.frame.iter_rows(named=True):
            if len(rows) + len(refused) >= MOST_ROWS:
                raise Unreadable(f"{path.name} 超过 {MOST_ROWS} 行；请只上传本市及各点位的预报")
            try:
                row = _row(record, columns, places)
                key = (row["place"], row["item"], row["day"], row["start"])
                if key in seen:
                    raise _Refused(
                        columns["item"],
                        str(record[columns["item"]]),
                        "repeated",
                    )
                seen.add(key)
                rows.append(row)
            except _Refused as why:
                number = int(record[ROW])
                refused.append(_refused(number, why.column, why.value, reason=why.reason, remedy=why.remedy))
    return [rows, refused]


def _refused(row: int, column: str, value: str, **why: Any) -> dict[str, Any]:
    return {"row": row, "column": column, "value": value, **why}


def _columns(found: list[str], file: str) -> dict[str, str]:
    columns = {key: c for key, names in HEADS.items() for c in found if c.strip().lower() in names}
    if "place" not in columns or "item" not in columns or not {"day", "time"} & set(columns):
        raise Unreadable(f"{file} 须有列：城市（或点位）、因子、日期（或时间），以及 值 或 下限和上限；现有列：{'、'.join(c for c in found if c != ROW)}")  # fmt: skip
    if "value" not in columns and not {"low", "high"} <= set(columns):
        raise Unreadable(f"{file} 缺少列“值”，或“下限”和“上限”两列")
    return columns


def _row(record: Mapping[str, Any], columns: Mapping[str, str], places: Mapping[str, str]) -> dict[str, Any]:
    said = {key: str(record[c] if record[c] is not None else "").strip() for key, c in columns.items()}
    place = places.get(said["place"])
    if place is None:
        raise _Refused(columns["place"], said["place"], "place")
    item = ITEMS.get(said["item"].upper())
    if item is None:
        raise _Refused(columns["item"], said["item"], "item")
    day, start = _when(said, columns, item)
    low, value, high = _values(said, columns, item)
    return {"place": place, "item": item, "day": day, "start": start, "low": low, "value": value, "high": high, "primary": _primary(said, columns)}  # fmt: skip


def _when(said: Mapping[str, str], columns: Mapping[str, str], item: str) -> tuple[str | None, str | None]:
    if said.get("time"):
        for form in TIME_FORMS:
            try:
                label = meant(datetime.strptime(said["time"], form).replace(tzinfo=CST))
            except ValueError:
                continue
            if item not in (*ITEM_NAMES, "aqi") or label.minute or label.second:
                raise _Refused(
                    columns["time"],
                    said["time"],
                    "hourly",
                )
            return None, (label - HOUR).isoformat()
        raise _Refused(columns["time"], said["time"], "time")
    for form in DAY_FORMS:
        try:
            return meant(
                datetime.strptime(said.get("day", ""), form).replace(tzinfo=CST)
            ).date().isoformat(), None
        except ValueError:
            continue
    column = columns.get("day", columns.get("time", ""))
    raise _Refused(column, said.get("day", ""), "day")


def _values(
    said: Mapping[str, str], columns: Mapping[str, str], item: str
) -> tuple[float | None, float, float | None]:
    """Low, value, high: of their columns, or of a value written as a range; the middle of a range is its value."""
    text = said.get("value", "")
    whole = RANGE.fullmatch(text)
    parts = {"low": whole[1], "high": whole[2]} if whole else {k: said.get(k, "") for k in ("low", "high")}
    low, high = (_number(parts[k], columns.get(k, columns.get("value", "")), item) for k in ("low", "high"))
    value = None if whole else _number(text, columns.get("value", ""), item)
    if value is None and (low is None or high is None):
        raise _Refused(
            columns.get("value", columns.get("low", "")),
            text,
            "empty",
        )
    if (low is None) != (high is None):
        given = "high" if low is None else "low"
        raise _Refused(columns[given], parts[given], "half")
    if low is not None and high is not None:
        value = (low + high) / 2 if value is None else value
        if not low <= value <= high:
            raise _Refused(
                columns.get("low", columns.get("value", "")),
                f"{low:g}-{high:g}",
                "turned",
            )
    assert value is not None
    return low, value, high


def _number(text: str, column: str, item: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError as error:
        raise _Refused(column, text, "number") from error
    if item == "aqi" and not 0 <= value <= MOST_AQI:
        raise _Refused(column, text, "index")
    if not 0 <= value <= MOST_VALUE:
        raise _Refused(column, text, "bounds")
    return value


def _primary(said: Mapping[str, str], columns: Mapping[str, str]) -> str:
    text = PARTED.sub(",", said.get("primary", "")).replace("O3-8h", "O3_8h")
    if text and not set(text.split(",")) <= {*PRIMARIES, "O3"}:
        raise _Refused(columns["primary"], text, "primary")
    return text.replace("O3_8h", "O3").replace("O3", "O3_8h")
