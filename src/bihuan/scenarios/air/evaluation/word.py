"""The daily brief as Word: one A4 page, the same text and table as the print page."""

import io
from typing import Any

from docx.shared import Cm

from bihuan.kit.paper import a4, as_docx, line, table
from bihuan.registry.anchors import printed
from bihuan.scenarios.air.evaluation import texts
from bihuan.scenarios.air.evaluation.figures import Figures

HEAD = ("名次", "点位", "AQI", "级别", "首要污染物", "PM2.5", "PM10", "SO2", "NO2", "CO", "O3-8h")


def table_rows(f: Figures) -> list[tuple[str, ...]]:
    """The city first, then the stations by rank."""
    city = {"name": f["city_name"], "rank": None, **f["city"]} if f["city"] else None
    return [_cells(r, f["decimals"]) for r in ([city] if city else []) + f["stations"]]


def _cells(row: dict[str, Any], decimals: dict[str, int]) -> tuple[str, ...]:
    primary = "、".join(p for p, _, _ in row["primary"] or [])
    return (
        texts.written(row["rank"]),
        row["name"],
        texts.written(row["aqi"]),
        row["level"].category if row["level"] else texts.lacking(row) if row["missing"] else "—",
        primary or "—",
        *(texts.written(row[v], n) for v, n in decimals.items()),
    )


def footer(f: Figures) -> str:
    """Standard, knowledge, what the numbers are not, and the root of the log when it was printed."""
    return (
        f"评价标准 {f['standard'].gb3095}、{f['standard'].hj633}、{f['standard'].hj663}；浓度单位 µg/m³（CO 为 mg/m³）；"
        f"数据截至 {f['moment']:%Y-%m-%d %H:%M}（北京时间），未经国家复核，未扣除沙尘；名次按 AQI 由低到高；健康提示据 HJ 633-2012 表 2。{printed()}。"
    )


def document(f: Figures, picture: bytes | None) -> bytes:
    """The .docx; without a picture when there is nothing to draw."""
    page = a4()
    line(page, "空气质量日报", size=20, bold=True, centre=True)
    line(page, f"{f['city_name']}　{f['day'].year}年{texts.day_text(f['day'])}", size=11, centre=True)
    for number, (heading, lines) in enumerate(texts.sections(f)):
        line(page, heading, size=11, bold=True)
        for text in lines:
            line(page, text)
        if number == 0:
            table(page, HEAD, table_rows(f))
        if number == 2 and picture:
            page.add_picture(io.BytesIO(picture), width=Cm(16.5))
    line(page, footer(f), size=8)
    return as_docx(page)
