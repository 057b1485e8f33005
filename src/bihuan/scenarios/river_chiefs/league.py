"""The league table of counties and of people: by problems found and solved, never by kilometres.

A problem counts for who found it once it is verified and closed; while it has come back it does not count. What was merged into
another case, rejected or voided was no problem of its own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bihuan import clock
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import CLEARED, GONE
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.scenarios.river_chiefs.duties import duties_of
from bihuan.scenarios.river_chiefs.models import Duty


@dataclass
class Row:
    """found: problems; solved: verified, closed and not come back; relapsed: come back and open; overdue: open past the deadline."""

    name: str
    note: str = ""
    found: int = 0
    solved: int = 0
    relapsed: int = 0
    overdue: int = 0
    simulated: bool = False

    @property
    def open(self) -> int:
        """Not solved yet."""
        return self.found - self.solved

    @property
    def rate(self) -> float | None:
        """Share of what was found that is solved."""
        return self.solved / self.found if self.found else None

    def count(self, case: Case | None, now: datetime) -> None:
        """A problem with the case that it is in, None where it is not handed over."""
        if case is not None and case.state in GONE:
            return
        self.found += 1
        if case is None:
            return
        if case.state in CLEARED:
            self.solved += 1
            return
        self.relapsed += case.reopened > 0
        self.overdue += case.is_overdue(now)


@dataclass(frozen=True)
class League:
    """Rows of counties and of people, the best first."""

    counties: tuple[Row, ...]
    people: tuple[Row, ...]


def league(person: Person, since: datetime) -> League:
    """What was found at reaches on patrols since a moment and what became of it, as far as a person may see it, as of the clock."""
    now = clock.now()
    rows = Finding.objects.filter(
        target_kind="reach", check_key="patrol.find", found_at__gte=since, found_at__lte=now
    )
    rows = (
        rows.exclude(status__in=(Finding.Status.REJECTED, Finding.Status.MERGED))
        .select_related("region")
        .defer("region__geometry")
    )
    counties: dict[str, Row] = {}
    people: dict[int, Row] = _chiefs(person, now)
    for finding in visible(rows, person).prefetch_related("cases", "stops__patrol__person"):
        case = max(finding.cases.all(), key=lambda c: c.pk, default=None)
        county = finding.region
        counties.setdefault(county.pk, Row(county.name)).count(case, now)
        for finder in {stop.patrol.person for stop in finding.stops.all()}:
            row = people.setdefault(finder.pk, Row(str(finder)))
            row.count(case, now)
    return League(_best(counties.values()), _best(people.values()))


def _chiefs(person: Person, now: datetime) -> dict[int, Row]:
    """A row for everybody who has a duty and an account, also without any find."""
    held: dict[int, list[Duty]] = defaultdict(list)
    for duty in duties_of(person, now.date()):
        if duty.account_id:
            held[duty.account_id].append(duty)
    return {
        account: Row(duties[0].name, duties[0].called, simulated=duties[0].simulated)
        for account, duties in held.items()
    }


def _best(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(sorted(rows, key=lambda r: (-r.solved, r.relapsed, r.overdue, -r.found, r.name)))
