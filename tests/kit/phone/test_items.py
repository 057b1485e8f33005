"""What a phone sends arrives once, in order, by the rules of the pages; what is refused is kept whole."""

import time
from datetime import timedelta
from typing import Any

import pytest

from bihuan.cases.chain import verify_chains
from bihuan.cases.models import Attachment, Case
from bihuan.cases.transitions import State
from bihuan.kit.phone import arriving
from bihuan.kit.phone.models import Arrived, Item, ItemFile
from bihuan.kit.phone.sent import refuse_markup
from bihuan.registry.log import LogEntry, is_intact
from tests.cases.world import COUNTY, World, photo
from tests.kit.phone.device import Device, hash_of, named

RED, BLUE = photo("red"), photo("blue", "乙.jpg")


def test_a_handler_answers_with_two_photos(world: World, device: Device) -> None:
    case = world.case(State.RECTIFYING)
    for one in (RED, BLUE):
        assert device.photo(one) == (200, {"sha256": hash_of(one), "size": len(one.content)})
    answer = device.settled(device.step(case, "apply_close", named(RED), named(BLUE), note="已苫盖"))
    case.refresh_from_db()
    assert (answer["state"], answer["version"], case.state) == ("done", case.version, State.VERIFYING)
    assert answer["files"] == sorted((hash_of(RED), hash_of(BLUE)))
    step = case.steps.latest("seq")
    assert (step.actor, step.note, step.files.count()) == (device.person, "已苫盖", 2)
    assert verify_chains().broken == []


def test_what_is_sent_again_gets_the_same_answer_and_happens_once(world: World, device: Device) -> None:
    case = world.case(State.DISPATCHED)
    item = device.step(case, "sign")
    first = device.settled(item)
    world.go(Case.objects.get(pk=case.pk), "plan")
    assert device.settled(item) == first
    assert case.steps.filter(action="sign").count() == 1


def test_a_number_that_stands_for_something_else_is_refused(world: World, device: Device) -> None:
    item = device.step(world.case(State.DISPATCHED), "sign")
    device.settled(item)
    status, answer = device.send({**item, "given": {"action": "return", "note": "不属本单位"}})
    assert (status, answer["state"]) == (400, "refused")
    assert "已用于别的内容" in answer["why"]


def test_the_items_of_a_case_wait_for_each_other(world: World, device: Device) -> None:
    case = world.case(State.DISPATCHED)
    sign = device.step(case, "sign")
    plan = {**device.step(case, "plan", seq=2, note="三日内完成"), "version": case.version + 1}
    status, answer = device.send(plan)
    assert (status, answer["state"], answer["next"]) == (409, "order", 1)
    assert not Item.objects.exists()
    assert device.settled(sign)["version"] == case.version + 1
    assert device.settled(plan)["state"] == "done"
    assert [s.action for s in case.steps.all()][-2:] == ["sign", "plan"]


def test_two_phones_of_one_person_count_by_themselves(world: World, device: Device) -> None:
    case, other = world.case(State.DISPATCHED), Device(device.person)
    assert device.settled(device.step(case, "sign"))["state"] == "done"
    assert other.settled(other.step(case, "sign"))["state"] == "conflict"
    case.refresh_from_db()
    assert other.settled(other.step(case, "plan", seq=2, note="开工"))["state"] == "done"


def test_a_case_that_moved_on_is_a_conflict_and_both_sides_keep_what_was_written(
    world: World, device: Device
) -> None:
    case = world.case(State.RECTIFYING)
    item = device.step(case, "progress", named(RED), note="清理了一半")
    world.wait(days=40)
    world.go(case, "urge", note="尽快")
    device.photo(RED)
    answer = device.settled(item)
    assert answer["state"] == "conflict"
    assert "督办" in answer["why"]
    assert "整改中" in answer["why"]
    kept = Item.objects.get(case=case)
    assert (kept.written["note"], [f.sha256 for f in kept.files.all()]) == ("清理了一半", [hash_of(RED)])
    assert not case.steps.filter(action="progress").exists()
    assert not Attachment.objects.filter(sha256=hash_of(RED)).exists()


def test_a_step_that_the_table_forbids_is_refused_with_its_reason(world: World, device: Device) -> None:
    answer = device.settled(device.step(world.case(State.DISPATCHED), "apply_close", note="完成"))
    assert answer["state"] == "refused"
    assert "不能申请销号" in answer["why"]


def test_a_photo_that_did_not_come_is_asked_for_and_nothing_happens(world: World, device: Device) -> None:
    case = world.case(State.RECTIFYING)
    item = device.step(case, "apply_close", named(RED), note="完成")
    Device(world.person("verifier", "140300")).photo(RED)  # knowing a hash gives nobody the photo
    status, answer = device.send(item)
    assert (status, answer["state"], answer["files"]) == (409, "lacks", [hash_of(RED)])
    device.photo(RED)
    assert device.settled(item)["state"] == "done"


def test_somebody_elses_item_is_not_taken_under_ones_own_name(world: World, device: Device) -> None:
    item = {**device.step(world.case(State.DISPATCHED), "sign"), "person": world.person("verifier").pk}
    status, answer = device.send(item)
    assert (status, answer["state"]) == (403, "person")
    assert not Item.objects.exists()


def test_a_login_that_expired_says_401_and_the_item_goes_through_after_signing_in(
    world: World, device: Device
) -> None:
    item = device.step(world.case(State.DISPATCHED), "sign")
    device.client.logout()
    assert device.send(item)[0] == 401
    assert device.photo(RED)[0] == 401
    device.sign_in()
    assert device.settled(item)["state"] == "done"


@pytest.mark.parametrize(
    ("upload", "why"),
    [
        (photo("red", "现场.pdf"), "不接受这种文件"),
        (photo("red", "run.exe"), "不接受这种文件"),
    ],
)
def test_a_disguised_file_is_refused(device: Device, upload: Any, why: str) -> None:
    status, answer = device.photo(upload)
    assert status == 422
    assert why in answer["why"]
    assert not Arrived.objects.exists()


def test_a_forged_hash_is_refused(device: Device) -> None:
    status, answer = device.photo(RED, sha256="0" * 64)
    assert status == 422
    assert "校验值不符" in answer["why"]


def test_a_photo_older_than_the_case_is_refused_by_what_the_phone_read(world: World, device: Device) -> None:
    case = world.case(State.RECTIFYING)
    device.photo(RED)
    taken = (case.opened_at - timedelta(days=2)).isoformat()
    answer = device.settled(device.step(case, "apply_close", named(RED, taken_at=taken), note="完成"))
    assert (answer["state"], answer["field"]) == ("refused", "files")
    assert "早于立案 2 天" in answer["why"]


def test_time_and_place_of_the_original_are_kept_with_the_small_photo(world: World, device: Device) -> None:
    case = world.case(State.RECTIFYING)
    device.photo(RED)
    said = {"taken_at": world.at.isoformat(), "lat": 37.8, "lon": 113.6}
    device.settled(device.step(case, "apply_close", named(RED, **said), note="完成"))
    file = Attachment.objects.get()
    assert (file.taken_at, file.lat, file.lon) == (world.at, 37.8, 113.6)


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "见 <a href=x>这里</a>", "< /div >"])
def test_markup_in_a_text_is_refused(world: World, device: Device, text: str) -> None:
    answer = device.settled(device.step(world.case(State.SIGNED), "plan", note=text))
    assert (answer["state"], answer["field"]) == ("refused", "note")
    assert "网页代码" in answer["why"]


def test_less_than_is_no_markup(world: World, device: Device) -> None:
    item = device.step(world.case(State.SIGNED), "plan", note="浓度 <150 且 x<y, 3>2")
    assert device.settled(item)["state"] == "done"


@pytest.mark.parametrize("text", ["<" + " " * 150_000, "<a " * 50_000, "<a" + " /" * 70_000])
def test_a_long_text_is_looked_through_at_once(text: str) -> None:
    began = time.monotonic()
    refuse_markup({"note": text})
    assert time.monotonic() - began < 2


def test_a_grid_worker_reports_a_problem_once(world: World) -> None:
    ranger = Device(world.person("ranger"))
    ranger.photo(RED)
    item = ranger.report(named(RED), description="两处明火")
    first = ranger.settled(item)
    assert (first["state"], ranger.settled(item)) == ("done", first)
    case = Case.objects.get()
    assert (case.number, case.state, case.description) == (first["case"], State.PENDING, "两处明火")
    assert Attachment.objects.get().sha256 == hash_of(RED)


def test_a_place_outside_the_region_is_refused_and_nothing_is_lost(world: World) -> None:
    region = world.city.regions[COUNTY]
    ring = [[113, 37], [114, 37], [114, 38], [113, 38], [113, 37]]
    region.geometry = {"type": "Polygon", "coordinates": [ring]}
    region.save()
    ranger = Device(world.person("ranger"))
    answer = ranger.settled(ranger.report(lat="39.9", lon="116.4", description="两处明火"))
    assert (answer["state"], answer["field"]) == ("refused", "lat")
    assert "平定县边界以外" in answer["why"]
    assert Item.objects.get().written["description"] == "两处明火"
    assert not Case.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        {"id": "1"}, {"seq": 0}, {"seq": True}, {"device": None}, {"given": []}, {"given": {"note": 1}}, {"photos": [{}]},
        {"saved_at": "gestern"}, {"saved_at": "2019-01-12T05:30:00"}, {"version": -1}, {"photos": [{"sha256": "0" * 64, "name": "a", "lat": 91}]},
        {"chain": ""}, {"person": "1"},
    ],
)  # fmt: skip
def test_what_is_no_item_is_refused_with_the_part(
    world: World, device: Device, change: dict[str, Any]
) -> None:
    status, answer = device.send({**device.step(world.case(State.DISPATCHED), "sign"), **change})
    assert status == 400
    assert "读不懂" in answer["why"]
    assert not Item.objects.exists()


def test_every_item_and_its_photos_hang_on_the_log(world: World, device: Device) -> None:
    device.photo(RED)
    device.settled(device.step(world.case(State.DISPATCHED), "sign", named(RED)))
    for row in (Item.objects.get(), ItemFile.objects.get()):
        assert is_intact(row)
    assert LogEntry.objects.filter(kind="phone.item", key=Item.objects.get().pk).count() == 1


def test_photos_whose_item_never_came_are_forgotten_after_a_while(world: World, device: Device) -> None:
    device.photo(RED)
    assert arriving.forget(world.at + arriving.KEPT) == 0
    assert arriving.forget(world.at + arriving.KEPT + timedelta(seconds=1)) == 1
