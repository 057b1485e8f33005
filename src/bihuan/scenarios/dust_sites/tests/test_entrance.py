"""The HTTP entrance: on disk before it is answered, good records go in, each bad one is named, once in effect, and only for whom the token is."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.cases.models import Finding
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.hours import archive
from bihuan.scenarios.checking import check
from bihuan.scenarios.dust_sites import entrance
from bihuan.scenarios.dust_sites.models import BoxPlace, Sender, SenderToken
from bihuan.scenarios.dust_sites.registers import SENDERS
from bihuan.scenarios.dust_sites.tests.world import LAT, LON, monitor, site
from tests.people import City
from tests.web.world import MINE, NOW

TOKEN = "a-token-of-twenty-four-letters"
URL = "/s/dust_sites/receive/"


@pytest.fixture
def sender(place: City) -> City:
    """A sender with its token, and a monitor that names it; another monitor does not."""
    row = {"code": "V1", "name": "平台一", "region": MINE, "lon": LON, "lat": LAT, "token": TOKEN}
    bring_rows(SENDERS, [row])
    made = site(place)
    monitor(place, made, sender_id="V1")
    monitor(place, made, "G1-2")
    return place


def record(value: object = 85.0, **more: Any) -> dict[str, Any]:
    return {
        "monitor": "G1-1",
        "time": "2019-02-25T13:00:00+08:00",
        "period": "minute",
        "values": {"a34002": value},
    } | more


def post(client: Client, *records: object, token: str = TOKEN, places: list[object] | None = None) -> Any:
    body = json.dumps({"records": list(records), "places": places or []})
    return client.post(URL, body, "application/json", headers={"Authorization": f"Bearer {token}"})


def stored() -> list[tuple[Any, ...]]:
    rows = (
        archive()
        .observations.read(Asked(["G1-1", "G1-2"]), ["site", "quantity", "period", "value"])
        .collect()
    )
    return sorted(rows.iter_rows())


def taken() -> str:
    return entrance.take_in(clock.now(), lambda *_: None)


def test_a_batch_is_kept_answered_and_taken_in(client: Client, sender: City) -> None:
    answer = post(client, record(), record(91.0, time="2019-02-25T13:01:00+08:00"))
    assert (answer.status_code, answer.json()["values"], answer.json()["refused"]) == (200, 2, 0)
    assert [e.position for e in entrance.inbox().waiting()] == [
        answer.json()["kept"]
    ]  # on disk, and nothing stored yet
    assert stored() == []
    assert "数值 2 个" in taken()
    assert stored() == [("G1-1", "a34002", "minute", 85.0), ("G1-1", "a34002", "minute", 91.0)]
    assert taken() == "没有新的上传"


def test_what_is_sent_again_or_taken_in_twice_is_there_once(client: Client, sender: City) -> None:
    first = post(client, record())
    taken()
    post(client, record())
    entrance.inbox().settle(first.json()["kept"] - 1)  # as if the job had been killed before it said so
    taken()
    assert stored() == [("G1-1", "a34002", "minute", 85.0)]


def test_a_later_value_of_the_same_time_counts(client: Client, sender: City) -> None:
    post(client, record())
    post(client, record(99.0))
    taken()
    assert stored() == [("G1-1", "a34002", "minute", 99.0)]


@pytest.mark.parametrize(
    ("bad", "field", "why"),
    [
        (record(monitor="G1-2"), "monitor", "监测点没有登记"),
        (record(monitor=["G1-1"]), "monitor", "监测点没有登记"),
        (record(time="gestern"), "time", "不是时间"),
        (record(time=5), "time", "不是时间"),
        (record(time="2019-02-26T13:00:00+08:00"), "time", "时间在未来"),
        (record(time="2019-02-25T13:00:30+08:00"), "time", "时间不是时段的起点"),
        (record(period="hour", time="2019-02-25T12:10:00+08:00"), "time", "时间不是时段的起点"),
        (record(period="week"), "period", "时段不认识"),
        (record(period=[]), "period", "时段不认识"),
        (record("85"), "a34002", "不是数"),
        (record(True), "a34002", "不是数"),
        (record(-3), "a34002", "超出可能的范围"),
        (record(values={"a21026": 5}), "a21026", "因子不收"),
        (record(values={}), "values", "记录不完整"),
        (record(flag="N" * 21), "flag", "标记太长"),
        ("text", "", "记录不完整"),
    ],
)
def test_a_bad_record_is_named_and_the_good_one_goes_in(
    client: Client, sender: City, bad: object, field: str, why: str
) -> None:
    answer = post(client, bad, record()).json()
    assert (answer["values"], answer["refused"]) == (1, 1)
    (refusal,) = answer["refusals"]
    assert (refusal["row"], refusal["field"]) == (1, field)
    assert why in refusal["why"]
    assert refusal["remedy"]
    taken()
    assert len(stored()) == 1


def test_a_value_under_a_mark_is_kept_and_not_judged(client: Client, sender: City) -> None:
    post(client, *[record(900.0, time=f"2019-02-25T12:{n:02d}:00+08:00", flag="C") for n in range(60)])
    taken()
    assert len(stored()) == 60
    check(NOW, lambda *_: None, looks_at="dust")

    assert not Finding.objects.filter(check_key="dust.stop").exists()


@pytest.mark.parametrize(
    "body", [b"", b"no json", b"[]", b'{"records": []}', b"\xff\xfe", b'{"records": {"a": 1}}', b"[" * 9000]
)
def test_a_body_that_cannot_be_read_is_kept_and_refused(client: Client, sender: City, body: bytes) -> None:
    answer = client.post(URL, body, "application/json", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 400
    assert answer.json()["error"]
    assert [e.data for e in entrance.inbox().waiting()] == [body]
    assert "读不了的 1 批" in taken()


@pytest.mark.parametrize("token", ["", "wrong-token-of-twenty-four-letters", TOKEN[:-1]])
def test_nobody_else_gets_in_and_nothing_of_it_is_kept(client: Client, sender: City, token: str) -> None:
    assert post(client, record(), token=token).status_code == 401
    assert list(entrance.inbox().waiting()) == []


def test_a_sender_that_is_ended_gets_in_no_more_and_its_token_is_kept_nowhere(
    client: Client, sender: City
) -> None:

    assert TOKEN not in SenderToken.objects.get().digest
    Sender.objects.update(until=NOW.date())
    assert post(client, record()).status_code == 401


def test_a_box_that_says_another_place_is_found(client: Client, sender: City) -> None:
    here = {"monitor": "G1-1", "time": "2019-02-25T10:00:00+08:00", "lon": LON, "lat": LAT}
    post(
        client,
        places=[here, here | {"time": "2019-02-25T11:00:00+08:00", "lon": LON + 0.002}, here | {"lon": "x"}],
    )
    taken()
    assert BoxPlace.objects.count() == 2
    check(NOW, lambda *_: None, looks_at="dust")

    (found,) = Finding.objects.filter(check_key="dust.moved")
    assert found.magnitude == pytest.approx(176, abs=2)


def test_what_may_be_sent_is_told_to_everybody(client: Client, place: City) -> None:
    said = client.get(reverse("dust_sites:receive")).json()
    assert said["periods"] == ["minute", "5min", "10min", "hour"]
    assert "a34002" in said["quantities"]


def test_waiting_batches_are_part_of_a_backup(client: Client, sender: City) -> None:
    post(client, record())
    assert any("inbox" in path.parts for path in archive().files())


def test_old_batches_that_were_taken_in_go(client: Client, sender: City) -> None:
    post(client, record())
    taken()
    assert entrance.inbox().drop_before(NOW + timedelta(days=1)) == 0  # the newest segment stays
