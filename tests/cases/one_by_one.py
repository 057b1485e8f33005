"""How a case went, step by step as the ledger tells it: slow and plain, for the fold over columns to be compared with."""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bihuan.cases.deadlines import DAY, TERMS, end_of_day, local_day
from bihuan.cases.transitions import FINISHED, RUNNING, State

REBOUND_WITHIN = 183 * DAY.total_seconds()


@dataclass
class History:
    """How one case went until the moment; instants are Unix seconds, which are quicker than dates.

    unproven: the last closing was one without proof by the sensors (特批销号). relapses: reopenings by the machine.
    """

    unit: int | None = None
    sign_due: float | None = None
    opened: float | None = None
    state: str = ""
    first_dispatch: float | None = None
    first_sign: float | None = None
    due: float | None = None
    original_due: float | None = None
    stopped: float | None = None
    worked: float = 0.0
    passed: int = 0
    failed: int = 0
    closings: list[float] = field(default_factory=list)
    reopenings: list[float] = field(default_factory=list)
    relapses: int = 0
    closed_late: bool = False
    unproven: bool = False
    _ran_since: float | None = None

    def add(
        self, unit: int | None, at: float, action: str, to: str, due: float | None, original_due: float | None
    ) -> None:
        """Take in the next step."""
        self._run(at, to)
        self.unit, self.state, self.due, self.original_due = unit, to, due, original_due
        match action:
            case "open" | "raise":
                self.opened = at
            case "dispatch":
                self.first_dispatch = self.first_dispatch or at
            case "accept":
                self.first_dispatch = self.first_dispatch or at
                self.first_sign = self.first_sign or at
            case "sign":
                self.first_sign = self.first_sign or at
            case "pass":
                self.passed += 1
            case "fail":
                self.failed += 1
            case "close" | "close_unproven" | "strike":
                self.closings.append(at)
                self.closed_late |= self.late(at)
                self.unproven = action == "close_unproven"
            case "reopen" | "relapse" | "follow":
                self.reopenings.append(at)
                self.relapses += action == "relapse"

    def _run(self, at: float, to: str) -> None:
        if self._ran_since is not None:
            self.worked += at - self._ran_since
        if to in RUNNING:
            self._ran_since, self.stopped = at, None
        else:
            if self._ran_since is not None:
                self.stopped = at
            self._ran_since = None

    def late(self, as_of: float) -> bool:
        """Past the deadline (with granted extension), now or at an earlier closing."""
        return self.closed_late or _past(self.due, self.stopped or as_of)

    def originally_late(self, as_of: float) -> bool:
        """Past the deadline that was set first."""
        return self.closed_late or _past(self.original_due, self.stopped or as_of)

    def is_due(self, as_of: float) -> bool:
        """Has the deadline come? A stopped clock moves an open case's deadline with it."""
        if self.state in FINISHED or self.stopped is None:
            return self.late(as_of) or _past(self.due, as_of)
        return self.late(as_of)

    @property
    def entered(self) -> float:
        """When it entered the ledger: its first hand-over, or its registration where there was none yet."""
        return self.first_dispatch or self.opened or 0.0

    @property
    def is_closed(self) -> bool:
        """Is it cleared at the moment?"""
        return self.state == State.CLOSED

    @property
    def is_done(self) -> bool:
        """Closed, verified as done, or closed and being looked at again."""
        return self.state in (State.CLOSED, State.PASSED, State.RECHECK)

    @property
    def signed_in_time(self) -> bool:
        """Signed within what a rule said of it, else by 24:00 of the day after the hand-over."""
        if self.first_sign is None or self.first_dispatch is None:
            return False
        if self.sign_due is not None:
            return self.first_sign <= self.sign_due
        sent = datetime.fromtimestamp(self.first_dispatch, UTC)
        return self.first_sign <= end_of_day(local_day(sent) + TERMS.sign_days * DAY).timestamp()

    @property
    def rebounded(self) -> bool:
        """Reopened soon after a closing."""
        return any(a < b <= a + REBOUND_WITHIN for a in self.closings for b in self.reopenings)


def _past(due: float | None, at: float) -> bool:
    return due is not None and at > due
