"""Trees of cases on the pages: the section of a case, the forms that make and part them, the page of lists."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases import milestones, trees
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from bihuan.registry.models import Person
from tests.cases.conftest import world as world  # the fixture
from tests.cases.world import COUNTY, World
from tests.pages import flat
from tests.people import CITY_CODE

OTHER = "140322"


def page(client: Client, person: Person, case: Case) -> str:
    client.force_login(person)
    return flat(client.get(reverse("case", args=[case.number])).content.decode())


def post(client: Client, person: Person, case: Case, action: str, **data: Any) -> str:
    client.force_login(person)
    return flat(
        client.post(reverse("case_step", args=[case.number, action]), data, follow=True).content.decode()
    )


def lists(client: Client, person: Person, **asked: str) -> str:
    client.force_login(person)
    return flat(client.get(reverse("lists"), asked).content.decode())


def section(text: str, key: str) -> str:
    """A section of the page by its id, without tags."""
    found = re.search(rf'<section class="panel[^"]*" id="{key}">(.*?)</section>', text)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", found[1])) if found else ""


@pytest.fixture
def joint(world: World) -> Case:
    """A case that two units handle together."""
    case = world.case(State.DISPATCHED)
    world.go(case, "add_unit")
    return case


def test_the_hand_over_names_co_units_at_once(client: Client, world: World) -> None:
    case, chief = world.case(State.PENDING), world.person("chief", CITY_CODE)
    assert '<select class="form-select" name="units" multiple' in page(client, chief, case)
    lead, part = (world.city.governments[code].pk for code in (COUNTY, OTHER))
    text = post(client, chief, case, "dispatch", organisation=lead, units=[part])
    assert "协办 环交〔2019〕0002" in section(text, "tree")
    assert [c.organisation_id for c in trees.joint(Case.objects.get(pk=case.pk))] == [lead, part]


def test_a_refused_hand_over_keeps_the_co_units_that_were_chosen(client: Client, world: World) -> None:
    case, chief = world.case(State.PENDING), world.person("chief", CITY_CODE)
    lead, part = (world.city.governments[code].pk for code in (COUNTY, OTHER))
    text = post(client, chief, case, "dispatch", organisation=lead, units=[lead, part])
    assert "是牵头单位，协办请选择其他单位" in text
    chosen = re.search(r'name="units" multiple.*?</select>', text)
    assert chosen is not None
    assert re.findall(r'value="(\d+)" selected', chosen[0]) == sorted(map(str, (lead, part)))
    assert "协办单位“77777”不在可选范围内" in post(
        client, chief, case, "dispatch", organisation=lead, units=["77777"]
    )
    assert not Case.objects.filter(parent=case).exists()


def test_the_tree_shows_units_states_and_progress(client: Client, world: World, joint: Case) -> None:
    part = trees.below(joint).get()
    text = section(page(client, world.person("chief", CITY_CODE), joint), "tree")
    for said in (
        "下级已销号 0 / 1",
        f"牵头 {joint.number}",
        f"协办 {part.number}",
        "盂县人民政府 · 已交办 · 市级",
        "还剩 7 天",
    ):
        assert said in text, said


def test_a_co_unit_sees_who_leads_and_how_it_stands_but_not_the_case_itself(
    client: Client, world: World, joint: Case
) -> None:
    part, handler = trees.below(joint).get(), world.person("handler", OTHER)
    text = page(client, handler, part)
    assert f"牵头 {joint.number} 平定县人民政府 · 已交办" in section(text, "tree")
    assert reverse("case", args=[joint.number]) not in text
    client.force_login(handler)
    assert client.get(reverse("case", args=[joint.number])).status_code == 404


def test_a_list_is_made_broken_down_changed_and_struck_off_by_the_forms(client: Client, world: World) -> None:
    case, chief = world.case(State.PENDING), world.person("chief", CITY_CODE)
    due = f"{world.at + timedelta(days=700):%Y-%m-%d}"
    text = post(client, chief, case, "list_up", note="央督第 12 项", listed_by="centre", due=due)
    assert "已列入清单" in text
    other = world.city.governments[OTHER].pk
    post(client, chief, case, "break_down", organisation=other, requirement="清理堆场", term="7")
    part = trees.below(case).get()
    assert (part.listed_by, part.organisation_id, part.tie) == ("centre", other, "listed")
    assert "环交〔2019〕0001" in page(client, chief, part)
    text = post(client, chief, Case.objects.get(pk=part.pk), "detach", note="另案办理")
    assert section(text, "tree") == ""
    stray = Case.objects.get(pk=part.pk)
    text = post(client, chief, stray, "attach", parent="环交〔2019〕9999", note="归口")
    assert "没有编号为 环交〔2019〕9999 的问题" in text
    assert f'<option value="{case.number}">' in text
    assert "已挂到上级" in post(client, chief, stray, "attach", parent=case.number, note="归口")
    assert "还有 1 个下级问题未完成" in post(client, chief, case, "strike", note="完成")
    assert "挂牌层级“mars”不在可选范围内" in post(client, chief, case, "retime", note="改", listed_by="mars")


def test_nodes_are_set_and_done_on_the_page(client: Client, world: World) -> None:
    case, chief = world.case(State.LISTED), world.person("chief", CITY_CODE)
    day = f"{world.at + timedelta(days=2):%Y-%m-%d}"
    text = post(client, chief, case, "node", task="完成勘察", day=day)
    assert f"{day} 完成勘察 未到期" in section(text, "nodes")
    seq = milestones.nodes(case)[0].seq
    text = post(client, chief, case, "node_done", node=str(seq), note="报告已出")
    assert "报告已出" in section(text, "nodes")
    assert "已完成" in section(text, "nodes")


def test_the_page_of_lists_shows_progress_next_node_and_the_worst_lamp_below(
    client: Client, world: World
) -> None:
    case, chief = world.case(State.PENDING, title="央督清单"), world.person("chief", CITY_CODE)
    world.go(case, "list_up", listed_by="centre", due=world.at + timedelta(days=90))
    world.go(case, "node", task="勘察", day=f"{world.at + timedelta(days=2):%Y-%m-%d}")
    world.child(State.CLOSED, case)
    slow = world.child(State.DISPATCHED, Case.objects.get(pk=case.pk))
    world.case(State.DISPATCHED, title="单独的")
    assert slow.due is not None
    world.wait(days=9)
    text = lists(client, chief)
    for said in ("央督清单", "1 / 2", "2019-01-14", "超期 1 天", "央督"):
        assert said in text, said
    assert "单独的" not in text
    assert "央督清单" in lists(client, chief, listed_by="centre")
    assert "央督清单" not in lists(client, chief, listed_by="province")
    assert "央督清单" not in lists(client, chief, tab="finished")
    assert "央督清单" not in lists(client, world.person("handler", OTHER))


def test_a_list_and_a_lead_below_it_are_counted_each_by_its_own_parts(client: Client, world: World) -> None:
    top = world.case(State.LISTED, title="央督清单")
    lead = world.child(State.DISPATCHED, top, title="牵头的")
    world.go(lead, "add_unit")
    text = lists(client, world.person("chief", CITY_CODE))
    assert re.findall(r"\b(\d / \d)\b", text) == ["0 / 1", "0 / 1"]


def test_the_page_of_lists_asks_a_number_of_questions_that_does_not_grow(
    client: Client, world: World, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        world.child(State.DISPATCHED)
    client.force_login(world.person("chief", CITY_CODE))
    client.get(reverse("lists"))
    with django_assert_max_num_queries(25):
        client.get(reverse("lists"))
