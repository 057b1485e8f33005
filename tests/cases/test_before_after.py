"""Pictures of before and after: of the registration, and of the newest application to be closed."""

from bihuan.cases.actions import hand_over, take
from bihuan.cases.before_after import pairs_of
from bihuan.cases.evidence import Upload
from bihuan.cases.models import Case
from tests.cases.world import COUNTY, World, photo


def _handed(world: World) -> Case:
    unit = world.city.governments[COUNTY]
    return hand_over([world.finding()], world.person("dispatcher"), unit, files=[photo(name="before.jpg")])


def _applied(world: World, case: Case, *files: Upload) -> None:
    case.refresh_from_db()
    take(case, "apply_close", world.person("handler"), note="已整改", files=list(files))


def _names(
    world: World, case: Case, role: str = "chief", region: str = COUNTY
) -> list[tuple[list[str], list[str]]]:
    pairs = pairs_of([case], world.person(role, region))
    return [([f.name for f in pair.before], [f.name for f in pair.after]) for pair in pairs]


def test_only_the_newest_application_counts_and_a_case_without_one_has_no_pair(world: World) -> None:
    case = _handed(world)
    for action in ("sign", "plan"):
        take(case, action, world.person("handler"), note="好", files=[])
    assert _names(world, case) == []
    _applied(world, case, photo("blue", "first.jpg"))
    take(case, "fail", world.person("verifier", "140300"), note="未到位", companion="王")
    _applied(world, case, photo("green", "second.jpg"))
    assert _names(world, case) == [(["before.jpg"], ["second.jpg"])]


def test_who_may_not_see_the_case_sees_none_of_its_pictures(world: World) -> None:
    case = _handed(world)
    for action in ("sign", "plan"):
        take(case, action, world.person("handler"), note="好")
    _applied(world, case, photo("blue", "first.jpg"))
    assert _names(world, case, "chief", "140322") == []
