"""The pages of the folder in English: no Chinese but names and what people wrote."""

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.scenarios.river_chiefs.tests.world import Water, make_goal
from tests.in_english import Whole, in_english, left

NAMES = ("桃河R一段", "桃河R", "王河长", "平定县人民政府", "平定县", "阳泉市生态环境指挥中心", "阳泉市", "乱堆渣土", "截流污水口", "截流口数", "李某")  # fmt: skip


@pytest.mark.parametrize(
    "page", ["index", "duties", "rules", "finds", "goals", "league", "river", "goal", "find"]
)
def test_a_page_is_told_in_english(client: Client, water: Water, page: str) -> None:
    goal, finding = make_goal(water.city, water.reach.river, unit="", indicator="截流口数"), water.find()
    if page != "find":
        water.handed(finding)
    water.at(11)
    keys: dict[str, str | int] = {"river": "R", "goal": goal.pk, "find": finding.pk}
    args = [keys[page]] if page in keys else []
    client.force_login(water.city.person("dispatcher"))
    address = reverse(f"river_chiefs:{page}", args=args) + {"finds": "?tab=all", "duties": "?tab=all"}.get(
        page, ""
    )
    standing = [
        *NAMES,
        *(c.number for c in finding.cases.all()),
        *(o.name for o in water.city.governments.values()),
    ]
    assert left(Whole(in_english(client, address)).texts, standing) == []
