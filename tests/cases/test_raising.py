"""What a check raises by itself: a case that waits to be handed over, once, and not against what people decided."""

from datetime import timedelta

from bihuan.cases.chain import verify_chains
from bihuan.cases.judging import reject, undo
from bihuan.cases.models import Case, Finding, Notification
from bihuan.cases.raising import raise_cases
from bihuan.cases.statistics import ledger
from bihuan.cases.transitions import State
from bihuan.cases.turns import todo
from tests.cases.world import World

TITLES = {"over": "超标"}


def test_what_was_found_waits_to_be_handed_over_and_the_dispatchers_are_told(world: World) -> None:
    found = world.facet("over")
    assert raise_cases(TITLES) == 1
    case = Case.objects.get()
    step = case.steps.get()
    assert (case.state, case.title, case.level, list(case.findings.all())) == (
        State.PENDING,
        "测试厂 over",
        "serious",
        [found],
    )
    assert (step.action, step.actor, step.who, step.post) == ("raise", None, "平台", "自动办理")
    assert step.note == "“超标”的发现不经判定，自动立案"
    found.refresh_from_db()
    assert (found.status, found.decided_by) == (Finding.Status.HANDED, None)
    assert "dispatcher_140321" in set(
        Notification.objects.filter(step=step).values_list("person__username", flat=True)
    )
    assert list(todo(world.person("dispatcher"))) == [case]
    assert ledger(Case.objects.all(), world.at)["合计"].registered == 1
    assert verify_chains().broken == []


def test_it_goes_on_to_its_end_like_any_other(world: World) -> None:
    world.facet("over")
    raise_cases(TITLES)
    case = Case.objects.get()
    for action in ("dispatch", "sign", "plan", "apply_close", "pass", "close"):
        world.go(case, action)
    assert case.state == State.CLOSED
    assert verify_chains().broken == []


def test_one_target_is_one_case_and_what_comes_later_joins_it(world: World) -> None:
    world.facet("over")
    world.facet(
        "over", item="so2", start=world.at - timedelta(hours=30), until=world.at - timedelta(hours=20)
    )
    world.facet("over", target="P9")
    world.facet("likely", item="dust", target="P7")  # of a check that people judge
    assert raise_cases(TITLES) == 2
    assert raise_cases(TITLES) == 0
    world.wait(hours=1)
    world.facet("over")
    assert raise_cases(TITLES) == 0
    assert sorted(c.findings.count() for c in Case.objects.all()) == [1, 2]
    assert Finding.objects.get(target="P7").status == Finding.Status.NEW


def test_another_side_of_what_a_case_deals_with_is_no_second_case(world: World) -> None:
    world.facet("over")
    raise_cases(TITLES)
    world.wait(days=2)
    other = world.facet("over", item="dust")
    assert other.status == Finding.Status.NEW
    assert raise_cases(TITLES) == 0


def test_what_people_rejected_is_raised_only_when_they_take_that_back(world: World) -> None:
    found = world.facet("over")
    chief = world.person("chief", "140300")
    reject(found, chief, "误报")
    assert raise_cases(TITLES) == 0
    undo(found, chief)
    assert raise_cases(TITLES) == 1


def test_what_people_dropped_waits_for_them_when_it_comes_back(world: World) -> None:
    world.facet("over")
    raise_cases(TITLES)
    world.go(Case.objects.get(), "decline")
    world.wait(days=5)
    again = world.facet("over")
    assert again.status == Finding.Status.NEW
    assert raise_cases(TITLES) == 0
    world.facet("over", target="P9")
    assert raise_cases(TITLES) == 1


def test_after_a_case_was_closed_the_same_problem_is_a_case_again(world: World) -> None:
    world.facet("over")
    raise_cases(TITLES)
    case = Case.objects.get()
    for action in ("dispatch", "sign", "plan", "apply_close", "pass", "close"):
        world.go(case, action)
    world.wait(days=40)
    world.facet("over")
    assert raise_cases(TITLES) == 1
    assert Case.objects.count() == 2
