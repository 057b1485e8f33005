"""What is taken from people without an account, what is refused with which sentence, and what is kept."""

import os
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan import clock
from bihuan.cases import evidence
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Upload
from bihuan.scenarios.citizens import receiving
from bihuan.scenarios.citizens.models import Contact, Photo, Report
from bihuan.scenarios.citizens.receiving import CODE_LENGTH, LETTERS, TooMany
from bihuan.scenarios.citizens.settings import in_force
from bihuan.scenarios.citizens.tests.world import HOME, INSIDE, OTHER, said, sent
from tests.cases.world import photo
from tests.people import CITY_CODE, City
from tests.web.world import MINE, NOW


def test_a_report_is_kept_with_its_region_photos_and_contact(place: City) -> None:
    made = sent(files=(photo(), photo("blue", "2.jpg")), name=" 张某 ", phone="139")
    kept = Report.objects.get()
    assert (kept.pk, kept.service, kept.text, kept.region_id, kept.received_at) == (made.pk, "smoke", "砖厂烟囱冒黄烟", MINE, NOW)  # fmt: skip
    assert [p.name for p in kept.photos.all()] == ["现场.jpg", "2.jpg"]
    assert (kept.contact.name, kept.contact.phone, kept.contact.email) == ("张某", "139", "")


def test_without_a_contact_none_is_kept_and_the_address_is_never(place: City) -> None:
    made = sent()
    assert not Contact.objects.exists()
    assert HOME not in made.sender
    assert made.sender == sent().sender != sent(address="192.0.2.9").sender


def test_the_code_cannot_be_guessed_or_misread(place: City) -> None:
    codes = {sent(address=str(n)).code for n in range(20)}
    assert len(codes) == 20
    assert all(len(code) == CODE_LENGTH and set(code) <= set(LETTERS) for code in codes)
    assert not set("01IOL") & set(LETTERS)


@pytest.mark.parametrize(("county", "code"), [(MINE, MINE), (OTHER, OTHER)])
def test_the_region_is_the_smallest_that_holds_the_point(place: City, county: str, code: str) -> None:
    assert sent(county, region="140302").region_id == code, "the point goes before what was chosen"


def test_a_point_between_the_counties_belongs_to_the_city(place: City) -> None:
    assert sent(lat="38.2", lon="113.8").region_id == CITY_CODE


def test_without_a_point_the_chosen_region_counts_else_the_city(place: City) -> None:
    assert sent(lat="", lon="", region="140302").region_id == "140302"
    assert sent(lat="", lon="").region_id == CITY_CODE


def test_the_point_of_a_photo_counts_where_none_was_given(
    place: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    lat, lon = (float(x) for x in INSIDE[OTHER])
    there = Upload("x.jpg", photo().content, lat=lat, lon=lon)
    made = sent(lat="", lon="", files=(there,))
    assert (made.region_id, made.lat, made.lon) == (OTHER, lat, lon)


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"service": "politics"}, "service", "请选择类别"),
        ({"text": "  "}, "text", "请写明情况，或者附上照片"),
        ({"text": "字" * 2001}, "text", "最多 2000 字"),
        ({"lat": "91"}, "lat", "度数"),
        ({"lat": "nan"}, "lat", "度数"),
        ({"lat": ""}, "lat", "要么都填，要么都不填"),
        ({"lat": "39.9", "lon": "116.4"}, "lat", "位置不在阳泉市范围内"),
        ({"lat": "", "lon": "", "region": "110000"}, "region", "请选择区划"),
        ({"phone": "1" * 41}, "phone", "最多 40 字"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    place: City, wrong: dict[str, str], field: str, sentence: str
) -> None:
    with pytest.raises(IllegalMove, match=sentence) as refused:
        receiving.receive(said(**wrong), HOME)
    assert refused.value.field == field
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ([photo(str(f"#00000{n}"), f"{n}.jpg") for n in range(5)], "最多 4 张"),
        ([Upload("x.jpg", b"MZ no picture")], "x.jpg"),
        ([Upload("x.pdf", b"%PDF-1.4\n%%EOF\n")], "x.pdf"),
    ],
)
def test_what_is_no_photo_or_one_too_many_is_refused(place: City, files: list[Upload], sentence: str) -> None:
    with pytest.raises(BadFile, match=sentence):
        receiving.receive(said(), HOME, files)
    assert not Report.objects.exists()


def test_an_address_is_heard_so_many_times_an_hour_and_a_day_and_others_still_are(place: City) -> None:
    hour, day = in_force().sender_hour, in_force().sender_day
    sent_today = 0
    while sent_today < day:
        for _report in range(min(hour, day - sent_today)):
            sent()
            sent_today += 1
        with pytest.raises(TooMany, match="一小时内" if sent_today < day else "一(小时|天)内"):
            sent()
        clock.set_replay(clock.now() + timedelta(hours=1, seconds=1), 0)
    with pytest.raises(TooMany, match="一天内最多举报 20 次"):
        sent()
    assert sent(address="192.0.2.7")
    clock.set_replay(NOW + timedelta(days=1, seconds=1), 0)
    assert sent(), "the first of them is a day old"


def test_so_many_are_taken_from_all_together(place: City, monkeypatch: pytest.MonkeyPatch) -> None:
    few = in_force().__class__(**{**in_force().__dict__, "all_hour": 3})
    monkeypatch.setattr(receiving, "in_force", lambda: few)
    for number in range(3):
        sent(address=str(number))
    with pytest.raises(TooMany, match="现在举报太多"):
        sent(address="another")


def test_photos_of_a_report_are_not_swept_away(place: City) -> None:
    sent(files=(photo(),))
    path = evidence.path_of(Photo.objects.get().sha256)
    os.utime(path, (0, 0))
    assert evidence.sweep() == 0
    assert path.exists()


@given(text=st.text(max_size=300), place_=st.text(max_size=100), name=st.text(max_size=30))
def test_whatever_people_type_can_be_kept(text: str, place_: str, name: str) -> None:
    typed = said(text=text, place=place_, name=name)
    kept = receiving._fields(typed) | receiving._contact(typed)
    for field in ("text", "place", "name"):
        assert "\x00" not in kept[field]
        assert kept[field] == kept[field].strip()
