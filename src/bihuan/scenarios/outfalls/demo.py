"""What the practice city has (all 模拟): twelve outfalls on its reaches, goals, a round of inspections that is due, through the entrances that everybody has.

Three of them walk the survey: found on the phone, one a duplicate, checked, measured, traced, put right, accepted, one supervised.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

import shapely

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.rivers import Reach
from bihuan.scenarios.outfalls.actions import take
from bihuan.scenarios.outfalls.inspections import CHECK, FIND, SURVEY
from bihuan.scenarios.outfalls.models import Outfall, Step
from bihuan.scenarios.outfalls.registers import GOALS, OUTFALLS
from bihuan.scenarios.outfalls.taken_in import code_of
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.pictures import drawn
from bihuan.simulate.rivers import REACHES, length_km

COUNTY, RANGER, OFFICE = "140321", "pd-wangge", "diaodu"
UNIT, WORKS = "平定县排水管理所（模拟）", "桃河污水处理有限公司（模拟）"
DAY = timedelta(days=1)
LINES = {code: line for code, *_about, line in REACHES}
COUNTIES = {code: county for code, _name, _river, county, *_ in REACHES}
# code, name, reach, share of its length, class, stage, unit, approval, days from the start of the replay to the deadline of its plan
ROWS = (
    ("SIM-P01", "桃河污水处理厂总排口", "SIM-TH-4", 0.8, "town", "supervised", WORKS, "模拟批复 1 号", None),
    ("SIM-P02", "桃河北岸雨洪排口", "SIM-TH-3", 0.4, "town_rain", "supervised", UNIT, "", None),
    ("SIM-P03", "平定经开区污水处理厂排口", "SIM-TH-5", 0.2, "park", "supervised", WORKS, "模拟批复 2 号", None),
    ("SIM-P04", "娘子关镇生活污水排口", "SIM-MH-1", 0.5, "town_sewage", "planned", UNIT, "模拟登记 4 号", -3),
    ("SIM-P05", "温河煤矿矿井水排口", "SIM-WH-3", 0.3, "mine", "traced", WORKS, "模拟批复 5 号", None),
    ("SIM-P06", "岔口养殖场排口", "SIM-WH-3", 0.7, "livestock", "monitored", "", "模拟登记 6 号", None),
    ("SIM-P07", "岩会村污水处理设施排口", "SIM-TH-5", 0.9, "village_works", "checked", "", "模拟登记 7 号", None),
    ("SIM-P08", "秀水雨洪排口", "SIM-XH-1", 0.6, "town_rain", "found", "", "", None),
    ("SIM-P09", "温河无名排口", "SIM-WH-3", 0.5, "else", "found", "", "", None),
)  # fmt: skip
FINDS = (
    ("桃河南岸一号无名排口（模拟）", 0.40),
    ("桃河南岸二号无名排口（模拟）", 0.55),
    ("桃河南岸三号无名排口（模拟）", 0.551),
)
"""On the reach of 平定; the last two are some metres apart."""
ON = "SIM-TH-5"
FINE = dict.fromkeys(("closed", "water_ok", "no_new", "mouth", "board", "archive"), "yes") | {
    "discharging": "yes"
}
MEASURED = {"w01018": 86.0, "w21003": 12.4, "w21011": 1.1}


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Outfall.objects.exists():
        return "排污口已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    _at(at - 45 * DAY)
    units = [
        {"name": name, "kind": "enterprise", "region": COUNTY, "simulated": True} for name in (UNIT, WORKS)
    ]
    bring_rows(every_register()["organisations"], units)
    bring_rows(OUTFALLS, _rows(at))
    year = at.astimezone(CST).year
    goal = {"year": year, "surveyed": 100, "traced": 90, "treated": 70, "simulated": True}
    bring_rows(GOALS, [goal | {"region": region} for region in sorted({COUNTIES[row[2]] for row in ROWS})])
    _answered(
        SURVEY,
        "SIM-P09",
        at - 10 * DAY,
        {"is_outfall": "yes", "discharging": "yes", "level": "second", "look": "fine"},
    )
    _walk(at - 40 * DAY)
    _round(at)
    return f"入河排污口 {Outfall.objects.count()} 个（模拟），其中 3 个走完排查、溯源、整治"


def _at(moment: datetime) -> None:
    clock.set_replay(moment, 0)


def _who(username: str) -> Person:
    return Person.objects.get(username=username)


def _place(reach: str, share: float) -> tuple[float, float]:
    """Where on a reach, by the share of its length from the upper end."""
    point = shapely.LineString(LINES[reach]).interpolate(share, normalized=True)
    return round(point.x, 6), round(point.y, 6)


def _known(reach: str) -> str:
    """The reach where it is registered; empty where the city has no rivers."""
    return reach if Reach.objects.filter(pk=reach).exists() else ""


def _rows(at: datetime) -> Iterator[dict[str, object]]:
    supervisor = Organisation.objects.filter(kind="county", region=COUNTY).first()
    for code, name, reach, share, kind, stage, unit, approval, due in ROWS:
        lon, lat = _place(reach, share)
        yield {
            "code": code, "name": f"{name}（模拟）", "region": COUNTIES[reach], "organisation": unit, "lon": lon, "lat": lat, "kind": kind,
            "reach": _known(reach), "km": round(share * length_km(LINES[reach]), 2), "bank": "left", "shape": "pipe",
            "size": "DN800", "person": "模拟责任人" if unit else "", "supervisor": supervisor or "", "approval": approval,
            "cod": 40 if kind == "town" else "", "nh3n": 2 if kind == "town" else "", "entry": stage,
            "clarity": "clear" if unit else "", "evidence": "papers" if unit else "",
            "way": "" if due is None else "merge", "due": "" if due is None else (at + due * DAY).date(), "simulated": True,
        }  # fmt: skip


def _answered(form: Form, target: str, when: datetime, given: Mapping[str, str]) -> Answer:
    """An answer of the ranger, with a picture."""
    _at(when)
    ranger, picture = _who(RANGER), Upload(*drawn(f"outfall {target} {when:%m%d}"))
    photo = {} if form is CHECK else {"photo": picture.name}
    instance = f"uuid:{uuid5(NAMESPACE_URL, f'{form.key} {target} {when} {given}')}"
    xml = filled_in(versions.xform_of(versions.in_force(form)), instance, {**given, **photo})
    return receive(
        form, ranger, place_for(form, ranger, target), Sent(xml, (picture,) if photo else (), when)
    )


def _found(name: str, share: float, when: datetime) -> Outfall:
    """A find on the phone, marked as simulated: its region is not."""
    lon, lat = _place(ON, share)
    given = {
        "place": f"{lat} {lon} 0 5", "reach": _known(ON), "bank": "right", "name": name, "kind": "town_sewage", "shape": "pipe",
        "size": "DN400", "discharging": "yes", "flow": "2.5", "look": "smell",
    }  # fmt: skip
    code = code_of(_answered(FIND, COUNTY, when, given))
    bring_rows(OUTFALLS, [{"code": code, "simulated": True}])
    return Outfall.objects.get(pk=code)


def _walk(start: datetime) -> None:
    """Three finds of one walk, from there to the sign."""
    first, second, third = (
        _found(name, share, start + n * timedelta(minutes=20)) for n, (name, share) in enumerate(FINDS)
    )
    _step(third, "merge", OFFICE, start + DAY, other=second.pk, note="同一口门，两次定位。")
    for outfall in (first, second):
        seen = {"level": "second", "is_outfall": "yes", "discharging": "yes", "look": "fine"}
        _answered(SURVEY, outfall.pk, start + 2 * DAY, seen)
        outfall.refresh_from_db()
    _measured((first, second), start + 3 * DAY)
    for outfall in (first, second):
        _put_right(outfall, start)
    _step(first, "supervise", OFFICE, start + 32 * DAY, note="列入季度检查。")


def _put_right(outfall: Outfall, start: datetime) -> None:
    unit = str(Organisation.objects.get(name=UNIT).pk)
    _step(outfall, "monitor", RANGER, start + 4 * DAY, sampling="sampled", note="现场采样。")
    _step(
        outfall,
        "trace",
        "hecha",
        start + 8 * DAY,
        clarity="clear",
        evidence="tracer",
        unit=unit,
        note="示踪确认来自城南片区管网错接。",
    )
    plan = {"way": "merge", "due": _day(start + 33 * DAY), "milestones": f"{_day(start + 20 * DAY)} 截污改接"}
    _step(outfall, "plan", OFFICE, start + 10 * DAY, **plan, note="接入市政污水管网。")
    _step(outfall, "milestone", OFFICE, start + 19 * DAY, milestone="1", note="已改接。")
    _at(start + 29 * DAY)
    bring_rows(
        OUTFALLS, [{"code": outfall.pk, "approval": f"模拟登记 {outfall.pk[-4:]}", "person": "模拟责任人"}]
    )
    outfall.refresh_from_db()
    _answered(CHECK, outfall.pk, start + 30 * DAY, FINE | {"discharging": "no"})
    _step(outfall, "accept", "hecha2", start + 31 * DAY, companion="王核查", note="口门已封堵，没有排水。")


def _day(moment: datetime) -> str:
    return moment.astimezone(CST).date().isoformat()


def _step(outfall: Outfall, action: str, username: str, when: datetime, **texts: str) -> Step:
    _at(when)
    return take(outfall, action, _who(username), texts)


def _measured(outfalls: tuple[Outfall, ...], when: datetime) -> None:
    """A laboratory's results as an office sends them: a long table through the importer."""
    _at(when + DAY)
    with TemporaryDirectory(prefix="bihuan-outfalls-") as folder:
        path = Path(folder) / "simulated_outfalls.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("site", "time", "code", "period", "value"))
            for outfall in outfalls:
                writer.writerows(
                    (outfall.pk, f"{_day(when - DAY)} 00:00", item, "day", value)
                    for item, value in MEASURED.items()
                )
        (report,) = import_files(archive(), [path], received=when)
    if report.error or not report.new:
        raise RuntimeError(f"{report.file}: {report.error}")


def _round(at: datetime) -> None:
    """Daily supervision: what is supervised in the county is inspected this week."""
    _at(at)
    codes = Outfall.objects.filter(region=COUNTY, stage="supervised").values_list("pk", flat=True)
    day = at.astimezone(CST).date()
    shares = dict.fromkeys(codes, _who(RANGER))
    make_round(
        _who("lingdao"),
        Wanted(
            "平定县排污口日常检查（模拟）", CHECK, Region.objects.get(pk=COUNTY), day, day + 7 * DAY, shares
        ),
    )
