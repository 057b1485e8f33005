"""From the rows of a table to a plan: each cell read, each object found, each right asked, before anything is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import copy
from functools import reduce
from operator import or_
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model, Q
from django.utils.translation import gettext as _

from bihuan.domain.places.coordinates import System
from bihuan.kit.registers.cells import Reader, Wrong, readers, secret, written
from bihuan.kit.registers.declared import Form, Register
from bihuan.kit.registers.likeness import warn_of_doubles
from bihuan.kit.registers.plan import Plan, Problem, Row
from bihuan.kit.registers.positions import Positions
from bihuan.kit.registers.references import References
from bihuan.kit.registers.rights import FEW, Places, Rights
from bihuan.kit.registers.succession import follow
from bihuan.kit.registers.table import Table
from bihuan.registry.access import visible
from bihuan.registry.models import Person

SHOWN = 200
"""Characters of a value in a report."""
ASKED = 50
"""Objects that one query finds by keys of several columns; of more, all are read."""


def references_of(register: Register, seen_by: Person | None = None) -> dict[str, References]:
    """For each column that names other objects, those objects: all, or what a person may see, to choose from."""
    found: dict[type[Model], References] = {}
    made = {}
    for name in register.named:
        if register.form(name) is Form.REFERENCE:
            model = register.field(name).related_model
            assert isinstance(model, type)
            if model not in found:
                seen = None if seen_by is None else visible(model._default_manager.all(), seen_by)
                found[model] = References(model, seen)
            made[name] = found[model]
    return made


def make_plan(
    register: Register, table: Table, file: str, by: Person | None, system: System = System.WGS84
) -> Plan:
    """What the table would do. `by` is None for the operator of the machine. system: of its coordinates."""
    rows, settle = _begin(register, table, system)
    _refuse_doubles(register, rows)
    there = present(register, (row.key for row in rows if not row.problems))
    settle({row.number: there[row.key] for row in rows if row.key in there}, by)
    _refuse_orphans(register, rows)
    warn_of_doubles(register, rows)
    broken = [Row(number, (), {}, problems=[Problem("", "", why, "")]) for number, why in table.broken]
    whole = sorted([*rows, *broken], key=lambda row: row.number)
    return Plan(register, file, whole, table.heads, table.ignored, table.notes, table.layers)


def plan_one(
    register: Register,
    texts: Mapping[str, str],
    by: Person | None,
    target: Model | None = None,
    system: System = System.WGS84,
) -> Row:
    """What the cells of a form would do: to `target`, or as a new object."""
    table = Table(tuple(texts), [(1, tuple(texts.values()))])
    (row,), settle = _begin(register, table, system)
    if target is not None:
        given = {name: getattr(target, register.attribute(name)) for name in register.key} | row.values
        row.key = tuple(given[name] for name in register.key)
    settle({1: target} if target is not None else {}, by)
    if (
        (row.new or {*register.key}.intersection(row.after))
        and not row.problems
        and present(register, [row.key])
    ):
        _refuse_key(register, row, _("已经登记过"))
    if not row.new and register.model._meta.pk.name in row.after:
        _refuse_key(register, row, _("编码一经登记不再改变"))
    warn_of_doubles(register, [row])
    return row


Settle = Callable[[Mapping[int, Model], Person | None], None]


def _begin(register: Register, table: Table, system: System) -> tuple[list[Row], Settle]:
    """The rows as read, and what settles them once it is known which objects they are (by their numbers)."""
    references = references_of(register)
    _allow_own(register, table, references)
    positions = Positions(register, system)
    cells = readers(register, references)
    rows = [_read(register, table.columns, number, texts, cells, positions) for number, texts in table.rows]

    def settle(there: Mapping[int, Model], by: Person | None) -> None:
        sound = [row for row in rows if not row.problems]
        for row in sound:
            _find(register, row, there.get(row.number))
        _ask_rights(register, [row for row in sound if row.effective], there, by)
        for row in sound:
            if row.effective and not row.problems:
                _clean(register, row)
                positions.check(row)
        if register.succession is not None:
            _follow(register, rows, by)
        _refuse_taken(register, rows)

    return rows, settle


def _allow_own(register: Register, table: Table, references: Mapping[str, References]) -> None:
    """Rows may name each other, such as a county its city: both come in at once."""
    if register.key != (register.model._meta.pk.name,) or register.key[0] not in table.columns:
        return
    place = table.columns.index(register.key[0])
    own = [n for n in references if register.field(n).related_model is register.model]
    for name in own:
        for _number, texts in table.rows:
            key = texts[place].strip()
            references[name].keys.setdefault(key, key)


def _read(
    register: Register,
    columns: Sequence[str],
    number: int,
    texts: Sequence[str],
    cells: Mapping[str, Reader],
    positions: Positions,
) -> Row:
    row = Row(number, (), {})
    given = dict(zip(columns, texts, strict=True))
    for name in columns:
        if name in ("lon", "lat") and positions.follows_shape(given) and not given[name].strip():
            continue
        try:
            if name not in register.hidden:
                row.values[name] = cells[name](given[name])
            elif given[name].strip():
                row.secrets[name] = secret(register.hidden[name], given[name].strip())
        except Wrong as error:
            shown = "" if name in register.hidden else given[name].strip()[:SHOWN]
            row.problems.append(Problem(name, shown, error.why, error.remedy))
    if not row.problems:
        positions.place(row)
    row.key = tuple(row.values.get(name) for name in register.key)
    return row


def _refuse_doubles(register: Register, rows: Sequence[Row]) -> None:
    first: dict[tuple[Any, ...], int] = {}
    for row in rows:
        if None in row.key:
            continue
        if row.key in first:
            _refuse_key(register, row, _("与第 %(row)s 行是同一个对象") % {"row": first[row.key]})
        else:
            first[row.key] = row.number


def _refuse_key(register: Register, row: Row, why: str) -> None:
    value = " ".join(str(part) for part in row.key)
    row.problems.append(Problem(register.key[-1], value[:SHOWN], why, _("只留一行，或改正编码")))


def present(register: Register, keys: Iterable[tuple[Any, ...]]) -> dict[tuple[Any, ...], Model]:
    """The objects of these keys that are registered."""
    names = [register.attribute(n) for n in register.key]
    wanted = set(keys)
    if not wanted:
        return {}
    found = register.model._default_manager.all()
    if len(names) == 1 and len(wanted) <= FEW:
        found = found.filter(**{f"{names[0]}__in": [key for (key,) in wanted]})
    elif len(wanted) <= ASKED:
        found = found.filter(reduce(or_, (Q(**dict(zip(names, key, strict=True))) for key in wanted)))
    by_key = ((tuple(getattr(o, n) for n in names), o) for o in found.iterator(chunk_size=2000))
    return {key: each for key, each in by_key if key in wanted}


def _find(register: Register, row: Row, old: Model | None) -> None:
    """The row's object as it would be, and what would change of it."""
    row.new = old is None
    row.target = register.model() if old is None else copy(old)
    if old is None:
        _demand(register, row)
    for name, value in row.values.items():
        attribute = register.attribute(name)
        if old is None or getattr(old, attribute) != value:
            row.before |= {} if old is None else {name: getattr(old, attribute)}
            row.after[name] = value
            setattr(row.target, attribute, value)


def _demand(register: Register, row: Row) -> None:
    for name in register.named:
        if name not in row.values and register.required(name):
            why, remedy = _("没有这一列，新对象少不了它"), _("补上这一列；模板里有")
            row.problems.append(Problem(name, "", why, remedy))


def _ask_rights(
    register: Register, rows: Sequence[Row], there: Mapping[int, Model], by: Person | None
) -> None:
    """Neither what is there nor what would be there may lie where the person has no say."""
    rights = Rights(register, by)
    old, new = Places(register, there.values()), Places(register, (r.target for r in rows if r.target))
    for row in rows:
        assert row.target is not None
        if not row.new and not rights.cover(old.of(there[row.number])):
            why = _("这个对象在您管理的区域之外")
        elif not rights.cover(new.of(row.target)):
            why = _("您的职务不管理所填的区划")
        else:
            continue
        remedy = _("由管理那里的负责人或系统管理员办理")
        row.problems.append(Problem(*_where(register, row), why, remedy, forbidden=True))


def _follow(register: Register, rows: Sequence[Row], by: Person | None) -> None:
    """New versions end those before them, which must be the person's to end."""
    cuts = follow(register, rows)
    _ask_rights(register, cuts, {cut.number: cut.target for cut in cuts if cut.target is not None}, by)
    for row in rows:
        if row.cuts is not None:
            row.problems += row.cuts.problems


def _where(register: Register, row: Row) -> tuple[str, str]:
    name = (register.place.region or register.key[0]).partition("__")[0]
    if name not in register.named:
        return "", " ".join(str(part) for part in row.key)
    return name, str(getattr(row.target, register.attribute(name)))


def _clean(register: Register, row: Row) -> None:
    """What the model itself demands of its fields together."""
    assert row.target is not None
    try:
        row.target.clean()
    except ValidationError as error:
        for name, messages in _by_field(error):
            name = name if name in register.named else ""
            value = written(register, name, row.values.get(name)) if name else ""
            row.problems += [Problem(name, value[:SHOWN], m, _("改正后再提交")) for m in messages]
    since, until = getattr(row.target, "since", None), getattr(row.target, "until", None)
    if register.has("since", "until") and since and until and until <= since:
        why = _("停用日期不在启用日期之后")
        row.problems.append(Problem("until", str(until), why, _("核对两个日期")))


def _by_field(error: ValidationError) -> Iterator[tuple[str, list[str]]]:
    if hasattr(error, "error_dict"):
        yield from error.message_dict.items()
    else:
        yield NON_FIELD_ERRORS, error.messages


def _refuse_taken(register: Register, rows: Sequence[Row]) -> None:
    """Values of columns that no two objects may share, held by another; keys are looked at by themselves."""
    for name in register.named:
        if register.key == (name,) or not register.field(name).unique:
            continue
        sound = [row for row in rows if not row.problems and row.after.get(name) not in (None, "")]
        holders = dict(register.model._default_manager.values_list(name, "pk")) if sound else {}
        for row in sound:
            assert row.target is not None
            if holders.setdefault(row.after[name], row.target.pk or row.number) not in (
                row.target.pk,
                row.number,
            ):
                value = written(register, name, row.after[name])
                why, remedy = _("已被另一个对象使用"), _("核对后改成它自己的")
                row.problems.append(Problem(name, value, why, remedy))


def _refuse_orphans(register: Register, rows: Sequence[Row]) -> None:
    """Rows that name a row of the same file which is refused, and is not registered."""
    own = [
        n for n in register.named
        if register.form(n) is Form.REFERENCE and register.field(n).related_model is register.model
    ]  # fmt: skip
    lost = {row.key[0] for row in rows if row.problems and row.key}
    if not own or not lost:
        return
    lost -= {key for (key,) in present(register, ((key,) for key in lost))}
    found = True
    while found:
        orphans = [(r, n) for r in rows for n in own if not r.problems and r.after.get(n) in lost]
        for row, name in orphans:
            why = _("它所指的那一行没有收下")
            row.problems.append(Problem(name, str(row.after[name]), why, _("先改正那一行")))
            lost |= {row.key[0]}
        found = bool(orphans)
