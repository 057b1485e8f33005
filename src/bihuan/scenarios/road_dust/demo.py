"""What the practice city has (all 模拟): thirty segments, taxis that measure PM10, silt samples, a work log, hours of a weather station; all through the usual imports.

One truck route and one segment at a building site are the dirtiest in every month; one unit sweeps half of what it planned, another keeps no
log of one road, and one washes at frost.
"""

import csv
import json
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from io import StringIO
from math import cos, pi
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from bihuan import clock
from bihuan.domain.timeaxis import CST, day_start, next_month
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.road_dust.models import Segment
from bihuan.scenarios.road_dust.registers import SAMPLES, SEGMENTS

PLACES = {
    "140302": (113.585, 37.855),
    "140303": (113.545, 37.870),
    "140311": (113.575, 37.935),
    "140321": (113.62, 37.79),
    "140322": (113.40, 38.08),
}
TOWNS = {"140302": "桃北", "140303": "桃南", "140311": "荫营", "140321": "冠山", "140322": "秀水"}
UNITS = {
    "140302": "城区环卫中心（模拟）",
    "140303": "矿区环卫中心（模拟）",
    "140311": "郊区环卫中心（模拟）",
    "140321": "平定环卫中心（模拟）",
    "140322": "盂县环卫中心（模拟）",
}
STATION = "SIM-WX1"
EACH, LONG, KM = 6, 0.008, 0.7
KINDS = ("main", "main", "secondary", "secondary", "branch", "branch")
WIDTHS = {"main": 24.0, "secondary": 16.0, "branch": 9.0}
WEIGHTS = {"main": 3.4, "secondary": 2.8, "branch": 2.2}
TRUCKS, AT_SITE, HALF, SILENT, FROST = "SIM-R08", "SIM-R14", "SIM-R20", "SIM-R26", "SIM-R03"
DRIVEN = (2, 5, 9, 13, 17, 21, 25)
"""Days of a month on which taxis measure."""
CARS = ("晋C·T0301（模拟）", "晋C·T0877（模拟）")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
Rows = Sequence[Sequence[Any]]


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Segment.objects.exists():
        return "道路路段已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    this = at.astimezone(CST).date().replace(day=1)
    since = next_month(this, -2)
    clock.set_replay(day_start(since), 0)
    units = [{"name": n, "kind": "enterprise", "region": r, "simulated": True} for r, n in UNITS.items()]
    bring_rows(every_register()["organisations"], units)
    rows = list(segments())
    bring_rows(SEGMENTS, rows)
    clock.set_replay(at, 0)
    bring_rows(SAMPLES, _samples(rows, next_month(this, -1)))
    points, work = list(_runs(rows, since, at)), list(_work(rows, since, at))
    weather = list(_weather(since, at))
    _sent(at, "走航", ("时间", "车辆", "经度", "纬度", "车速(km/h)", "PM10(µg/m³)"), points, "utf-8")
    _sent(at, "作业", ("路段", "作业时间", "作业方式", "作业面积(m²)", "车速(km/h)"), work, "gb18030")
    _sent(at, "气象", ("点位", "时间", "因子编码", "时段", "值"), weather, "utf-8")
    return f"道路 {len(rows)} 段、走航 {len(points)} 点、作业 {len(work)} 条（模拟）"


def segments() -> Iterator[dict[str, Any]]:
    """Rows of the register: parallel streets around the middle of each county seat; one of them lies at a building site."""
    site = Emitter.objects.filter(kind=Emitter.Kind.SITE, region="140311").order_by("code").first()
    number = 0
    for region, (lon, lat) in PLACES.items():
        for n, kind in enumerate(KINDS):
            number += 1
            code, x, y = f"SIM-R{number:02d}", lon - LONG / 2, lat + (n - EACH / 2) * 0.0018
            if code == AT_SITE and site is not None:
                x, y = site.lon - LONG / 2, site.lat + 0.0008
            line = [(round(x + LONG * i / 4, 5), round(y + 0.0003 * cos(i * pi / 2), 5)) for i in range(5)]
            yield {
                "code": code, "name": f"{TOWNS[region]}{'一二三四五六'[n]}路（模拟）", "region": region, "organisation": UNITS[region], "lon": line[2][0],
                "lat": line[2][1], "geometry": json.dumps({"type": "LineString", "coordinates": line}), "kind": kind,
                "cleaning": ("first", "first", "second", "second", "third", "third")[n], "km": KM, "width": WIDTHS[kind], "vehicles": 16_000 - 2400 * n,
                "tonnes": 11.0 if code == TRUCKS else WEIGHTS[kind], "sweeps": 1, "truck_route": code == TRUCKS, "weather_site": STATION,
                "simulated": True,
            }  # fmt: skip


def _dirt(code: str) -> float:
    """How dirty a segment is, 0 to 1: invented, the same in all months."""
    return {TRUCKS: 1.0, AT_SITE: 0.9, HALF: 0.7}.get(code, Random(f"dirt {code}").uniform(0.0, 0.5))


def _samples(rows: Sequence[dict[str, Any]], month: date) -> Iterator[dict[str, Any]]:
    for n, row in enumerate(rows):
        if n % 3 == 1 or row["code"] in (TRUCKS, AT_SITE):
            silt = 0.15 + 1.3 * _dirt(row["code"])
            yield {
                "segment": row["code"], "day": month + timedelta(days=14), "mass": round(silt * 6, 2), "area": 6, "dirt": round(silt * 14, 1),
                "laboratory": "阳泉市环境监测站（模拟）", "simulated": True,
            }  # fmt: skip


def _days(since: date, at: datetime) -> Iterator[date]:
    day = since
    while day < at.astimezone(CST).date():
        yield day
        day += DAY


def _air(moment: datetime) -> float:
    """PM10 of the city, which both cars breathe."""
    return 110 + 40 * cos(moment.timetuple().tm_yday * 0.9) + 25 * cos(moment.hour * pi / 12)


def _runs(rows: Sequence[dict[str, Any]], since: date, at: datetime) -> Iterator[tuple[Any, ...]]:
    for day in _days(since, at):
        if day.day not in DRIVEN:
            continue
        moment = datetime(day.year, day.month, day.day, 9, tzinfo=CST)
        dice = Random(f"run {day}")
        for row in dice.sample(list(rows), len(rows)):
            line = json.loads(row["geometry"])["coordinates"]
            for lon, lat in line:
                value = _air(moment) * dice.gauss(1, 0.04) + 90 * _dirt(row["code"])
                place = (round(lon + dice.gauss(0, 3e-5), 6), round(lat + dice.gauss(0, 3e-5), 6))
                yield (
                    f"{moment:%Y-%m-%d %H:%M:%S}",
                    CARS[day.day % 2],
                    *place,
                    round(dice.uniform(26, 46), 1),
                    round(max(value, 5)),
                )
                moment += timedelta(seconds=16)
            moment += timedelta(seconds=20)


def _work(rows: Sequence[dict[str, Any]], since: date, at: datetime) -> Iterator[tuple[Any, ...]]:
    last = list(_days(since, at))[-1]
    for day in _days(next_month(last.replace(day=1), -1), at):
        for n, row in enumerate(rows):
            code, dice = row["code"], Random(f"work {row['code']} {day}")
            if code == SILENT or (code == HALF and dice.random() < 0.5):
                continue
            area = round(row["km"] * 1000 * row["width"] * dice.uniform(0.93, 1.05))
            speed = "" if n % 9 == 4 and day.day % 5 == 0 else round(dice.uniform(7, 14), 1)
            yield (
                code,
                f"{day} 0{4 + n % 3}:{dice.randrange(10, 60)}",
                "吸扫" if n % 4 == 0 else "机扫",
                area,
                speed,
            )
    yield FROST, f"{last} 06:20", "冲洗", 9000, 18


def _weather(since: date, at: datetime) -> Iterator[tuple[Any, ...]]:
    moment = day_start(since) - DAY
    while moment + HOUR < at:
        local = moment.astimezone(CST)
        dice = Random(f"weather {moment}")
        temp = -3 + 5 * cos((local.hour - 15) * pi / 12) + dice.gauss(0, 1)
        figures = {
            "a01001": temp,
            "a01002": 48 - 12 * cos((local.hour - 15) * pi / 12) + dice.gauss(0, 3),
            "a01007": abs(dice.gauss(1.8, 0.6)),
            "rainfall": 0,
        }
        for code, value in figures.items():
            yield STATION, f"{local:%Y-%m-%d %H:%M}", code, "hour", round(value, 1)
        moment += HOUR


def _sent(at: datetime, name: str, heads: Sequence[str], rows: Rows, encoding: str) -> None:
    """A file as a company sends it."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(heads)
    writer.writerows(rows)
    with TemporaryDirectory(prefix="bihuan-roads-") as folder:
        path = Path(folder) / f"simulated_road_{name}.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        (report,) = import_files(archive(), [path], received=at)
    if report.error or report.quarantined or not report.new:
        raise RuntimeError(f"{report.file}: {report.error} {report.refused[:3]}")
