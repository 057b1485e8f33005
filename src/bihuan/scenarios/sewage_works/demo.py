"""What the practice city has (all 模拟): five works with a year of daily figures and of reused water, through the entrances that everybody has.

The second works of the city has thin sewage and much rain in its pipes, that of 盂县 is too small, that of 平定 cannot say where a third of its
reused water goes; the works of a town does not write down the rain, and has not reported its last month.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import xlsxwriter

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.timeaxis import CST, day_start, next_month
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Person
from bihuan.registry.rivers import Reach
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.sewage_works.inputs import months_between
from bihuan.scenarios.sewage_works.inspections import FORM
from bihuan.scenarios.sewage_works.models import Works
from bihuan.scenarios.sewage_works.registers import PEOPLE, TERMS, USERS, USES, WORKS
from bihuan.simulate.pictures import drawn
from bihuan.simulate.rivers import point

RANGER = "pd-wangge"
CITY_UNIT, COUNTY_UNIT = "阳泉市排水公司（模拟）", "县域污水处理公司（模拟）"
YEAR, DAY = timedelta(days=380), timedelta(days=1)
SOURCE = "模拟"


@dataclass(frozen=True)
class Plant:
    """An invented works. flow: of dry weather [m³/d]; per_mm: what a millimetre of rain brings [m³]; bod: of dry weather [mg/L]; made, sent: share of the outflow."""

    code: str
    name: str
    kind: str
    region: str
    unit: str
    reach: str
    share: float
    grade: str
    area: str
    capacity: int
    people: int
    industry: str
    flow: float
    per_mm: float
    bod: float
    bod_every: int = 1
    made: float = 0.0
    sent: float = 0.0
    writes_rain: bool = True


PLANTS = (
    Plant("SIM-W1", "阳泉污水处理一厂（模拟）", "city", "140311", CITY_UNIT, "SIM-TH-4", 0.75, "a1", "矿区、郊区片区", 100_000, 260_000, "2500", 86_000, 350, 150, made=0.24, sent=0.2),
    Plant("SIM-W2", "阳泉污水处理二厂（模拟）", "city", "140302", CITY_UNIT, "SIM-TH-3", 0.7, "a1", "城区片区", 60_000, 150_000, "", 44_000, 1700, 82),
    Plant("SIM-W3", "平定县污水处理厂（模拟）", "county", "140321", COUNTY_UNIT, "SIM-TH-5", 0.35, "a1", "冠山片区", 30_000, 90_000, "300", 23_500, 260, 138, made=0.34, sent=0.32),
    Plant("SIM-W4", "盂县污水处理厂（模拟）", "county", "140322", COUNTY_UNIT, "SIM-XH-1", 0.8, "b1", "秀水片区", 30_000, 100_000, "0", 31_200, 240, 124, bod_every=7),
    Plant("SIM-W5", "娘子关镇污水处理站（模拟）", "town", "140321", COUNTY_UNIT, "SIM-MH-1", 0.4, "b1", "镇区", 1500, 6000, "", 700, 8, 112, bod_every=7, writes_rain=False),
)  # fmt: skip
# code, name, works, purpose, contracted m³/d, used m³/d, whether a month of it is not known
USED = (
    ("SIM-Z1", "河坡发电厂（模拟）", "SIM-W1", "industry", 15_000, 14_200, False),
    ("SIM-Z2", "城区环卫洒水（模拟）", "SIM-W1", "municipal", 1500, 1300, True),
    ("SIM-Z3", "桃河生态补水（模拟）", "SIM-W1", "landscape", "", 900, False),
    ("SIM-Z4", "平定钢铁厂（模拟）", "SIM-W3", "industry", 5000, 4700, False),
    ("SIM-Z5", "平定园林绿化（模拟）", "SIM-W3", "municipal", 400, 320, False),
)
PEOPLE_OF = {"140302": 152_000, "140311": 262_000, "140321": 96_000, "140322": 108_000}
"""用水总人口, invented; nobody registered that of 矿区, whose sewage goes to the first works."""
HEADS = (
    (
        "厂名",
        "日期",
        "进水",
        "",
        "",
        "",
        "",
        "",
        "出水",
        "",
        "",
        "",
        "",
        "再生水产量",
        "再生水外供量",
        "降雨量",
    ),
    ("", "", "水量", "COD", "BOD5", "氨氮", "总磷", "SS", "水量", "COD", "BOD5", "氨氮", "总磷", "", "", ""),
    ("", "", "m³/d", *["mg/L"] * 5, "m³/d", *["mg/L"] * 4, "m³/d", "m³/d", "mm"),
)
MERGED = ((2, 7, "进水"), (8, 12, "出水"))


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Works.objects.exists():
        return "污水处理厂已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    today = at.astimezone(CST).date()
    since = (at - YEAR).astimezone(CST).date().replace(day=1)
    clock.set_replay(day_start(since), 0)
    units = [
        {"name": name, "kind": "enterprise", "region": region, "simulated": True}
        for name, region in ((CITY_UNIT, "140311"), (COUNTY_UNIT, "140321"))
    ]
    bring_rows(every_register()["organisations"], units)
    bring_rows(WORKS, _works(since))
    bring_rows(TERMS, _terms())
    bring_rows(
        PEOPLE,
        [
            {"region": r, "people": n, "valid_from": "2015-01-01", "source": SOURCE, "simulated": True}
            for r, n in PEOPLE_OF.items()
        ],
    )
    bring_rows(USERS, _users(since))
    clock.set_replay(at - DAY, 0)
    bring_rows(USES, _uses(months_between(since, today.replace(day=1))))
    rows = list(_days(since, today))
    _sent(at, rows)
    _visited(at - 9 * DAY)
    return f"污水处理厂 {len(PLANTS)} 座、日报 {len(rows)} 行，再生水用户 {len(USED)} 户（模拟）"


def _works(since: date) -> Iterator[dict[str, object]]:
    known = set(Reach.objects.values_list("code", flat=True))
    for p in PLANTS:
        lon, lat, km = point(p.reach, p.share)
        yield {
            "code": p.code, "name": p.name, "region": p.region, "organisation": p.unit, "lon": lon, "lat": lat, "kind": p.kind, "grade": p.grade,
            "area": p.area, "since": since, "reach": p.reach if p.reach in known else "", "km": km if p.reach in known else "", "simulated": True,
        }  # fmt: skip


def _terms() -> Iterator[dict[str, object]]:
    for p in PLANTS:
        yield {
            "works": p.code, "capacity": p.capacity, "people": p.people, "industry": p.industry, "valid_from": "2015-01-01", "source": SOURCE,
            "simulated": True,
        }  # fmt: skip


def _users(since: date) -> Iterator[dict[str, object]]:
    places = {row["code"]: row for row in _works(since)}
    for n, (code, name, works, purpose, contracted, _used, _gap) in enumerate(USED):
        near = places[works]
        yield {
            "code": code, "name": name, "region": near["region"], "lon": float(str(near["lon"])) + 0.006 * (n + 1), "lat": float(str(near["lat"])) - 0.008,
            "since": since, "works": works, "purpose": purpose, "contracted": contracted, "simulated": True,
        }  # fmt: skip


def _uses(months: list[date]) -> Iterator[dict[str, object]]:
    """What users say of each month; one of them forgot the last but one."""
    for code, _name, _works, _purpose, _contracted, used, gap in USED:
        for month in months:
            if gap and month == months[-2]:
                continue
            spread = Random(f"{code} {month}").uniform(0.95, 1.05)
            yield {
                "user": code,
                "year": month.year,
                "month": month.month,
                "volume": round(used * 30 * spread),
                "simulated": True,
            }


def rain_of(day: date) -> float:
    """Invented rain of a day over all of the city [mm]: showers in summer, little in winter."""
    wet = 6 <= day.month <= 9
    dice = Random(f"rain {day}")
    return (
        round(dice.expovariate(1 / (11.0 if wet else 3.0)) + 0.2, 1)
        if dice.random() < (0.3 if wet else 0.08)
        else 0.0
    )


def _days(since: date, until: date) -> Iterator[tuple[Any, ...]]:
    silent = next_month(until, -1)
    odd = until.replace(day=1) - 12 * DAY
    for plant in PLANTS:
        day = since
        while day < until:
            if plant.writes_rain or day < silent:
                yield _day(plant, day, odd)
            day += DAY


def _day(plant: Plant, day: date, odd: date) -> tuple[Any, ...]:
    """A row of the daily report: rain runs off over three days and thins what comes in."""
    dice = Random(f"{plant.code} {day}")
    fallen = sum(rain_of(day - n * DAY) * part for n, part in enumerate((1.0, 0.45, 0.15)))
    flow = plant.flow * dice.gauss(1.0, 0.025) + plant.per_mm * fallen
    thin = plant.flow / flow
    bod = plant.bod * thin * dice.gauss(1.0, 0.06)
    cod = bod * dice.gauss(2.25, 0.08) * (3.6 if plant.code == "SIM-W2" and day == odd else 1.0)
    out = flow * 0.97
    measured = day.toordinal() % plant.bod_every == 0
    reused = (round(out * plant.made), round(out * plant.sent)) if plant.made else ("--", "--")
    return (
        plant.name, f"{day}", round(flow), round(cod), round(bod, 1) if measured else "--", round(34 * thin * dice.gauss(1, 0.07), 1),
        round(4.6 * thin, 2), round(170 * thin), round(out), round(dice.uniform(20, 36), 1), "<4", round(dice.uniform(0.3, 2.5), 2),
        round(dice.uniform(0.15, 0.4), 2), *reused, rain_of(day) if plant.writes_rain else "--",
    )  # fmt: skip


def _sent(at: datetime, rows: list[tuple[Any, ...]]) -> None:
    """The report as the operators send it: a workbook with merged heads."""
    with TemporaryDirectory(prefix="bihuan-works-") as folder:
        path = Path(folder) / "simulated_works_daily.xlsx"
        with xlsxwriter.Workbook(path) as book:
            sheet = book.add_worksheet("日报")
            for number, row in enumerate((*HEADS, *rows)):
                sheet.write_row(number, 0, row)
            for first, last, title in MERGED:
                sheet.merge_range(0, first, 0, last, title)
            for column in (0, 1):
                sheet.merge_range(0, column, 2, column, HEADS[0][column])
        (report,) = import_files(archive(), [path], received=at)
    if report.error or report.quarantined or not report.new:
        raise RuntimeError(f"{report.file}: {report.error} {report.refused[:3]}")


def _visited(when: datetime) -> None:
    """A ranger looks at the works of 平定: the meter of the inflow is wrong."""
    clock.set_replay(when, 0)
    ranger, works = Person.objects.get(username=RANGER), Works.objects.get(pk="SIM-W3")
    picture = Upload(*drawn("works meter"))
    good = (
        "units",
        "bypass",
        "color",
        "dewater",
        "manifest",
        "chemical",
        "outlet",
        "daily",
        "inflow",
        "meter",
    )
    said = dict.fromkeys(good, "yes") | {
        "inlet": "no", "monitor_photo": picture.name, "place": f"{works.lat} {works.lon} 0 5", "remark": "模拟检查：进水流量计读数偏低",
    }  # fmt: skip
    xml = filled_in(
        versions.xform_of(versions.in_force(FORM)), f"uuid:{uuid5(NAMESPACE_URL, f'works {when}')}", said
    )
    receive(FORM, ranger, place_for(FORM, ranger, works.code), Sent(xml, (picture,), when))
