"""Notices, the consultation sheet and the workbook in English: the same numbers, persons' words as they were written."""

from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.english import UNOFFICIAL
from bihuan.registry.models import Emitter, Measure, Person
from bihuan.scenarios.heavy_pollution import actions
from bihuan.scenarios.heavy_pollution.in_force import Kind
from bihuan.scenarios.heavy_pollution.models import Advice, Suggestion
from bihuan.scenarios.heavy_pollution.tests.test_pages import page
from bihuan.scenarios.heavy_pollution.tests.test_warning_life import carried
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.warning_actions import Wish
from tests.papers.words import book_cells, left_chinese, lost_numbers, word_lines

UNTIL = datetime.fromisoformat("2019-02-28T08:00+08:00")
# What the software says too, here by a person.
REASON, CHANGED = "预计明天转好", "停产"
STARTED = Wish(Kind.START, "yellow", until=UNTIL)
WISHES = {
    "started": [STARTED],
    "raised": [STARTED, Wish(Kind.CHANGE, "red", reason=REASON)],
    "lowered": [
        Wish(Kind.START, "red", until=UNTIL, reason=REASON),
        Wish(Kind.CHANGE, "yellow", reason=REASON),
    ],
    "longer": [STARTED, Wish(Kind.CHANGE, "yellow", until=UNTIL.replace(hour=20), reason=REASON)],
    "lifted": [STARTED, Wish(Kind.LIFT, reason=REASON)],
}


def english(client: Client) -> None:
    client.post(reverse("language"), {"language": "en"})


def kept(world: World) -> list[str]:
    """Names of the register, texts of its reduction list, and what persons wrote."""
    emitters = [
        t for e in Emitter.objects.select_related("region") for t in (e.name, e.industry, e.region.name)
    ]
    regions = [r.name for r in world.city.regions.values()]
    people = [str(p) for p in Person.objects.all()]
    measures = list(Measure.objects.values_list("text", flat=True))
    bases = [*Measure.objects.values_list("basis", flat=True), *Advice.objects.values_list("rule_source", flat=True)]  # fmt: skip
    places = [a.worst["name"] for a in Advice.objects.all() if a.worst]
    return [
        t for t in (*emitters, *regions, *people, *measures, *bases, *places, "环交", REASON, CHANGED) if t
    ]


@pytest.mark.parametrize("what", list(WISHES))
def test_a_notice_is_told_whole_with_its_numbers(client: Client, world: World, what: str) -> None:
    world.advice()
    *_, step = [carried(world, wish) for wish in WISHES[what]]
    chinese = word_lines(page(client, world, "notice_word", step.pk).content)
    english(client)
    told = word_lines(page(client, world, "notice_word", step.pk).content)
    assert (told[0], told.count(UNOFFICIAL), UNOFFICIAL in chinese) == (UNOFFICIAL, 1, False)
    assert lost_numbers(chinese, told) == {}
    assert left_chinese(told, [*kept(world), "重污染天气预警〔2019〕", "号"]) == []
    assert any(REASON in line for line in told) == (what != "started")
    shown = page(client, world, "notice", step.pk).content.decode()
    assert shown.count(UNOFFICIAL) == 1


def test_the_sheet_and_the_workbook_are_told_whole_with_their_numbers(client: Client, world: World) -> None:
    world.suggest()
    first, second = Suggestion.objects.order_by("rank")[:2]
    actions.refuse(first, world.person(), REASON)
    actions.accept(second, world.person(), changed_text=CHANGED, hand=True)
    advice = Advice.objects.get()
    chinese = word_lines(page(client, world, "sheet_word", advice.pk).content)
    book = book_cells(client.get(reverse("heavy_pollution:index") + "?as=xlsx").content)
    english(client)
    told = word_lines(page(client, world, "sheet_word", advice.pk).content)
    assert (told[0], told.count(UNOFFICIAL), UNOFFICIAL in chinese) == (UNOFFICIAL, 1, False)
    assert lost_numbers(chinese, told) == {}
    assert left_chinese(told, kept(world)) == []
    assert CHANGED in told
    cells = book_cells(client.get(reverse("heavy_pollution:index") + "?as=xlsx").content)
    assert len(cells) == len(book)
    assert lost_numbers(book, cells) == {}
    assert REASON in cells
    assert left_chinese(cells, kept(world)) == []
