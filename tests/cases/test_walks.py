"""Random walks of the machine: whatever people do, the case stays in the table and its chain stays sound."""

from datetime import UTC, datetime
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.cases.actions import moves
from bihuan.cases.chain import verify_chains
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Step
from bihuan.cases.statistics import ALL, ledger
from bihuan.cases.transitions import BY_KEY, FINISHED, TABLE, State
from tests.cases.world import COUNTY, World

ACTIONS = sorted({t.action for t in TABLE if t.source})
ROLES = ("dispatcher", "handler", "verifier", "chief")
ENDS_OR_NEEDS_ANOTHER = (
    "void", "merge", "split", "attach", "add_unit", "break_down", "retime", "node", "node_done", "node_drop",
)  # fmt: skip
"""Cases that meet others walk in test_families and test_trees; a list or a node is not changed twice into the same."""
START = datetime(2019, 1, 12, 6, tzinfo=UTC)
moving = st.tuples(st.sampled_from(ACTIONS), st.sampled_from(ROLES), st.integers(0, 60))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(moving, max_size=25))
def test_any_sequence_of_attempts_leaves_a_sound_case(
    world: World, attempts: list[tuple[str, str, int]]
) -> None:
    world.at = START  # an example must not depend on the one before
    world.wait()
    case = world.case()
    for action, role, hours in attempts:
        world.wait(hours=hours)
        person = world.person(role, str(case.organisation.region_id) if case.organisation else COUNTY)
        before = (case.state, case.version)
        offered = {m.transition.action for m in moves(case, person) if m.allowed}
        try:
            step = world.go(case, action, person)
        except IllegalMove:
            assert (case.state, case.version) == before
        else:
            assert action in offered
            assert BY_KEY[State(before[0]), action].target == step.to_state == case.state
    check_sound(case, world)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_sequence_of_allowed_steps_leaves_a_sound_case(world: World, data: st.DataObject) -> None:
    world.at = START  # an example must not depend on the one before
    world.wait()
    case = world.case()
    for n in range(data.draw(st.integers(5, 30))):
        world.wait(hours=data.draw(st.integers(0, 100)))
        unit = str(case.organisation.region_id) if case.organisation else COUNTY
        people = [
            world.person("handler", unit),
            *(world.person(r) for r in ("dispatcher", "verifier", "chief")),
        ]
        open_moves = [
            (m.transition.action, p)
            for p in people
            for m in moves(case, p)
            if m.allowed and m.transition.action not in ENDS_OR_NEEDS_ANOTHER
        ]
        if not open_moves:
            break
        action, person = data.draw(st.sampled_from(open_moves))
        given: dict[str, Any] = {"days": 1} if action in ("ask_extension", "grant") else {}
        if action == "amend":
            given = {"remark": f"第 {n} 次"}  # an office that changes nothing is refused
        if action == "redispatch":
            given = {"organisation": world.city.governments["140322" if unit == COUNTY else COUNTY]}
        world.go(case, action, person, **given)
    check_sound(case, world)


def check_sound(case: Case, world: World) -> None:
    stored = Case.objects.get(pk=case.pk)
    assert [b for b in verify_chains().broken if b.case == case.number] == []
    assert (stored.state, stored.due, stored.version) == (case.state, case.due, case.version)
    assert stored.version == Step.objects.filter(case=case).count()
    if stored.due is not None and stored.original_due is not None:
        assert stored.original_due <= stored.due
    assert (stored.stopped_at is None) or not stored.is_running
    counted = ledger(Case.objects.filter(pk=case.pk), world.at)[ALL]
    assert counted.open == (stored.state not in FINISHED)
    assert 0 <= counted.in_time + counted.closed_late <= counted.due + counted.done
    for rate in counted.rates.values():
        assert rate is None or 0 <= rate <= 1
