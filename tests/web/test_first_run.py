"""The first page of a new installation: until there is an account it is all there is, afterwards it is gone."""

import re
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.installation import first_run
from bihuan.registry.models import AuditEntry, Organisation, Person, Region
from tests.people import City

PAGE = "/first-run/"
GIVEN = {
    "name": "太原市", "region": "140100", "centre": "太原市生态环境局", "username": "admin.ty", "full_name": "张三",
    "password": "wo-de-cheng-shi", "again": "wo-de-cheng-shi",
}  # fmt: skip


@pytest.fixture
def given(db: None, data_dir: Path) -> dict[str, str]:
    """What a right answer to the page holds, in an empty installation whose code lies in its folder."""
    return {**GIVEN, "code": first_run.code_of(data_dir)}


@pytest.mark.parametrize(
    "path", ["/", "/login/", "/cases/", "/nothing/here", "/me/", "/map/layers/cases.json"]
)
@pytest.mark.usefixtures("given")
def test_every_address_leads_to_the_page_while_there_is_no_account(client: Client, path: str) -> None:
    assert client.get(path)["Location"] == PAGE
    assert client.post(path)["Location"] == PAGE


@pytest.mark.usefixtures("given")
def test_a_monitor_is_answered_and_the_language_can_be_chosen(client: Client) -> None:
    assert client.get(reverse("health")).status_code in (200, 503)
    client.post(reverse("language"), {"language": "en", "next": PAGE})
    assert "Set up the city" in client.get(PAGE).content.decode()


def test_the_right_code_makes_city_centre_and_administrator_and_signs_in(
    client: Client, given: dict[str, str], data_dir: Path
) -> None:
    answer = client.post(PAGE, given)
    assert answer.status_code == 302
    person = Person.objects.get()
    assert client.session["_auth_user_id"] == str(person.pk)
    assert (person.username, person.full_name) == ("admin.ty", "张三")
    assert Region.objects.get().name == "太原市"
    assert Organisation.objects.get().kind == "centre"
    assert not (data_dir / first_run.FILE).exists()
    assert set(AuditEntry.objects.values_list("action", flat=True)) >= {
        "person.add",
        "city.found",
        "person.sign_in",
    }
    assert client.get(answer["Location"]).status_code == 200


def test_the_page_is_gone_after_the_first_account(client: Client, given: dict[str, str]) -> None:
    client.post(PAGE, given)
    for visitor in (client, Client()):
        assert visitor.get(PAGE).status_code == 404
        assert visitor.post(PAGE, given | {"username": "second"}).status_code == 404
    assert Client().get("/")["Location"].startswith("/login/")
    assert Person.objects.count() == 1


def test_the_page_is_gone_where_the_account_came_from_the_command_line(client: Client, city: City) -> None:
    assert client.get(PAGE).status_code == 404


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA", "x" * 60])
def test_a_stranger_without_the_code_makes_nothing(client: Client, given: dict[str, str], code: str) -> None:
    answer = client.post(PAGE, given | {"code": code})
    assert answer.status_code == 400
    assert not Person.objects.exists()
    assert not Region.objects.exists()


def test_no_code_in_the_folder_means_that_none_fits(
    client: Client, given: dict[str, str], data_dir: Path
) -> None:
    first_run.forget(data_dir)
    for code in (given["code"], ""):
        assert client.post(PAGE, given | {"code": code}).status_code == 400


def test_after_five_wrong_codes_an_address_waits_even_with_the_right_one(
    client: Client, given: dict[str, str]
) -> None:
    for _ in range(5):
        assert client.post(PAGE, given | {"code": "WRONG"}).status_code == 400
    slowed = client.post(PAGE, given)
    assert slowed.status_code == 429
    assert int(slowed["Retry-After"]) == 900
    assert 'value="太原市"' in slowed.content.decode()
    assert not Person.objects.exists()
    assert client.post(PAGE, given, REMOTE_ADDR="10.1.1.9").status_code == 302


def test_many_addresses_together_are_slowed_down_too(client: Client, given: dict[str, str]) -> None:
    for n in range(100):
        client.post(PAGE, {"code": "WRONG"}, REMOTE_ADDR=f"10.2.0.{n}")
    assert client.post(PAGE, given, REMOTE_ADDR="10.1.1.9").status_code == 429


def test_a_mistake_elsewhere_does_not_count_as_a_wrong_code(client: Client, given: dict[str, str]) -> None:
    for _ in range(8):
        assert client.post(PAGE, given | {"region": "140105"}).status_code == 400
    assert client.post(PAGE, given).status_code == 302


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("region", "140000", "四位加 00"),
        ("region", "990100", "省份代码"),
        ("username", "张 三/x", "用户名"),
        ("password", "1234567890", "数字"),
        ("password", "short", "10"),
        ("again", "something-else", "两次输入的密码不同"),
        ("name", " ", "必填"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    client: Client, given: dict[str, str], field: str, value: str, said: str
) -> None:
    typed = given | {field: value}
    page = client.post(PAGE, typed).content.decode()
    beside = page.partition(f'name="{field}"')[2].partition("form-label")[0]
    assert said in re.sub(r"<p.*?</p>", "", beside, flags=re.DOTALL)
    for name in ("code", "name", "region", "centre", "username", "full_name"):
        assert f'value="{typed[name].strip() and typed[name]}"' in page or name == field
    assert given["password"] not in page
    assert not Person.objects.exists()
    assert not Region.objects.exists()


def test_an_organisation_that_is_something_else_is_named_beside_its_field(
    client: Client, given: dict[str, str]
) -> None:
    region = Region.objects.create(code="140100", name="太原市")
    Organisation.objects.create(name=given["centre"], kind="enterprise", region=region)
    page = client.post(PAGE, given).content.decode()
    assert "不是本市的指挥中心" in page.partition('name="centre"')[2].partition("form-label")[0]
