"""What may be the same: near in place and time, and of one kind. One function for cases, findings and what else is reported."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from math import cos, radians
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.cases import trees
from bihuan.cases.findings import place_of
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import CLEARED, UNFINISHED
from bihuan.domain.places.geodesy import distance
from bihuan.domain.places.shapes import METRES_PER_DEGREE
from bihuan.registry.access import visible
from bihuan.registry.models import Person

M = TypeVar("M", bound=Model)
OURS = gettext_noop("本平台的设定：烟尘、异味常归因于同一处的距离；一周为一般事项的期限（13710）")


@dataclass(frozen=True)
class Alike:
    """Within how many metres and days two problems may be the same: our setting, which a bureau may change."""

    metres: int = 500
    days: int = 7

    @property
    def written(self) -> dict[str, int]:
        """The setting as it is kept."""
        return asdict(self)

    @property
    def span(self) -> timedelta:
        """The days before and after."""
        return timedelta(days=self.days)


@dataclass(frozen=True)
class Spot:
    """Where and when something was found: WGS 84, degrees; without a point, the region alone."""

    region: str
    at: datetime
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True)
class Near(Generic[M]):
    """Something else that may be the same: how far [m] (None: the same region, no point), and how long before or after."""

    row: M
    metres: int | None
    apart: timedelta

    @property
    def said(self) -> str:
        """How far it is, in words."""
        return _("同一区划，未定位") if self.metres is None else _("相距 %(n)d 米") % {"n": self.metres}


def near(rows: "QuerySet[M]", spot: Spot, when: str, setting: Alike) -> list[Near[M]]:
    """Of rows with `lat`, `lon` and `region` those near a spot, `when` (a field) near in time too; the nearest first.

    A spot without a point has those of its region near it that have none either.
    """
    rows = rows.filter(**{f"{when}__range": (spot.at - setting.span, spot.at + setting.span)})
    found = [
        Near(row, _metres(spot, row), abs(getattr(row, when) - spot.at))
        for row in rows.filter(_about(spot, setting))
    ]
    close = [n for n in found if n.metres is None or n.metres <= setting.metres]
    return sorted(close, key=lambda n: (n.metres or 0, n.apart, n.row.pk))


def _about(spot: Spot, setting: Alike) -> Q:
    """A box around the spot that holds all that is near enough; of half a point, those of its region without one."""
    if spot.lat is None or spot.lon is None:
        return Q(region=spot.region) & (Q(lat=None) | Q(lon=None))
    high = setting.metres / METRES_PER_DEGREE * 1.02
    wide = high / cos(radians(spot.lat))
    return Q(lat__range=(spot.lat - high, spot.lat + high), lon__range=(spot.lon - wide, spot.lon + wide))


def _metres(spot: Spot, row: Any) -> int | None:
    if spot.lat is None or spot.lon is None or row.lat is None or row.lon is None:
        return None
    return round(distance((spot.lon, spot.lat), (row.lon, row.lat)))


def open_cases(spot: Spot, setting: Alike) -> list[Near[Case]]:
    """Open cases near a spot."""
    rows = Case.objects.filter(state__in=UNFINISHED - CLEARED).select_related("organisation")
    return near(rows, spot, "opened_at", setting)


def seen_of(found: list[Near[M]], person: Person) -> list[Near[M]]:
    """Those that the person may see, in their order."""
    if not found:
        return []
    rows = type(found[0].row)._default_manager.filter(pk__in=[n.row.pk for n in found])
    known = set(visible(rows, person).values_list("pk", flat=True))
    return [n for n in found if n.row.pk in known]


def of_case(case: Case, setting: Alike) -> list[Near[Case]]:
    """Open cases that may be the same as a case; those of its tree are not."""
    tree = trees.whole(case)
    others = [n for n in open_cases(_spot(case), setting) if n.row.pk not in tree]
    return _of_kind(others, case.findings.all())


def of_finding(found: Finding, setting: Alike) -> list[Near[Case]]:
    """Open cases that may be about the same as a finding which no case holds."""
    place = place_of(found)
    spot = Spot(found.region_id, found.started_at, place["lat"], place["lon"])
    return _of_kind(open_cases(spot, setting), [found])


def _spot(case: Case) -> Spot:
    return Spot(case.region_id, case.opened_at, case.lat, case.lon)


def _of_kind(others: list[Near[Case]], findings: Iterable[Finding]) -> list[Near[Case]]:
    """Those of the same kind; what people registered by hand, without a finding, may be of any."""
    mine = {_kind(f.check_key, f.target_kind) for f in findings}
    theirs = _kinds([n.row.pk for n in others])
    return [n for n in others if not mine or not theirs.get(n.row.pk) or mine & theirs[n.row.pk]]


def _kinds(cases: Collection[int]) -> dict[int, set[tuple[str, str]]]:
    found: dict[int, set[tuple[str, str]]] = {}
    rows = Finding.objects.filter(cases__in=cases).order_by()
    for case, check, kind in rows.values_list("cases", "check_key", "target_kind"):
        if case in cases:
            found.setdefault(case, set()).add(_kind(check, kind))
    return found


def _kind(check: str, target_kind: str) -> tuple[str, str]:
    """What a finding is about: the matter (how its check's key begins), and the kind of target."""
    return check.partition(".")[0], target_kind
