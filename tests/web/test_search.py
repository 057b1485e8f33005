"""The search finds by name and number what the person may see, and lets nobody guess at what they may not."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.models import Case, Finding
from bihuan.registry.models import Emitter, Site
from tests.people import ROLES, City
from tests.web.world import MINE, Objects

TOP, OTHER = "140300", "140322"
LISTS = {"监测点位": "sites", "污染源": "emitters", "问题": "cases", "发现": "findings"}


def found(client: Client, q: str) -> dict[str, list[str]]:
    """What each list holds."""
    answer = client.get(reverse("search"), {"q": q})
    assert answer.status_code == 200
    every = {LISTS.get(kind.title, kind.title): kind.hits for kind in answer.context["found"]}
    return {name: [hit.text for hit in hits] for name, hits in every.items()}


def total(client: Client, q: str) -> int:
    return sum(len(rows) for rows in found(client, q).values())


@pytest.fixture
def officer(client: Client, city: City, objects: Objects) -> Client:
    client.force_login(city.person("dispatcher", TOP))
    return client


@pytest.mark.parametrize(
    ("q", "lists"),
    [
        ("测试站", {"sites", "findings", "cases"}),  # by what it is about too
        ("X1", {"sites"}),
        ("x1", {"sites"}),  # a code in small letters
        ("测试厂", {"emitters"}),
        ("E1", {"emitters"}),
        ("试", {"sites", "emitters", "cases", "findings"}),
        (" 测试厂 ", {"emitters"}),
    ],
)
def test_it_finds_by_name_and_code(officer: Client, q: str, lists: set[str]) -> None:
    assert {name for name, rows in found(officer, q).items() if rows} == lists


def test_a_case_is_found_by_its_number_and_any_part_of_it(officer: Client, objects: Objects) -> None:
    number = objects.case.number
    for q in (number, number[-4:], number[:3]):
        assert found(officer, q)["cases"] == [objects.case.title], q


@pytest.mark.parametrize(
    "q", ["", " ", "\u3000", "没有这样的东西", "%", "_", "'", "\\", '"; DROP TABLE', "*"]
)
def test_nothing_or_a_sign_of_a_pattern_finds_nothing(officer: Client, q: str) -> None:
    """`%` and `_` are searched for as they stand; they do not stand for anything."""
    assert total(officer, q) == 0


def test_the_question_comes_back_as_text(officer: Client) -> None:
    page = officer.get(reverse("search"), {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("q", ["测试", "X1", "E1", "站", "〔"])
def test_another_county_finds_nothing_of_ours(
    client: Client, city: City, objects: Objects, role: str, q: str
) -> None:
    client.force_login(city.person(role, OTHER))
    assert total(client, q) == 0
    page = client.get(reverse("search"), {"q": q}).content.decode()
    for name in (objects.site.name, "测试厂", objects.case.number):
        assert name not in page


@pytest.mark.parametrize("role", [r for r in ROLES if r != "enterprise"])
def test_the_own_county_finds_all_of_it(client: Client, city: City, objects: Objects, role: str) -> None:
    client.force_login(city.person(role, MINE))
    lists = found(client, "试")
    assert all(lists[name] for name in LISTS.values())


def test_a_contact_of_an_enterprise_finds_the_enterprise_and_not_its_neighbours(
    client: Client, city: City, objects: Objects
) -> None:
    own = Emitter.objects.create(
        code="E2", name="自家测试厂", kind="plant", region=city.regions[MINE], industry="水泥", grade="C", lon=113.6, lat=37.8,
        organisation=city.governments[MINE],
    )  # fmt: skip
    client.force_login(city.person("enterprise", MINE))
    assert found(client, "测试")["emitters"] == [str(own)]
    assert found(client, "测试")["sites"] == []


def test_what_is_simulated_says_so(officer: Client) -> None:
    assert "模拟" not in officer.get(reverse("search"), {"q": "测试厂"}).content.decode().split("<main")[-1]
    Emitter.objects.update(simulated=True)
    assert "模拟" in officer.get(reverse("search"), {"q": "测试厂"}).content.decode().split("<main")[-1]


def test_each_list_has_twenty_rows_at_most(officer: Client, city: City) -> None:
    for n in range(30):
        Site.objects.create(code=f"M{n}", name=f"同名{n}", rank="township", region=city.regions[MINE], lon=113.6, lat=37.8)  # fmt: skip
    assert len(found(officer, "同名")["sites"]) == 20
    assert "只列出前 20 个" in officer.get(reverse("search"), {"q": "同名"}).content.decode()
    assert "只列出前" not in officer.get(reverse("search"), {"q": "试"}).content.decode()


def test_every_row_leads_to_a_page_that_opens(officer: Client, objects: Objects) -> None:
    page = officer.get(reverse("search"), {"q": "试"}).content.decode()
    for address in (
        reverse("unit", args=["E1"]), reverse("case", args=[objects.case.number]),
        reverse("finding", args=[objects.finding.pk]),
    ):  # fmt: skip
        assert f'href="{address}"' in page
        assert officer.get(address).status_code == 200
    assert (Case.objects.count(), Finding.objects.count()) == (1, 2)
