"""A list that is declared once: what an address asks of it, what its page says and what its file holds."""

import csv
import io
from collections.abc import Sequence
from typing import Any

import pytest
from django.db.models import Q
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from bihuan.asked import BadQuestion
from bihuan.errors import BihuanError
from bihuan.kit.listing.declared import Cell, Column, Filter, Listing, Tab, whole, words_in
from bihuan.kit.listing.shown import TOGETHER, Shown
from bihuan.registry.models import Region

PARENT = "140300"


def regions(**changes: Any) -> Listing[Region]:
    """A list of regions: two tabs, a filter by level, a search by name, an order by name."""
    rows = Region.objects.order_by("code")
    said: dict[str, Any] = {
        "name": "regions",
        "title": "区划",
        "tabs": (
            Tab("", "全部", rows.filter, "还没有区划。"),
            Tab("towns", "乡镇", rows.filter(code__gt="1403219").filter),
        ),
        "columns": (
            Column("编码", lambda r: r.code, lambda r: Cell(r.code, f"/regions/{r.code}", tags=[("模拟", "sim")])),
            Column("名称", lambda r: r.name, order="name", key="called"),
            Column("人口", lambda r: len(r.name) * 1.5, unit="万人", number=True),
        ),
        "filters": (Filter("parent", "上级", lambda: [(PARENT, "阳泉市")], lambda code: Q(parent=code)),),
        "search": words_in("name", "code"),
        "kept": ("view",),
        "per_page": 3,
    }  # fmt: skip
    return Listing(**said | changes)


def asked(address: str, **changes: Any) -> Shown[Region]:
    return Shown(regions(**changes), QueryDict(address))


def codes(address: str, **changes: Any) -> list[str]:
    return [r.code for r in asked(address, **changes).lines]


def file_of(shown: Shown[Any]) -> list[list[str]]:
    answer = shown.file()
    assert answer is not None
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.fixture
def five(db: None) -> None:
    """A city with four counties, two of the same name."""
    Region.objects.create(code=PARENT, name="阳泉市")
    for code, name in (("140302", "城区"), ("140303", "矿区"), ("140311", "矿区"), ("140321", "=平定县")):
        Region.objects.create(code=code, name=name, parent_id=PARENT)


@pytest.mark.usefixtures("five")
class TestTheAddressSaysAll:
    def test_a_filter_a_word_and_an_order_narrow_together(self) -> None:
        assert codes("") == [PARENT, "140302", "140303"]
        assert codes(f"parent={PARENT}") == ["140302", "140303", "140311"]
        assert codes(f"parent={PARENT}&q=矿&sort=-called") == ["140303", "140311"]
        assert codes("q=1403&page=2") == ["140311", "140321"]

    def test_rows_that_are_alike_stand_on_one_page_only(self) -> None:
        for sort in ("called", "-called"):
            pages = [codes(f"sort={sort}&page={n}", per_page=1)[0] for n in range(1, 6)]
            assert sorted(pages) == sorted(r.code for r in Region.objects.all())

    def test_what_does_not_exist_is_as_if_it_was_not_asked(self) -> None:
        for odd in ("tab=x", "sort=code", "sort=--called", "page=x", "page=-1", "q=%00", "parent="):
            assert codes(odd) == codes("") or odd == "page=-1", odd
        assert codes("page=99") == codes("page=2")

    def test_an_order_is_asked_for_in_both_directions_and_keeps_the_filters(self) -> None:
        plain, ordered, _number = asked(f"parent={PARENT}&sort=called&page=2").heads
        assert (plain.query, plain.arrow) == ("", "")
        assert (ordered.query, ordered.arrow) == (f"?parent={PARENT}&sort=-called", "▲")

    def test_a_tab_keeps_what_was_asked_and_begins_at_its_first_page(self) -> None:
        shown = asked("q=x&view=map&page=2&tab=towns")
        assert shown.tabs == [("?q=x&view=map", "全部", False), ("?q=x&view=map&tab=towns", "乡镇", True)]
        assert shown.hidden == [("tab", "towns"), ("view", "map")]
        assert shown.cleared == "?tab=towns&view=map"
        assert asked("", tabs=whole(Region.objects.order_by("pk").filter)).tabs == []

    def test_a_value_in_force_that_is_no_choice_is_not_hidden(self) -> None:
        (field,) = asked("parent=9").fields
        assert (field.chosen, field.choices) == ("9", [(PARENT, "阳泉市"), ("9", "9")])

    def test_a_value_that_cannot_be_meant_is_the_filters_to_refuse(self) -> None:
        def refuse(text: str) -> Q:
            raise BadQuestion(f"没有 {text}")

        with pytest.raises(BadQuestion, match="没有 x"):
            _ = asked("parent=x", filters=(Filter("parent", "上级", lambda: None, refuse),)).rows

    def test_an_empty_list_says_why(self) -> None:
        assert "清除筛选" in asked("q=没有").empty
        assert asked("q=没有", unmatched="换个词").empty == "换个词"
        Region.objects.exclude(pk=PARENT).delete()
        Region.objects.all().delete()
        assert asked("").empty == "还没有区划。"
        order_only = (Filter("order", "排序", lambda: [("a", "甲")], narrows=False),)
        assert asked("order=a", filters=order_only).empty == "还没有区划。"

    def test_the_file_holds_all_that_was_filtered_whatever_the_page(self) -> None:
        rows = file_of(asked(f"parent={PARENT}&page=2&as=csv"))
        assert rows[0] == ["编码", "名称", "人口（万人）"]
        assert [row[0] for row in rows[1:]] == ["140302", "140303", "140311", "140321"]
        assert rows[-1][1:] == ["'=平定县", "6.0"]
        assert asked("").file() is None
        with pytest.raises(BihuanError, match="可选 csv 或 xlsx"):
            asked("as=pdf").file()

    def test_the_file_asks_for_blocks_of_rows_and_not_for_each(self, django_assert_num_queries: Any) -> None:
        blocks: list[int] = []

        def lines(rows: Sequence[Region]) -> Sequence[Region]:
            blocks.append(len(rows))
            return rows

        many = [Region(code=f"15{n:04}", name="镇") for n in range(TOGETHER)]
        Region.objects.bulk_create(many)
        with django_assert_num_queries(1):
            assert len(file_of(asked("as=csv", lines=lines))) == TOGETHER + 6
        assert blocks == [TOGETHER, 5]

    def test_the_page_can_be_walked_with_keys_and_says_its_order(self) -> None:
        request = RequestFactory().get("/regions/?sort=-called")
        shown = asked("sort=-called")
        page = " ".join(render_to_string("web/_list_lines.html", {"list": shown, "request": request}).split())
        assert page.count("<tr data-row>") == 3
        assert 'aria-sort="descending"' in page
        assert '<span class="tag sim">模拟</span>' in page
        assert '<a href="/regions/140303">140303</a>' in page
        assert 'href="?sort=-called&amp;page=2"' in page
        form = render_to_string("web/_list_filters.html", {"list": shown, "request": request})
        assert 'hx-push-url="true"' in form
        assert 'name="q"' in form
        assert 'hx-target="#list"' in form
        still = render_to_string("web/_list_filters.html", {"list": shown, "request": request, "still": True})
        assert "hx-get" not in still


@pytest.mark.parametrize(
    ("value", "text"), [(None, "—"), ("", "—"), (0, "0"), (1.50, "1.5"), (1e-7, "1e-07"), ("甲", "甲")]
)
def test_a_cell_without_a_value_is_a_dash_and_nought_is_none(value: Any, text: str) -> None:
    column: Column[Any] = Column("值", lambda line: line)
    assert column.cell(value).text == text


@given(st.lists(st.text(max_size=5), max_size=40), st.integers(1, 9))
def test_all_pages_together_are_what_the_file_holds(texts: list[str], size: int) -> None:
    made: Listing[str] = Listing(
        "x", "表", whole(lambda _q: texts), (Column("n", lambda t: t),), per_page=size
    )
    first = Shown(made, QueryDict())
    pages = [Shown(made, QueryDict(f"page={n}")).lines for n in first.page.paginator.page_range]
    assert [t for page in pages for t in page] == [row[0] for row in first.table().rows]
