"""反弹: a problem that its check shows again within the watch period after closing reopens its case, by the machine.

One look at the end of each round of checks (`reopen`). What a case of before dealt with is known by check, target and item.
It may be repeated at any time: a finding that reopened a case is no new one any more. Where a person was quicker,
nothing is done: then the case is open, and the next round puts the finding into that of the case (cases.joining).
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from bihuan.cases import notices, step_changes, tree_steps
from bihuan.cases.closing import KEY
from bihuan.cases.deadlines import CHINA
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.cases.records import finding_record
from bihuan.cases.sensors import Sensing, every_sensing
from bihuan.cases.transitions import BY_KEY, CLEARED, State
from bihuan.cases.writing import hand, write
from bihuan.registry.access import visible
from bihuan.registry.models import Person

Key = tuple[str, ...]


@dataclass(frozen=True)
class Closed:
    """A case that dealt with a problem and was closed."""

    case: int
    at: datetime


def key_of(finding: Finding) -> Key:
    """What findings of one problem have in common."""
    return tuple(getattr(finding, name) for name in KEY)


def closed_before(findings: Iterable[Finding]) -> dict[Key, Closed]:
    """By problem, the closed case that dealt with it last; in two queries whatever their number."""
    keys = {key_of(f) for f in findings}
    checks, _kinds, targets, _items = zip(*keys, strict=True) if keys else ((), (), (), ())
    handed = Finding.objects.filter(
        check_key__in=set(checks), target__in=set(targets), status=Finding.Status.HANDED
    )
    problems: dict[int, set[Key]] = defaultdict(set)
    for pk, leader, *key in handed.order_by().values_list("pk", "follows_id", *KEY):
        if tuple(key) in keys:
            problems[leader or pk].add(tuple(key))
    cases = Case.objects.filter(findings__in=problems, state__in=CLEARED, closed_at__isnull=False)
    found: dict[Key, Closed] = {}
    for case, at, finding in cases.order_by("closed_at").values_list("pk", "closed_at", "findings"):
        assert at is not None
        found |= dict.fromkeys(problems[finding], Closed(case, at))
    return found


def earlier_case(finding: Finding, person: Person) -> Case | None:
    """The case, closed before, that dealt with what a finding shows again; if the person may see it."""
    closed = (
        None if finding.status == Finding.Status.HANDED else closed_before([finding]).get(key_of(finding))
    )
    if closed is None or closed.at >= finding.until:
        return None
    return visible(Case.objects.all(), person).filter(pk=closed.case).first()


def is_relapse(finding: Finding, closed: Closed, sensing: Sensing) -> bool:
    """Does a new finding show, within the watch period, that what was closed is there again?"""
    return finding.until > closed.at and finding.started_at < closed.at + sensing.watch


@dataclass(frozen=True)
class Reopened:
    """How many cases, and why others could not be (a deadline in a year whose working days nobody knows)."""

    cases: int = 0
    troubles: tuple[str, ...] = ()


def reopen(now: datetime) -> Reopened:
    """Reopen the cases whose problems are there again."""
    sensing = every_sensing()
    longest = max((s.watch for s in sensing.values()), default=None)
    if longest is None:
        return Reopened()
    new = Finding.objects.filter(status=Finding.Status.NEW, check_key__in=sensing, until__gt=now - longest)
    done = [
        _reopen(case, again, now) for case, again in _relapses(list(new.defer("evidence")), sensing).items()
    ]
    return Reopened(done.count(""), tuple(why for why in done if why))


def _relapses(new: Sequence[Finding], sensing: Mapping[str, Sensing]) -> dict[int, list[Finding]]:
    """By case, the new findings that are relapses of what it dealt with."""
    before = closed_before(new)
    found: dict[int, list[Finding]] = defaultdict(list)
    for finding in new:
        closed = before.get(key_of(finding))
        if closed is not None and is_relapse(finding, closed, sensing[finding.check_key]):
            found[closed.case].append(finding)
    return found


def _reopen(pk: int, findings: list[Finding], now: datetime) -> str | None:
    """Reopen one case with the proof; why it cannot be, or None where somebody was quicker with it or with a finding."""
    case = Case.objects.select_related("region", "organisation").get(pk=pk)
    row = BY_KEY.get((State(case.state), "relapse" if case.organisation_id else "relapse_list"))
    if row is None:
        return None
    try:
        changes, told = step_changes.of(case, row, now, {})
        with transaction.atomic():
            hand(findings, None, now)
            case.findings.add(*findings)
            told |= {"findings": [finding_record(f) for f in findings]}
            step = write(case, row, None, now, changes, _words(case, findings), (), told)
            notices.tell(case, step)
            tree_steps.after(case, row, None, now, {})
    except ChangedMeanwhile:
        return None
    except IllegalMove as error:
        return f"{case.number} {error}"
    return ""


def _words(case: Case, findings: Sequence[Finding]) -> str:
    """What the step says: which closing, and what was found since."""
    assert case.closed_at is not None
    found = "；".join(f"{f}（{f.started_at.astimezone(CHINA):%Y-%m-%d %H:%M} 起）" for f in findings)
    return f"{case.closed_at.astimezone(CHINA):%Y-%m-%d %H:%M} 销号后，同一规则再次报出：{found}"[:2000]
