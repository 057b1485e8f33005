"""The form of one object: an input for each column by what it holds, filled with what was typed or is registered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from bihuan.domain.places.coordinates import System
from bihuan.errors import BihuanError
from bihuan.kit.registers.cells import written
from bihuan.kit.registers.declared import Form, Register, Secret
from bihuan.kit.registers.plan import Problem
from bihuan.kit.registers.references import naming_field, telling_field
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.web.registers.filters import OFFERED
from bihuan.web.registers.shown import referred

SEEN = "seen-"
"""Before the name of a column: what its cell held when the person began to write."""
MATCHES = 20
LONG = 120
"""Characters from which a text is written in several lines."""
TYPES = {
    Form.CHOICE: "select", Form.YES_NO: "select", Form.DAY: "date", Form.NUMBER: "number", Form.WHOLE: "number",
    Form.SHAPE: "lines",
}  # fmt: skip
SYSTEMS = {"wgs84": "WGS-84（GPS、天地图）", "gcj02": "GCJ-02（高德、腾讯）", "bd09": "BD-09（百度）"}


@dataclass(frozen=True)
class Input:
    """One field of the form. `kind`: text, password, lines, number, date, select, or search: text with proposals of the server.

    choices: (text of the cell, what people read). value: what stands in it; seen: what is registered. fixed: it is not
    changed any more.
    """

    name: str
    title: str
    unit: str
    meaning: str
    source: str
    example: str
    required: bool
    kind: str
    choices: list[tuple[str, str]]
    value: str
    seen: str
    problems: list[Problem]
    low: float | None
    high: float | None
    fixed: bool


def inputs_of(
    register: Register,
    person: Person,
    seen: Mapping[str, str],
    typed: Mapping[str, str],
    problems: Sequence[Problem],
    *,
    new: bool,
) -> list[Input]:
    """The fields in the order of the columns."""
    return [
        _input(register, person, name, seen.get(name, ""), typed, [p for p in problems if p.name == name], new)
        for name in register.named
    ] + [_secret(secret, [p for p in problems if p.name == secret.name], new) for secret in register.secrets]  # fmt: skip


def _secret(secret: Secret, problems: list[Problem], new: bool) -> Input:
    """Never filled, neither with what is there nor with what was just typed."""
    meaning = ("" if new else _("空着不变。")) + _(secret.meaning)
    return Input(secret.name, _(secret.title), "", meaning, "", "", False, "password", [], "", "", problems, None, None, False)  # fmt: skip


def _input(
    register: Register,
    person: Person,
    name: str,
    seen: str,
    typed: Mapping[str, str],
    problems: list[Problem],
    new: bool,
) -> Input:
    column = register.named[name]
    kind, offered = _kind(register, person, name, seen)
    return Input(
        name, register.title_of(name), column.unit, _(column.meaning) if column.meaning else "",
        _(column.source) if column.source else "", column.example, register.required(name), kind, offered,
        typed.get(name, seen or _usual(register, name)), seen, problems, column.low, column.high,
        fixed=not new and name in (register.model._meta.pk.name, *(register.line if register.succession else ())),
    )  # fmt: skip


def _usual(register: Register, name: str) -> str:
    """What stands in the field of a new object."""
    return "否" if register.form(name) is Form.YES_NO else ""


def _kind(register: Register, person: Person, name: str, seen: str) -> tuple[str, list[tuple[str, str]]]:
    form, field = register.form(name), register.field(name)
    if form is Form.REFERENCE:
        found = proposals(register, person, name, "", OFFERED + 1)
        if len(found) > OFFERED:
            return "search", []
        return "select", found if not seen or seen in dict(found) else [*found, (seen, seen)]
    if form is Form.CHOICE:
        return "select", [(str(label), _(str(label))) for _value, label in field.flatchoices]
    if form is Form.YES_NO:
        return "select", [(word, _(word)) for word in ("否", "是")]
    if form is Form.TEXT and (field.max_length or LONG + 1) > LONG:
        return "lines", []
    return TYPES.get(form, "text"), []


def proposals(
    register: Register, person: Person, name: str, words: str, most: int = MATCHES
) -> list[tuple[str, str]]:
    """Objects that a column can name and the person sees, by a part of code or name: (text of the cell, what people read)."""
    model = referred(register, name)
    telling, called = telling_field(model), naming_field(model)
    rows = visible(model._default_manager.order_by(telling), person)
    if words:
        rows = rows.filter(Q(**{f"{telling}__icontains": words}) | Q(**{f"{called}__icontains": words}))
    pairs = rows.values_list(telling, called)[:most]
    return [(str(text), str(text) if text == name else f"{name} {text}") for text, name in pairs]


def cells_of(register: Register, target: Model) -> dict[str, str]:
    """What is registered of an object, as the form shows it; a shape is not written out, nor the days of a version."""
    terms = register.succession
    left = (terms.begin, terms.end) if terms else ()
    return {
        name: _cell(register, name, getattr(target, register.attribute(name)))
        for name in register.named
        if register.form(name) is not Form.SHAPE and name not in left
    }


def _cell(register: Register, name: str, value: Any) -> str:
    if register.form(name) is Form.REFERENCE and value is not None:
        model = referred(register, name)
        return str(model._default_manager.values_list(telling_field(model), flat=True).get(pk=value))
    return written(register, name, value)


def typed_of(register: Register, given: Mapping[str, str]) -> dict[str, str]:
    """What a sent form, or an address, holds for the columns."""
    return {name: given[name] for name in (*register.named, *register.hidden) if name in given}


def seen_of(register: Register, given: Mapping[str, str]) -> dict[str, str]:
    """What the person had before the eyes when the form was opened."""
    return {name: given[SEEN + name] for name in register.named if SEEN + name in given}


def changed(register: Register, typed: Mapping[str, str], seen: Mapping[str, str]) -> dict[str, str]:
    """The columns in which something else was typed; a place is changed as a whole, a shape only by another one."""
    found = {n: t for n, t in typed.items() if t.strip() != seen.get(n, "").strip()}
    if found.keys() & {"lon", "lat"}:
        found |= {n: typed[n] for n in ("lon", "lat") if n in typed}
    kept = {n for n in found if n in register.hidden or register.form(n) is Form.SHAPE}
    return {n: t for n, t in found.items() if n not in kept or t.strip()}


def system_of(given: Mapping[str, str]) -> System:
    """The system in which the coordinates of a form or file were said to be. Raises BihuanError for none that is known."""
    text = given.get("system", "") or System.WGS84
    if text not in SYSTEMS:
        raise BihuanError(_("没有坐标系“%(text)s”，请在列表中选择") % {"text": text[:20]})
    return System(text)
