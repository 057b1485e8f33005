"""Decisions on measures at the edge: a step too late, a reason that is none, the list changed meanwhile; and the banner."""

from datetime import timedelta

import pytest

from bihuan import clock
from bihuan.cases.actions import take
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Finding
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry, Emitter, Measure, Organisation
from bihuan.scenarios.heavy_pollution import actions
from bihuan.scenarios.heavy_pollution.banner import banners
from bihuan.scenarios.heavy_pollution.in_force import Kind
from bihuan.scenarios.heavy_pollution.models import Suggestion
from bihuan.scenarios.heavy_pollution.suggesting import make_suggestions
from bihuan.scenarios.heavy_pollution.tests.test_warning_life import carried, start, to_state
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.warning_actions import Wish
from tests.people import person


def of(world: World, unit: str = "P2") -> Suggestion:
    """The suggestion to a unit."""
    return next(s for s in world.suggest() if s.emitter_id == unit)


def status(row: Suggestion) -> str:
    return Suggestion.objects.get(pk=row.pk).status


# One decision after another


def test_only_what_was_accepted_and_waits_is_handed_over(world: World) -> None:
    row = of(world)
    with pytest.raises(IllegalMove, match="只有已采纳、待交办"):
        actions.hand_accepted(row, world.person())
    case = actions.accept(row, world.person())
    actions.hand_accepted(row, world.person())
    case.refresh_from_db()
    assert (case.state, case.organisation) == ("dispatched", world.city.governments["140321"])
    with pytest.raises(IllegalMove, match="只有已采纳、待交办"):
        actions.hand_accepted(Suggestion.objects.get(pk=row.pk), world.person())


def test_there_is_nothing_to_take_back_of_an_open_one(world: World) -> None:
    with pytest.raises(IllegalMove, match="没有可以撤回的决定"):
        actions.take_back(of(world), world.person())


def test_what_was_handed_over_goes_on_as_a_case(world: World) -> None:
    row = of(world)
    case = actions.accept(row, world.person(), hand=True)
    with pytest.raises(IllegalMove, match=f"{case.number} 已交办，不能撤回"):
        actions.take_back(row, world.person())
    assert (status(row), Case.objects.get().state) == ("accepted", "dispatched")


def test_a_decision_on_a_level_that_is_no_longer_listed_stays(world: World) -> None:
    row = of(world)
    actions.refuse(row, world.person(), "检修")
    start(world, "orange")
    with pytest.raises(IllegalMove, match="清单已改为其他级别"):
        actions.take_back(Suggestion.objects.get(pk=row.pk), world.person())
    assert status(row) == "refused"


def test_taken_back_it_is_as_if_nobody_had_decided(world: World) -> None:
    row = of(world)
    case = actions.accept(row, world.person(), changed_text="停一条窑", changed_kg=12.0)
    actions.take_back(row, world.person())
    row.refresh_from_db()
    assert (row.status, row.final_text, row.final_kg) == ("open", "冠山砖瓦2厂停产一半", 30.0)
    assert (row.case, row.decided_by, row.decided_at, row.reason) == (None, None, None, "")
    case.refresh_from_db()
    assert (case.state, case.steps.order_by("-seq")[0].note) == ("void", "撤回采纳")
    again = actions.accept(row, world.person())
    assert again.number != case.number
    assert check_log() == []


def test_a_unit_gets_no_second_order_while_the_first_one_runs(world: World) -> None:
    first = of(world)
    case = actions.accept(first, world.person(), hand=True)
    clock.set_replay(world.run(days=1).issued, 0)
    make_suggestions(world.run(days=1), clock.now())
    Suggestion.objects.filter(issued=clock.now(), emitter="P2").update(status="open", case=None)
    second = Suggestion.objects.get(issued=clock.now(), emitter="P2")
    with pytest.raises(IllegalMove, match=f"同级措施已在 {case.number} 中办理"):
        actions.accept(second, world.person())
    assert (status(second), Case.objects.count()) == ("open", 1)


def test_what_cannot_be_handed_over_leaves_no_trace(world: World) -> None:
    row = of(world)
    Organisation.objects.filter(region="140321").update(kind="department")
    with pytest.raises(IllegalMove, match="平定县没有登记县区承办单位"):
        actions.accept(row, world.person(), hand=True)
    assert status(row) == "open"
    assert not Case.objects.exists()
    assert not Finding.objects.filter(check_key="heavy_pollution.measure").exists()
    assert not AuditEntry.objects.exists()
    assert check_log() == []


@pytest.mark.parametrize("reason", ["", " \n\t", "\x00\x08", "\ufffe"], ids=repr)
def test_a_reason_of_which_nothing_can_be_read_is_none(world: World, reason: str) -> None:
    row = of(world)
    with pytest.raises(IllegalMove, match="不采纳需要写明理由"):
        actions.refuse(row, world.person(), reason)
    assert status(row) == "open"


def test_an_amount_as_the_form_shows_it_is_no_change(world: World) -> None:
    Measure.objects.filter(emitter="P2", level="yellow").update(kg_per_day=30.04)
    row = of(world)
    actions.accept(row, world.person(), changed_text=row.text, changed_kg=30.0)
    assert (status(row), row.final_kg) == ("accepted", 30.04)


# What an enterprise reads in the banner


def lines(world: World, *units: str) -> tuple[str, ...]:
    """The lines of the banner of whoever answers for these units."""
    firm, new = Organisation.objects.get_or_create(name="冠山砖瓦", kind="enterprise", region_id="140321")
    Emitter.objects.filter(pk__in=units).update(organisation=firm)
    where = world.city.regions["140321"]
    contact = person("contact", ("enterprise", where, firm)) if new else firm.posts.get().person
    (banner,) = banners(type(contact).objects.get(pk=contact.pk), clock.now())
    return banner.lines


def test_a_change_of_an_earlier_warning_is_no_order_of_this_one(world: World) -> None:
    world.suggest()
    start(world)
    row = Suggestion.objects.get(emitter_id="P2", status="open")
    case = actions.accept(row, world.person(), changed_text="停2号窑", hand=True)
    assert lines(world, "P2") == ("冠山砖瓦2厂：停2号窑",)
    to_state(case, world, "passed")
    case.refresh_from_db()
    take(case, "close", world.person(), note="落实")
    assert lines(world, "P2") == ("冠山砖瓦2厂：停2号窑",), "verified, and the warning runs on"
    carried(world, Wish(Kind.LIFT, reason="转好"))
    clock.set_replay(world.at + timedelta(days=300), 0)
    start(world)
    assert lines(world, "P2") == ("冠山砖瓦2厂：冠山砖瓦2厂停产一半",)


def test_a_unit_with_several_measures_reads_all_of_them_and_each_once(world: World) -> None:
    Measure.objects.filter(emitter="P1", pollutant="pm").update(text="湿法作业")
    start(world)
    (line,) = lines(world, "P1")
    assert line == "荫营水泥1厂：荫营水泥1厂停产一半；湿法作业"


def test_two_units_of_one_name_are_two_lines(world: World) -> None:
    Emitter.objects.filter(pk__in=["P2", "V1"]).update(name="冠山")
    start(world)
    assert sorted(lines(world, "P2", "V1")) == ["冠山：冠山砖瓦2厂停产一半", "冠山：用车大户1停产一半"]


def test_a_unit_without_a_measure_of_the_level_is_not_named(world: World) -> None:
    Measure.objects.filter(emitter="P2", level="red").delete()
    start(world, "red")
    assert lines(world, "P2") == ()


def test_a_person_of_two_posts_is_warned_once(world: World) -> None:
    start(world)
    both = person("both", *(("handler", world.city.regions[c], None) for c in ("140300", "140321")))
    assert len(banners(type(both).objects.get(pk=both.pk), clock.now())) == 1
