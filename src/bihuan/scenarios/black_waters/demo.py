"""What the practice city has (all 模拟): four invented bodies in its counties with a year of rounds, one of them black again after it was accepted.

The laboratory's results come as workbooks through the import; the ranger of 平定 has begun a round on the phone.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from math import cos, radians
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

import openpyxl

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Organisation, Person, Region
from bihuan.scenarios.black_waters.inspections import FORM, store
from bihuan.scenarios.black_waters.models import Body
from bihuan.scenarios.black_waters.registers import BODIES, POINTS
from bihuan.simulate.pictures import drawn

DAY = timedelta(days=1)
METRE = 1 / 111_000
RANGER, OFFICE = "pd-wangge", "lingdao"
PHONED = "SIM-HC1"
HEADS = (
    "水体",
    "点位",
    "点位编码",
    "采样日期",
    "水深(cm)",
    "透明度(cm)",
    "溶解氧(mg/L)",
    "氧化还原电位(mV)",
    "氨氮(mg/L)",
)
# code, name, county, kind, area, upper end, east and north [m] to the lower end, points [m], state
PLACES = (
    ("SIM-HC1", "城南排洪渠", "140321", "ditch", "county", (113.62, 37.786), (820, 380), (80, 430, 800), "lasting"),
    ("SIM-HC2", "义井东沟", "140311", "river", "urban", (113.585, 37.838), (300, 1500), (100, 550, 1000, 1400), "treating"),
    ("SIM-HC3", "秀水南塘", "140322", "pond", "rural", (113.405, 38.082), (420, 160), (10, 225, 440), "effect"),
    ("SIM-HC4", "北山沟", "140302", "ditch", "urban", (113.578, 37.868), (260, -760), (100, 400, 720), "effect"),
)  # fmt: skip
GOOD = (46.0, 5.2, 145.0, 2.1)
"""Transparency, DO, ORP, NH3-N of water that is not black."""
LIGHT, HEAVY = (18.0, 1.3, -60.0, 10.5), (7.0, 0.15, -230.0, 17.5)
BACK = (280, 190, 105, 25)
"""Days before the start of the replay on which the rounds began."""
WATER: Mapping[str, tuple[Sequence[tuple[float, ...]] | None, ...]] = {
    "SIM-HC1": ((GOOD,) * 3, (GOOD,) * 3, (GOOD,) * 3, (GOOD, LIGHT, HEAVY)),
    "SIM-HC2": ((HEAVY,) * 4, (HEAVY,) * 4, (LIGHT, HEAVY, HEAVY, HEAVY), (LIGHT, HEAVY, HEAVY, HEAVY)),
    "SIM-HC3": ((LIGHT,) * 3, (GOOD,) * 3, None, None),
    "SIM-HC4": ((LIGHT,) * 3, (GOOD,) * 3, (GOOD,) * 3, (GOOD,) * 3),
}
"""By body, the water at its points in each round; None: not measured."""


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Body.objects.exists():
        return "黑臭水体已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    clock.set_replay(at - 300 * DAY, 0)
    bring_rows(BODIES, _bodies(at.astimezone(CST).date()))
    bring_rows(POINTS, _points())
    with TemporaryDirectory(prefix="bihuan-black-waters-") as folder:
        for number, back in enumerate(BACK):
            begin = (at - back * DAY).astimezone(CST).date()
            _import(
                _results(Path(folder) / f"simulated_round_{number + 1}.xlsx", number, begin),
                at - (back - 12) * DAY,
            )
    _on_the_phone(at)
    return f"黑臭水体 {len(PLACES)} 个（模拟），其中 1 个销号后反弹"


def _bodies(today: date) -> Iterator[dict[str, object]]:
    for code, name, county, kind, area, (lon, lat), (east, north), _along, state in PLACES:
        unit = Organisation.objects.filter(kind="county", region=county).first()
        line = {
            "type": "LineString",
            "coordinates": [_off(lon, lat, east * s, north * s) for s in (0, 0.5, 1)],
        }
        accepted = state != "treating"
        yield {
            "code": code, "name": f"{name}（模拟）", "region": county, "organisation": unit or "", "lon": lon, "lat": lat, "geometry": json.dumps(line),
            "kind": kind, "area": area, "length_m": round((east**2 + north**2) ** 0.5),
            "width_m": 30 if kind == "pond" else 4, "source": "生活污水散排", "intercept": True, "dredge": accepted, "restore": kind == "pond",
            "named_on": "模拟清单", "state": state, "found": today - 700 * DAY, "due": today - 20 * DAY, "since": today - 400 * DAY,
            "accepted": today - 200 * DAY if accepted else "", "lasting": today - 60 * DAY if state == "lasting" else "",
            "satisfaction": 93 if state == "lasting" else "", "simulated": True,
        }  # fmt: skip


def _off(lon: float, lat: float, east: float, north: float) -> tuple[float, float]:
    return round(lon + east * METRE / cos(radians(lat)), 6), round(lat + north * METRE, 6)


def _points() -> Iterator[dict[str, object]]:
    for code, name, county, _kind, _area, (lon, lat), (east, north), along, _state in PLACES:
        length = (east**2 + north**2) ** 0.5
        for number, metres in enumerate(along, 1):
            x, y = _off(lon, lat, east * metres / length, north * metres / length)
            yield {
                "code": f"{code}-{number}", "name": f"{name}{number}号点（模拟）", "region": county, "lon": x, "lat": y, "body": code,
                "position_m": metres, "depth_cm": 70, "simulated": True,
            }  # fmt: skip


def _results(place: Path, number: int, begin: date) -> Path:
    """A laboratory's workbook of one round: three days, three or four days apart."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["黑臭水体监测结果（模拟）"])
    sheet.append(HEADS)
    for code, name, *_about, _along, _state in PLACES:
        water = WATER[code][number]
        for day in (0, 3, 7) if water else ():
            for n, at in enumerate(water or (), 1):
                sheet.append(
                    [name, f"{name}{n}号点", f"{code}-{n}", f"{begin + day * DAY}", 70, *_values(at, n + day)]
                )
    book.save(place)
    return place


def _values(water: Sequence[float], seed: int) -> list[object]:
    """A little else each time; ammonia of good water once below what the laboratory can see."""
    sd, oxygen, orp, ammonia = (round(v * (1 + 0.02 * (seed % 5 - 2)), 2) for v in water)
    return [sd, oxygen, orp, "<0.025" if seed == 1 and water == GOOD else ammonia]


def _import(path: Path, received: datetime) -> None:
    clock.set_replay(received, 0)
    (report,) = import_files(archive(), [path], received=received)
    if report.error or report.quarantined or not report.new:
        raise RuntimeError(f"{report.file}: {report.error}, {report.quarantined} refused")


def _on_the_phone(at: datetime) -> None:
    """A round of the relapsed body is shared out to the ranger, who was at its first point yesterday."""
    clock.set_replay(at - 2 * DAY, 0)
    ranger, begin = Person.objects.get(username=RANGER), (at - 2 * DAY).astimezone(CST).date()
    region = Region.objects.get(pk="140321")
    shares = {f"{PHONED}-{n}": ranger for n in (1, 2, 3)}
    make_round(
        Person.objects.get(username=OFFICE),
        Wanted("城南排洪渠加密监测（模拟）", FORM, region, begin, begin + 10 * DAY, shares),
    )
    clock.set_replay(at - DAY, 0)
    picture, target = Upload(*drawn(f"black water {at:%m%d}")), f"{PHONED}-1"
    given = {
        "target": target, "depth": "65", "bottom": "no", "sd": "17", "do": "1.1", "orp": "-75", "nh3n_how": "laboratory", "look": "black smell",
        "sewage": "no", "photo": picture.name,
    }  # fmt: skip
    xml = filled_in(
        versions.xform_of(versions.in_force(FORM)), f"uuid:{uuid5(NAMESPACE_URL, f'{target} {at}')}", given
    )
    receive(FORM, ranger, place_for(FORM, ranger, target), Sent(xml, (picture,), at - DAY))
    store(at - DAY, lambda _text: None)
