"""Registering a problem by hand: who may, what becomes of it, and that nothing typed is lost."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.cases.chain import verify_chains
from bihuan.cases.models import Case
from bihuan.cases.reminders import unread
from bihuan.cases.transitions import State
from bihuan.registry.models import Emitter
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World, photo
from tests.web.test_case_steps import ODD, signed_in

FILLED = {"title": "料场未苫盖", "source": "patrol", "level": "moderate", "region": COUNTY}


def register(client: Client, world: World, role: str, where: str = COUNTY, **data: Any) -> str:
    """Send the form as somebody and read the page that follows."""
    signed_in(client, world.person(role, where))
    answer = client.post(reverse("case_new"), {**FILLED, **data}, follow=True)
    assert answer.status_code == 200, data
    return answer.content.decode()


def test_a_grid_workers_report_waits_for_the_office_which_is_told(client: Client, world: World) -> None:
    sent = SimpleUploadedFile("现场.jpg", photo().content)
    page = register(
        client,
        world,
        "ranger",
        description="三处裸土",
        place="冠山镇",
        lat="37.85",
        lon="113.58",
        files=[sent],
    )
    assert "已报送, 等待交办" in page
    case = Case.objects.get()
    assert (case.state, case.source, case.level, case.region_id) == (
        State.PENDING,
        "patrol",
        "moderate",
        COUNTY,
    )
    assert (case.title, case.description, case.place, case.lat, case.lon) == ("料场未苫盖", "三处裸土", "冠山镇", 37.85, 113.58)  # fmt: skip
    assert [f.name for s in case.steps.all() for f in s.files.all()] == ["现场.jpg"]
    assert [n.case for n in unread(world.person("dispatcher"))] == [case]
    assert [n.case for n in unread(world.person("dispatcher", "140300"))] == [case]
    assert verify_chains().broken == []
    mine = client.get(reverse("cases") + "?tab=reported").content.decode()
    assert case.number in mine
    others = signed_in(client, world.person("dispatcher")).get(reverse("cases") + "?tab=reported")
    assert case.number not in others.content.decode()


def test_the_office_registers_and_hands_over_at_once(client: Client, world: World) -> None:
    unit = world.city.governments[COUNTY]
    page = register(
        client,
        world,
        "dispatcher",
        "140300",
        source="chief",
        organisation=unit.pk,
        term="1",
        requirement="立即苫盖",
    )
    assert "已交办 平定县人民政府" in page
    case = Case.objects.get()
    assert (case.state, case.organisation, case.source, case.requirement) == (State.DISPATCHED, unit, "chief", "立即苫盖")  # fmt: skip
    assert (case.due - world.at).days == 1 if case.due else False
    assert [n.case for n in unread(world.person("handler"))] == [case]


def test_a_grid_worker_cannot_hand_over_or_register_an_order_of_the_leader(
    client: Client, world: World
) -> None:
    unit = world.city.governments[COUNTY]
    assert "交办由" in register(client, world, "ranger", organisation=unit.pk)
    assert "请选择问题来源" in register(client, world, "ranger", source="chief")
    form = client.get(reverse("case_new")).content.decode()
    assert 'name="organisation"' not in form
    assert 'value="chief"' not in form
    assert Case.objects.count() == 0


@pytest.mark.parametrize("role", ["handler", "enterprise", "auditor", "admin"])
def test_who_finds_nothing_registers_nothing(client: Client, world: World, role: str) -> None:
    signed_in(client, world.person(role))
    for ask in (client.get, client.post):
        answer = ask(reverse("case_new"), FILLED)
        assert answer.status_code in (400, 403)
        assert "您没有这个职务" in answer.content.decode()
    assert "登记问题</a>" not in client.get(reverse("cases")).content.decode()
    assert Case.objects.count() == 0


@pytest.mark.parametrize("role", ["ranger", "dispatcher", "verifier", "chief"])
def test_nobody_registers_in_another_county(client: Client, world: World, role: str) -> None:
    assert "区划“140322”不在可选范围内" in register(client, world, role, region="140322", source="patrol")
    assert Case.objects.count() == 0


def test_region_and_place_follow_from_the_enterprise(client: Client, world: World) -> None:
    Emitter.objects.create(
        code="E1", name="平定水泥厂", kind="plant", region=world.city.regions[COUNTY], industry="水泥", grade="C", lon=113.6, lat=37.8
    )  # fmt: skip
    register(client, world, "dispatcher", "140300", region="", about="平定水泥厂")
    case = Case.objects.get()
    assert (case.region_id, case.place, case.lat, case.lon) == (COUNTY, "平定水泥厂", 37.8, 113.6)
    assert "没有名为“无此厂”的企业或点位" in register(client, world, "dispatcher", about="无此厂")


def test_a_refusal_keeps_the_form_and_its_photos(client: Client, world: World) -> None:
    sent = SimpleUploadedFile("现场.jpg", photo().content)
    page = register(client, world, "ranger", lat="95", description="三处<裸土>", files=[sent])
    assert "纬度“95”不是" in page
    assert "三处&lt;裸土&gt;</textarea>" in page
    assert 'value="料场未苫盖"' in page
    [sha256] = re.findall(r'name="draft" value="(\w{64})"', page)
    register(client, world, "ranger", draft=sha256)
    assert [f.sha256 for s in Case.objects.get().steps.all() for f in s.files.all()] == [sha256]
    assert "三处" not in client.get(reverse("case_new")).content.decode()


@pytest.mark.slow
@pytest.mark.parametrize(
    "field",
    ["title", "source", "level", "region", "about", "place", "lat", "lon", "description", "organisation", "due", "term", "requirement", "draft"],
)  # fmt: skip
def test_odd_values_get_a_sentence(client: Client, world: World, field: str) -> None:
    for value in ["", *ODD]:
        unit = {} if field == "organisation" else {"organisation": world.city.governments[COUNTY].pk}
        assert "toast-line" in register(client, world, "dispatcher", **{**unit, field: value})
    assert verify_chains().broken == []


def test_missing_fields_get_a_sentence(client: Client, world: World) -> None:
    signed_in(client, world.person("ranger"))
    assert "请选择区划" in client.post(reverse("case_new"), {}, follow=True).content.decode()
    assert "请填写标题" in client.post(reverse("case_new"), {"region": COUNTY}, follow=True).content.decode()
