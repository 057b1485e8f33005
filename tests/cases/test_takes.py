"""Which findings take a row, on the instant: the six hours, the end of a silence, the three days after a rejection, the size.

By docs/cases.md, "Findings". Nothing is saved here.
"""

from datetime import timedelta

import pytest

from bihuan.cases.joining import Candidate, home_of, is_worse
from bihuan.cases.models import Finding
from bihuan.registry.models import Region
from tests.cases.rows import HOUR, at, row

PLACE = Region(code="140321", name="平定县")
TICK = timedelta(microseconds=1) / HOUR
LATER = 1000.0
NEW, CONFIRMED, HANDED, SILENCED, REJECTED, MERGED = (
    "new",
    "confirmed",
    "handed",
    "silenced",
    "rejected",
    "merged",
)


def finding(status: str, start: float = 10, until: float = 12, **fields: object) -> Finding:
    """A finding of hours 10 to 12, of size 1 and middle severity."""
    given = {"magnitude": 1.0, "unit": "倍", "severity": "moderate", "phrase": "x", "title": "x", **fields}
    return Finding(status=status, started_at=at(start), until=at(until), **given)


def takes(found: Finding, start: float, until: float, now: float = LATER, **more: object) -> bool:
    size = more.pop("size", 1.0)
    severity = more.pop("severity", "moderate")
    return Candidate(found, **more).takes(row(PLACE, start, until, size, severity=severity), at(now))  # type: ignore[arg-type]  # by keyword


@pytest.mark.parametrize("status", [NEW, CONFIRMED])
@pytest.mark.parametrize(
    ("start", "until", "expected"),
    [
        (11, 12, True),  # within
        (8, 14, True),  # around
        (12, 13, True),  # goes on without a pause
        (18, 19, True),  # a pause of six hours
        (18 + TICK, 19, False),
        (3, 4, True),  # six hours before
        (2, 4 - TICK, False),
    ],
)
def test_a_pause_of_six_hours_is_the_same_problem_and_a_longer_one_is_not(
    status: str, start: float, until: float, expected: bool
) -> None:
    assert takes(finding(status), start, until) is expected


def test_an_open_case_takes_all_that_comes_later_and_nothing_from_long_before() -> None:
    found = finding(HANDED)
    assert takes(found, 500, 501, in_open_case=True)
    assert takes(found, 12 + TICK, 13, in_open_case=True)
    assert not takes(found, 1, 3, in_open_case=True)


@pytest.mark.parametrize(("until", "expected"), [(14, True), (15, True), (15 + TICK, False), (16, False)])
def test_a_closed_case_takes_what_was_so_until_its_closing(until: float, expected: bool) -> None:
    """A later delivery of hours before the closing is the old problem; what shows itself after it may be a rebound."""
    assert takes(finding(HANDED), 11, until, closed_at=at(15)) is expected


def test_a_case_closed_before_its_problem_ended_takes_what_it_knew() -> None:
    assert takes(finding(HANDED), 10, 12, closed_at=at(11))
    assert not takes(finding(HANDED), 10, 12 + TICK, closed_at=at(11))


def silenced(**fields: object) -> Finding:
    return finding(SILENCED, silenced_until=at(36), decided_at=at(12), decided_magnitude=1.0, **fields)


@pytest.mark.parametrize(
    ("start", "until", "now", "expected"),
    [
        (20, 21, 21, True),  # later, within the silence
        (35, 36, 36, True),  # ends with it
        (35, 36 + TICK, LATER, False),  # goes on after it
        (35, 60, 36, True),  # a forecast row that reaches beyond now
        (36, 37, LATER, False),  # begins when it is over
        (12, 36, LATER, True),
        (3, 4, LATER, True),  # six hours before
        (2, 3, LATER, False),
    ],
)
def test_a_silence_lasts_until_its_instant(start: float, until: float, now: float, expected: bool) -> None:
    assert takes(silenced(), start, until, now) is expected


@pytest.mark.parametrize(
    ("size", "severity", "expected"),
    [
        (1.5, "moderate", True), (1.51, "moderate", False), (0.1, "moderate", True), (None, "moderate", True),
        (1.0, "serious", False), (1.0, "major", False), (1.0, "minor", True),
    ],
)  # fmt: skip
def test_what_gets_worse_breaks_a_silence_and_a_rejection(
    size: float | None, severity: str, expected: bool
) -> None:
    assert takes(silenced(), 13, 14, size=size, severity=severity) is expected
    rejected = finding(REJECTED, decided_at=at(12), decided_magnitude=1.0)
    assert takes(rejected, 13, 14, size=size, severity=severity) is expected


@pytest.mark.parametrize(
    ("start", "until", "now", "expected"),
    [
        (12, 13, LATER, True),
        (12, 12 + 72, LATER, True),  # three days after the verdict
        (12, 12 + 72 + TICK, LATER, False),
        (12, 12 + 100, 12 + 72, True),
        (18 + TICK, 19, LATER, False),  # a pause of more than six hours: a new problem
    ],
)
def test_a_rejection_holds_for_three_days_while_the_problem_goes_on(
    start: float, until: float, now: float, expected: bool
) -> None:
    assert takes(finding(REJECTED, decided_at=at(12), decided_magnitude=1.0), start, until, now) is expected


def test_what_was_merged_takes_nothing() -> None:
    assert not takes(finding(MERGED), 10, 12)


@pytest.mark.parametrize(
    ("unit", "was", "now", "hours", "worse"),
    [
        ("h", 5.0, 5.0 + 24, 24, False),  # went on for a day
        ("h", 5.0, 1.5 * 29, 24, False),
        ("h", 5.0, 1.5 * 29 + 0.1, 24, True),
        ("min", 30.0, 30.0 + 60, 1, False),
        ("min", 30.0, 1.5 * 90 + 1, 1, True),
        ("天", 2.0, 3.0, 24, False),
        ("天", 2.0, 4.6, 24, True),
        ("倍", 2.0, 3.0, 24, False),  # a size that is no time does not grow by itself
        ("倍", 2.0, 3.1, 24, True),
        ("倍", 0.0, 0.1, 1, True),
    ],
)
def test_a_length_of_time_is_compared_with_what_going_on_makes_of_it(
    unit: str, was: float, now: float, hours: float, worse: bool
) -> None:
    found = finding(SILENCED, decided_at=at(12), decided_magnitude=was, unit=unit)
    assert is_worse(found, row(PLACE, 10, 12 + hours, now, unit=unit)) is worse


def test_a_verdict_after_the_row_does_not_shrink_its_size() -> None:
    """A row that ended before somebody judged is held against the size at the verdict, not less."""
    found = finding(SILENCED, decided_at=at(40), decided_magnitude=10.0, unit="h")
    assert not is_worse(found, row(PLACE, 10, 12, 15.0, unit="h"))
    assert is_worse(found, row(PLACE, 10, 12, 15.1, unit="h"))


@pytest.mark.parametrize(
    ("others", "wins"),
    [
        ([("new", 10, 12), ("handed", 13, 14)], 1),  # taken up goes first
        ([("new", 10, 12), ("confirmed", 13, 14)], 1),
        ([("silenced", 10, 12), ("new", 13, 14)], 1),  # what waits goes before what was put aside
        ([("rejected", 8, 20), ("handed", 13, 14)], 0),  # but one that holds the row already keeps it
        ([("new", 13, 14), ("new", 10, 12)], 1),  # else the earliest
    ],
)
def test_of_several_that_could_take_a_row_one_does(others: list[tuple[str, int, int]], wins: int) -> None:
    candidates = [Candidate(finding(s, a, b, pk=n + 1)) for n, (s, a, b) in enumerate(others)]
    chosen = row(PLACE, 12, 13)
    assert home_of(chosen, candidates) is candidates[wins]
    assert home_of(chosen, list(reversed(candidates))) is candidates[wins]


def test_a_finding_keeps_its_worst_size_with_its_words_and_its_whole_length() -> None:
    candidate = Candidate(finding(NEW, pk=1, phrase="1.0 倍，自 [start] 起 [hours] 小时"))
    for start, until, size, severity in (
        (12, 13, 3.0, "serious"),
        (13, 14, 2.0, "minor"),
        (8, 10, 0.5, "minor"),
    ):
        candidate.extend(row(PLACE, start, until, size, severity=severity))
    found = candidate.finding
    assert (found.started_at, found.until) == (at(8), at(14))
    assert (found.magnitude, found.severity) == (3.0, "serious")
    assert found.title.startswith("3.0 倍")
    assert found.title.endswith("起 6 小时")
    assert found.latest == {"m": 2.0}  # of the latest hours, not of the worst
    assert candidate.changed


def test_a_row_that_says_nothing_new_changes_nothing() -> None:
    candidate = Candidate(finding(NEW, pk=1))
    candidate.extend(row(PLACE, 10, 12, 1.0))
    candidate.changed = False
    candidate.extend(row(PLACE, 10, 12, 1.0))
    candidate.extend(row(PLACE, 10, 11, 0.5))
    assert not candidate.changed


def test_the_same_time_and_size_seen_again_brings_the_newest_words_and_evidence() -> None:
    """What came in late changes nothing of how bad it was, but what is still missing."""
    candidate = Candidate(finding(NEW, pk=1))
    candidate.extend(row(PLACE, 10, 12, 1.0, phrase="仍缺 6 小时", evidence={"仍缺": 6}))
    candidate.changed = False
    candidate.extend(row(PLACE, 10, 12, 1.0, phrase="没有缺数", evidence={"仍缺": 0}))
    assert candidate.changed
    assert candidate.finding.title == "没有缺数"
    assert candidate.finding.latest == {"仍缺": 0}
    candidate.extend(row(PLACE, 10, 11, 1.0, phrase="仍缺 1 小时", evidence={"仍缺": 1}))
    assert candidate.finding.title == "没有缺数"  # an earlier hour of it says nothing newer
