"""到点记录: a place of the track with words and photos; a problem becomes a finding at once, and a case in one tap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import Kept, Upload, kept
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case, Finding, Level
from bihuan.cases.targets import targets_of
from bihuan.cases.texts import clean
from bihuan.domain.patrol.signs import Photo, supported
from bihuan.domain.patrol.track import believable, ordered
from bihuan.domain.timeaxis import CST
from bihuan.kit.one_tap import to_case
from bihuan.kit.patrol.declared import PatrolObjects
from bihuan.kit.patrol.judging import points_of, rules_of
from bihuan.kit.patrol.models import Patrol, Stop, StopFile
from bihuan.kit.patrol.receiving import demand_own, number_of
from bihuan.registry.models import Person

CHECK = "patrol.find"
"""How findings of patrols name their rule."""
TITLE = 200


@dataclass(frozen=True)
class Seen:
    """What a phone says of a stop: its number, when, where (degrees), about what, in words; level: of a problem, empty for none."""

    key: str
    at: datetime
    lon: float
    lat: float
    text: str = ""
    objects_of: str = ""
    code: str = ""
    level: str = ""


def seen_of(key: str, at: datetime, told: Mapping[str, str]) -> Seen:
    """A stop as its form has it: `lat`, `lon`, `text`, `about` (kind:code, may be empty), `level`. Raises IllegalMove."""
    try:
        lat, lon = float(told.get("lat", "")), float(told.get("lon", ""))
    except ValueError as error:
        raise IllegalMove(_("请给出时间和位置（WGS 84 经纬度）"), "lat") from error
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise IllegalMove(_("请给出时间和位置（WGS 84 经纬度）"), "lat")
    objects_of, _colon, code = told.get("about", "").partition(":")
    return Seen(key, at, lon, lat, told.get("text", ""), objects_of, code, told.get("level", ""))


def record_stop(
    by: Person,
    patrol: Patrol,
    seen: Seen,
    files: Sequence[Upload | Kept],
    offered: Mapping[str, PatrolObjects],
) -> Stop:
    """Keep a stop with its photos; sent twice it is one. A problem is filed as a finding. Raises NotAllowed, IllegalMove, BadFile."""
    demand_own(by, patrol)
    seen = replace(seen, key=number_of(seen.key, "key"))
    text = clean(seen.text, "说明", 400, "text")
    if seen.level and seen.level not in Level.values:
        raise IllegalMove(_("请选择级别"), "level")
    if seen.level and not text:
        raise IllegalMove(_("请写明发现了什么"), "text")
    name = _name(by, seen, offered)
    stored = kept(files)
    there = Stop.objects.filter(key=seen.key).first()
    if there is None:
        try:
            return _write(patrol, seen, text, name, stored, offered)
        except IntegrityError:  # the same, sent twice at once
            there = Stop.objects.get(key=seen.key)
    if there.patrol_id != patrol.pk:
        raise IllegalMove(_("这个编号的记录属于另一次巡查"), "key")
    return there


def _name(by: Person, seen: Seen, offered: Mapping[str, PatrolObjects]) -> str:
    if not seen.objects_of:
        return ""
    objects = offered.get(seen.objects_of)
    found = next((p for p in objects.places(by) if p.code == seen.code), None) if objects else None
    if found is None:
        raise IllegalMove(_("没有编号为 %(code)s 的巡查对象") % {"code": seen.code[:40]}, "code")
    return found.name


@transaction.atomic
def _write(
    patrol: Patrol,
    seen: Seen,
    text: str,
    name: str,
    files: Sequence[Kept],
    offered: Mapping[str, PatrolObjects],
) -> Stop:
    finding = _file(patrol, seen, text, name, files, offered) if seen.level else None
    stop = Stop.objects.create(
        patrol=patrol, key=seen.key, said_at=seen.at, at=clock.now(), lat=seen.lat, lon=seen.lon, objects_of=seen.objects_of,
        code=seen.code, name=name, text=text, finding=finding,
    )  # fmt: skip
    for file in files:
        StopFile.objects.create(stop=stop, **file.__dict__)
    return stop


def _file(
    patrol: Patrol,
    seen: Seen,
    text: str,
    name: str,
    files: Sequence[Kept],
    offered: Mapping[str, PatrolObjects],
) -> Finding:
    """A finding of its own for each stop, about the thing that was named, else about the region."""
    objects = offered.get(seen.objects_of)
    kind = objects.target if objects and objects.target else "region"
    code = seen.code if kind != "region" else patrol.region_id
    known = targets_of(kind, [code]).get(code)
    at = min(seen.at, clock.now())
    finding, _new = open_or_extend(
        check_key=CHECK, item=seen.key[:20], target_kind=kind, target=code, target_name=name or patrol.region.name,
        title=text[:TITLE], region=known.region if known else patrol.region, organisation=known.organisation if known else None,
        started_at=at, until=at, magnitude=None, unit="", severity=seen.level, evidence=_evidence(patrol, seen, text, name, files),
        simulated=patrol.simulated,
    )  # fmt: skip
    return finding


def _evidence(patrol: Patrol, seen: Seen, text: str, name: str, files: Sequence[Kept]) -> dict[str, Any]:
    found = {
        "巡查人": patrol.person.full_name,
        "巡查时间": f"{seen.at.astimezone(CST):%Y-%m-%d %H:%M}",
        "对象": name,
        "说明": text,
        "照片": "、".join(file.name for file in files),
        "位置": f"{seen.lat:.5f}, {seen.lon:.5f}",
        "巡查编号": patrol.key,
    }
    return {what: said for what, said in found.items() if said}


def hand(stop: Stop, by: Person) -> Case:
    """The find of a stop becomes a case. Raises IllegalMove as `one_tap.to_case`, and for a stop without one."""
    if stop.finding is None:
        raise IllegalMove(_("这条到点记录没有登记问题"))
    return to_case(stop.finding, by, list(stop.files.all()), (stop.lon, stop.lat))


def photos_of(patrol: Patrol) -> list[Photo]:
    """The photos of a patrol with what their cameras say."""
    files = StopFile.objects.filter(stop__patrol=patrol)
    return [Photo(file.name, file.taken_at, file.lon, file.lat) for file in files]


def borne_out(patrol: Patrol) -> int:
    """At how many stops a photo and the track agree in place and time."""
    rules = rules_of(patrol)
    stops = list(patrol.stops.prefetch_related("files"))
    if not any(stop.files.all() for stop in stops):
        return 0
    good: pl.DataFrame = ordered(points_of(patrol)).filter(believable(rules))
    return sum(
        any(supported(good, Photo(f.name, f.taken_at, f.lon, f.lat), rules) for f in stop.files.all())
        for stop in stops
    )
