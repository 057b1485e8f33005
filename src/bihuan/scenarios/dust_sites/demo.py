"""The practice city's sites (all 模拟): those of the reduction list at their places, three yards, their monitors with the hours of twelve days through the importer.

One works at night, and the place downwind rises with it; one is above the stop-work value in an afternoon; the cannon of one is said to have run, and the air
stayed dry; the value of one stands still; one has not sent for a day. A ranger has looked at two of them.
"""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, radians, sin
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

import polars as pl

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.dust.attribution import METRES
from bihuan.domain.timeaxis import CST, HOUR
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive, hours_of
from bihuan.registry.models import Emitter, Person, Post, Site
from bihuan.scenarios.dust_sites.inspections import FORM
from bihuan.scenarios.dust_sites.models import DustSite
from bihuan.scenarios.dust_sites.registers import EXITS, MONITORS, PERMITS, SITES, WATERINGS
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.pictures import drawn

CONTRACTORS = ("阳泉建工一公司（模拟）", "晋东市政工程公司（模拟）", "太行基础工程公司（模拟）")
KINDS = (
    ("building", "structure"),
    ("building", "earthwork"),
    ("demolition", "demolition"),
    ("municipal", "earthwork"),
    ("building", "finish"),
    ("road", "foundation"),
)
YARDS = (
    ("SIM-DY1", "河坡煤场（模拟）", "原煤", "no", 9.0),
    ("SIM-DY2", "荫营砂石场（模拟）", "砂石", "no", 6.0),
    ("SIM-DY3", "白泉矸石堆场（模拟）", "煤矸石", "yes", 12.0),
)
DAYS, NORMAL = timedelta(days=12), 0.75
"""How far back hours are made; the share of sites with a monitor."""
CODES = {
    "pm10": "a34002",
    "pm25": "a34004",
    "tsp": "a34001",
    "humidity": "a01002",
    "wind": "a01007",
    "direction": "a01008",
}
WIND = 300.0
"""From where the wind blows in the story [°]."""
MINUTES = timedelta(minutes=5)
Row = tuple[str, datetime, str, Mapping[str, float]]


@dataclass(frozen=True)
class Cast:
    """Who does what: codes of sites."""

    night: str
    afternoon: str
    dry: str
    stuck: str
    silent: str
    good: str


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if DustSite.objects.exists():
        return "扬尘工地已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    emitters = list(Emitter.objects.filter(kind="site").order_by("code"))
    if not emitters:
        return "减排清单中没有工地"
    clock.set_replay(at - DAYS, 0)
    units = [
        {"name": name, "kind": "enterprise", "region": "140300", "simulated": True} for name in CONTRACTORS
    ]
    bring_rows(every_register()["organisations"], units)
    cast = _cast(emitters)
    sites = [*_sites(emitters), *_yards(emitters)]
    bring_rows(SITES, sites)
    bring_rows(
        EXITS,
        [
            {
                "site": s["code"],
                "name": "东门",
                "wash": "yes" if n % 5 else "no",
                "video": "yes",
                "simulated": True,
            }
            for n, s in enumerate(sites)
        ],
    )
    monitors = list(_monitors(sites, cast))
    bring_rows(MONITORS, monitors)
    clock.set_replay(at, 0)
    _agreed(at, cast)
    rows = _sent(at, monitors, cast)
    _visited(at, cast)
    return f"扬尘工地 {len(emitters)} 处、堆场 {len(YARDS)} 处、监测点 {len(monitors)} 个，监测数据 {rows} 行（模拟）"


def _cast(emitters: list[Emitter]) -> Cast:
    """Sites of counties with a station, whose background is known, first; where there are too few, any."""
    known = set(Site.objects.filter(neighbour=False).values_list("region_id", flat=True))
    codes = [e.code for e in sorted(emitters, key=lambda e: (e.region_id not in known, e.code))]
    return Cast(*(codes[n % len(codes)] for n in range(6)))


def _square(lon: float, lat: float, area: float) -> str:
    """An invented square around a place."""
    half = area**0.5 / 2
    x, y = half / METRES / cos(radians(lat)), half / METRES
    ring = [
        [round(lon + a * x, 6), round(lat + b * y, 6)]
        for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def _sites(emitters: list[Emitter]) -> Iterator[dict[str, object]]:
    for n, e in enumerate(emitters):
        kind, phase = KINDS[n % len(KINDS)]
        area = round(Random(e.code).uniform(4000, 30_000), -2)
        yield {
            "code": f"SIM-G{e.code[1:]}", "name": _name(e.name), "region": e.region_id, "organisation": CONTRACTORS[n % len(CONTRACTORS)], "lon": e.lon, "lat": e.lat,
            "geometry": _square(e.lon, e.lat, area), "kind": kind, "phase": "idle" if n % 11 == 10 else phase, "area": area, "setting": "built_up",
            "supervisor": "住房和城乡建设局", "emitter": e.code, "simulated": True,
        }  # fmt: skip


def _name(name: str) -> str:
    return name if name.endswith("（模拟）") else f"{name}（模拟）"


def _yards(emitters: list[Emitter]) -> Iterator[dict[str, object]]:
    for (code, name, material, shed, height), near in zip(YARDS, emitters[-3:], strict=False):
        lon, lat = _off(near.lon, near.lat, 1200, 90)
        yield {
            "code": code, "name": name, "region": near.region_id, "organisation": CONTRACTORS[0], "lon": lon, "lat": lat, "geometry": _square(lon, lat, 9000),
            "kind": "yard", "phase": "running", "area": 9000, "material": material, "shed": shed, "spray": "yes", "pile_height": height, "daily_tonnes": 800,
            "moisture": 4.0, "simulated": True,
        }  # fmt: skip


def _off(lon: float, lat: float, metres: float, bearing: float) -> tuple[float, float]:
    """A place so far off in a direction."""
    east, north = metres * sin(radians(bearing)), metres * cos(radians(bearing))
    return round(lon + east / METRES / cos(radians(lat)), 6), round(lat + north / METRES, 6)


def _code(cast: str) -> str:
    return f"SIM-G{cast[1:]}"


def _monitors(sites: list[dict[str, object]], cast: Cast) -> Iterator[dict[str, object]]:
    """One at most sites, one at each yard, and two places around: one of them behind the site that works at night."""
    played = {_code(c) for c in (cast.night, cast.afternoon, cast.dry, cast.stuck, cast.silent, cast.good)}
    for s in sites:
        code = str(s["code"])
        if code in played or s["kind"] == "yard" or Random(code).random() < NORMAL:
            yield {
                "code": f"{code}-1", "name": f"{str(s['name']).removesuffix('（模拟）')}监测点（模拟）", "region": s["region"], "organisation": s["organisation"],
                "lon": s["lon"], "lat": s["lat"], "site": code, "height": 3, "place": "出入口", "simulated": True,
            }  # fmt: skip
    by_code = {str(s["code"]): s for s in sites}
    for n, (of, metres) in enumerate(((cast.night, 900), (cast.stuck, 1500)), 1):
        s = by_code[_code(of)]
        lon, lat = _off(float(str(s["lon"])), float(str(s["lat"])), metres, WIND - 180)
        yield {
            "code": f"SIM-DU{n}",
            "name": f"周边点{n}（模拟）",
            "region": s["region"],
            "lon": lon,
            "lat": lat,
            "height": 4,
            "simulated": True,
        }


def _nights(at: datetime) -> datetime:
    """23:00 of the night before."""
    return (at.astimezone(CST) - timedelta(days=1)).replace(hour=23, minute=0, second=0, microsecond=0)


def _afternoon(at: datetime) -> datetime:
    return (at.astimezone(CST) - timedelta(days=1)).replace(hour=14, minute=0, second=0, microsecond=0)


def _agreed(at: datetime, cast: Cast) -> None:
    """A permit of another night, and waterings: that of the dry one is said only."""
    night, noon = _nights(at), _afternoon(at)
    bring_rows(PERMITS, [{
        "site": _code(cast.night), "since": f"{night - timedelta(days=2):%Y-%m-%d %H:%M}", "until": f"{night - timedelta(days=2) + 7 * HOUR:%Y-%m-%d %H:%M}",
        "number": "夜许〔2019〕3号（模拟）", "issuer": "住房和城乡建设局", "simulated": True,
    }])  # fmt: skip
    bring_rows(WATERINGS, [
        {"site": _code(code), "since": f"{noon:%Y-%m-%d %H:%M}", "until": f"{noon + timedelta(minutes=30):%Y-%m-%d %H:%M}", "way": "cannon", "water": 3, "simulated": True}
        for code in (cast.dry, cast.afternoon)
    ])  # fmt: skip


def _sent(at: datetime, monitors: list[dict[str, object]], cast: Cast) -> int:
    """What the monitors sent, as a long table; returns its rows."""
    back = _background(at)
    rows = [*_hours(at, monitors, cast, back), *_fine(at, cast)]
    with TemporaryDirectory(prefix="bihuan-dust-") as folder:
        path = Path(folder) / "simulated_dust.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(("site", "time", "code", "period", "value"))
            writer.writerows(_written(rows))
        (report,) = import_files(archive(), [path], received=at)
    if report.error or report.quarantined or not report.new:
        raise RuntimeError(f"{report.file}: {report.error} {report.refused[:3]}")
    return report.new


def _written(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, str, float]]:
    for site, start, period, values in rows:
        for name, value in values.items():
            yield site, f"{start.astimezone(CST):%Y-%m-%d %H:%M}", CODES[name], period, round(value, 1)


def _background(at: datetime) -> dict[tuple[str, datetime], float]:
    """The mean PM10 of the real stations by county and hour; of the whole city under an empty code."""
    regions = dict(Site.objects.filter(neighbour=False).values_list("code", "region_id"))
    rows = hours_of(list(regions), at - DAYS - HOUR, at, decided=False).filter(pl.col("pm10").is_not_null())
    told = rows.with_columns(county=pl.col("site").replace_strict(regions, return_dtype=pl.String))
    both = pl.concat([told, told.with_columns(county=pl.lit(""))])
    means = both.group_by("county", "start").agg(pl.col("pm10").mean())
    return {(county, start): mean for county, start, mean in means.iter_rows()}


def _hours(
    at: datetime, monitors: list[dict[str, object]], cast: Cast, back: Mapping[tuple[str, datetime], float]
) -> Iterator[Row]:
    last = at.replace(minute=0, second=0, microsecond=0)
    count = int(DAYS / HOUR)
    for m in monitors:
        code = str(m["code"])
        dice = Random(code)
        for start in (last - n * HOUR for n in range(count, 0, -1)):
            air = back.get((str(m["region"]), start), back.get(("", start), 90.0))
            values = _hour(start, air, dice)
            if (changed := _played(code, start, values, at, cast)) is not None:
                yield code, start, "hour", changed


def _hour(start: datetime, back: float, dice: Random) -> dict[str, float]:
    """An usual hour: the air of the city, and by day some dust of work."""
    local = start.astimezone(CST).hour
    dust = dice.uniform(10, 35) if 7 <= local < 19 else dice.uniform(0, 8)
    pm10 = back * dice.uniform(0.95, 1.08) + dust
    damp = 45 - 12 * sin((local - 8) / 24 * 6.28) + dice.uniform(-2, 2)
    return {
        "pm10": pm10, "pm25": pm10 * dice.uniform(0.5, 0.65), "tsp": pm10 * dice.uniform(1.25, 1.5), "humidity": damp, "wind": dice.uniform(1.6, 2.6),
        "direction": (WIND + dice.uniform(-12, 12)) % 360,
    }  # fmt: skip


def _played(
    code: str, start: datetime, values: dict[str, float], at: datetime, cast: Cast
) -> dict[str, float] | None:
    """The hour as the story has it; None where nothing was sent."""
    night = _nights(at) <= start < _nights(at) + 5 * HOUR
    raised = {f"{_code(cast.night)}-1": 0.8, "SIM-DU1": 0.3}.get(code, 0.0) if night else 0.0
    if code == f"{_code(cast.afternoon)}-1" and _afternoon(at) <= start < _afternoon(at) + 2 * HOUR:
        raised = 1.6
    if code == f"{_code(cast.silent)}-1" and start > at - timedelta(hours=26):
        return None
    if code == f"{_code(cast.stuck)}-1" and at - 9 * HOUR < start < at - 2 * HOUR:
        return values | {"pm10": 131.4, "pm25": 70.0, "tsp": 180.0}
    more = raised * (120 + 0.5 * values["pm10"])
    return values | {"pm10": values["pm10"] + more, "tsp": values["tsp"] + 1.4 * more} if more else values


def _fine(at: datetime, cast: Cast) -> Iterator[Row]:
    """Humidity in 5 minutes around the waterings: it rises at one site and stays at the other."""
    noon = _afternoon(at)
    for code, rises in ((cast.dry, False), (cast.afternoon, True)):
        dice = Random(code)
        for n in range(-12, 12):
            wet = 7.0 if rises and 0 <= n < 9 else 0.0
            yield (
                f"{_code(code)}-1",
                noon + n * MINUTES,
                "5min",
                {"humidity": 38 + wet + dice.uniform(-0.4, 0.4)},
            )


def _visited(at: datetime, cast: Cast) -> None:
    """A ranger of the county looks at two sites: at the one of the afternoon, where bare soil lies open, and at another where all is well."""
    for code, days, wrong in ((cast.afternoon, 1, ("cover",)), (cast.good, 3, ())):
        site = DustSite.objects.get(pk=_code(code))
        ranger = _ranger(site)
        if ranger is None:
            continue
        when = _afternoon(at) + timedelta(days=1 - days, hours=2)
        clock.set_replay(when, 0)
        picture = Upload(*drawn(f"dust {code}"))
        good = dict.fromkeys(("fence", "cover", "wash", "paved", "sealed", "box_real", "open_door"), "yes")
        said = good | {
            "wet": "na",
            "night_none": "na",
            "cover_photo": picture.name,
            "place": f"{site.lat} {site.lon} 0 5",
            "remark": "模拟检查",
        }
        said |= dict.fromkeys(wrong, "no") | {f"{item}_why": "裸土约 400 平方米没有苫盖" for item in wrong}
        xml = filled_in(
            versions.xform_of(versions.in_force(FORM)),
            f"uuid:{uuid5(NAMESPACE_URL, f'dust {code} {when}')}",
            said,
        )
        receive(FORM, ranger, place_for(FORM, ranger, site.pk), Sent(xml, (picture,), when))


def _ranger(site: DustSite) -> Person | None:
    """Somebody who inspects in the county of a site."""
    return (
        Person.objects.filter(posts__role=Post.Role.RANGER, posts__region=site.region).order_by("pk").first()
    )
