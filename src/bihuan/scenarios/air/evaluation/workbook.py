"""The evaluation as a workbook, laid out as bulletins print it: title, units, head, rows, notes."""

import io
from typing import Any

import xlsxwriter

from bihuan.domain.quantities import ITEMS
from bihuan.domain.standards import edition_on
from bihuan.domain.timeaxis import CST
from bihuan.english import joined, unofficial
from bihuan.printable import Book
from bihuan.scenarios.air.evaluation import tables
from bihuan.scenarios.air.evaluation.places import KINDS

Columns = list[tuple[str, str, int]]
"""Head, key of the value, decimals."""


def bulletin(asked: dict[str, Any]) -> bytes:
    """One sheet per table; `asked` is what the page was asked: span, basis, places, place, taken."""
    memory = io.BytesIO()
    with Book(memory) as book:
        formats = _formats(book)
        standard = tables.BASES.get(asked["basis"], "auto")
        if asked["basis"] == "both":
            _both(book, formats, asked)
        else:
            _places(book, formats, asked, standard)
        if asked["place"] is not None:
            _months(book, formats, asked, standard)
            _days(book, formats, asked, standard)
    return memory.getvalue()


def _formats(book: xlsxwriter.Workbook) -> dict[Any, Any]:
    edge = {"border": 1, "align": "center", "valign": "vcenter"}
    made = {
        "title": book.add_format({"bold": True, "font_size": 16, "align": "center", "valign": "vcenter"}),
        "units": book.add_format({"align": "right", "font_size": 10}),
        "head": book.add_format({**edge, "bold": True, "text_wrap": True, "bg_color": "#EDEDED"}),
        "text": book.add_format(edge),
        "note": book.add_format({"font_size": 10, "text_wrap": True, "valign": "top"}),
    }
    numbers = {n: book.add_format({**edge, "num_format": f"0.{'0' * n}" if n else "0"}) for n in range(4)}
    return {**made, **numbers}


def _sheet(
    book: Any,
    formats: dict[Any, Any],
    name: str,
    title: str,
    columns: Columns,
    rows: list[dict[str, Any]],
    notes: list[str],
) -> None:
    sheet = book.add_worksheet(name)
    last = len(columns) - 1
    sheet.merge_range(0, 0, 0, last, title, formats["title"])
    sheet.merge_range(1, 0, 1, last, joined(unofficial(), "单位：µg/m³（CO 为 mg/m³）"), formats["units"])
    for j, (head, _, _) in enumerate(columns):
        sheet.write(2, j, head, formats["head"])
    for i, row in enumerate(rows, 3):
        for j, (_, key, decimals) in enumerate(columns):
            value = row.get(key)
            number = isinstance(value, int | float)
            sheet.write(i, j, "—" if value is None else value, formats[decimals if number else "text"])
    for i, note in enumerate(notes, 3 + len(rows)):
        sheet.merge_range(i, 0, i, last, note, formats["note"])
        sheet.set_row(i, 30)
    _for_print(sheet, columns)


def _for_print(sheet: Any, columns: Columns) -> None:
    sheet.set_row(0, 28)
    sheet.set_row(2, 32)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, len(columns) - 1, 11)
    sheet.freeze_panes(3, 2)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0, 2)


def notes(asked: dict[str, Any], standard: str) -> list[str]:
    """Standard, validity, rounding and the as-of time, as every sheet ends."""
    edition = edition_on(asked["span"].last, standard)
    return [
        f"注：评价标准 {edition.gb3095}、{edition.hj633}、{edition.hj663}（按数据日期选用或按所选标准统一计算），二级限值；综合指数算法按 {edition.hj663}。",
        "有效性：日均值至少 20 个有效小时；月均值至少 27 个有效日（2 月 25 个），全年 324 个且各月有效，未满的月份按天数折算；不足的均值仍列出并注明，不计算综合指数，不参与排名和同比；城市与县区值为参评点位平均，有效点位须达 75%。未扣除沙尘。",
        f"修约按 GB/T 8170。数据截至 {asked['taken'].as_of.astimezone(CST):%Y-%m-%d %H:%M}（北京时间），未经国家复核，仅供内部使用。",
    ]


def _title(asked: dict[str, Any], what: str) -> str:
    span = asked["span"]
    when = f"{span.first.year}年{span.first.month}月" if span.month else f"{span.first}至{span.last}"
    return f"{when}{what}" + ("（未完整）" if span.open else "")


def _places(book: Any, formats: dict[Any, Any], asked: dict[str, Any], standard: str) -> None:
    dec = tables.decimals(asked["span"].last, standard)
    columns: Columns = [("排名", "rank", 0), ("名称", "name", 0)]
    columns += [(label, column, dec[column]) for column, label in tables.LABELS.items()]
    columns += [("综合指数", "composite", dec["composite"])]
    columns += [(f"{q.label} 单项指数", f"index_{q.name}", dec["index"]) for q in ITEMS]
    columns += [
        ("有效天数", "valid_days", 0),
        ("优良天数", "good_days", 0),
        ("优良天数比例 %", "good_ratio", 1),
        ("重污染天数", "heavy_days", 0),
    ]
    columns += [
        ("综合指数同比 %", "composite_change", 1),
        ("PM2.5 同比 %", "pm25_change", 1),
        ("备注", "note", 0),
    ]
    rows = tables.span_rows(asked["taken"], asked["places"], asked["span"], standard)
    for kind, title in KINDS.items():
        flat = [_flat(r) for r in rows if r["place"].kind == kind]
        if flat:
            _sheet(
                book,
                formats,
                title,
                _title(asked, f"{title}环境空气质量"),
                columns,
                flat,
                notes(asked, standard),
            )


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    remarks = [f"有效 {row['unranked']} 天，不参与排名"] if row["unranked"] else []
    if row["note"] and not row["unranked"]:
        remarks.append(f"有效天数不足（{row['note']}）")
    if row["values"] is None:
        remarks.append("无评价点位" if row["why_empty"] == "no_station" else "该时段没有数据")
    elif not row["compared"]:
        remarks.append("无去年同期数据")
    if row["values"] and row["values"]["lacking"]:
        remarks.append("六项不全")
    return {**(row["values"] or {}), "name": row["place"].name, "note": "；".join(remarks)}


def _both(book: Any, formats: dict[Any, Any], asked: dict[str, Any]) -> None:
    columns: Columns = [("名称", "name", 0)]
    for side, year, standard in (("old", "2012", tables.OLD), ("new", "2026", tables.NEW)):
        dec = tables.decimals(asked["span"].last, standard)
        columns += [
            (f"{label} {year}", f"{side}_{column}", dec[column]) for column, label in tables.LABELS.items()
        ]
        columns += [
            (f"综合指数 {year}", f"{side}_composite", dec["composite"]),
            (f"排名 {year}", f"{side}_rank", 0),
        ]
        columns += [
            (f"有效天数 {year}", f"{side}_valid_days", 0),
            (f"优良率 {year} %", f"{side}_good_ratio", 1),
            (f"重污染天 {year}", f"{side}_heavy_days", 0),
        ]
    mixed = tables.decimals(asked["span"].last, tables.NEW)["composite"]
    columns += [("新限值旧算法综合指数", "new_mixed", mixed), ("备注", "note", 0)]
    rows = tables.both_rows(asked["taken"], asked["places"], asked["span"])
    flat = [
        {
            "name": r["place"].name,
            "note": f"有效 {r['unranked']} 天，不参与排名" if r["unranked"] else "",
            **{f"{side}_{k}": v for side in ("old", "new") for k, v in (r[side] or {}).items()},
        }
        for r in rows
    ]
    _sheet(
        book,
        formats,
        "新旧标准并列",
        _title(asked, "新旧标准并列评价"),
        columns,
        flat,
        notes(asked, tables.NEW),
    )


def _months(book: Any, formats: dict[Any, Any], asked: dict[str, Any], standard: str) -> None:
    year, place = asked["span"].last.year, asked["place"]
    dec = tables.decimals(asked["span"].last, standard)
    columns: Columns = [("月份", "month", 0)]
    columns += [(label, column, dec[column]) for column, label in tables.LABELS.items()]
    columns += [("综合指数", "composite", dec["composite"]), ("有效天数", "valid_days", 0), ("优良天数", "good_days", 0), ("优良天数比例 %", "good_ratio", 1), ("重污染天数", "heavy_days", 0), ("备注", "note", 0)]  # fmt: skip
    rows = [
        {**_flat({**r, "compared": True}), "month": f"{r['values']['start']:%Y-%m}"}
        for r in tables.month_rows(asked["taken"].days, place.key, year, standard)
    ]
    _sheet(
        book, formats, "逐月", f"{place.name}{year}年各月环境空气质量", columns, rows, notes(asked, standard)
    )


def _days(book: Any, formats: dict[Any, Any], asked: dict[str, Any], standard: str) -> None:
    span, place = asked["span"], asked["place"]
    dec = tables.day_decimals(span.last, standard)
    labels = {"co": "CO", "o3_8h": "O3-8h"}
    columns: Columns = [
        ("日期", "day", 0),
        ("AQI", "aqi", 0),
        ("级别", "category", 0),
        ("首要污染物", "primary", 0),
        ("缺项", "missing", 0),
    ]
    columns += [(labels.get(v, v.upper().replace("PM25", "PM2.5")), v, n) for v, n in dec.items()]
    found = tables.day_rows(asked["taken"].days, place.key, span.first, span.last, standard)
    rows = [{**r, "day": f"{r['date']}", "category": tables.category(r["level"])} for r in reversed(found)]
    _sheet(
        book,
        formats,
        "逐日",
        _title(asked, f"{place.name}逐日空气质量"),
        columns,
        rows,
        notes(asked, standard),
    )
