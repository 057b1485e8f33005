"""A unit of the emission-reduction list: what was found about it and is being done, whoever answers for it, and to whom."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases import actions
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Finding
from bihuan.registry.models import Emitter, Measure, Organisation
from tests.people import City
from tests.web.world import MINE, NOW, Objects

OTHER = "140322"


def found(city: City, target: str, organisation: Organisation | None = None, title: str = "超标") -> Finding:
    return open_or_extend(
        check_key="k9", target_kind="emitter", target=target, target_name="测试厂", title=title, region=city.regions[MINE],
        started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={"a": 1},
        organisation=organisation,
    )[0]  # fmt: skip


def shown(client: Client, code: str = "E1") -> tuple[list[Finding], list[str]]:
    context = client.get(reverse("unit", args=[code])).context
    return list(context["findings"]), [case.number for case in context["cases"]]


def test_what_was_found_at_a_unit_that_nobody_answers_for_is_shown(
    officer: Client, city: City, objects: Objects
) -> None:
    assert Emitter.objects.get(pk="E1").organisation is None
    mine = found(city, "E1")
    found(city, "E2")
    case = actions.hand_over([mine], city.person("dispatcher", "140300"), city.governments[MINE])
    findings, cases = shown(officer)
    assert [f.pk for f in findings] == [mine.pk]
    assert cases == [case.number]


def test_of_a_unit_with_its_enterprise_all_that_is_about_the_enterprise_is_shown_once(
    officer: Client, city: City, objects: Objects
) -> None:
    enterprise = Organisation.objects.create(name="测试公司", kind="enterprise", region=city.regions[MINE])
    Emitter.objects.filter(pk="E1").update(organisation=enterprise)
    here, elsewhere = found(city, "E1", enterprise), found(city, "outlet-7", enterprise, "数据缺失")
    case = actions.hand_over([here, elsewhere], city.person("dispatcher", "140300"), enterprise)
    findings, cases = shown(officer)
    assert {f.pk for f in findings} == {here.pk, elsewhere.pk}
    assert cases == [case.number]


def test_what_it_does_at_each_level_stands_there(officer: Client, city: City, objects: Objects) -> None:
    Measure.objects.create(
        emitter_id="E1", level="red", pollutant="pm25", text="停产", kg_per_day=12.5, basis="清单"
    )
    page = officer.get(reverse("unit", args=["E1"])).content.decode()
    assert "停产" in page
    assert "测试厂" in page


@pytest.mark.parametrize("role", ["dispatcher", "ranger", "auditor"])
def test_another_county_does_not_open_it(client: Client, city: City, objects: Objects, role: str) -> None:
    client.force_login(city.person(role, OTHER))
    assert client.get(reverse("unit", args=["E1"])).status_code == 404
    client.force_login(city.person(role, MINE))
    assert client.get(reverse("unit", args=["E1"])).status_code == 200


def test_a_unit_that_is_none_is_not_found(officer: Client, objects: Objects) -> None:
    assert officer.get(reverse("unit", args=["E404"])).status_code == 404


def test_without_anything_found_the_page_says_so(officer: Client, objects: Objects) -> None:
    assert shown(officer) == ([], [])
