"""The rules that an installation starts with, asked in a test."""

from collections.abc import Iterable
from datetime import UTC, datetime

from bihuan.cases.term_rules import Matter, Rulebook
from bihuan.cases.term_start import START
from bihuan.cases.terms import Term
from bihuan.domain.worktime import WorkCalendar

BOOK = Rulebook(START, WorkCalendar())


def decided(
    level: str,
    checks: Iterable[str] = (),
    *,
    source: str = "platform",
    urgent: bool = False,
    now: datetime = datetime(2019, 1, 12, 4, tzinfo=UTC),
) -> Term:
    """The term by rule of findings of these checks, or of none."""
    return BOOK.decide(Matter(level, source, tuple((c, "site") for c in checks), urgent), now).term
