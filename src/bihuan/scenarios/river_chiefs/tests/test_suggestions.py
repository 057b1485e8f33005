"""检察建议 of a river: the clock of the house's own rules for terms, shown on the page of the river."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.cases.deadlines import until_text
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, IssuedPaper
from bihuan.domain.timeaxis import CST
from bihuan.scenarios.river_chiefs.rivers import lines_of
from bihuan.scenarios.river_chiefs.suggestions import register
from bihuan.scenarios.river_chiefs.tests.world import Water


def suggested(water: Water, *, urgent: bool = False) -> Case:
    unit = water.city.governments["140321"]
    return register(
        water.city.person("dispatcher"),
        water.reach.river,
        "督促清理桃河渣土",
        "依法履职",
        unit,
        urgent=urgent,
    )


@pytest.mark.parametrize(("urgent", "days"), [(False, 59), (True, 15)])
def test_the_reply_is_due_by_the_rules_of_the_house(water: Water, urgent: bool, days: int) -> None:
    case = suggested(water, urgent=urgent)
    assert case.due is not None
    assert case.due.astimezone(CST).date() == water.field.at.astimezone(CST).date() + timedelta(
        days=days + 1
    )  # at 24:00
    assert IssuedPaper.objects.filter(kind="suggestion").exists()


def test_the_river_shows_until_when_and_a_closed_one_waits_no_more(client: Client, water: Water) -> None:
    case = suggested(water)
    dispatcher = water.city.person("dispatcher")
    client.force_login(dispatcher)
    address = reverse("river_chiefs:river", args=["R"])
    assert case.due is not None
    assert until_text(case.due) in client.get(address).content.decode()
    assert lines_of(dispatcher)[0].replies == 1
    water.closed(case)
    assert lines_of(dispatcher)[0].replies == 0
    assert "没有待回复的检察建议" in client.get(address).content.decode()


def test_it_is_registered_on_the_page_by_the_office_alone(client: Client, water: Water) -> None:
    address = reverse("river_chiefs:suggest", args=["R"])
    client.force_login(water.city.person("dispatcher"))
    client.post(address, {"title": "督促清理", "unit": water.city.governments["140321"].pk, "urgent": "on"})
    assert Case.objects.get().immediate
    with pytest.raises(IllegalMove, match="检察建议由"):
        register(water.city.person("ranger"), water.reach.river, "督促", "", None)


def test_another_county_does_not_see_it(water: Water) -> None:
    suggested(water)
    assert lines_of(water.city.person("chief", "140322"))[0].replies == 0
