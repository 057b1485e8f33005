"""The pages as people of the county and outside of it see them."""

from datetime import date
from io import BytesIO

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from docx import Document

from bihuan.kit.registers import actions
from bihuan.kit.registers.writing import Act
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.river_chiefs.models import DutyRules, Telephone
from bihuan.scenarios.river_chiefs.tests.world import Water, make_duty


def page(
    client: Client,
    water: Water,
    name: str,
    *args: object,
    role: str = "dispatcher",
    region: str = "140321",
    **asked: str,
) -> str:
    client.force_login(water.city.person(role, region))
    answer = client.get(reverse(f"river_chiefs:{name}", args=args), asked)
    assert answer.status_code == 200, name
    return " ".join(answer.content.decode().split())


def test_the_list_shows_a_lamp_for_duties_and_problems_and_is_taken_away(
    client: Client, water: Water
) -> None:
    water.at(11)
    water.find()
    shown = page(client, water, "index")
    assert 'tag bad">1 项超期' in shown
    assert "1 条待判" in shown
    client.force_login(water.city.person("dispatcher"))
    taken = client.get(reverse("river_chiefs:index"), {"as": "xlsx"}).content
    head, row = openpyxl.load_workbook(BytesIO(taken)).worksheets[0].iter_rows(values_only=True)
    assert dict(zip(head, row, strict=True)) | {"超期巡河职责": 1, "待判发现": 1} == dict(
        zip(head, row, strict=True)
    )


def test_a_river_says_who_answers_for_it_at_every_level_and_who_walked_last(
    client: Client, water: Water
) -> None:
    make_duty(
        water.city,
        water.reach,
        "HZ0",
        name="钱市长",
        level="city",
        account=None,
        office="副市长",
        since=date(2019, 1, 1),
    )
    make_duty(water.city, water.reach, "HJ", name="孙警长", level="county", role="police")
    water.walk(5)
    shown = page(client, water, "river", "R")
    assert shown.index("钱市长") < shown.index("孙警长") < shown.index("王河长")
    assert "县级河警长" in shown
    assert "6000 m" in shown or "5900 m" in shown
    paper = Document(BytesIO(client.get(reverse("river_chiefs:river_word", args=["R"])).content))
    assert [c.text for c in paper.tables[0].rows[1].cells][:4] == [
        "桃河R一段",
        "市级河长",
        "钱市长",
        "副市长",
    ]
    assert "王河长" not in page(client, water, "river", "R", region="140322")


def test_a_telephone_is_seen_by_who_hands_over_and_stands_in_no_history(client: Client, water: Water) -> None:
    chief = water.city.person("chief")
    register = every_register()["river_duties"]
    given = {
        "code": "T1",
        "reach": "R-1",
        "role": "河长",
        "level": "县级",
        "name": "李县长",
        "region": "140321",
        "telephone": "13800000001",
    }
    made = actions.create(register, given, Act(chief, "登记"))
    assert Telephone.objects.get(duty=str(made.pk)).number == "13800000001"
    assert "13800000001" in page(client, water, "river", "R")
    for role in ("ranger", "verifier", "auditor"):
        assert "13800000001" not in page(client, water, "river", "R", role=role)
    client.force_login(chief)
    shown = client.get(reverse("register_object", args=["river_duties", "T1"])).content.decode()
    assert "李县长" in shown
    assert "13800000001" not in shown


def test_late_duties_are_listed_by_person_and_county(client: Client, water: Water) -> None:
    water.at(11)
    assert "2019-03-11 起" in page(client, water, "duties")
    assert "王河长" not in page(client, water, "duties", level="county")
    assert "王河长" not in page(client, water, "duties", tab="due")
    assert "王河长" not in page(client, water, "duties", region="140322")


def test_how_often_is_set_on_the_page_and_a_refusal_keeps_what_was_typed(
    client: Client, water: Water
) -> None:
    client.force_login(water.city.person("chief", "140300"))
    address = reverse("river_chiefs:rules")
    sent = {
        "times_chief_village": "99",
        "period_chief_village": "month",
        "since": "2019-03-01",
        "reason": "本市规定",
    }
    assert "99" in client.post(address, sent).content.decode()
    assert not DutyRules.objects.exists()
    assert client.post(address, sent | {"times_chief_village": "2"}).status_code == 302
    assert DutyRules.objects.get().values == {"chief_village": [2, "month"]}
    assert "各地巡河制度的常见写法" in client.get(address).content.decode()


@pytest.mark.parametrize("asked", [{"since": "x"}, {"since": "2019-13-01"}])
def test_a_day_that_cannot_be_meant_is_refused_in_words(
    client: Client, water: Water, asked: dict[str, str]
) -> None:
    client.force_login(water.city.person("chief"))
    assert client.get(reverse("river_chiefs:league"), asked).status_code == 400
