"""A shift is signed by one officer and taken over by another; what was signed cannot be changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from bihuan import clock
from bihuan.cases import handovers
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove, NotVisible
from bihuan.cases.models import Handover, Takeover
from bihuan.errors import NotAllowed
from bihuan.registry.log import is_intact
from bihuan.registry.log_check import check_log
from bihuan.registry.models import AuditEntry
from tests.cases.world import World
from tests.people import CITY_CODE

CONTENT: list[dict[str, Any]] = [{"title": "未处置的事件", "lines": [{"text": "甲厂 超标", "note": "", "url": "", "tone": ""}], "more": 0}]  # fmt: skip


def officer(world: World, role: str = "dispatcher") -> Any:
    return world.city.person(role, CITY_CODE)


def sign(world: World, role: str = "dispatcher", **more: Any) -> Handover:
    now = clock.now()
    return handovers.sign(officer(world, role), CONTENT, handovers.shift_began(now), **more)


def later(hours: float) -> datetime:
    moment = clock.now() + timedelta(hours=hours)
    clock.set_replay(moment, 0)
    return moment


def test_the_first_shift_looks_back_twelve_hours_and_the_next_begins_where_it_ended(world: World) -> None:
    first = sign(world)
    assert first.at - first.since == timedelta(hours=12)
    later(8)
    second = sign(world, "chief")
    assert second.since == first.at


def test_what_was_signed_stands_in_the_log_and_cannot_be_changed(world: World) -> None:
    made = sign(world, note=" 甲厂今晚检修 ")
    assert (made.note, made.content) == ("甲厂今晚检修", CONTENT)
    assert made.post == "阳泉市 调度岗"
    assert is_intact(made)
    with pytest.raises(TypeError):
        made.save()
    with pytest.raises(TypeError):
        made.delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=made.pk).update(note="别的")
    with pytest.raises(DatabaseError), transaction.atomic():
        Handover.objects.filter(pk=made.pk).delete()
    assert check_log() == []
    assert AuditEntry.objects.filter(action="handover.signed", target=str(made.pk)).exists()


def test_another_officer_takes_it_over_once(world: World) -> None:
    made = sign(world)
    with pytest.raises(IllegalMove, match="不能自己接班"):
        handovers.countersign(officer(world), made)
    later(0.2)
    taken = handovers.countersign(officer(world, "chief"), made, "知悉")
    assert (taken.handover_id, taken.note) == (made.pk, "知悉")
    with pytest.raises(ChangedMeanwhile, match="已有人接班"):
        handovers.countersign(officer(world, "chief"), made)
    assert Takeover.objects.count() == 1
    assert check_log() == []


def test_it_waits_for_who_may_take_it_and_not_for_who_signed(world: World) -> None:
    made = sign(world)
    assert handovers.waiting_to_be_taken(officer(world, "chief")) == made
    assert handovers.waiting_to_be_taken(officer(world)) is None
    assert handovers.waiting_to_be_taken(officer(world, "auditor")) is None
    handovers.countersign(officer(world, "chief"), made)
    assert handovers.waiting_to_be_taken(officer(world, "chief")) is None


@pytest.mark.parametrize("role", ["auditor", "admin", "verifier"])
def test_only_the_office_of_the_city_signs(world: World, role: str) -> None:
    made = sign(world)
    later(1)
    with pytest.raises(NotAllowed):
        sign(world, role)
    with pytest.raises(NotAllowed):
        handovers.countersign(officer(world, role), made)
    with pytest.raises(NotAllowed):
        handovers.sign(world.city.person("dispatcher", "140321"), CONTENT, clock.now())


def test_a_second_signature_for_the_same_shift_is_refused(world: World) -> None:
    began = handovers.shift_began(clock.now())
    handovers.sign(officer(world), CONTENT, began)
    with pytest.raises(ChangedMeanwhile, match="刚有人交过班"):
        handovers.sign(officer(world, "chief"), CONTENT, began)


def test_a_note_that_is_too_long_says_how_long_it_may_be(world: World) -> None:
    with pytest.raises(IllegalMove, match="最多 2000 字"):
        sign(world, note="长" * 2001)


def test_a_replay_that_is_set_back_knows_nothing_of_later_shifts(world: World) -> None:
    made = sign(world)
    later(-24)
    reader = officer(world, "auditor")
    assert list(handovers.known(reader)) == []
    with pytest.raises(NotVisible):
        handovers.handover_for(reader, made.pk)
    assert sign(world, "chief").at < made.at


def test_who_may_not_read_a_handover_is_told_that_there_is_none(world: World) -> None:
    made = sign(world)
    assert handovers.handover_for(officer(world, "chief"), made.pk) == made
    for person, pk in ((world.person("handler"), made.pk), (officer(world), made.pk + 1)):
        with pytest.raises(NotVisible, match="没有编号为"):
            handovers.handover_for(person, pk)


def test_a_handover_lies_ahead_of_a_clock_that_was_set_back(world: World) -> None:
    made = sign(world)
    later(-1)
    assert not handovers.known(officer(world)).exists()
    assert handovers.shift_began(clock.now()) == clock.now() - timedelta(hours=12)
    later(1)
    assert handovers.known(officer(world)).get() == made


def test_who_did_not_see_the_last_signature_signs_nothing(world: World) -> None:
    since = handovers.shift_began(clock.now())
    sign(world)
    later(0.1)
    with pytest.raises(ChangedMeanwhile, match="刚有人交过班"):
        handovers.sign(officer(world, "chief"), CONTENT, since)
    assert Handover.objects.count() == 1


def test_two_who_take_over_in_one_moment_leave_one_signature(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = sign(world)
    handovers.countersign(officer(world, "chief"), made)
    monkeypatch.setattr(
        "django.db.models.QuerySet.exists", lambda _rows: False
    )  # looked before the other wrote
    with pytest.raises(ChangedMeanwhile, match="已有人接班"):
        handovers.countersign(officer(world, "chief"), made)
    assert Takeover.objects.count() == 1
