"""Whatever people decide on a finding, in any order and with or without the right to it: it says who, when and why, or it is open."""

import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bihuan import clock
from bihuan.cases import actions, judging
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding, Proposal
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry, Person
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, build_city
from tests.web.world import NOW

Status = Finding.Status
PEOPLE = {
    "city": ("dispatcher", CITY_CODE),
    "county": ("chief", COUNTY),
    "unit": ("handler", COUNTY),
    "elsewhere": ("chief", "140322"),
}
MOVES = st.lists(
    st.tuples(
        st.sampled_from(["confirm", "reject", "silence", "undo", "propose", "hand"]),
        st.sampled_from(["city", "city", *PEOPLE]),
        st.sampled_from(["误报", "", "  ", "字" * 401]),
    ),
    max_size=8,
)


def decide(world: World, finding: Finding, what: str, by: Person, reason: str) -> None:
    """One attempt."""
    match what:
        case "confirm":
            judging.confirm(finding, by, reason)
        case "reject":
            judging.reject(finding, by, reason)
        case "silence":
            judging.silence(finding, by, world.at + timedelta(days=1), reason)
        case "undo":
            judging.undo(finding, by, reason)
        case "propose":
            judging.propose(finding, by, Status.REJECTED, reason)
        case "hand":
            actions.hand_over([finding], by, world.city.governments[COUNTY], note=reason)


def check(finding: Finding) -> None:
    """What a finding says after any attempt."""
    by, until, cases = finding.decided_by, finding.silenced_until, finding.cases.count()
    match finding.status:
        case Status.NEW:
            assert (by, finding.decided_at, until, finding.reason, cases) == (None, None, None, "", 0)
        case Status.CONFIRMED:
            assert (until, cases) == (None, 0)
            assert by is not None
        case Status.REJECTED:
            assert (until, finding.reason, cases) == (None, "误报", 0)
            assert by is not None
        case Status.SILENCED:
            assert (until, finding.reason, cases) == (NOW + timedelta(days=1), "误报", 0)
        case Status.HANDED:
            assert cases == 1
            assert by is not None
        case other:
            pytest.fail(f"nobody brings a finding into {other}")
    if by is not None and finding.status != Status.HANDED:
        assert judging.may_judge(by)


class AnyWalk(TestCase):
    """One database for each example."""

    @given(moves=MOVES)
    @settings(max_examples=4, suppress_health_check=list(HealthCheck))
    def test_any_sequence_of_attempts_leaves_a_finding_that_says_who_decided_what(
        self, moves: list[tuple[str, str, str]]
    ) -> None:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
            patched.setattr(clock, "now", lambda: NOW)
            patched.setattr(clock, "set_replay", lambda *_: None)
            world = World(build_city(), Path(folder), NOW)
            key, done = world.finding().pk, 0
            for what, who, reason in moves:
                before = Finding.objects.get(pk=key)
                entries = AuditEntry.objects.count()
                with suppress(IllegalMove):
                    decide(world, Finding.objects.get(pk=key), what, world.person(*PEOPLE[who]), reason)
                    done += 1
                    assert who != "elsewhere", "another county decided"
                    assert who != "unit", "the unit decided on what it is to handle"
                    check(Finding.objects.get(pk=key))
                    assert what == "hand" or AuditEntry.objects.count() == entries + 1
                    continue
                after = Finding.objects.get(pk=key)
                assert (after.status, after.reason, after.decided_by) == (
                    before.status,
                    before.reason,
                    before.decided_by,
                )
                assert AuditEntry.objects.count() == entries, "what was refused is no entry"
            assert Case.objects.count() <= 1
            assert Proposal.objects.count() <= done
            assert check_log() == []
            assert verify_chains().broken == []


@pytest.mark.parametrize("late", ["confirm", "reject", "silence", "undo", "hand"])
def test_who_decides_on_what_another_has_just_handed_over_changes_nothing(world: World, late: str) -> None:
    finding = world.finding()
    officer = world.person("dispatcher", CITY_CODE)
    judging.confirm(finding, officer)
    seen = Finding.objects.get(pk=finding.pk)
    actions.hand_over([finding], officer, world.city.governments[COUNTY])
    second = world.person("chief", CITY_CODE)
    with pytest.raises(IllegalMove):
        decide(world, seen, late, second, "误报")
    kept = Finding.objects.get(pk=finding.pk)
    assert (kept.status, kept.decided_by) == (Status.HANDED, officer)
    assert Case.objects.count() == 1


def test_a_proposal_on_what_was_just_judged_is_refused_where_the_page_is_read_again(world: World) -> None:
    finding = world.finding()
    judging.reject(finding, world.person("dispatcher", CITY_CODE), "误报")
    with pytest.raises(IllegalMove, match="已有判定"):
        judging.propose(
            Finding.objects.get(pk=finding.pk), world.person("chief"), Status.CONFIRMED, "确有其事"
        )
    assert not Proposal.objects.exists()


def test_a_silence_of_what_was_confirmed_takes_the_place_of_the_confirmation(world: World) -> None:
    finding, officer = world.finding(), world.person("dispatcher", CITY_CODE)
    judging.confirm(finding, officer, "属实")
    judging.silence(finding, world.person("chief", CITY_CODE), world.at + timedelta(days=3), "检修")
    now = Finding.objects.get(pk=finding.pk)
    assert (now.status, now.reason, now.decided_by) == (
        Status.SILENCED,
        "检修",
        world.person("chief", CITY_CODE),
    )
    judging.confirm(now, officer, "属实")
    again = Finding.objects.get(pk=finding.pk)
    assert (again.status, again.silenced_until) == (Status.CONFIRMED, None)
