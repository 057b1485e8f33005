"""The first account comes with its city and its centre, once; what cases are numbered by is the bureau's own."""

from dataclasses import replace

import pytest

from bihuan.registry import founding
from bihuan.registry.access import CITY, may
from bihuan.registry.accounts import NotChanged
from bihuan.registry.city import own_city
from bihuan.registry.founding import City, Founded, NotFounded, found, set_number_prefix, why_no_city
from bihuan.registry.installation import number_prefix
from bihuan.registry.models import AuditEntry, Organisation, Person, Region
from tests.people import City as People

TAIYUAN = City("太原市", "140100", "太原市生态环境局", "admin.ty", "张三")
PASSWORD = "wo-de-cheng-shi"


@pytest.mark.parametrize("code", ["140100", "330200", "542500", "659000", "110100"])
def test_a_city_has_four_digits_and_two_noughts(code: str) -> None:
    assert why_no_city(code) == ""


@pytest.mark.parametrize(
    "code", ["", "1401", "140000", "140105", "140100000", "990100", "14010０", "abc100", "001000"]
)
def test_provinces_counties_and_what_is_no_code_are_refused(code: str) -> None:
    assert why_no_city(code)


@pytest.mark.django_db
def test_the_first_account_runs_the_whole_city() -> None:
    person = found(TAIYUAN, PASSWORD)
    assert own_city() == Region.objects.get(pk="140100", name="太原市")
    assert may(person, "admin", region=CITY)
    post = person.posts.get()
    assert (post.organisation and post.organisation.kind) == "centre"
    assert not person.must_change_password
    assert Person.objects.get(username="admin.ty").check_password(PASSWORD)
    entry = AuditEntry.objects.get(action="city.found")
    assert (entry.person, entry.target) == (person, "140100")


@pytest.mark.django_db
def test_there_is_no_second_first_account() -> None:
    found(TAIYUAN, PASSWORD)
    with pytest.raises(Founded):
        found(City("大同市", "140200", "大同市生态环境局", "other", "李四"), PASSWORD)
    assert not Region.objects.filter(pk="140200").exists()
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_nothing_is_made_when_the_account_is_refused() -> None:
    with pytest.raises(NotChanged, match="密码"):
        found(TAIYUAN, "1234567890")
    assert not Region.objects.exists()
    assert not Organisation.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.django_db
def test_a_register_that_was_filled_before_is_kept_and_not_renamed() -> None:
    region = Region.objects.create(code="140100", name="太原市")
    Organisation.objects.create(name="太原市生态环境局", kind="department", region=region)
    with pytest.raises(NotFounded) as other_name:
        found(replace(TAIYUAN, name="并州市"), PASSWORD)
    assert other_name.value.field == "name"
    with pytest.raises(NotFounded) as no_centre:
        found(TAIYUAN, PASSWORD)
    assert no_centre.value.field == "centre"
    Organisation.objects.update(kind="centre")
    found(TAIYUAN, PASSWORD)
    assert Organisation.objects.count() == Region.objects.count() == 1


@pytest.mark.parametrize(
    "text", ["", " ", "并/交", "并环交〔", "一二三四五六七八九十一二三", "a b", "..", "并_交"]
)
def test_a_prefix_that_no_address_can_hold_is_refused(city: People, text: str) -> None:
    with pytest.raises(NotChanged):
        set_number_prefix(city.person("admin", "140300"), text)
    assert number_prefix() == "环交"


@pytest.mark.parametrize(
    ("role", "region"), [("admin", "140321"), ("chief", "140300"), ("dispatcher", "140300")]
)
def test_only_the_citys_administrators_set_the_prefix(city: People, role: str, region: str) -> None:
    with pytest.raises(NotChanged):
        set_number_prefix(city.person(role, region), "并环交")


def test_provinces_are_those_of_the_national_standard() -> None:
    # GB/T 2260-2007, table 1, with Taiwan, Hong Kong and Macao: 34.
    assert len(founding.PROVINCES) == 34
