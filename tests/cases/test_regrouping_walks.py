"""Whatever people split, merge and take back, and however late one of them presses the button: no finding is lost or doubled."""

import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from bihuan import clock
from bihuan.cases import incident_judging, regrouping
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.incident_models import Incident, Regrouping
from bihuan.cases.models import Finding
from bihuan.registry.log_check import check_log
from bihuan.registry.models import Person
from tests.cases.world import World
from tests.people import build_city
from tests.web.world import NOW

CITY = "140300"
MOVES = st.lists(
    st.tuples(st.sampled_from(["split", "merge", "back"]), st.integers(0, 7), st.integers(0, 7)), max_size=9
)


def some_findings(world: World, count: int) -> list[Finding]:
    """Findings of different targets, each an incident of its own."""
    return [world.finding(target=f"S{n}", target_name=f"站{n}") for n in range(count)]


def living(incident: Incident) -> Incident:
    """The incident that took it in at last. Fails where that goes round in a circle."""
    seen = set[int]()
    while incident.merged_into is not None:
        assert incident.pk not in seen, "two incidents were each taken in by the other"
        seen.add(incident.pk)
        incident = incident.merged_into
    return incident


def check(findings: Sequence[Finding], placed: int) -> None:
    """What holds after every move."""
    now = {f.pk: f.incident_id for f in Finding.objects.all()}
    assert set(now) == {f.pk for f in findings}
    assert len(now) == placed
    for incident in Incident.objects.all():
        members = {pk for pk, of in now.items() if of == incident.pk}
        assert incident.root_id in (members or {None}), "a root is one of the members"
        if members:
            assert incident.merged_into_id is None
        else:
            assert living(incident).pk in now.values(), "who opens an old address finds the findings"


def move(kind: str, one: int, two: int, officer: Person) -> None:
    """One attempt, of things that may or may not be there (any more)."""
    there = list(Incident.objects.filter(merged_into=None).order_by("pk"))
    first, second = there[one % len(there)], there[two % len(there)]
    if kind == "merge":
        regrouping.merge(first, second, officer, "同一件事")
    elif kind == "split":
        members = list(first.findings.order_by("pk").values_list("pk", flat=True))
        regrouping.split(first, members[: 1 + two % 3], officer, "另一件事")
    else:
        done = list(Regrouping.objects.order_by("pk"))
        if done:
            regrouping.take_back(done[(one + two) % len(done)], officer, "弄错了")


class AnyWalk(TestCase):
    """One database for each example."""

    @given(moves=MOVES)
    @settings(max_examples=5, suppress_health_check=list(HealthCheck))
    def test_any_sequence_of_attempts_leaves_each_finding_in_one_living_incident(
        self, moves: list[tuple[str, int, int]]
    ) -> None:
        with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patched:
            patched.setattr(clock, "now", lambda: NOW)
            patched.setattr(clock, "set_replay", lambda *_: None)
            world = World(build_city(), Path(folder), NOW)
            findings, officer = some_findings(world, 4), world.person("dispatcher", CITY)
            for kind, one, two in moves:
                with suppress(
                    IllegalMove
                ):  # what is refused changes nothing, which is checked as after any other
                    move(kind, one, two, officer)
                check(findings, 4)
            assert check_log() == []


def test_two_officers_who_merge_the_same_pair_into_each_other_leave_one_incident(world: World) -> None:
    one, two = (f.incident for f in some_findings(world, 2))
    first, second = world.person("dispatcher", CITY), world.person("chief", CITY)
    late_one, late_two = Incident.objects.get(pk=one.pk), Incident.objects.get(pk=two.pk)
    regrouping.merge(one, two, first, "同一件事")
    with pytest.raises((IllegalMove, ChangedMeanwhile)):
        regrouping.merge(late_two, late_one, second, "同一件事")
    assert incident_judging.incident_for(first, two.pk).pk == one.pk
    assert Finding.objects.filter(incident=one).count() == 2
    assert Regrouping.objects.count() == 1


def test_who_splits_what_was_merged_away_meanwhile_moves_nothing(world: World) -> None:
    one, two = (f.incident for f in some_findings(world, 2))
    extra = world.finding(target="S9", target_name="站9")
    officer = world.person("dispatcher", CITY)
    regrouping.merge(two, extra.incident, officer, "同一件事")
    late = Incident.objects.get(pk=two.pk)
    regrouping.merge(one, two, officer, "同一件事")
    with pytest.raises(IllegalMove, match="请选择要拆出的发现"):
        regrouping.split(late, [extra.pk], officer, "另一件事")
    assert Finding.objects.filter(incident=one).count() == 3


def test_a_chain_of_mergers_is_taken_back_from_its_end(world: World) -> None:
    one, two, three = (f.incident for f in some_findings(world, 3))
    officer = world.person("dispatcher", CITY)
    regrouping.merge(two, three, officer, "甲")
    regrouping.merge(one, two, officer, "乙")
    first, second = Regrouping.objects.order_by("pk")
    assert incident_judging.incident_for(officer, three.pk).pk == one.pk
    with pytest.raises(ChangedMeanwhile, match="先撤销后来的归并"):
        regrouping.take_back(first, officer, "弄错了")
    regrouping.take_back(second, officer, "弄错了")
    regrouping.take_back(first, officer, "弄错了")
    assert [f.incident_id for f in Finding.objects.order_by("pk")] == [one.pk, two.pk, three.pk]
    assert not Incident.objects.exclude(merged_into=None).exists()
    assert not Incident.objects.filter(by_hand=True).exists()
