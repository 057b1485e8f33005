"""What people type: printable, without blanks around it, within its limit; a refusal names the field."""

import math
from typing import Any

from django.db.models import CharField, TextField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case
from bihuan.printable import printable

LONG_TEXT = 2000  # characters of a text without a limit of its own; longer material is an attachment
LABELS = {
    "title": gettext_noop("标题"),
    "description": gettext_noop("情况描述"),
    "basis": gettext_noop("法律依据"),
    "requirement": gettext_noop("整改要求"),
    "source": gettext_noop("问题来源"),
    "level": gettext_noop("级别"),
    "listed_by": gettext_noop("挂牌层级"),
    "place": gettext_noop("地点"),
    "lat": gettext_noop("纬度"),
    "lon": gettext_noop("经度"),
}
MOST_DEGREES = {"lat": 90.0, "lon": 180.0}


def clean(text: str, label: str, limit: int, field: str = "") -> str:
    """The text as it is kept. Raises IllegalMove (about `field`) when it is longer than `limit` characters (0: no limit)."""
    kept = printable(text).strip()
    if limit and len(kept) > limit:
        raise IllegalMove(
            _("%(field)s最多 %(limit)d 字, 现在有 %(n)d 字; 较长的材料请作为附件上传")
            % {"field": _(label), "limit": limit, "n": len(kept)},
            field,
        )
    return kept


def needed(text: str, label: str, limit: int, missing: str, field: str = "") -> str:
    """The text as it is kept, where there must be one. Raises IllegalMove as `clean`, and with `missing` for none."""
    kept = clean(text, label, limit, field)
    if not kept:
        raise IllegalMove(missing, field)
    return kept


def case_fields(given: dict[str, Any]) -> dict[str, Any]:
    """Fields of a new case, each checked; those that are empty are left out, so that their defaults count."""
    checked = {name: _checked(name, value) for name, value in given.items()}
    return {name: value for name, value in checked.items() if value not in ("", None)}


def _checked(name: str, value: Any) -> Any:
    field, label = Case._meta.get_field(name), LABELS.get(name, "")
    if name in MOST_DEGREES:
        return _degrees(value, name, MOST_DEGREES[name])
    if not isinstance(field, CharField | TextField) or not isinstance(value, str):
        return value
    text = clean(value, label, limit_of(name), name)
    known = [str(key) for key, _label in field.choices or ()]
    if text and known and text not in known:
        said = {"field": _(label), "value": text[:40]}
        raise IllegalMove(_("%(field)s“%(value)s”不在可选范围内") % said, name)
    return text


def limit_of(name: str) -> int:
    """At most how many characters a field of the case takes."""
    return getattr(Case._meta.get_field(name), "max_length", None) or LONG_TEXT


def _degrees(value: Any, name: str, most: float) -> float | None:
    if value in ("", None):
        return None
    try:
        degrees = float(value)
    except (TypeError, ValueError):
        degrees = math.nan
    if not -most <= degrees <= most:
        raise IllegalMove(
            _("%(field)s“%(value)s”不是 -%(most)d 至 %(most)d 的度数, 写成 37.85678 的样子")
            % {"field": _(LABELS[name]), "value": str(value)[:40], "most": most},
            name,
        )
    return degrees
