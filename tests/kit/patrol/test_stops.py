"""A find along the way is a finding with place and photos, and a case in one step; a stop counts where photo and track agree."""

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import Upload
from bihuan.cases.models import Finding
from bihuan.cases.transitions import State
from bihuan.errors import NotAllowed
from bihuan.kit.patrol.models import Patrol, Stop
from bihuan.kit.patrol.stops import Seen, borne_out, hand, record_stop
from tests.cases.world import photo
from tests.kit.patrol.world import OFFERED, Field
from tests.patrol.made import LAT, LON, START, points, straight

WALK = points(straight(3600, 1.2))
MIDDLE = WALK.row(150, named=True)


def seen(**changes: Any) -> Seen:
    return replace(Seen(str(uuid.uuid4()), MIDDLE["at"], MIDDLE["lon"], MIDDLE["lat"]), **changes)


def taken(at: datetime, lon: float, lat: float) -> Upload:
    return replace(photo(), taken_at=at, lon=lon, lat=lat)


def test_a_problem_is_a_finding_with_place_and_photos_and_a_case_in_one_step(field: Field) -> None:
    patrol = field.walked(WALK)
    stop = record_stop(
        patrol.person,
        patrol,
        seen(text="河边倾倒垃圾", level="moderate", objects_of="river", code="R1"),
        [photo()],
        OFFERED,
    )
    finding = Finding.objects.get()
    assert (finding.title, finding.target_name, finding.region_id) == ("河边倾倒垃圾", "桃河", "140321")
    assert finding.evidence["照片"] == "现场.jpg"
    case = hand(stop, patrol.person)
    assert (case.state, case.source) == (State.PENDING, "patrol")
    assert (case.lon, case.lat) == (MIDDLE["lon"], MIDDLE["lat"])
    assert case.steps.first().files.get().sha256 == stop.files.get().sha256  # type: ignore[union-attr]
    with pytest.raises(IllegalMove):
        hand(stop, patrol.person)


def test_two_finds_of_a_patrol_are_two_findings(field: Field) -> None:
    patrol = field.walked(WALK)
    for text in ("垃圾", "排污口"):
        record_stop(patrol.person, patrol, seen(text=text, level="minor"), [], OFFERED)
    assert {f.title for f in Finding.objects.all()} == {"垃圾", "排污口"}


def test_a_stop_that_is_sent_twice_is_one(field: Field) -> None:
    patrol = field.walked(WALK)
    one = seen(text="垃圾", level="minor")
    first = record_stop(patrol.person, patrol, one, [photo()], OFFERED)
    assert record_stop(patrol.person, patrol, one, [photo()], OFFERED) == first
    assert (Stop.objects.count(), Finding.objects.count(), first.files.count()) == (1, 1, 1)


def test_a_stop_without_a_problem_is_no_finding_and_no_case(field: Field) -> None:
    patrol = field.walked(WALK)
    stop = record_stop(patrol.person, patrol, seen(), [photo()], OFFERED)
    assert not Finding.objects.exists()
    with pytest.raises(IllegalMove):
        hand(stop, patrol.person)


@pytest.mark.parametrize(
    "wrong",
    [{"level": "terrible"}, {"level": "minor"}, {"key": "7"}, {"objects_of": "river", "code": "R9"}, {"objects_of": "sea"}, {"text": "x" * 401}],
    ids=str,
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_and_nothing_is_kept(field: Field, wrong: dict[str, str]) -> None:
    patrol = field.walked(WALK)
    with pytest.raises(IllegalMove):
        record_stop(patrol.person, patrol, seen(**wrong), [], OFFERED)
    assert not Stop.objects.exists()


def test_nobody_adds_a_stop_to_the_patrol_of_another(field: Field) -> None:
    patrol = field.walked(WALK)
    with pytest.raises(NotAllowed):
        record_stop(field.person("chief"), patrol, seen(), [], OFFERED)


def stopped(field: Field, *files: Upload) -> Patrol:
    patrol = field.walked(WALK)
    record_stop(patrol.person, patrol, seen(), files, OFFERED)
    return patrol


def test_a_stop_counts_where_its_photo_was_taken_on_the_track(field: Field) -> None:
    assert borne_out(stopped(field, taken(MIDDLE["at"], MIDDLE["lon"], MIDDLE["lat"]))) == 1


@pytest.mark.parametrize(
    "file",
    [
        None,
        photo(),
        taken(START + timedelta(days=-2), MIDDLE["lon"], MIDDLE["lat"]),
        taken(MIDDLE["at"], LON, LAT + 0.1),
    ],
    ids=["none", "says nothing", "old", "elsewhere"],
)
def test_a_stop_without_a_photo_that_the_track_bears_out_does_not_count(
    field: Field, file: Upload | None
) -> None:
    assert borne_out(stopped(field, *filter(None, [file]))) == 0
