"""Coverage and the league table from what phones sent, and the rules that a bureau sets."""

import uuid
from datetime import date, timedelta

import pytest

from bihuan.cases.actions import take
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Finding
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.covering import coverage_of
from bihuan.kit.patrol.judging import judged
from bihuan.kit.patrol.ranking import league
from bihuan.kit.patrol.rules import in_force, set_rules
from bihuan.kit.patrol.stops import Seen, hand, record_stop
from tests.kit.patrol.world import OBJECTS, OFFERED, Field
from tests.patrol.made import points, straight, to_and_fro

DAY = date(2019, 2, 25)


def test_coverage_says_what_was_seen_and_what_nobody_saw(field: Field) -> None:
    field.walked(points(straight(1000, 1.2)))
    found = coverage_of(OBJECTS, field.person("chief"), 30)
    seen = dict(found.objects.select("object", "seen").iter_rows())
    assert seen["R1"] == pytest.approx(0.5, abs=0.06)
    assert (seen["S1"], seen["S2"]) == (1, 0)
    assert found.old.height == pytest.approx(11, abs=1)
    field.wait(days=31)
    assert coverage_of(OBJECTS, field.person("chief"), 30).old.height == found.cells


def test_the_table_counts_new_ground_and_no_metres(field: Field) -> None:
    field.walked(points(straight(2000, 1.2)))
    field.walked(points(to_and_fro(100, 60), start=field.at + timedelta(hours=1)), by="verifier")
    field.walked(points(straight(20_000, 60 / 3.6), start=field.at + timedelta(hours=1)), by="dispatcher")
    rows = {row["person"]: row for row in league(field.person("chief"), [OBJECTS], DAY)}
    assert rows["ranger_140321"]["fresh"] == pytest.approx(21, abs=0.5)
    for gained_nothing in ("verifier_140321", "dispatcher_140321"):
        assert rows[gained_nothing]["points"] == 0
        assert rows[gained_nothing]["km"] > 3
    assert league(field.person("chief", "140322"), [OBJECTS], DAY) == []


def test_a_find_counts_when_somebody_else_confirmed_it_and_not_when_it_was_reported(field: Field) -> None:
    patrol = field.walked(points(straight(1000, 1.2)))

    def points_now() -> float:
        (row,) = league(field.person("chief"), [], DAY)
        assert isinstance(row["points"], float)
        return row["points"]

    spot = Seen(str(uuid.uuid4()), field.at, 113.6, 37.8, "垃圾", level="minor")
    case = hand(record_stop(patrol.person, patrol, spot, [], OFFERED), patrol.person)
    assert Finding.objects.get().status == Finding.Status.HANDED
    assert points_now() == 0
    take(case, "dispatch", field.person("dispatcher"), organisation=field.city.governments["140321"])
    assert points_now() == in_force(DAY).find_points


def test_rules_that_a_bureau_sets_hold_from_their_day_on_and_judge_anew(field: Field) -> None:
    chief = field.person("chief", "140300")
    patrol = field.walked(points(straight(3600, 1.2)))
    assert not judged(patrol).effective  # fifty minutes of the two hours
    set_rules(chief, {"minutes": "45"}, DAY + timedelta(days=1), "试行")
    assert not judged(patrol).effective
    set_rules(chief, {"minutes": "45"}, DAY, "试行提前")
    assert judged(patrol).effective
    assert in_force(DAY - timedelta(days=1)).minutes == 120


@pytest.mark.parametrize(
    ("given", "about"),
    [({"minutes": "-1"}, "minutes"), ({"minutes": "viel"}, "minutes"), ({"minutes": "120"}, ""), ({}, "")],
)
def test_rules_that_cannot_be_or_change_nothing_are_refused(
    field: Field, given: dict[str, str], about: str
) -> None:
    with pytest.raises(IllegalMove) as error:
        set_rules(field.person("chief", "140300"), given, DAY, "理由")
    assert error.value.field == about


def test_rules_are_set_by_the_office_of_the_whole_city(field: Field) -> None:
    with pytest.raises(NotAllowed):
        set_rules(field.person("chief"), {"minutes": "60"}, DAY, "理由")
