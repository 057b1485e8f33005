"""What the practice city has: the round of a county (模拟) through the entrances that everybody has.

Four sources are inspected, three problems go to the operator with urging letters, nine spots of rubbish are found on a patrol and cleared.
"""

import csv
import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from math import cos, pi, radians, sin
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.evidence import Upload
from bihuan.cases.models import Case
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.models import Answer
from bihuan.kit.inspection.problems import to_case
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.kit.patrol import receiving
from bihuan.kit.patrol.stops import Seen, hand, record_stop
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Organisation, Person, Post, Region
from bihuan.scenarios.drinking_water.models import Source
from bihuan.scenarios.drinking_water.registers import GUARDS, SOURCES, ZONES
from bihuan.scenarios.drinking_water.scenario import FORM, SCENARIO
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.pictures import drawn
from bihuan.simulate.walker import batches

COUNTY = "140321"
OPERATOR = "平定县供水公司（模拟）"
CONTACT = "gongshui"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
LAST, NOW = 100 * DAY, 50 * DAY
"""How long before the start of the replay the two rounds began: the newer long enough for letters and closing."""
METRES = 111_000.0
# code, name, kind, lon, lat, m³/d, people
PLACES = (
    ("SIM-S1", "冶西水源地（模拟）", "ground", 113.52, 37.77, 6000, 42000),
    ("SIM-S2", "锁簧水源地（模拟）", "ground", 113.62, 37.75, 3500, 25000),
    ("SIM-S3", "东回水库水源地（模拟）", "lake", 113.74, 37.73, 2200, 16000),
    ("SIM-S4", "柏井水源地（模拟）", "ground", 113.80, 37.87, "", 5200),
)
GRADES = (("first", "一级", 200.0), ("second", "二级", 900.0))
GOOD = {
    "w01001": 7.6,
    "w01019": 1.1,
    "w21003": 0.08,
    "w21038": 190.0,
    "w21022": 42.0,
    "w21007": 4.2,
    "w21017": 0.4,
}
BAD = {"SIM-S2": {"w21038": 286.0}}
"""Sulphate beyond 250 mg/L; SIM-S4 was not measured."""
YES = ("boundary", "warning", "fence", "first_built", "first_outfall", "second_outfall", "second_farm", "second_waste", "video", "tests", "plan", "patrol", "files", "quantity_met")  # fmt: skip
WRONG = {"SIM-S1": ("fence",), "SIM-S3": ("video",), "SIM-S4": ("warning",)}
WRONG_LAST = {"SIM-S1": ("fence", "patrol")}
SPOTS = 9


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Source.objects.exists():
        return "水源地已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    _at(at - LAST - DAY)
    _register()
    _water(at)
    _round(at - LAST, "平定县水源地秋季检查（模拟）", ("SIM-S1", "SIM-S2"), WRONG_LAST)
    answers = _round(at - NOW, "平定县水源地冬季检查（模拟）", (*WRONG, "SIM-S2"), WRONG)
    cases = _letters(answers, at)
    cleared = _rubbish(at - 20 * DAY)
    return f"水源地 {len(PLACES)} 个，问题 {len(cases)} 个并已督办，垃圾点 {len(cleared)} 处已清理（模拟）"


def _at(moment: datetime) -> None:
    clock.set_replay(moment, 0)


def _who(username: str) -> Person:
    return Person.objects.get(username=username)


def _register() -> None:
    """Operator with its contact, sources, zones, signs and fences."""
    bring_rows(
        every_register()["organisations"],
        [{"name": OPERATOR, "kind": "enterprise", "region": COUNTY, "simulated": True}],
    )
    unit, region = Organisation.objects.get(name=OPERATOR), Region.objects.get(pk=COUNTY)
    contact = Person.objects.create(
        username=CONTACT, full_name="供水公司联系人", password=_who("qiye").password
    )
    Post.objects.create(person=contact, role=Post.Role.ENTERPRISE, region=region, organisation=unit)
    bring_rows(SOURCES, _sources())
    bring_rows(ZONES, _zones())
    bring_rows(GUARDS, _guards())


def _sources() -> Iterator[dict[str, object]]:
    for code, name, kind, lon, lat, quantity, people in PLACES:
        rank = "town" if not quantity else "county"
        yield {
            "code": code, "name": name, "region": COUNTY, "organisation": OPERATOR, "lon": lon, "lat": lat, "kind": kind, "rank": rank,
            "quantity": quantity, "people": people, "simulated": True,
        }  # fmt: skip


def _zones() -> Iterator[dict[str, object]]:
    """Circles of twelve corners; the real ones follow the approval."""
    for code, name, _kind, lon, lat, *_ in PLACES:
        for grade, word, radius in GRADES:
            shape = {"type": "Polygon", "coordinates": [[_off(lon, lat, radius, i / 12) for i in range(13)]]}
            yield {
                "code": f"{code}-{grade}", "name": f"{name}{word}保护区", "region": COUNTY, "lon": lon, "lat": lat, "source": code,
                "grade": grade, "approval": "模拟", "geometry": json.dumps(shape), "simulated": True,
            }  # fmt: skip


def _guards() -> Iterator[dict[str, object]]:
    kinds = (
        ("mark", "界标", 0.1),
        ("warning", "警示牌", 0.4),
        ("board", "宣传牌", 0.6),
        ("fence", "围网", 0.8),
    )
    for code, name, _kind, lon, lat, *_ in PLACES:
        for kind, word, turn in kinds:
            state = "damaged" if kind in WRONG.get(code, ()) else "sound"
            x, y = _off(lon, lat, 200.0, turn)
            yield {
                "code": f"{code}-{kind}", "name": f"{name}{word}", "region": COUNTY, "lon": x, "lat": y, "source": code, "kind": kind,
                "state": state, "simulated": True,
            }  # fmt: skip


def _off(lon: float, lat: float, metres: float, turn: float) -> tuple[float, float]:
    """A place so many metres away, at a share of the full turn; rounded to decimetres, so that a ring closes."""
    angle = 2 * pi * (turn % 1)
    return round(lon + metres * cos(angle) / METRES / cos(radians(lat)), 6), round(
        lat + metres * sin(angle) / METRES, 6
    )


def _water(at: datetime) -> None:
    """A quarter's laboratory results as an office sends them: a long table through the importer."""
    first = (at.astimezone(CST) - 45 * DAY).date().replace(day=1)
    _at(at)
    with TemporaryDirectory(prefix="bihuan-water-") as folder:
        path = Path(folder) / "simulated_water_sources.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("site", "time", "code", "period", "value"))
            for code, *_ in PLACES[:3]:
                values = (
                    GOOD | BAD.get(code, {}) | ({"w01009": 7.9, "w21011": 0.02} if code == "SIM-S3" else {})
                )
                writer.writerows(
                    (code, f"{first} 00:00", item, "month", value) for item, value in values.items()
                )
        (report,) = import_files(archive(), [path], received=at - DAY)
    if report.error or not report.new:
        raise RuntimeError(f"{report.file}: {report.error}")


def _round(
    start: datetime, title: str, codes: tuple[str, ...], wrong: Mapping[str, tuple[str, ...]]
) -> list[Answer]:
    """A round of the county set by the centre and inspected by its ranger on the days after."""
    _at(start)
    ranger, day = _who("pd-wangge"), start.astimezone(CST).date()
    wanted = Wanted(
        title, FORM, Region.objects.get(pk=COUNTY), day, day + 7 * DAY, dict.fromkeys(codes, ranger)
    )
    make_round(_who("lingdao"), wanted)
    return [
        _inspected(ranger, code, wrong.get(code, ()), start + (n + 1) * DAY) for n, code in enumerate(codes)
    ]


def _inspected(ranger: Person, code: str, wrong: tuple[str, ...], when: datetime) -> Answer:
    _at(when)
    version = versions.in_force(FORM)
    source = Source.objects.get(pk=code)
    picture = Upload(*drawn(f"{code} before"))
    said = {name: "no" if name in wrong else "yes" for name in YES} | {
        "crossing": "no", "place": f"{source.lat} {source.lon} 0 5", "remark": "模拟检查",
    }  # fmt: skip
    groups = {
        "fence": "build_photo",
        "warning": "build_photo",
        "video": "monitor_photo",
        "patrol": "manage_photo",
    }
    said |= {groups[name]: picture.name for name in wrong}
    instance = f"uuid:{uuid5(NAMESPACE_URL, f'{code} {when}')}"
    xml = filled_in(versions.xform_of(version), instance, said)
    return receive(FORM, ranger, place_for(FORM, ranger, code), Sent(xml, (picture,) if wrong else (), when))


def _letters(answers: list[Answer], at: datetime) -> list[Case]:
    """Each problem to the operator; after the term a letter; the first is mended and closed."""
    office = _who("diaodu")
    problems = [problem for answer in answers for problem in answer.problems.all()]
    _at(at - NOW + 6 * DAY)
    cases = [to_case(problem, office) for problem in problems]
    for case in cases:
        _step(case, "sign", CONTACT, at - NOW + 7 * DAY)
        _step(case, "plan", CONTACT, at - NOW + 7 * DAY, note="已列入维修计划。")
    for case in cases:
        _step(case, "urge", "diaodu", at - 5 * DAY, note="逾期未整改，请立即整改并书面报告。")
    _closed(cases[0], at - 4 * DAY)
    return cases


def _step(case: Case, action: str, username: str, when: datetime, **given: Any) -> None:
    _at(when)
    case.refresh_from_db()
    actions.take(case, action, _who(username), quiet=True, **given)  # read long ago


def _closed(case: Case, start: datetime) -> None:
    """From the work that was done to the end, each step by the right person."""
    after = Upload(*drawn(f"case {case.pk} after"))
    _step(case, "apply_close", CONTACT, start, note="已整改到位。", files=[after])
    _step(case, "pass", "hecha", start + DAY, note="现场核实，问题已消除。", companion="周核查")
    _step(case, "close", "diaodu", start + DAY + HOUR)


def _rubbish(start: datetime) -> list[Case]:
    """A patrol around the sources finds nine spots; each is handed over, cleared and closed."""
    _at(start)
    ranger, offered = _who("pd-wangge"), {objects.key: objects for objects in SCENARIO.patrols}
    key = str(uuid5(NAMESPACE_URL, f"patrol of sources {start}"))
    patrol = receiving.begin(ranger, key, start - 6 * HOUR, simulated=True)
    for raw in batches(
        key, start - 6 * HOUR, [(lon, lat) for _c, _n, _k, lon, lat, *_ in PLACES[:2]], seed=4
    ):
        receiving.receive(ranger, patrol, raw)
    seen = [_spot(key, number, start - HOUR) for number in range(SPOTS)]
    stops = [
        record_stop(ranger, patrol, each, [Upload(*drawn(f"spot {n} before"))], offered)
        for n, each in enumerate(seen, 1)
    ]
    office = _who("diaodu")
    cases = [hand(stop, office) for stop in stops]
    for case in cases:
        _step(case, "sign", CONTACT, start + DAY)
        _step(case, "plan", CONTACT, start + DAY, note="已安排清运。")
        _closed(case, start + 2 * DAY)
    return cases


def _spot(patrol: str, number: int, when: datetime) -> Seen:
    """A spot of rubbish on the ring around one of the first two sources."""
    code, _name, _kind, lon, lat, *_ = PLACES[number % 2]
    x, y = _off(lon, lat, 600.0, number / SPOTS)
    key = str(uuid5(NAMESPACE_URL, f"{patrol} {number}"))
    return Seen(key, when, x, y, f"二级保护区内生活垃圾堆放点 {number + 1}", SOURCES.kind, code, "minor")
