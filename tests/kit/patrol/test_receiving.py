"""A track arrives once however it is sent; what was sent is kept as it was, before anybody reads it."""

import hashlib
import json
import uuid
from datetime import timedelta

import polars as pl
import pytest
from django.db import DatabaseError, connection, transaction

from bihuan.cases.errors import IllegalMove
from bihuan.domain.patrol.batches import BadBatch
from bihuan.errors import NotAllowed
from bihuan.kit.patrol import guards
from bihuan.kit.patrol.judging import judged, points_of
from bihuan.kit.patrol.models import Batch, Patrol, Result
from bihuan.kit.patrol.receiving import MEGABYTES, begin, receive, take_file
from bihuan.registry.log_check import check_log
from tests.kit.patrol.world import Field
from tests.patrol.made import RULES, START, honest, points, straight
from tests.patrol.test_batches import GPX

WALK = points(straight(3600, 1.2))


def test_a_batch_is_kept_as_it_was_sent_with_the_time_at_which_it_came(field: Field) -> None:
    patrol = field.begun()
    field.wait(hours=1)
    raw = field.batch(patrol, WALK)
    told = receive(patrol.person, patrol, raw)
    kept = Batch.objects.get()
    assert (kept.raw.encode(), kept.received) == (raw, field.at)
    assert (told.first, told.last) == (0, WALK.height - 1)
    assert told.sha256 == kept.sha256 == hashlib.sha256(raw).hexdigest()
    assert check_log() == []


def test_batches_out_of_order_twice_and_overlapping_are_one_track(field: Field) -> None:
    whole, pieces = field.begun(), field.begun()
    field.wait(hours=1)
    receive(whole.person, whole, field.batch(whole, WALK))
    for begin_, end in ((200, 301), (0, 120), (0, 120), (100, 220)):
        receive(pieces.person, pieces, field.batch(pieces, WALK[begin_:end], first=begin_))
    assert pieces.batches.count() == 3  # one came twice, byte by byte
    one, other = judged(whole), judged(pieces)
    assert (one.totals | {"conflicts": 0}, one.steps) == (other.totals | {"conflicts": 0}, other.steps)


def test_what_is_no_batch_is_kept_too_said_and_counted_apart(field: Field) -> None:
    patrol = field.begun()
    with pytest.raises(BadBatch):
        receive(patrol.person, patrol, b'{"patrol": broken\0 \xff')
    receive(patrol.person, patrol, field.batch(patrol, WALK))
    assert patrol.batches.count() == 2
    ((_batch, seq, code, _values),) = judged(patrol).refused
    assert (seq, code) == (None, "track_no_json")
    assert judged(patrol).totals["points"] == WALK.height


def test_a_batch_of_another_patrol_counts_for_none(field: Field) -> None:
    one, other = field.begun(), field.begun()
    with pytest.raises(BadBatch) as error:
        receive(one.person, one, field.batch(other, WALK))
    assert error.value.why.code == "track_other_patrol"
    assert points_of(one).is_empty()


def test_single_points_that_cannot_be_are_named_and_the_others_are_there(field: Field) -> None:
    patrol = field.begun()
    told = json.loads(field.batch(patrol, WALK[:10]))
    told["points"][3]["lat"] = 900
    stored = receive(patrol.person, patrol, json.dumps(told).encode())
    assert [(r.seq, r.why.code) for r in stored.refused] == [(3, "track_point")]
    assert points_of(patrol).height == 9


def test_only_the_person_of_the_patrol_adds_to_it(field: Field) -> None:
    patrol = field.begun()
    for role, region in (("dispatcher", "140321"), ("ranger", "140322")):
        with pytest.raises(NotAllowed):
            receive(field.person(role, region), patrol, field.batch(patrol, WALK, first=0))
    assert not Batch.objects.exists()


def test_a_patrol_that_begins_twice_is_one_and_its_number_is_nobody_elses(field: Field) -> None:
    key = str(uuid.uuid4())
    assert field.begun(key).pk == field.begun(key.upper()).pk
    with pytest.raises(NotAllowed):
        field.begun(key, by="dispatcher")
    with pytest.raises(NotAllowed):
        field.begun(by="handler")
    for wrong in ("7", ""):
        with pytest.raises(IllegalMove):
            begin(field.person(), wrong, START)
    with pytest.raises(IllegalMove):
        begin(field.person(), str(uuid.uuid4()), START + timedelta(days=3))
    assert Patrol.objects.count() == 1


@pytest.mark.parametrize(("fast", "said"), [(900, 900), (-900, -900), (0, 0)])
def test_a_wrong_clock_of_the_phone_is_said_and_the_points_stay_as_they_were_sent(
    field: Field, fast: float, said: float
) -> None:
    patrol = field.begun()
    field.wait(hours=1)
    track = WALK.with_columns(at=pl.col("at") + timedelta(seconds=fast))
    sent = field.at + timedelta(seconds=fast)
    receive(patrol.person, patrol, field.batch(patrol, track, sent=sent.isoformat()))
    result = judged(patrol)
    assert result.clock_off == said
    assert result.first == track["at"][0]


def test_a_point_of_the_time_to_come_shows_a_fast_clock_even_where_the_phone_does_not_say_when_it_sent(
    field: Field,
) -> None:
    patrol = field.begun()
    receive(patrol.person, patrol, field.batch(patrol, WALK))
    assert judged(patrol).clock_off == 3000
    later = field.begun()
    field.wait(hours=5)
    receive(later.person, later, field.batch(later, WALK))
    assert judged(later).clock_off is None  # it may have been offline


def test_a_result_is_made_anew_when_more_came_or_the_rules_changed_and_may_be_lost(field: Field) -> None:
    patrol = field.begun()
    receive(patrol.person, patrol, field.batch(patrol, WALK[:100]))
    first = judged(patrol).totals["metres"]
    receive(patrol.person, patrol, field.batch(patrol, WALK[100:]))
    second = judged(patrol).totals["metres"]
    assert first < second
    Result.objects.all().delete()
    assert judged(patrol).totals["metres"] == second


def test_the_figures_are_those_of_the_domain(field: Field) -> None:
    result = judged(field.walked(honest(3)))
    assert result.effective
    assert {c["name"] for c in result.conditions} == {"ground_m", "minutes", "typical_kmh", "inside_share"}
    assert result.totals["gaps"] == 2
    assert result.rules["ground_m"] == RULES.ground_m


def test_a_file_is_a_patrol_of_its_own_and_the_same_file_is_the_same(field: Field) -> None:
    field.wait(days=1)
    one, again = take_file(field.person(), GPX.encode()), take_file(field.person(), GPX.encode())
    assert one.pk == again.pk
    assert one.batches.get().kind == "gpx"
    assert judged(one).totals["points"] == 2
    assert take_file(field.person("dispatcher"), GPX.encode()).pk != one.pk


def test_more_than_a_phone_can_have_walked_is_refused_before_it_is_kept(field: Field) -> None:
    patrol = field.begun()
    with pytest.raises(BadBatch):
        receive(patrol.person, patrol, b" " * (MEGABYTES * 2**20 + 1))
    assert not Batch.objects.exists()


def test_the_database_refuses_to_change_what_was_sent(field: Field) -> None:
    patrol = field.begun()
    guards.create(connection)
    receive(patrol.person, patrol, field.batch(patrol, WALK[:10]))
    with pytest.raises(DatabaseError, match="只能追加"), transaction.atomic():
        Batch.objects.update(raw="{}")
    with pytest.raises(TypeError):
        Batch.objects.get().delete()
    guards.drop(connection)
