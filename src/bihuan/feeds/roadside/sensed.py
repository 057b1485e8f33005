"""遥感检测记录 (HJ 845-2017): one row for each vehicle that passed, as CSV or Excel with Chinese or English heads (docs/roadside.md).

A row needs point and time. A cell that is refused is left out, and its row stays: what remains of it may still say something.
"""

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from bihuan.domain.vehicles.fuels import FUELS, read_fuel
from bihuan.domain.vehicles.plates import COLOURS, FORM, SEVERAL, colour_of, read_plate
from bihuan.domain.vehicles.roadside.tables import SENSED, WEATHER
from bihuan.feeds.cells import Cells, Heads, pieces
from bihuan.feeds.reading import Reading
from bihuan.reasons import Reason

NAME = "remote_sensing"
HEADS = Heads(
    {
        "site": ("点位编码", "点位", "遥感点位", "point", "site"), "start": ("检测时间", "时间", "time"), "plate_sent": ("号牌号码", "号牌", "车牌", "车牌号", "plate"),
        "opacity": ("不透光烟度", "烟度", "opacity"), "lane": ("车道", "车道号", "lane"), "colour": ("号牌颜色", "颜色", "plate_colour"),
        "speed": ("速度", "车速", "speed"), "acceleration": ("加速度", "acceleration"), "vsp": ("比功率", "VSP", "vsp"), "co": ("CO", "co"),
        "co2": ("CO2", "co2"), "hc": ("HC", "hc"), "no": ("NO", "no"), "ringelmann": ("林格曼黑度", "林格曼", "ringelmann"),
        "fuel": ("燃料", "燃料种类", "fuel"), "weather": ("天气", "weather"), "temperature": ("环境温度", "温度", "temperature"),
        "humidity": ("相对湿度", "湿度", "humidity"), "wind": ("风速", "wind"), "valid": ("有效", "是否有效", "数据有效性", "valid"),
    },
    ("site", "start", "plate_sent", "opacity"),
)  # fmt: skip
NEEDED = HEADS.needed
RANGES = {
    "speed": (0, 200), "acceleration": (-15, 15), "vsp": (-200, 300), "co": (-5, 30), "co2": (-5, 30), "hc": (-2000, 30000), "no": (-2000, 30000),
    "opacity": (-20, 100), "ringelmann": (0, 5), "temperature": (-60, 70), "humidity": (0, 100), "wind": (0, 75),
}  # fmt: skip
"""Beams drift around zero, so what they measure may be a little below it."""
WEATHER_WORDS = {**{k: k for k in WEATHER}, **{title: k for k, title in WEATHER.items()}, "阴": "cloudy", "小雨": "rain", "中雨": "rain", "大雨": "rain", "小雪": "snow", "中雪": "snow", "大雪": "snow", "霾": "cloudy", "扬沙": "dust"}  # fmt: skip
YES = {"是": "yes", "有效": "yes", "1": "yes", "Y": "yes", "yes": "yes", "true": "yes", "否": "no", "无效": "no", "0": "no", "N": "no", "no": "no", "false": "no"}  # fmt: skip


def fits(columns: list[str]) -> bool:
    """Whether these column names are of such a table."""
    return HEADS.fits(columns)


def batches(path: Path) -> Iterator[Reading]:
    """The file piece by piece. Raises Unreadable."""
    for cells, ignored in pieces(path, HEADS):
        yield _reading(cells, ignored)


def _reading(cells: Cells, ignored: tuple[str, ...]) -> Reading:
    cells.named("site", Reason("no_point_named"))
    cells.instant("start", Reason("no_passing_time"))
    cells.words("colour", colour_of, Reason("no_plate_colour", known="、".join(COLOURS.values())))
    cells.words("fuel", read_fuel, Reason("no_fuel_known", known="、".join(f.title for f in FUELS.values())))
    cells.words("weather", WEATHER_WORDS.get, Reason("no_weather_known", known="、".join(WEATHER.values())))
    cells.words("valid", YES.get, Reason("no_yes_or_no"))
    for what, (low, high) in RANGES.items():
        cells.number(what, low, high)
    cells.text("lane")
    plates(cells)
    return cells.reading(SENSED, ignored)


def plates(cells: Cells) -> None:
    """`#plate_sent` as it came, `#plate` as it is kept and `#noted`. One that is no plate is told, kept as it came, and can name no vehicle."""
    cells.text("plate_sent")
    pairs = cells.frame.select("#plate_sent", "#colour").unique()
    known = {(text, colour): read_plate(text, colour or None) for text, colour in pairs.iter_rows()}
    read = pl.DataFrame(
        [(t, c, p.text, " ".join(p.noted), FORM in p.noted or SEVERAL in p.noted) for (t, c), p in known.items()],
        schema={"#plate_sent": pl.String, "#colour": pl.String, "#plate": pl.String, "#noted": pl.String, "#bad": pl.Boolean}, orient="row",
    )  # fmt: skip
    cells.frame = cells.frame.join(read, on=["#plate_sent", "#colour"], how="left", maintain_order="left")
    cells.refuse("plate_sent", cells.frame["#bad"], Reason("no_plate_of_vehicle"), row=False)
