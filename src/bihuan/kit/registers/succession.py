"""Kinds that are never changed but followed (接替): a limit or a permit holds from a day on, until another takes its place.

What was judged in the past stays judged by the version of its date. So a version that is registered keeps all its values;
only its end is set, by the version that follows it or by hand.
"""

from collections.abc import Iterable, Sequence
from copy import copy
from datetime import date
from functools import reduce
from itertools import groupby
from operator import or_
from typing import Any

from django.db.models import Model, Q
from django.utils.translation import gettext as _

from bihuan.kit.registers.cells import written
from bihuan.kit.registers.declared import Register, Succession
from bihuan.kit.registers.plan import Problem, Row

Line = tuple[Any, ...]
"""What all versions of one thing share: the key without the day from which each holds."""
ASKED = 50
"""Lines that one query finds; of more, all versions are read."""


def line_of(register: Register, target: Model) -> Line:
    """The line that an object is a version of."""
    return tuple(getattr(target, register.attribute(name)) for name in register.line)


def versions(register: Register, lines: Iterable[Line]) -> dict[Line, list[Model]]:
    """The registered versions of some lines, by the day from which each holds."""
    assert register.succession is not None
    wanted, names = set(lines), [register.attribute(n) for n in register.line]
    rows = register.model._default_manager.order_by(register.succession.begin)
    if len(wanted) <= ASKED:
        asked = (Q(**dict(zip(names, line, strict=True))) for line in wanted)
        rows = rows.filter(reduce(or_, asked, Q(pk__in=[])))
    found: dict[Line, list[Model]] = {line: [] for line in wanted}
    for each in rows:
        if (line := line_of(register, each)) in found:
            found[line].append(each)
    return found


def follow(register: Register, rows: Sequence[Row]) -> list[Row]:
    """Refuse what is no version of its own, and let each new version end the one before it.

    Returns the ends that are set in registered versions (`Row.cuts` of the row that sets it).
    """
    terms = register.succession
    assert terms is not None
    sound = [row for row in rows if row.effective and not row.problems]
    there = versions(register, {_line(register, row) for row in sound})
    for row in sound:
        if not row.new:
            _only_end(register, terms, row, there[_line(register, row)])
    new = [row for row in sound if row.new]
    key = {id(row): _line(register, row) for row in new}
    cuts = []
    for line, some in groupby(
        sorted(new, key=lambda r: (str(key[id(r)]), _begin(terms, r.target))), lambda r: key[id(r)]
    ):
        cuts += _chain(register, terms, there[line], list(some))
    return cuts


def _line(register: Register, row: Row) -> Line:
    assert row.target is not None
    return line_of(register, row.target)


def _begin(terms: Succession, target: Model | None) -> date:
    found = getattr(target, terms.begin)
    assert isinstance(found, date)
    return found


def _only_end(register: Register, terms: Succession, row: Row, there: Sequence[Model]) -> None:
    """A registered version is changed in its end alone, and not into the time of the next."""
    if changed := row.after.keys() - {terms.end}:
        name = min(changed, key=list(register.named).index)
        value = written(register, name, row.after[name])
        why, remedy = _("登记过的一版不再修改"), _("填新的起始日期，另登记一版；录错的撤销登记它的那一批")
        row.problems.append(Problem(name, value, why, remedy))
        return
    begin = _begin(terms, row.target)
    later = next((v for v in there if _begin(terms, v) > begin), None)
    if later is not None and _reaches(terms, row.target, _begin(terms, later)):
        _refuse_later(register, terms, row, terms.end, later)
    _refuse_turned(terms, row)


def _refuse_turned(terms: Succession, row: Row) -> None:
    """An end before the begin."""
    begin, end = _begin(terms, row.target), getattr(row.target, terms.end)
    if end is not None and (end < begin or (end == begin and not terms.last)):
        row.problems.append(Problem(terms.end, str(end), _("有效期的结束早于开始"), _("核对两个日期")))


def _refuse_later(register: Register, terms: Succession, row: Row, name: str, later: Model) -> None:
    why = _("已有自 %(day)s 起的一版") % {"day": _begin(terms, later)}
    value = written(register, name, getattr(row.target, name))
    row.problems.append(Problem(name, value, why, _("新的一版从更晚的日期开始，有效期互不重叠")))


def _reaches(terms: Succession, target: Model | None, follower: date) -> bool:
    """Would a version hold longer than until the one that follows it?"""
    end = getattr(target, terms.end)
    return end is None or end > terms.before(follower)


def _chain(register: Register, terms: Succession, there: Sequence[Model], new: Sequence[Row]) -> list[Row]:
    """New versions of one line, in their order, behind those that are registered."""
    cuts: list[Row] = []
    last = there[-1] if there else None
    earlier: Row | None = None
    for row in new:
        begin = _begin(terms, row.target)
        _refuse_turned(terms, row)
        if last is not None and _begin(terms, last) >= begin:
            _refuse_later(register, terms, row, terms.begin, last)
        if row.problems:
            continue
        if earlier is None and last is not None and _reaches(terms, last, begin):
            row.cuts = _cut(terms, last, row, begin)
            cuts.append(row.cuts)
        elif earlier is not None and _reaches(terms, earlier.target, begin):
            _end_new(terms, earlier, row, begin)
        earlier = row
    return cuts


def _cut(terms: Succession, last: Model, row: Row, begin: date) -> Row:
    end = terms.before(begin)
    target = copy(last)
    setattr(target, terms.end, end)
    return Row(
        row.number, row.key, {}, target, before={terms.end: getattr(last, terms.end)}, after={terms.end: end}
    )


def _end_new(terms: Succession, earlier: Row, row: Row, begin: date) -> None:
    """The version before stands in the same file: it ends without saying so, or must not say otherwise."""
    if getattr(earlier.target, terms.end) is not None and earlier.values.get(terms.end) is not None:
        why = _("与第 %(row)s 行的有效期重叠") % {"row": earlier.number}
        row.problems.append(Problem(terms.begin, str(begin), why, _("核对两行的日期")))
        return
    setattr(earlier.target, terms.end, terms.before(begin))
    earlier.after[terms.end] = terms.before(begin)
