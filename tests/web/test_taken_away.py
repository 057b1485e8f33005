"""What is taken away as CSV or Excel opens right in China, says what is simulated, and runs nothing on who opens it."""

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bihuan.cases.models import Case, Finding
from tests.people import City
from tests.taken import read, sheet
from tests.web.world import MINE, Objects


@pytest.fixture
def officer(client: Client, city: City, objects: Objects) -> Client:
    client.force_login(city.person("dispatcher", "140300"))
    return client


@pytest.mark.parametrize(("name", "model"), [("findings", Finding), ("cases", Case)])
def test_every_list_can_be_taken_away_with_its_mark_of_what_is_simulated(
    officer: Client, name: str, model: type[Model]
) -> None:
    for simulated in (False, True):
        model._default_manager.update(simulated=simulated)
        head, first, *_ = read(officer.get(reverse(name), {"as": "csv", "tab": "all"}).content)
        assert bool(first[head.index("模拟")]) is simulated


@pytest.mark.parametrize("name", ["findings", "cases"])
def test_a_county_takes_away_only_its_own(client: Client, city: City, objects: Objects, name: str) -> None:
    sizes = {}
    for region in (MINE, "140322"):
        client.force_login(city.person("dispatcher", region))
        sizes[region] = len(read(client.get(reverse(name), {"as": "csv", "tab": "all"}).content))
    assert sizes[MINE] > 1
    assert sizes["140322"] <= 1


@pytest.mark.parametrize("name", ["findings", "cases"])
def test_a_name_that_is_a_formula_leaves_the_house_as_text(
    officer: Client, objects: Objects, name: str
) -> None:
    Finding.objects.update(title="=1+1", target_name="=1+1")
    Case.objects.update(title="=1+1")
    cells = [c for row in read(officer.get(reverse(name), {"as": "csv", "tab": "all"}).content) for c in row]
    assert "'=1+1" in cells
    assert "=1+1" not in cells


@pytest.mark.parametrize("name", ["findings", "cases"])
def test_an_unknown_kind_in_the_address_gets_a_sentence(officer: Client, name: str) -> None:
    answer = officer.get(reverse(name), {"as": "pdf"})
    assert answer.status_code == 400
    assert "可选 csv 或 xlsx" in answer.content.decode()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("name", ["findings", "cases", "figures", "people"])
def test_every_list_without_rows_has_the_heads_that_it_has_with_rows(
    client: Client, city: City, objects: Objects, name: str, kind: str
) -> None:
    """A county without findings and cases; a search that finds nobody."""
    heads = {}
    for region, query in (("140300", {}), ("140322", {"q": "没有这个人", "region": "140322"})):
        client.force_login(city.person("admin" if name == "people" else "dispatcher", region))
        content = client.get(reverse(name), {"as": kind, "tab": "all", **query}).content
        rows = read(content) if kind == "csv" else [[c.value for c in r] for r in sheet(content).iter_rows()]
        heads[region] = rows[0]
    assert len(heads["140300"]) > 4
    assert heads["140300"] == heads["140322"]


def test_a_list_longer_than_a_page_is_taken_away_whole(officer: Client, objects: Objects) -> None:
    fields = Case.objects.values().first() or {}
    Case.objects.bulk_create(Case(**fields | {"id": None, "number": f"n{n}"}) for n in range(120))
    with CaptureQueriesContext(connection) as asked:
        rows = read(officer.get(reverse("cases"), {"as": "csv", "tab": "all"}).content)
    assert {f"n{n}" for n in range(120)} <= {row[0] for row in rows}
    listed = [q["sql"] for q in asked if "original_due" in q["sql"]]
    assert listed
    assert not any("LIMIT" in sql for sql in listed), "a longer list would be cut"
