"""Objects that are probably entered twice: a warning beside the row, for a person to judge."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from bihuan.domain.places.near import MOVED, Named, duplicates
from bihuan.domain.places.shapes import METRES_PER_DEGREE
from bihuan.kit.registers.declared import Register
from bihuan.kit.registers.plan import Fate, Row

RIM = 2 * MOVED / METRES_PER_DEGREE
"""Degrees around the new objects in which another can be the same."""


def warn_of_doubles(register: Register, rows: Sequence[Row]) -> None:
    """Note on each new row what is registered, or stands in the same file, near it under a similar name."""
    new = [row for row in rows if row.fate is Fate.NEW]
    if not new or not register.has("name", "lon", "lat"):
        return
    targets: list[Any] = [row.target for row in new]
    there = list(_around(register, targets))
    objects = [Named(t.name, t.lon, t.lat) for t in targets] + [Named(*each[1:]) for each in there]
    for pair in duplicates(objects):
        one, other = sorted((pair.one, pair.other))
        if one >= len(new):
            continue
        if other < len(new):
            what = _("第 %(row)s 行 %(name)s") % {"row": new[one].number, "name": targets[one].name}
            mine = new[other]
        else:
            key, name, *_place = there[other - len(new)]
            what, mine = f"{key} {name}", new[one]
        mine.warnings.append(
            _("可能与%(what)s重复：相距 %(metres)s m，名称相近")
            % {"what": what, "metres": round(pair.metres)}
        )


def _around(register: Register, targets: Sequence[Any]) -> Any:
    lons, lats = [t.lon for t in targets], [t.lat for t in targets]
    near = register.model._default_manager.filter(
        lon__range=(min(lons) - RIM, max(lons) + RIM), lat__range=(min(lats) - RIM, max(lats) + RIM)
    )
    return near.order_by("pk").values_list("pk", "name", "lon", "lat")
