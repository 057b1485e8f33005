"""Lists: records of remote sensing, vehicles that exceed again, recalls."""

from datetime import date, datetime
from typing import Any

import polars as pl
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.plates import COLOURS, read_plate
from bihuan.domain.vehicles.roadside.sensing import WHY
from bihuan.domain.vehicles.stages import TITLES
from bihuan.english import Written, told
from bihuan.kit.forms import worded
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, whole, words_in
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.roadside_checks.checks import NAMES
from bihuan.scenarios.roadside_checks.kinds import key_of
from bihuan.scenarios.roadside_checks.models import Recall, SensingPoint
from bihuan.scenarios.roadside_checks.offenders import Offender
from bihuan.scenarios.roadside_checks.reading import records_of
from bihuan.scenarios.roadside_checks.recalls import overdue

Record = dict[str, Any]


class Rows:
    """A frame as a list of records that are made when they are shown."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame

    def __len__(self) -> int:
        return self.frame.height

    def __getitem__(self, part: Any) -> Any:
        if isinstance(part, slice):
            return self.frame[part].to_dicts()
        return self.frame.row(part, named=True)


def word(words: dict[str, str], key: str) -> str:
    """What a key is called; empty for none."""
    return _(words[key]) if key in words else ""


def when(at: datetime) -> str:
    """A moment as lists show it."""
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"


def vehicle_url(plate: str, colour: str) -> str:
    """The page of a vehicle."""
    return reverse("roadside_checks:vehicle", args=[key_of(plate, colour)])


def records(
    person: Person, asked: dict[str, str], start: datetime, end: datetime, now: datetime
) -> Listing[Record]:
    """Records of a time that a person may see, the newest first."""
    points = dict(visible(SensingPoint.objects.order_by("code"), person).values_list("pk", "name"))
    frame = records_of(start, end, now, [p for p in points if asked.get("point") in (None, "", p)])
    why, words = asked.get("judged", ""), read_plate(asked.get("q", "")).text
    if why:
        frame = frame.filter(
            pl.col("over") != "" if why == "over" else pl.col("why") == ("" if why == "fine" else why)
        )
    if words:
        frame = frame.filter(pl.col("plate").str.contains(words, literal=True))
    rows = Rows(frame.sort("start", descending=True))
    states = lambda: [("over", _("超标")), ("fine", _("有效")), *((k, _(w)) for k, w in WHY.items() if k)]  # noqa: E731
    return Listing(
        "remote-sensing", _("遥感检测记录"), whole(lambda _q: rows, _("这个月没有遥感检测记录；在“导入”页导入。")), _record_columns(points),  # type: ignore[arg-type,return-value]
        filters=(Filter("point", _("点位"), lambda: list(points.items())), Filter("judged", _("判定"), states)), search=lambda _words: Q(),
        place=_("号牌"), kept=("month",), unmatched=_("没有符合条件的记录。"),
    )  # fmt: skip


def _record_columns(points: dict[str, str]) -> tuple[Column[Record], ...]:
    def number(name: str, title: str, unit: str, *, page: bool = True) -> Column[Record]:
        def look(r: Record) -> Cell:
            value = r[name]
            return Cell(
                "—" if value is None else f"{value:g}", tone="bad" if name in r["over"].split(" ") else ""
            )

        return Column(title, lambda r: r[name], look, unit=unit, number=True, page=page)

    return (
        Column(_("时间"), lambda r: when(r["start"])),
        Column(_("点位"), lambda r: Written(points.get(r["site"], r["site"]))),
        Column(told("车道"), lambda r: r["lane"], page=False),
        Column(_("号牌"), lambda r: Written(r["plate"]), plate_cell),
        Column(told("号牌原文"), lambda r: Written(r["plate_sent"]), page=False),
        Column(_("号牌颜色"), lambda r: word(COLOURS, r["colour"])),
        Column(_("排放阶段"), lambda r: word(TITLES, r["stage"])),
        number("speed", told("速度"), "km/h", page=False),
        number("vsp", _("比功率"), "kW/t"),
        number("co", "CO", "%", page=False),
        number("hc", "HC", "ppm", page=False),
        number("no", "NO", "ppm"),
        number("opacity", told("不透光烟度"), "%"),
        number("ringelmann", told("林格曼黑度"), told("级"), page=False),
        Column(_("判定"), judged_word, lambda r: Cell(judged_word(r), tone="bad" if r["over"] else "dim" if r["why"] else "good")),
    )  # fmt: skip


def judged_word(r: Record) -> str:
    """What came of a record, in words."""
    return "、".join(_(NAMES[i]) for i in r["over"].split(" ")) + _("超标") if r["over"] else _(WHY[r["why"]])


def plate_cell(r: Record) -> Cell:
    """A plate that leads to the vehicle; one that the list does not know says so."""
    if not r["plate"]:
        return Cell(_("无号牌"), tone="dim")
    tags = () if r["known"] else ((_("名录外"), "dim"),)
    return Cell(r["plate"], vehicle_url(r["plate"], r["colour"]), tags=tags)


def offenders(rows: list[Offender], today: date) -> Listing[Offender]:
    """Vehicles of the three sources."""
    return Listing(
        "repeat-offenders", _("重复超标车辆"), whole(lambda _q: rows, _("近半年没有重复超标、黑烟或终端异常的车辆。")),
        (
            Column(_("号牌"), lambda o: Written(o.plate), lambda o: Cell(o.plate, vehicle_url(o.plate, o.colour), tags=() if o.vehicle else ((_("名录外"), "dim"),))),
            Column(_("号牌颜色"), lambda o: word(COLOURS, o.colour)),
            Column(_("排放阶段"), lambda o: word(TITLES, o.vehicle.stage) if o.vehicle else ""),
            Column(_("来源数"), lambda o: o.sources, number=True),
            Column(_("遥感超标"), lambda o: o.over, unit=_("次"), number=True),
            Column(_("遥感重复"), lambda o: o.again, unit=_("次"), number=True),
            Column(_("黑烟"), lambda o: o.smoke, unit=_("次"), number=True),
            Column(_("终端异常"), lambda o: o.terminal, unit=_("次"), number=True),
            Column(_("最近一次"), lambda o: when(o.newest) if o.newest else ""),
            Column(_("复检"), lambda o: recall_word(o.recall, today), lambda o: Cell(recall_word(o.recall, today) or "—", tone="bad" if o.recall and overdue(o.recall, today) else "")),
        ),
        hint=_("近半年"),
    )  # fmt: skip


def recall_word(recall: Recall | None, today: date) -> str:
    """Where a recall stands."""
    if recall is None:
        return ""
    return _("超期未复检") if overdue(recall, today) else str(recall.get_state_display())


def recalls(person: Person, today: date) -> Listing[Recall]:
    """All recalls that a person may see."""
    rows = visible(Recall.objects.select_related("vehicle__region"), person)
    open_rows = rows.exclude(state="passed")
    return Listing(
        "recalls", _("复检通知"),
        (
            Tab("", _("未完成"), open_rows.filter, _("没有未完成的复检。")),
            Tab("overdue", _("超期"), open_rows.filter(deadline__lt=today).filter, _("没有超期的复检。")),
            Tab("all", _("全部"), rows.filter, _("还没有发出复检通知。")),
        ),
        (
            Column(_("文号"), lambda r: r.number, lambda r: Cell(r.number, reverse("roadside_checks:notice", args=[r.number])), order="number"),
            Column(_("号牌"), lambda r: Written(r.vehicle.plate), lambda r: Cell(r.vehicle.plate, vehicle_url(r.vehicle.plate, r.vehicle.colour))),
            Column(_("区县"), lambda r: Written(r.vehicle.region.name)),
            Column(_("通知时间"), lambda r: when(r.issued_at), order="issued_at"),
            Column(_("期限"), lambda r: r.deadline.isoformat(), order="deadline"),
            Column(_("状态"), lambda r: recall_word(r, today), lambda r: Cell(recall_word(r, today), tone="bad" if overdue(r, today) else "")),
            Column(_("复检日期"), lambda r: r.tested_on.isoformat() if r.tested_on else ""),
            Column(told("模拟"), lambda r: "是" if r.simulated else "", page=False),
        ),
        filters=(Filter("state", _("状态"), worded(Recall.State.choices), lambda s: Q(state=s)),), search=words_in("number", "vehicle__plate"),
        state="part", place=_("文号或号牌"),
    )  # fmt: skip
