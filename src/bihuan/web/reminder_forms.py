"""The forms of reminders, the ladders and how people are reached: filled in, and read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bihuan.asked import whole_of
from bihuan.cases.attention import Attention, Quiet
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ladders import Ladder, Reach, Rung
from bihuan.cases.models import Level
from bihuan.cases.reminder_settings import MOST_RUNGS
from bihuan.cases.terms import Unit
from bihuan.registry.roles import Role


@dataclass(frozen=True)
class Line:
    """A rung as the form has it: the names of its three fields, with their values."""

    number: int
    fields: tuple[str, str, str]
    after: str
    reach: str
    what: str


@dataclass(frozen=True)
class Part:
    """The ladder of one kind of term as the form has it. counted: in what, as people say it."""

    unit: str
    title: str
    counted: str
    before: str
    half: bool
    lines: tuple[Line, ...]


def reaches() -> list[tuple[str, str]]:
    """Up to whom a rung may go, as the form offers it."""
    return [
        (Reach.UNIT, _("到单位")),
        (Reach.OFFICE, _("到调度岗")),
        (Reach.LEADER, _("到负责人")),
    ]


def values_of(ladders: Mapping[Unit, Ladder]) -> dict[str, str]:
    """The form of these ladders, filled in."""
    values: dict[str, str] = {}
    for unit, ladder in ladders.items():
        values[f"{unit}_before"] = " ".join(str(n) for n in ladder.before)
        if ladder.half:
            values[f"{unit}_half"] = "on"
        for n, rung in enumerate(ladder.after):
            after, reach, what = _names(unit, n)
            values |= {after: str(rung.after), reach: str(rung.reach), what: rung.what}
    return values


def parts_of(values: Mapping[str, str]) -> Iterator[Part]:
    """The form in its parts, with some empty lines for more rungs."""
    titles = {
        Unit.DAYS: (_("按天的期限"), _("天")),
        Unit.WORKDAYS: (_("按工作日的期限"), _("个工作日")),
        Unit.HOURS: (_("按工作小时的期限"), _("个工作小时")),
        Unit.AT_ONCE: (_("立即办理的"), _("小时")),
    }
    for unit, (title, counted) in titles.items():
        lines = tuple(_line(unit, n, values) for n in range(MOST_RUNGS))
        yield Part(
            str(unit), title, counted, values.get(f"{unit}_before", ""), f"{unit}_half" in values, lines
        )


def _line(unit: Unit, n: int, values: Mapping[str, str]) -> Line:
    names = _names(unit, n)
    after, reach, what = (values.get(name, "") for name in names)
    return Line(n + 1, names, after, reach, what)


def _names(unit: Unit, n: int) -> tuple[str, str, str]:
    return f"{unit}_after_{n}", f"{unit}_reach_{n}", f"{unit}_what_{n}"


def ladders_of(given: Mapping[str, str]) -> dict[Unit, Ladder]:
    """The ladders that a form says. Raises IllegalMove, which names the field."""
    return {
        unit: Ladder(
            tuple(_numbers(given, f"{unit}_before")), f"{unit}_half" in given, tuple(_rungs(given, unit))
        )
        for unit in Unit
    }


def _numbers(given: Mapping[str, str], field: str) -> Iterator[int]:
    for text in given.get(field, "").replace("、", " ").replace("，", " ").split():
        yield _whole(text, field)


def _rungs(given: Mapping[str, str], unit: Unit) -> Iterator[Rung]:
    """Lines without a number are none."""
    for n in range(MOST_RUNGS):
        after, reach, what = _names(unit, n)
        if not (text := given.get(after, "").strip()):
            continue
        if given.get(reach) not in list(Reach):
            raise IllegalMove(_("请选择提醒到谁"), reach)
        yield Rung(_whole(text, after), Reach(given[reach]), given.get(what, "").strip())


def reach_values(attention: Attention) -> dict[str, str]:
    """The form of how people are reached, filled in."""
    ticked = [
        *(f"awake_{role}" for role in attention.awake),
        *(f"urgent_{level}" for level in attention.urgent),
    ]
    return dict.fromkeys(ticked, "on") | {
        "quiet": attention.quiet.written if attention.quiet else "",
        "hours": str(attention.hours),
        "urgent_hours": str(attention.urgent_hours),
    }


def attention_of(given: Mapping[str, str]) -> Attention:
    """How people are reached, as the form says it. Raises IllegalMove, which names the field."""
    text = given.get("quiet", "").strip()
    try:
        quiet = Quiet.read(text) if text else None
    except ValueError as error:
        raise IllegalMove(_("免打扰时段写成 22:00-07:00 的样子"), "quiet") from error
    return Attention(
        quiet,
        tuple(role for role in Role.values if f"awake_{role}" in given),
        tuple(level for level in Level.values if f"urgent_{level}" in given),
        _whole(given.get("hours", "").strip(), "hours"),
        _whole(given.get("urgent_hours", "").strip(), "urgent_hours"),
    )


def _whole(text: str, field: str) -> int:
    n = whole_of(text)
    if n is None:
        raise IllegalMove(_("“%(text)s”不是整数") % {"text": text[:20]}, field)
    return n
