"""Which finding a row of a check belongs to, and what it changes there. Pure: nothing is read or saved here.

A row joins the findings of its check, item and target whose time it overlaps, or which it follows or precedes within
`GAP`. Findings that nobody has judged therefore never lie closer than `GAP`, whatever the order in which rows come:
a row that bridges two of them makes them one. What people have judged is never merged into another finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bihuan.cases.grouping import GAP
from bihuan.cases.models import Finding, Level
from bihuan.domain.checks import ALONE, Belonging, worded
from bihuan.registry.models import Organisation, Region

Status = Finding.Status
# A silenced or rejected problem that grows beyond this many times its size at the verdict comes back.
WORSE = 1.5
# A rejected problem, or one whose case was dropped, that goes on for longer than this afterwards comes back.
REJECTED_FOR = timedelta(days=3)
# Sizes that are lengths of time grow with the clock; that alone is no worsening.
PER_HOUR = {"h": 1.0, "min": 60.0, "天": 1 / 24}
TITLE_LENGTH = 200
# What a row goes to first: what people have taken up, then what waits for them, then what they have put aside.
ORDER = {Status.HANDED: 0, Status.CONFIRMED: 0, Status.NEW: 1, Status.SILENCED: 2, Status.REJECTED: 2}
MERGES_INTO = (Status.NEW, Status.CONFIRMED, Status.HANDED)
RANKS: list[str] = list(Level.values)


@dataclass(frozen=True, kw_only=True)
class Row:
    """What was found once, about a target that the register knows.

    `phrase` is the title with the whole length left open (domain.checks.worded); empty where nothing is.
    """

    check_key: str
    item: str
    target_kind: str
    target: str
    target_name: str
    region: Region
    organisation: Organisation | None
    title: str
    start: datetime
    until: datetime
    magnitude: float | None
    unit: str
    severity: str
    evidence: dict[str, Any]
    phrase: str = ""
    basis: str = ""
    simulated: bool = False
    vendor: Organisation | None = None
    belonging: Belonging = ALONE

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Rows and findings of one key can join."""
        return self.check_key, self.target_kind, self.item, self.target


@dataclass(eq=False)
class Candidate:
    """A finding that a row may join; if it lies in no open case, `closed_at` is when its last one was closed, and
    `dropped_at` when its last one was voided or not filed."""

    finding: Finding
    in_open_case: bool = False
    closed_at: datetime | None = None
    dropped_at: datetime | None = None
    changed: bool = False

    @property
    def is_new(self) -> bool:
        """Is it not in the database yet?"""
        return self.finding.pk is None

    def takes(self, row: Row, now: datetime) -> bool:
        """Does the row belong to this finding, as of `now`?"""
        finding = self.finding
        near = row.start <= finding.until + GAP and row.until >= finding.started_at - GAP
        later = row.start > finding.until
        reached = min(row.until, now)
        match finding.status:
            case Status.HANDED if self.in_open_case:
                return near or later
            case Status.HANDED if self.closed_at is not None:
                # What shows itself after its case was closed is a new finding: perhaps a rebound.
                return near and row.until <= max(self.closed_at, finding.until)
            case Status.HANDED if self.dropped_at is not None:
                # Dropping its case says no more than a rejection: what goes on comes back.
                return near and reached <= self.dropped_at + REJECTED_FOR and not is_worse(finding, row)
            case Status.SILENCED if finding.silenced_until is not None:
                silent = near or (later and row.start < finding.silenced_until)
                return silent and reached <= finding.silenced_until and not is_worse(finding, row)
            case Status.REJECTED if finding.decided_at is not None:
                return near and reached <= finding.decided_at + REJECTED_FOR and not is_worse(finding, row)
            case Status.MERGED:
                return False
        return near

    def extend(self, row: Row) -> None:
        """Take the row in: the whole length, the worst size with its words, the latest evidence."""
        before = _state(self.finding)
        finding = self.finding
        if row.until >= finding.until:  # the same time seen again shows what has come in since
            finding.latest = row.evidence
        _grow(finding, row.start, row.until, row.magnitude, row.phrase or row.title, row.severity)
        declare(finding, row.belonging)
        self.changed |= not self.is_new and _state(finding) != before

    def absorbs(self, other: "Candidate") -> bool:
        """Does a row that both take make the other part of this one? Only what nobody has judged is ever merged."""
        return other is not self and other.finding.status == Status.NEW and self.finding.status in MERGES_INTO

    def absorb(self, other: Finding) -> None:
        """Take another finding in, which a row has shown to be the same problem."""
        finding = self.finding
        if other.until > finding.until:
            finding.latest = other.latest
        phrase = other.phrase or other.title
        _grow(finding, other.started_at, other.until, other.magnitude, phrase, other.severity)
        self.changed = not self.is_new


def is_worse(finding: Finding, row: Row) -> bool:
    """Is the row clearly worse than the finding was when somebody judged it: a higher severity, or `WORSE` times its size?

    A size that is a length of time is compared with what it would have become by going on.
    """
    if RANKS.index(row.severity) > RANKS.index(finding.severity):
        return True
    was, decided = finding.decided_magnitude, finding.decided_at
    if was is None or decided is None or row.magnitude is None:
        return False
    hours = max((row.until - decided).total_seconds() / 3600, 0.0)
    return row.magnitude > WORSE * (was + PER_HOUR.get(finding.unit, 0.0) * hours)


def home_of(row: Row, takers: Iterable[Candidate]) -> Candidate:
    """The one of several findings that take a row to which it goes: one that holds it already, else by `ORDER`, else the earliest."""

    def preference(candidate: Candidate) -> tuple[bool, int, datetime, bool, int]:
        finding = candidate.finding
        holds = finding.started_at <= row.start and row.until <= finding.until
        rank = ORDER[Status(finding.status)]
        return not holds, rank, finding.started_at, candidate.is_new, finding.pk or 0

    return min(takers, key=preference)


def _grow(
    finding: Finding, start: datetime, until: datetime, magnitude: float | None, phrase: str, severity: str
) -> None:
    worse = magnitude is not None and (finding.magnitude is None or magnitude > finding.magnitude)
    newer = magnitude == finding.magnitude and until >= finding.until
    if worse or newer or not finding.phrase:
        finding.phrase = phrase[:TITLE_LENGTH]
    if worse:
        finding.magnitude = magnitude
    finding.started_at, finding.until = min(finding.started_at, start), max(finding.until, until)
    finding.severity = max(finding.severity, severity, key=RANKS.index)
    finding.title = title_of(finding)


def declare(finding: Finding, belonging: Belonging) -> None:
    """Keep with the finding what its check says of what it belongs with."""
    finding.facet, finding.cause = belonging.facet, belonging.cause
    finding.explained_by = list(belonging.explained_by)


def title_of(finding: Finding) -> str:
    """The finding's title for the whole of its length."""
    return worded(finding.phrase, finding.started_at, finding.until)[:TITLE_LENGTH]


def _state(finding: Finding) -> tuple[Any, ...]:
    return (
        finding.started_at,
        finding.until,
        finding.magnitude,
        finding.phrase,
        finding.title,
        finding.severity,
        finding.facet,
        finding.cause,
        finding.explained_by,
        finding.latest,
    )
