"""进出厂运输车辆台账 of a unit as a list: filters, lines, and the file under official heads that comes in again as it went out."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import polars as pl
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.asked import BadQuestion, day_of
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles import noted as notes
from bihuan.domain.vehicles import plates, stages
from bihuan.domain.vehicles.fuels import FUELS
from bihuan.domain.vehicles.ledger import MARKS
from bihuan.english import Written, told
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, whole
from bihuan.kit.spans import today
from bihuan.kit.tables import Table
from bihuan.registry.transport import VehicleUser

Row = Mapping[str, Any]
USUAL, MOST = timedelta(days=6), timedelta(days=92)
"""How many days the ledger shows where nobody says from when on, and at most (both less one)."""
OPENED = {"auto": "自动", "manual": "人工", "remote": "远程"}
UNKNOWN = "unknown"
EITHER = {"both": "有进有出", "in": "只有进厂", "out": "只有出厂"}
_HAS = {"both": (True, True), "in": (True, False), "out": (False, True)}


class Frame:
    """A frame as rows that are made when they are shown."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return self.frame.height

    def __getitem__(self, part: Any) -> Any:
        return self.frame[part].to_dicts() if isinstance(part, slice) else self.frame.row(part, named=True)


def days_asked(asked: Mapping[str, str]) -> tuple[date, date]:
    """The first and last day that an address asks for: `from` and `to`. Raises BadQuestion."""
    last = _day(asked.get("to", "")) or today()
    first = _day(asked.get("from", "")) or last - USUAL
    if first > last:
        raise BadQuestion(_("起始日期晚于截止日期"))
    if last - first > MOST:
        raise BadQuestion(_("一次最多看 %(n)s 天，请缩短日期范围") % {"n": MOST.days + 1})
    return first, last


def _day(text: str) -> date | None:
    try:
        return day_of(text) if text else None
    except ValueError as error:
        raise BadQuestion(_("%(text)s 不是日期，写成 2019-01-31") % {"text": text[:20]}) from error


def narrowed(rows: pl.DataFrame, asked: Mapping[str, str]) -> pl.DataFrame:
    """The rows of a ledger that an address asks for; a value that is no choice chooses none."""
    chosen = []
    if words := asked.get("q", "").strip():
        chosen.append(pl.col("plate").str.contains(plates.read_plate(words).text or words.upper(), literal=True))  # fmt: skip
    for name in ("stage", "fuel"):
        if value := asked.get(name, ""):
            chosen.append(pl.col(name).is_null() if value == UNKNOWN else pl.col(name) == value)
    if way := asked.get("way", ""):
        came, went = _HAS.get(way, (False, False))
        chosen += [pl.col("in_at").is_not_null() == came, pl.col("out_at").is_not_null() == went]
    if mark := asked.get("marked", ""):
        chosen.append((pl.col("marked") != "") | (pl.col("noted") != "") if mark == "1" else pl.col("marked").str.split(" ").list.contains(mark))  # fmt: skip
    if allowed := asked.get("allowed", ""):
        let = {"yes": 1, "no": 0}.get(allowed)
        chosen.append(pl.col("allowed").is_null() if let is None else pl.col("allowed") == let)
    return rows.filter(*chosen)


def listing(unit: VehicleUser, rows: pl.DataFrame, asked: Mapping[str, str]) -> Listing[Row]:
    """The list of some rows of the ledger (`reading.ledger_of`)."""
    found = Frame(narrowed(rows, asked))

    def choices(words: Mapping[str, str], *more: tuple[str, str]) -> Callable[[], list[tuple[str, str]]]:
        return lambda: [*((k, told(w)) for k, w in words.items()), *more]

    unknown = (UNKNOWN, _("不明"))
    filters = (
        Filter("way", _("进出"), choices(EITHER)),
        Filter("stage", _("排放阶段"), choices(stages.TITLES, unknown)),
        Filter("fuel", _("燃料"), choices({k: f.title for k, f in FUELS.items()}, unknown)),
        Filter("allowed", _("放行"), choices({"yes": "放行", "no": "拒绝"}, unknown)),
        Filter("marked", _("标记"), choices({"1": "只看有标记的", **MARKS})),
    )
    return Listing(
        f"ledger-{unit.pk}", _("进出厂运输车辆台账"), whole(lambda _q: found, _("这几天没有过车记录。")), _columns(unit.pk),  # type: ignore[arg-type,return-value]
        filters=filters, search=lambda _words: Q(), place=_("号牌"), kept=("from", "to"), table=lambda _rows: official(found.frame),
        hint=unit.name, unmatched=_("没有符合条件的记录，可改日期或清除筛选。"), unit=_("车次"),
    )  # fmt: skip


def passage_url(unit: str, site: str, at: datetime, number: str) -> str:
    """The page of a passage: its gate, time [µs] and number name it."""
    asked = {"site": site, "at": microseconds(at), "number": number}
    return f"{reverse('vehicle_users:passage', args=[unit])}?{urlencode(asked)}"


def microseconds(at: datetime) -> int:
    """Since 1970, exactly."""
    return int(at.timestamp()) * 1_000_000 + at.microsecond


def when(at: datetime | None) -> str:
    """A moment as ledgers write it, in China, to the part of a second that it has."""
    return at.astimezone(CST).replace(tzinfo=None).isoformat(sep=" ") if at else ""


def _columns(unit: str) -> tuple[Column[Row], ...]:
    def way(name: str) -> Callable[[Row], Cell]:
        def look(row: Row) -> Cell:
            at = row[f"{name}_at"]
            if at is None:
                return Cell("—", tone="dim")
            url = passage_url(unit, row[f"{name}_site"], at, row[f"{name}_number"])
            return Cell(
                Written(f"{at.astimezone(CST):%m-%d %H:%M:%S}"), url, note=Written(row[f"{name}_site"])
            )

        return look

    return (
        Column(_("号牌"), lambda r: Written(r["plate"] or "—"), _plate),
        Column(_("进厂"), lambda r: when(r["in_at"]), way("in")),
        Column(_("出厂"), lambda r: when(r["out_at"]), way("out")),
        Column(_("燃料"), lambda r: told(FUELS[r["fuel"]].title) if r["fuel"] in FUELS else ""),
        Column(_("排放阶段"), lambda r: r["stage"], _stage),
        Column(_("货物"), lambda r: Written(r["cargo"] or "")),
        Column(_("净重"), lambda r: _tonnes(r["net_kg"]), unit="t", number=True),
        Column(_("放行"), lambda r: r["allowed"], _allowed),
        Column(_("标记"), lambda r: r["marked"], _marks),
    )


def _plate(row: Row) -> Cell:
    colour = plates.COLOURS.get(row["colour"] or "", "")
    return Cell(Written(row["plate"]), note=told(colour) if colour else "") if row["plate"] else Cell(_("无号牌"), tone="dim")  # fmt: skip


def _stage(row: Row) -> Cell:
    if stage := row["stage"]:
        source = stages.SOURCES.get(row["stage_source"] or "", "")
        return Cell(told(stages.TITLES.get(stage) or str(stage)), note=told(source) if source else "")
    hint = stages.TITLES.get(row["stage_hint"] or "", "")
    return Cell(told(hint), tags=[(_("推断"), "")]) if hint else Cell(_("不明"), tone="dim")


def _allowed(row: Row) -> Cell:
    if row["allowed"] is None:
        return Cell("—")
    return Cell(_("放行")) if row["allowed"] else Cell(_("拒绝"), tone="bad")


def _marks(row: Row) -> Cell:
    words = marks_of(row)
    return Cell("" if words else "—", tags=[(w, "warn") for w in words])


def marks_of(row: Row) -> list[str]:
    """What is marked in a row, and what was noted when its records came, in words, each once."""
    said = [MARKS[m] for m in row["marked"].split()] + [notes.NOTED.get(n, n) for n in row["noted"].split()]
    return list(dict.fromkeys(told(w) for w in said))


def _tonnes(kg: float | None) -> float | None:
    return None if kg is None else round(kg / 1000, 6)


def _word(words: Mapping[str, str], name: str) -> Callable[[Row], str]:
    return lambda r: words.get(r[name] or "", r[name] or "")


def _text(name: str) -> Callable[[Row], Any]:
    return lambda r: r[name] if r[name] is not None else ""


OFFICIAL: Mapping[str, Callable[[Row], Any]] = {
    "用车单位编码": _text("unit"),
    "进厂门禁编号": _text("in_site"),
    "进厂时间": lambda r: when(r["in_at"]),
    "进厂记录编号": _text("in_number"),
    "出厂门禁编号": _text("out_site"),
    "出厂时间": lambda r: when(r["out_at"]),
    "出厂记录编号": _text("out_number"),
    "号牌号码": lambda r: r["plate"] or "无号牌",
    "号牌颜色": _word(plates.COLOURS, "colour"),
    "车辆类型": _text("vehicle_type"),
    "车辆识别代号(VIN)": _text("vin"),
    "发动机号": _text("engine_no"),
    "注册登记日期": _text("registered"),
    "燃料类型": _word({k: f.title for k, f in FUELS.items()}, "fuel"),
    "排放阶段": _word(stages.TITLES, "stage"),
    "阶段来源": _word(stages.SOURCES, "stage_source"),
    "排放阶段推断": _word(stages.TITLES, "stage_hint"),
    "使用性质": _text("use"),
    "所有人": _text("owner"),
    "总质量(kg)": _text("permitted_kg"),
    "整备质量(kg)": _text("curb_kg"),
    "货物名称": _text("cargo"),
    "毛重(t)": lambda r: _tonnes(r["gross_kg"]),
    "皮重(t)": lambda r: _tonnes(r["tare_kg"]),
    "净重(t)": lambda r: _tonnes(r["net_kg"]),
    "运单号": _text("waybill"),
    "随车清单": _text("list_photo"),
    "进厂照片": _text("photos_in"),
    "出厂照片": _text("photos_out"),
    "联网核查结果": _text("checked"),
    "是否放行": lambda r: {1: "是", 0: "否"}.get(r["allowed"], ""),
    "放行依据": _text("rule"),
    "放行人": _text("decided_by"),
    "抬杆方式": _word(OPENED, "opened"),
    "标记": lambda r: "；".join(MARKS[m] for m in r["marked"].split()),
}
"""The road ledger as HJ 1321-2023 asks for it (heads as mobile-source.md section 3 lists them). 排放阶段推断 and 标记 are ours; no import reads them."""


def official(rows: pl.DataFrame) -> Table:
    """The ledger under its official heads, in Chinese whoever reads it, so that it can come in again."""
    lines = (
        [Written(v) if isinstance(v, str) else v for v in (cell(row) for cell in OFFICIAL.values())]
        for row in rows.iter_rows(named=True)
    )
    return Table([Written(head) for head in OFFICIAL], lines)
