"""Verdicts: who gives them, how long they hold, when a problem comes back, and how they are undone."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.cases.actions import hand_over
from bihuan.cases.errors import IllegalMove
from bihuan.cases.joining import REJECTED_FOR, WORSE, Row, is_worse
from bihuan.cases.judging import confirm, proposals_waiting, propose, reject, silence, undo
from bihuan.cases.models import Finding
from bihuan.registry.models import AuditEntry, Person, Region
from tests.cases.rows import at, row
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE

DAY = timedelta(days=1)
PLACE = Region(code="140321", name="平定县")


@pytest.fixture
def officer(world: World) -> Person:
    """A dispatcher of the city."""
    return world.person("dispatcher", CITY_CODE)


def going_on(world: World, since: Finding, magnitude: float = 5.0, **changes: object) -> Finding:
    """The same problem as it is seen now; its size in times a limit, which does not grow with the clock."""
    return world.finding(started_at=since.started_at, magnitude=magnitude, unit="倍", **changes)


def open_findings() -> int:
    return Finding.objects.filter(status="new").count()


def test_a_silence_ends_when_it_says(world: World, officer: Person) -> None:
    finding = world.finding(unit="倍")
    silence(finding, officer, world.at + DAY, "计划检修")
    world.wait(hours=24)
    assert going_on(world, finding).pk == finding.pk
    assert open_findings() == 0
    world.wait(hours=1)
    back = going_on(world, finding)
    assert (back.pk != finding.pk, back.status, back.started_at) == (True, "new", finding.started_at)
    finding.refresh_from_db()
    assert (finding.status, finding.reason) == ("silenced", "计划检修")


def test_a_problem_that_ended_within_its_silence_does_not_come_back(world: World, officer: Person) -> None:
    finding = world.finding(unit="倍")
    silence(finding, officer, world.at + DAY, "计划检修")
    until = world.wait(hours=10)
    world.wait(hours=30)
    assert going_on(world, finding, until=until).pk == finding.pk
    assert open_findings() == 0


def test_a_silent_problem_that_gets_worse_comes_back_at_once(world: World, officer: Person) -> None:
    finding = world.finding(unit="倍")
    silence(finding, officer, world.at + 3 * DAY, "计划检修")
    world.wait(hours=1)
    assert going_on(world, finding, 5.0 * WORSE).pk == finding.pk
    back = going_on(world, finding, 5.0 * WORSE + 0.1)
    assert (back.pk != finding.pk, back.status) == (True, "new")


def test_small_steps_do_not_pass_under_the_rule(world: World, officer: Person) -> None:
    """5, 6, 7 and 8 are each less than half more than the one before; 8 is more than half more than 5."""
    finding = world.finding(unit="倍")
    silence(finding, officer, world.at + 3 * DAY, "计划检修")
    for size in (6.0, 7.0, 8.0):
        world.wait(hours=1)
        last = going_on(world, finding, size)
    assert last.status == "new"


def test_a_silent_problem_of_a_higher_severity_comes_back(world: World, officer: Person) -> None:
    finding = world.finding(unit="倍")
    silence(finding, officer, world.at + 3 * DAY, "计划检修")
    world.wait(hours=1)
    assert going_on(world, finding, severity="serious").status == "new"


def test_a_silent_outage_that_only_goes_on_stays_silent(world: World, officer: Person) -> None:
    """Its size is its length: 5 h become 29 h by waiting a day, which is no worsening."""
    finding = world.finding()
    silence(finding, officer, world.at + 2 * DAY, "计划检修")
    world.wait(hours=24)
    assert world.finding(started_at=finding.started_at, magnitude=29.0).pk == finding.pk


def test_a_rejected_problem_that_goes_on_and_on_comes_back(world: World, officer: Person) -> None:
    finding = world.finding(unit="倍")
    reject(finding, officer, "仪器校准")
    world.wait(days=REJECTED_FOR.days)
    assert going_on(world, finding).pk == finding.pk
    world.wait(hours=1)
    assert going_on(world, finding).status == "new"


def test_a_rejected_problem_that_gets_worse_comes_back_and_a_later_one_is_new(
    world: World, officer: Person
) -> None:
    finding = world.finding(unit="倍")
    reject(finding, officer, "仪器校准")
    world.wait(hours=1)
    assert going_on(world, finding, 9.0).status == "new"
    world.wait(hours=12)
    assert world.finding(target="S1").status == "new"


@given(
    st.sampled_from(["倍", "h", "min", "天", "%"]),
    st.floats(0, 1e6, allow_nan=False),
    st.floats(0, 1e6, allow_nan=False),
    st.integers(0, 200),
)
def test_what_does_not_grow_is_never_worse(unit: str, was: float, now: float, hours: int) -> None:
    judged = Finding(severity="moderate", unit=unit, decided_magnitude=was, decided_at=at(0))
    seen: Row = row(PLACE, -5, hours, min(was, now), unit=unit)
    assert not is_worse(judged, seen)


@pytest.mark.parametrize(("magnitude", "decided"), [(None, 3.0), (3.0, None), (None, None)])
def test_without_a_size_only_the_severity_tells(magnitude: float | None, decided: float | None) -> None:
    judged = Finding(severity="moderate", unit="倍", decided_magnitude=decided, decided_at=at(0))
    assert not is_worse(judged, row(PLACE, 0, 1, magnitude))
    assert is_worse(judged, row(PLACE, 0, 1, magnitude, severity="major"))


@pytest.mark.parametrize("verdict", ["confirmed", "rejected", "silenced"])
def test_every_verdict_can_be_undone_and_the_log_keeps_both(
    world: World, officer: Person, verdict: str
) -> None:
    finding = world.finding()
    if verdict == "silenced":
        silence(finding, officer, world.at + DAY, "检修")
    else:
        {"confirmed": confirm, "rejected": reject}[verdict](finding, officer, "理由")
    undo(finding, world.person("chief", CITY_CODE), "看错了对象")
    finding.refresh_from_db()
    assert (finding.status, finding.reason, finding.silenced_until, finding.decided_by) == (
        "new",
        "",
        None,
        None,
    )
    entries = AuditEntry.objects.order_by("id")
    assert [e.action for e in entries] == [f"finding.{verdict}", "finding.undone"]
    assert (entries[1].detail["was"], entries[1].detail["reason"]) == (verdict, "看错了对象")


def test_a_silence_that_is_undone_after_the_problem_came_back_leaves_one_open_finding(
    world: World, officer: Person
) -> None:
    finding = world.finding(unit="倍")
    silence(finding, officer, world.at + DAY, "计划检修")
    world.wait(hours=25)
    going_on(world, finding)
    undo(finding, officer)
    going_on(world, finding)
    assert open_findings() == 1


def test_only_a_verdict_can_be_undone(world: World, officer: Person) -> None:
    finding = world.finding()
    with pytest.raises(IllegalMove, match="新发现, 没有可撤销的判定"):
        undo(finding, officer)
    hand_over([finding], officer, world.city.governments[COUNTY])
    finding.refresh_from_db()
    for act in (lambda: undo(finding, officer), lambda: reject(finding, officer, "误报")):
        with pytest.raises(IllegalMove, match="已交办"):
            act()


def test_judging_needs_a_reason_of_400_characters_at_most(world: World, officer: Person) -> None:
    finding = world.finding()
    with pytest.raises(IllegalMove, match="否定一条发现需要写明理由"):
        reject(finding, officer, " ")
    with pytest.raises(IllegalMove, match="静默一条发现需要写明理由"):
        silence(finding, officer, world.at + DAY, "")
    with pytest.raises(IllegalMove, match="最多 400 字, 现在有 401 字"):
        confirm(finding, officer, "字" * 401)
    confirm(finding, officer, "字" * 400)
    assert AuditEntry.objects.get().action == "finding.confirmed"


@pytest.mark.parametrize(("days", "text"), [(0, "晚于现在"), (31, "最多静默 30 天")])
def test_a_silence_ends_in_the_future_and_not_too_far(
    world: World, officer: Person, days: int, text: str
) -> None:
    with pytest.raises(IllegalMove, match=text):
        silence(world.finding(), officer, world.at + days * DAY, "检修")


def test_a_county_judges_nothing_that_is_found_in_it(world: World) -> None:
    finding = world.finding()
    for role, region in [("dispatcher", COUNTY), ("chief", COUNTY), ("verifier", COUNTY), ("handler", COUNTY), ("auditor", CITY_CODE)]:  # fmt: skip
        who = world.person(role, region)
        for act in (
            lambda who=who: confirm(finding, who),
            lambda who=who: reject(finding, who, "误报"),
            lambda who=who: silence(finding, who, world.at + DAY, "检修"),
        ):
            with pytest.raises(IllegalMove, match="发现由市级的调度岗、核查岗或负责人判定"):
                act()
    assert Finding.objects.get().status == "new"
    assert not AuditEntry.objects.exists()


def test_a_county_cannot_undo_the_citys_verdict(world: World, officer: Person) -> None:
    finding = world.finding()
    confirm(finding, officer)
    with pytest.raises(IllegalMove, match="市级"):
        undo(finding, world.person("chief", COUNTY))


def test_a_county_proposes_and_the_city_decides(world: World, officer: Person) -> None:
    finding = world.finding()
    made = propose(finding, world.person("dispatcher", COUNTY), "rejected", "当日校准，有记录")
    assert (made.verdict, made.reason, Finding.objects.get().status) == (
        "rejected",
        "当日校准，有记录",
        "new",
    )
    assert AuditEntry.objects.get().action == "finding.proposed"
    with pytest.raises(IllegalMove, match="写明理由"):
        propose(finding, world.person("dispatcher", COUNTY), "rejected", "")
    with pytest.raises(IllegalMove, match="只能建议"):
        propose(finding, world.person("dispatcher", COUNTY), "handed", "x")
    with pytest.raises(IllegalMove, match="所在区域"):
        propose(finding, world.person("dispatcher", "140302"), "rejected", "x")
    reject(finding, officer, "同意县区意见")
    with pytest.raises(IllegalMove, match="已有判定"):
        propose(finding, world.person("dispatcher", COUNTY), "confirmed", "x")


def test_two_judges_at_once(world: World, officer: Person) -> None:
    finding = world.finding()
    other = Finding.objects.get()
    confirm(finding, officer)
    with pytest.raises(IllegalMove, match="刚被他人处理过"):
        reject(other, world.person("chief", CITY_CODE), "误报")


def test_the_newest_proposal_on_each_open_finding_waits_for_who_may_judge(
    world: World, officer: Person
) -> None:
    first, second, third = (world.finding(target=f"S{n}") for n in (1, 2, 3))
    county = world.person("dispatcher", COUNTY)
    propose(first, county, "rejected", "校准")
    propose(second, county, "confirmed", "属实")
    newest = propose(first, world.person("chief", COUNTY), "silenced", "检修三天")
    propose(third, county, "rejected", "误报")
    reject(third, officer, "同意")
    waiting = proposals_waiting(officer)
    assert [(p.finding_id, p.verdict) for p in waiting] == [(second.pk, "confirmed"), (first.pk, "silenced")]
    assert waiting[-1] == newest
    assert proposals_waiting(county) == []
