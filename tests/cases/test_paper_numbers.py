"""文号: by rule, by kind and year, without gaps, never twice; kept with the step that issued the paper."""

from pathlib import Path

import pytest

from bihuan.cases import paper_numbers
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import IssuedPaper, PaperCounter
from bihuan.cases.papers import paper
from bihuan.cases.transitions import Paper, State
from bihuan.errors import NotAllowed
from bihuan.registry.log import is_intact
from tests.cases.test_papers import lines_of
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE
from tests.servers.installed import migrated, python, run_python


def numbers(kind: Paper) -> list[str]:
    return list(IssuedPaper.objects.filter(kind=kind).order_by("pk").values_list("number", flat=True))


def test_each_kind_counts_for_itself_from_one_each_year(world: World) -> None:
    for _ in range(2):
        world.case(State.PASSED)
    assert numbers(Paper.DISPATCH) == ["环交办〔2019〕1号", "环交办〔2019〕2号"]
    assert numbers(Paper.OPINION) == ["环核〔2019〕1号", "环核〔2019〕2号"]
    world.wait(days=365)
    world.case(State.DISPATCHED)
    assert numbers(Paper.DISPATCH)[-1] == "环交办〔2020〕1号"


def test_papers_of_the_unit_have_no_number_of_the_bureau(world: World) -> None:
    world.case(State.VERIFYING)
    assert numbers(Paper.PLAN) == numbers(Paper.CLOSING) == [""]


def test_printing_again_gives_the_same_number_also_by_another_rule(world: World) -> None:
    case = world.case(State.DISPATCHED)
    first = lines_of(paper(case, Paper.DISPATCH))
    paper_numbers.change(world.person("chief", CITY_CODE), Paper.DISPATCH, "阳环令〔{年}〕{序号}号", "改代字")
    world.wait(days=400)
    assert "环交办〔2019〕1号" in first
    assert lines_of(paper(case, Paper.DISPATCH))[1] == "环交办〔2019〕1号"
    world.case(State.DISPATCHED)
    assert numbers(Paper.DISPATCH)[-1] == "阳环令〔2020〕1号"


def test_a_change_within_the_year_goes_on_counting(world: World) -> None:
    world.case(State.DISPATCHED)
    paper_numbers.change(world.person("chief", CITY_CODE), Paper.DISPATCH, "阳环令〔{年}〕{序号}号", "改代字")
    world.case(State.DISPATCHED)
    assert numbers(Paper.DISPATCH) == ["环交办〔2019〕1号", "阳环令〔2019〕2号"]


def test_a_step_that_is_refused_takes_no_number(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = world.case(State.PENDING)
    with monkeypatch.context() as broken:
        broken.setattr("bihuan.cases.notices.tell", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            world.go(case, "dispatch")
    case.refresh_from_db()
    world.go(case, "dispatch")
    assert numbers(Paper.DISPATCH) == ["环交办〔2019〕1号"]


def test_a_paper_of_before_the_numbers_gets_its_own_when_it_is_printed_first(world: World) -> None:
    case = world.case(State.DISPATCHED)
    step = case.steps.get(action="dispatch")
    IssuedPaper.objects.filter(step=step)._raw_delete("default")
    PaperCounter.objects.all().delete()
    for _ in range(2):
        assert "环交办〔2019〕1号" in lines_of(paper(case, Paper.DISPATCH))


def test_what_was_issued_stands_in_the_log(world: World) -> None:
    world.case(State.DISPATCHED)
    assert is_intact(IssuedPaper.objects.get(kind=Paper.DISPATCH))


@pytest.mark.parametrize(
    "text", ["阳环督", "阳环督〔{年}〕", "{序号}{序号}〔{年}〕", "<b>{年}{序号}", "督" * 60 + "{年}{序号}"]
)
def test_a_rule_that_cannot_tell_papers_apart_is_refused(world: World, text: str) -> None:
    with pytest.raises(IllegalMove, match="文号规则写成") as refused:
        paper_numbers.change(world.person("chief", CITY_CODE), Paper.URGE, text, "试")
    assert refused.value.field == "pattern"


def test_two_kinds_never_share_a_rule(world: World) -> None:
    with pytest.raises(IllegalMove, match="核查意见已用这个规则"):
        paper_numbers.change(world.person("chief", CITY_CODE), Paper.URGE, "环核〔{年}〕{序号}号", "试")


def test_who_may_set_numbers(world: World) -> None:
    for role, region in (("chief", COUNTY), ("verifier", CITY_CODE), ("handler", COUNTY)):
        with pytest.raises(NotAllowed):
            paper_numbers.change(world.person(role, region), Paper.URGE, "", "试")
    with pytest.raises(IllegalMove, match="请写明理由"):
        paper_numbers.change(world.person("chief", CITY_CODE), Paper.URGE, "", " ")


HAND_OVER = """
import sys
import django; django.setup()
from bihuan import clock
from bihuan.cases.actions import hand_over
from bihuan.registry.models import Organisation, Person, Region
by, region = Person.objects.get(username="dispatcher_140321"), Region.objects.get(code="140321")
print("ready", flush=True)
sys.stdin.readline()
for n in range(5):
    hand_over([], by, Organisation.objects.get(region=region), title=f"料场 {n}", region=region)
"""
SHOW = """
import django; django.setup()
from bihuan.cases.models import IssuedPaper
print(*sorted(IssuedPaper.objects.filter(kind="dispatch").values_list("count", flat=True)))
"""


def test_two_processes_at_once_get_different_numbers_without_a_gap(
    tmp_path: Path, empty_database: Path
) -> None:
    folder = migrated(tmp_path / "city", empty_database)
    run_python(folder, "import django; django.setup()\nfrom tests.people import build_city\nbuild_city()")
    both = [python(folder, "-c", HAND_OVER) for _ in range(2)]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    assert [(process.communicate()[0], process.returncode) for process in both] == [("", 0), ("", 0)]
    assert run_python(folder, SHOW).split() == [str(n) for n in range(1, 11)]
