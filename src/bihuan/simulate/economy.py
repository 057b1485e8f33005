"""A simulated economy (模拟) for the practice city: plants, construction sites and vehicle users with their reduction list.

Everything is made from a seed, so that two practice cities are alike. Amounts are of the order found in published
reduction lists of small coal cities; none describes a real unit.
"""

import json
import random
from dataclasses import dataclass
from pathlib import Path

LEVEL_SHARES = {"yellow": 0.35, "orange": 0.6, "red": 1.0}
# Share of a unit's emission that its performance grade asks for (B light, C larger, D most); A chooses for itself.
GRADE_FACTORS = {"A": 0.0, "引领性": 0.0, "B": 0.25, "C": 0.5, "D": 0.8, "非引领性": 0.8}
BASIS = "重污染天气应急减排清单（2018 年版）；大气污染防治法第九十六条"


@dataclass(frozen=True)
class Industry:
    """An industry of the list: usual day's emission in kg by pollutant, its measure, how many plants."""

    name: str
    count: int
    kg: dict[str, float]
    measure: str
    guaranteed: bool = False


INDUSTRIES = (
    Industry(
        "炼焦",
        4,
        {"nox": 1450, "so2": 620, "pm": 310, "voc": 520},
        "结焦时间延长至 {hours} 小时，停止装煤推焦以外的产尘作业",
    ),
    Industry(
        "火力发电",
        5,
        {"nox": 1150, "so2": 560, "pm": 120},
        "限负荷 {percent}%，脱硝出口控制在 35 mg/m³ 以内",
        True,
    ),
    Industry(
        "水泥", 5, {"nox": 1320, "so2": 210, "pm": 260}, "停运 {percent}% 的熟料生产线，停止矿山开采与破碎"
    ),
    Industry(
        "耐火材料", 22, {"nox": 160, "so2": 140, "pm": 95}, "停运 {percent}% 的窑炉（按条数计），物料停止装卸"
    ),
    Industry("氧化铝", 2, {"nox": 980, "so2": 450, "pm": 240}, "焙烧炉限产 {percent}%"),
    Industry("铸造", 8, {"nox": 45, "pm": 65, "voc": 60}, "停运 {percent}% 的冲天炉与浇注线"),
    Industry("砖瓦", 14, {"nox": 85, "so2": 120, "pm": 55}, "隧道窑停产 {percent}%（按条数计）"),
    Industry("煤炭洗选", 16, {"pm": 85}, "停止露天装卸与汽车运输，原煤棚喷雾常开"),
    Industry("供热", 6, {"nox": 260, "so2": 180, "pm": 45}, "使用低硫煤，脱硫脱硝满负荷运行", True),
)
TOWNS = {
    "140302": ["义井", "北大街", "上站"],
    "140303": ["蔡洼", "赛鱼", "桥头"],
    "140311": ["荫营", "河底", "平坦", "李家庄", "旧街"],
    "140321": ["冠山", "冶西", "锁簧", "张庄", "娘子关", "巨城"],
    "140322": ["秀水", "路家村", "南娄", "牛村", "西烟"],
}
WEIGHTS = {"140302": 8, "140303": 14, "140311": 30, "140321": 30, "140322": 18}


@dataclass(frozen=True)
class Unit:
    """One unit of the list with its measures (level, pollutant, text, kg_per_day, basis)."""

    code: str
    name: str
    kind: str
    region: str
    industry: str
    grade: str
    guaranteed: bool
    lon: float
    lat: float
    measures: list[tuple[str, str, str, float, str]]


def rings_of(boundary: Path) -> dict[str, list[list[float]]]:
    """Outer ring of each county by its code (the largest one where it has several)."""
    found = {}
    for feature in json.loads(boundary.read_text("utf-8"))["features"]:
        shape = feature["geometry"]
        polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
        found[feature["properties"]["code"]] = max((p[0] for p in polygons), key=len)
    return found


def inside(lon: float, lat: float, ring: list[list[float]]) -> bool:
    """Is the point in the ring (even-odd rule)?"""
    crossings = 0
    for (x1, y1, *_), (x2, y2, *_) in zip(ring, ring[1:] + ring[:1], strict=True):
        if (y1 > lat) != (y2 > lat) and lon < (x2 - x1) * (lat - y1) / (y2 - y1) + x1:
            crossings += 1
    return crossings % 2 == 1


def place(rng: random.Random, ring: list[list[float]]) -> tuple[float, float]:
    """A random point inside a ring."""
    lons, lats = [p[0] for p in ring], [p[1] for p in ring]
    while True:
        lon, lat = (round(rng.uniform(min(side), max(side)), 4) for side in (lons, lats))
        if inside(lon, lat, ring):
            return lon, lat


def _measures(
    text: str, kg: dict[str, float], grade: str, guaranteed: bool
) -> list[tuple[str, str, str, float, str]]:
    factor = GRADE_FACTORS[grade] * (0.4 if guaranteed else 1.0)
    out = []
    for level, share in LEVEL_SHARES.items():
        percent = round(100 * factor * share / 5) * 5
        said = text.format(percent=max(percent, 5), hours=20 + round(20 * factor * share))
        out += [
            (level, p, said, round(v * factor * share, 1), BASIS)
            for p, v in kg.items()
            if v * factor * share >= 1
        ]
    return out


class _Maker:
    def __init__(self, boundary: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.rings = rings_of(boundary)

    def unit(self, code: str, kind: str, industry: str, label: str, grades: str, text: str, kg: dict[str, float], guaranteed: bool = False) -> Unit:  # fmt: skip
        region = self.rng.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        lon, lat = place(self.rng, self.rings[region])
        grade = self.rng.choice(grades.split())
        size = self.rng.lognormvariate(0, 0.45)
        scaled = {p: v * size for p, v in kg.items()}
        name = f"{self.rng.choice(TOWNS[region])}{label}"
        return Unit(
            code,
            name,
            kind,
            region,
            industry,
            grade,
            guaranteed,
            lon,
            lat,
            _measures(text, scaled, grade, guaranteed),
        )


def make_units(boundary: Path, seed: int = 2019) -> list[Unit]:
    """82 plants, 24 construction sites, 104 vehicle users; all simulated, names with a running number."""
    maker = _Maker(boundary, seed)
    units: list[Unit] = []
    for industry in INDUSTRIES:
        for i in range(industry.count):
            code = f"P{len(units) + 1:03d}"
            units.append(
                maker.unit(
                    code,
                    "plant",
                    industry.name,
                    f"{industry.name}{i + 1}厂",
                    "A B B C C C D",
                    industry.measure,
                    industry.kg,
                    industry.guaranteed,
                )
            )
    for i in range(24):
        units.append(
            maker.unit(
                f"S{i + 1:03d}",
                "site",
                "建筑施工",
                f"{i + 1}号工地",
                "C D",
                "停止土方与拆除作业，裸土苫盖，出口冲洗与喷淋",
                {"pm": 60},
            )
        )
    for i in range(104):
        text = "停用国四及以下重型柴油货车，改用国五以上或新能源车辆运输"
        units.append(
            maker.unit(
                f"V{i + 1:03d}",
                "vehicles",
                "大宗物料运输",
                f"用车大户{i + 1}",
                "C D",
                text,
                {"nox": 95, "pm": 4},
            )
        )
    return units
