"""Values of a register as people read them: the names of what they refer to, words for choices, units apart."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.cells import written
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.references import naming_field


@dataclass(frozen=True)
class Called:
    """What people call an object, and whether it is a simulated one."""

    name: str
    simulated: bool


Names = Mapping[type[Model], Mapping[Any, Called]]
"""For each model what some of its objects are called, by their keys."""
SHAPES = {
    "Point": "点", "MultiPoint": "多点", "LineString": "线", "MultiLineString": "多线", "Polygon": "面", "MultiPolygon": "多面",
}  # fmt: skip
NOTHING = "—"


def referred(register: Register, name: str) -> type[Model]:
    """The model that a column of references names objects of."""
    model = register.field(name).related_model
    assert isinstance(model, type)
    return model


def names_of(register: Register, valued: Iterable[Mapping[str, Any]]) -> Names:
    """What the objects are called that some values refer to; each model is asked once, and only for these."""
    wanted: dict[type[Model], set[Any]] = {}
    columns = [(n, referred(register, n)) for n in register.named if register.form(n) is Form.REFERENCE]
    for values in valued:
        for name, model in columns:
            if values.get(name) is not None:
                wanted.setdefault(model, set()).add(values[name])
    return {model: _called(model, keys) for model, keys in wanted.items()}


def _called(model: type[Model], keys: Collection[Any]) -> dict[Any, Called]:
    """By their name, or by what their model says in `CALLED` where that alone does not tell them apart."""
    parts = getattr(model, "CALLED", (naming_field(model),))
    marks = [field.name for field in model._meta.fields if field.name == "simulated"]
    rows = model._default_manager.filter(pk__in=keys).values_list("pk", *parts, *marks)
    count = len(parts)
    return {key: Called(" ".join(map(str, row[:count])), any(row[count:])) for key, *row in rows}


def of_simulated(register: Register, values: Mapping[str, Any], names: Names) -> bool:
    """Whether the values refer to something simulated: a limit of a simulated outlet is no real one."""
    columns = [n for n in values if register.form(n) is Form.REFERENCE]
    found = (names.get(referred(register, n), {}).get(values[n]) for n in columns)
    return any(called.simulated for called in found if called)


def values_of(register: Register, target: Model, names: Iterable[str]) -> dict[str, Any]:
    """The plain values of some columns of an object."""
    return {name: getattr(target, register.attribute(name)) for name in names}


def text_of(register: Register, name: str, value: Any, names: Names) -> str:
    """One value in the language of the reader, without its unit; a dash where there is none."""
    if value is None or value == "":
        return NOTHING
    match register.form(name):
        case Form.REFERENCE:
            called = names.get(referred(register, name), {}).get(value)
            return called.name if called else str(value)
        case Form.CHOICE:
            return _(str(dict(register.field(name).flatchoices).get(value, value)))
        case Form.YES_NO:
            return _("是") if value else _("否")
        case Form.MOMENT:
            return str(value.astimezone(CST).strftime("%Y-%m-%d %H:%M"))
        case Form.SHAPE:
            return _shape(value)
        case Form.TEXT:
            return str(value)
    return written(register, name, value)


def _shape(shape: Mapping[str, Any]) -> str:
    kind = str(shape.get("type", ""))
    return _("%(kind)s，%(points)s 个顶点") % {
        "kind": _(SHAPES.get(kind, kind)),
        "points": f"{_points(shape.get('coordinates')):,}",
    }


def _points(coordinates: Any) -> int:
    if not isinstance(coordinates, list) or not coordinates:
        return 0
    return sum(map(_points, coordinates)) if isinstance(coordinates[0], list) else 1
