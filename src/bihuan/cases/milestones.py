"""时间节点: dated nodes of a case, set, done and dropped by steps; how each stands is read from the steps alone."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from bihuan.cases.deadlines import DAY, TERMS, end_of_day, local_day
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Step
from bihuan.cases.transitions import Need, Transition

SET, DONE, DROP = "node", "node_done", "node_drop"
ACTIONS = (SET, DONE, DROP)
MOST = 30
"""So many open nodes a case has at most."""


@dataclass(frozen=True)
class Node:
    """One node: the place of the step that set it, what is to be reached by the end of which day, and the step that said so."""

    seq: int
    text: str
    day: date
    done: Step | None = None

    @property
    def due(self) -> datetime:
        """24:00 of its day."""
        return end_of_day(self.day)

    def standing(self, now: datetime) -> tuple[str, str]:
        """How it stands, with the colour of its lamp."""
        if self.done is not None:
            return _("已完成"), "grey"
        if now > self.due:
            return _("超期"), "red"
        return (_("今日到期"), "yellow") if self.day == local_day(now) else (_("未到期"), "green")


def nodes_of(steps: Iterable[Step]) -> list[Node]:
    """The nodes that the steps leave, by their days; a step whose data were made into something else leaves none."""
    found: dict[int, Node] = {}
    for step in steps:
        data = step.data if isinstance(step.data, dict) else {}
        try:
            if step.action == SET:
                found[step.seq] = Node(step.seq, data["task"], date.fromisoformat(data["day"]))
            elif step.action == DONE:
                found[int(data["node"])] = replace(found[int(data["node"])], done=step)
            elif step.action == DROP:
                del found[int(data["node"])]
        except (KeyError, TypeError, ValueError):
            continue
    return sorted(found.values(), key=lambda n: (n.day, n.seq))


def nodes(case: Case) -> list[Node]:
    """The nodes of a case."""
    return nodes_of(case.steps.filter(action__in=ACTIONS).order_by("seq"))


def waiting(case: Case) -> list[Node]:
    """Those that are not done."""
    return [n for n in nodes(case) if n.done is None] if case.next_node else []


def key_of(node: Node, mark: str) -> str:
    """What a reminder about a node is called in the inbox."""
    return f"N{node.seq}/{mark}"


def is_past(case: Case, key: str) -> bool:
    """Is a reminder with this key about a node that was reached or dropped meanwhile?"""
    return key.startswith("N") and not any(key.startswith(key_of(n, "")) for n in waiting(case))


def why_not(case: Case, row: Transition) -> str:
    """Why a step about a node cannot be taken: there is none that waits."""
    return _("没有未完成的时间节点") if row.action in (DONE, DROP) and case.next_node is None else ""


def changed(
    case: Case, row: Transition, data: Mapping[str, Any], now: datetime, kept: dict[str, Any]
) -> dict[str, Any]:
    """The case's next node after the step; what the step keeps of the node goes into `kept`. Raises IllegalMove."""
    open_ = waiting(case)
    if row.action == SET:
        days = [*(n.day for n in open_), _new(case, data, open_, now)]
    else:
        chosen = _chosen(data["node"], open_)
        kept |= {"task": chosen.text, "day": chosen.day.isoformat()}
        days = [n.day for n in open_ if n.seq != chosen.seq]
    return {"next_node": min(days, default=None)}


def _new(case: Case, data: Mapping[str, Any], open_: Sequence[Node], now: datetime) -> date:
    try:
        day = date.fromisoformat(data["day"])
    except ValueError as error:
        said = {"text": data["day"][:40]}
        raise IllegalMove(_("节点日期“%(text)s”不是日期，写成 2019-01-18") % said, Need.DAY.key) from error
    if day < local_day(now):
        raise IllegalMove(_("节点日期不能早于今天"), Need.DAY.key)
    if case.due is not None and day > (last := local_day(case.due - timedelta(microseconds=1))):
        raise IllegalMove(_("节点日期不能晚于办结期限（%(last)s）") % {"last": last}, Need.DAY.key)
    if day > (last := local_day(now + TERMS.listed_days * DAY)):
        raise IllegalMove(_("节点日期最晚是 %(last)s") % {"last": last}, Need.DAY.key)
    if any((n.text, n.day) == (data["task"], day) for n in open_):
        raise IllegalMove(_("已有同样的时间节点"), Need.TASK.key)
    if len(open_) >= MOST:
        raise IllegalMove(_("未完成的时间节点最多 %(n)d 个") % {"n": MOST}, Need.TASK.key)
    return day


def _chosen(key: object, open_: Sequence[Node]) -> Node:
    found = next((n for n in open_ if str(n.seq) == str(key)), None)
    if found is None:
        raise IllegalMove(_("请选择一个未完成的时间节点"), Need.NODE.key)
    return found
