"""A refusal that is about one field of a form says which, so that the page can say it there; any other says none."""

from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases import actions, handovers, judging, regrouping
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.texts import case_fields, clean, needed
from bihuan.cases.transitions import TABLE, Need, State
from tests.cases.world import World, role_of
from tests.people import CITY_CODE

ROWS = [t for t in TABLE if t.source and t.needs]


def field_of(refused: Any) -> str:
    return str(refused.value.field)


@pytest.mark.parametrize("row", ROWS, ids=lambda t: f"{t.source}-{t.action}")
def test_a_step_names_the_first_field_that_is_missing(world: World, row: Any) -> None:
    case = world.ready_for(row.action, State(row.source))
    given = world.needs(row.action) | world.family(row.action, case)
    names = {"files" if n is Need.PHOTO else n.key for n in row.needs}
    for name in names:
        left = {k: v for k, v in given.items() if k != name}
        with pytest.raises(IllegalMove) as refused:
            actions.take(case, row.action, world.whoever(role_of(row.action, row.source)), **left)
        assert field_of(refused) == (Need.PHOTO.key if name == "files" else name)


@pytest.mark.parametrize(
    ("action", "state", "data", "field"),
    [
        ("dispatch", State.PENDING, {"due": "past"}, "due"),
        ("dispatch", State.PENDING, {"due": "far"}, "due"),
        ("ask_extension", State.RECTIFYING, {"days": "99"}, "days"),
        ("ask_extension", State.RECTIFYING, {"days": "many"}, "days"),
        ("sign", State.DISPATCHED, {"note": "字" * 2001}, "note"),
    ],
)
def test_a_value_that_cannot_be_names_its_field(
    world: World, action: str, state: State, data: dict[str, Any], field: str
) -> None:
    days = {"past": -1, "far": 4000}
    given = {k: world.at + timedelta(days=days[v]) if v in days else v for k, v in data.items()}
    with pytest.raises(IllegalMove) as refused:
        world.go(world.case(state), action, **given)
    assert field_of(refused) == field


def test_what_is_about_no_field_names_none(world: World) -> None:
    case = world.case(State.CLOSED)
    with pytest.raises(IllegalMove) as refused:
        world.go(case, "sign")
    assert field_of(refused) == ""
    assert ChangedMeanwhile("jemand war schneller").field == ""


def test_texts_of_a_new_case_name_theirs() -> None:
    for given, field in (({"title": "字" * 201}, "title"), ({"lat": "91"}, "lat"), ({"lon": "x"}, "lon"), ({"level": "?"}, "level")):  # fmt: skip
        with pytest.raises(IllegalMove) as refused:
            case_fields(given)
        assert field_of(refused) == field
    for make in (
        lambda: clean("字" * 3, "理由", 2, "reason"),
        lambda: needed(" ", "理由", 2, "请写明", "reason"),
    ):
        with pytest.raises(IllegalMove) as refused:
            make()
        assert field_of(refused) == "reason"


def test_verdicts_regroupings_and_handovers_name_theirs(world: World) -> None:
    finding, officer = world.finding(), world.person("dispatcher", CITY_CODE)
    attempts = {
        "reason": lambda: judging.reject(finding, officer, ""),
        "hours": lambda: judging.silence(finding, officer, world.at, "检修"),
        "proposed": lambda: judging.propose(finding, officer, "handed", "x"),
        "note": lambda: handovers.sign(officer, [], world.at, "字" * (handovers.NOTE_LENGTH + 1)),
    }
    for field, attempt in attempts.items():
        with pytest.raises(IllegalMove) as refused:
            attempt()
        assert field_of(refused) == field
    with pytest.raises(IllegalMove) as refused:
        regrouping.split(finding.incident, [finding.pk], officer, " ")
    assert field_of(refused) == "reason"
