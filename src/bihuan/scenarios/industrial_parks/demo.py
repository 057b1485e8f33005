"""What the practice city has (all 模拟): three parks with their enterprises, two months of values, a visit, a round of samples; through the entrances that everybody has.

The first lets water out of a rain outlet on dry days, its river is worse behind it; the works of the third are not linked, and its water does not add up.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from math import cos, radians, sin
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Person, Region
from bihuan.registry.rivers import Reach
from bihuan.scenarios.industrial_parks import sampling
from bihuan.scenarios.industrial_parks.days import A_DAY, FLOW
from bihuan.scenarios.industrial_parks.inspections import CHECK, WATER
from bihuan.scenarios.industrial_parks.models import Park
from bihuan.scenarios.industrial_parks.registers import MEMBERS, OUTLETS, PARKS, STATIONS
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.pictures import drawn
from bihuan.simulate.rivers import point

COUNTY, RANGER, OFFICE = "140321", "pd-wangge", "diaodu"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
# code, name, county, level, industries, way, linked, design, stated, separation, reach, share of its length at the middle
ROWS = (
    ("SIM-YQ1", "平定经济技术开发区", "140321", "province", "化工、耐火材料", "own", "yes", 10000, 6000, "partly", "SIM-TH-5", 0.30),
    ("SIM-YQ2", "白羊墅工业园", "140311", "county", "装备制造", "city", "", "", "", "yes", "SIM-TH-4", 0.40),
    ("SIM-YQ3", "盂县煤化工集聚区", "140322", "county", "焦化、煤化工", "own", "no", 5000, 3500, "partly", "SIM-XH-1", 0.50),
)  # fmt: skip
COMMITTEE = "{}管理委员会（模拟）"
# park, enterprise, water [m³/d], pretreatment
UNITS = (
    ("SIM-YQ1", "平定精细化工有限公司", 2600, "yes"), ("SIM-YQ1", "东升耐火材料有限公司", 900, "yes"), ("SIM-YQ1", "锁簧纺织印染厂", 2300, "no"),
    ("SIM-YQ2", "阳泉装备制造一厂", 700, "yes"), ("SIM-YQ3", "盂县焦化一厂", 1200, "yes"), ("SIM-YQ3", "盂县煤气化厂", 600, "yes"),
)  # fmt: skip
LIMITS = {"cod": 50, "nh3n": 5, "tp": 0.5, "tn": 15}
# suffix, name, kind, share of the reach from the middle of the park
PLACES = {
    OUTLETS: (("P", "污水总排口", "main", 0.0), ("R", "雨水排口", "rain", 0.05)),
    STATIONS: (
        ("U", "上游对照", "up", -0.2),
        ("D", "下游控制", "down", 0.3),
        ("I", "处理设施进口", "inflow", 0.0),
    ),
}
CLEAN = {"w01001": 7.8, "w01009": 8.2, "w01019": 3.6, "w21003": 0.42, "w21011": 0.09}
FOUL = {"w01001": 7.6, "w01009": 5.4, "w01019": 7.4, "w21003": 1.62, "w21011": 0.21}
VALUES: Mapping[str, Mapping[str, float]] = {
    "SIM-YQ1-P": {FLOW: 5600 / A_DAY, "w01018": 41.0, "w21003": 2.8, "w21011": 0.32, "w21001": 12.0},
    "SIM-YQ1-I": {FLOW: 5700 / A_DAY, "w01018": 320.0, "w21003": 28.0},
    "SIM-YQ1-U": CLEAN,
    "SIM-YQ1-D": FOUL,
    "SIM-YQ2-U": CLEAN,
    "SIM-YQ2-D": CLEAN | {"w01019": 3.9},
    "SIM-YQ3-P": {FLOW: 3000 / A_DAY, "w01018": 36.0, "w21003": 3.1, "w21011": 0.3},
    "SIM-YQ3-I": {FLOW: 3200 / A_DAY, "w01018": 410.0},
    "SIM-YQ3-U": CLEAN,
    "SIM-YQ3-D": CLEAN,
}
HIGH = {("SIM-YQ1-P", "w01018"): 1.5}
"""Two days of every month are so many times as high."""
RIPPLE = 0.08


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Park.objects.exists():
        return "工业园区已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    _at(at - 70 * DAY)
    _register()
    _measured(at)
    _visited(at - 6 * DAY)
    _sampled(at)
    _at(at)
    sampling.store(at, lambda _text: None)
    return f"工业园区 {len(ROWS)} 个，企业 {len(UNITS)} 家（模拟）"


def _at(moment: datetime) -> None:
    clock.set_replay(moment, 0)


def _who(username: str) -> Person:
    return Person.objects.get(username=username)


def _register() -> None:
    counties = {row[0]: row[2] for row in ROWS}
    units = [{"name": COMMITTEE.format(name), "region": county} for _code, name, county, *_ in ROWS]
    units += [{"name": f"{name}（模拟）", "region": counties[park]} for park, name, *_ in UNITS]
    bring_rows(
        every_register()["organisations"], [u | {"kind": "enterprise", "simulated": True} for u in units]
    )
    bring_rows(PARKS, _parks())
    for register, kinds in PLACES.items():
        bring_rows(register, _places(kinds))
    bring_rows(MEMBERS, [
        {
            "park": park, "organisation": f"{name}（模拟）", "way": "works", "water": water, "pretreatment": pretreatment,
            "outlet": f"{park}-P", "simulated": True,
        }
        for park, name, water, pretreatment in UNITS
    ])  # fmt: skip


def _parks() -> Iterator[dict[str, object]]:
    for code, name, county, level, industries, way, linked, design, actual, separation, reach, share in ROWS:
        lon, lat, _km = point(reach, share)
        yield {
            "code": code, "name": f"{name}（模拟）", "region": county, "organisation": COMMITTEE.format(name), "lon": lon, "lat": lat,
            "geometry": json.dumps(_area(lon, lat)), "level": level, "industries": industries, "way": way, "linked": linked, "design": design,
            "actual": actual, "separation": separation, "approval": "模拟批复", "simulated": True,
        }  # fmt: skip


def _area(lon: float, lat: float) -> dict[str, object]:
    """An invented area of six corners, some 800 m around a place."""
    ring = [
        (round(lon + 0.008 * cos(radians(turn)), 6), round(lat + 0.006 * sin(radians(turn)), 6))
        for turn in range(0, 360, 60)
    ]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


def _places(kinds: tuple[tuple[str, str, str, float], ...]) -> Iterator[dict[str, object]]:
    for code, name, county, *_about, way, _linked, _design, _actual, _split, reach, share in ROWS:
        for suffix, word, kind, off in kinds:
            lon, lat, km = point(reach, share + off)
            on_river = kind != "inflow" and Reach.objects.filter(pk=reach).exists()
            limits = LIMITS | {"basis": "GB 18918-2002 一级A", "receiving": "河流"} if kind == "main" else {}
            if kind != "inflow" or way == "own":
                yield {
                    "code": f"{code}-{suffix}", "name": f"{name}{word}（模拟）", "region": county, "lon": lon, "lat": lat, "park": code,
                    "kind": kind, "reach": reach if on_river else "", "km": km if on_river else "", "simulated": True, **limits,
                }  # fmt: skip


def _measured(at: datetime) -> None:
    """Days of the month before and of this one, as an office sends them: a long table through the importer."""
    last = at.astimezone(CST).date() - DAY
    first = (last.replace(day=1) - DAY).replace(day=1)
    _at(at)
    with TemporaryDirectory(prefix="bihuan-parks-") as folder:
        path = Path(folder) / "simulated_parks.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("site", "time", "code", "period", "value"))
            for n in range((last - first).days + 1):
                writer.writerows(_day(first + n * DAY))
        (report,) = import_files(archive(), [path], received=at - HOUR)
    if report.error or not report.new:
        raise RuntimeError(f"{report.file}: {report.error}")


def _day(day: date) -> Iterator[tuple[str, str, str, str, float]]:
    for site, items in VALUES.items():
        for n, (code, value) in enumerate(items.items()):
            factor = 1 + RIPPLE * sin(day.toordinal() + n)
            if day.day in (4, 5):
                factor *= HIGH.get((site, code), 1.0)
            yield site, f"{day} 00:00", code, "day", round(value * factor, 4)


def _answered(form: Form, target: str, when: datetime, said: Mapping[str, str], photo: str) -> None:
    """An answer of the ranger, with a picture."""
    _at(when)
    ranger, picture = _who(RANGER), Upload(*drawn(f"park {target} {when:%m%d}"))
    instance = f"uuid:{uuid5(NAMESPACE_URL, f'{form.key} {target} {when}')}"
    xml = filled_in(versions.xform_of(versions.in_force(form)), instance, {**said, photo: picture.name})
    receive(form, ranger, place_for(form, ranger, target), Sent(xml, (picture,), when))


def _visited(when: datetime) -> None:
    """A visit to the first park: water in its rain outlet though it had not rained, and pipes that are mixed up."""
    _round("平定县园区现场检查（模拟）", CHECK, ("SIM-YQ1",), when - 2 * DAY, when + 5 * DAY)
    questions = ("works_run", "online_ok", "pretreat", "no_mixing", "first_flush", "pool")
    said = dict.fromkeys(questions, "yes") | {
        "no_mixing": "no", "rained": "no", "dry_wet": "SIM-YQ1-R", "remark": "模拟检查",
    }  # fmt: skip
    _answered(CHECK, "SIM-YQ1", when, said, "split_photo")


def _sampled(at: datetime) -> None:
    """A round of samples that is over since two days: of the rain outlet and downstream, the control upstream is left."""
    sites = ("SIM-YQ1-R", "SIM-YQ1-D", "SIM-YQ1-U")
    _round("平定县园区水质采样（模拟）", WATER, sites, at - 9 * DAY, at - 2 * DAY)
    for code, numbers in (
        ("SIM-YQ1-R", {"flow": "3.2", "cod": "96", "nh3n": "8.4"}),
        ("SIM-YQ1-D", {"do": "5.1", "nh3n": "1.7"}),
    ):
        when = at - 5 * DAY
        taken = (when - HOUR).astimezone(CST).isoformat(timespec="seconds")
        said = {"taken": taken, "rained": "no", "flowing": "yes", "method": "field", **numbers}
        _answered(WATER, code, when, said, "photo")


def _round(title: str, form: Form, targets: tuple[str, ...], since: datetime, until: datetime) -> None:
    _at(since)
    first, last = (moment.astimezone(CST).date() for moment in (since, until))
    shares = dict.fromkeys(targets, _who(RANGER))
    make_round(_who(OFFICE), Wanted(title, form, Region.objects.get(pk=COUNTY), first, last, shares))
