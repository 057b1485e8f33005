"""A list as an address asks for it: which rows, in which order, which page of them, and the file of all of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, reduce
from itertools import islice
from operator import and_
from typing import Any, Generic
from urllib.parse import urlencode

from django.core.paginator import Page
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan.english import Written
from bihuan.kit.downloads import download_table
from bihuan.kit.listing.declared import Cell, Column, Filter, L, Listing, Rows, Tab
from bihuan.kit.listing.paging import FromBothEnds
from bihuan.kit.tables import Table
from bihuan.printable import printable

PAGE = "web/list.html"
"""The page of a list that shows nothing besides."""
TOGETHER = 2000
"""Rows of a file whose lines are made at once."""
READ_CHARACTERS = 40
"""Of a value in the address that is no choice."""


@dataclass(frozen=True)
class Field:
    """A filter as the form shows it; `choices` None: the person types."""

    name: str
    label: str
    choices: Sequence[tuple[str, str]] | None
    chosen: str
    every: str


@dataclass(frozen=True)
class Head(Generic[L]):
    """The head of a column; `query` asks for its order, `arrow` shows the one in force. Both empty: no order by it."""

    column: Column[L]
    query: str
    arrow: str


@dataclass(frozen=True)
class Line(Generic[L]):
    """A line as a row of cells, each with the head above it."""

    cells: list[tuple[Head[L], Cell]]
    dim: bool


def narrowing(filters: Sequence[Filter], asked: Mapping[str, str]) -> Q:
    """What the filters that are asked for demand of a row together. Raises BadQuestion for a value that cannot be meant."""
    given = ((each, _given(asked, each.name)) for each in filters)
    return reduce(and_, (each.condition(text) for each, text in given if text), Q())


def _given(asked: Mapping[str, str], name: str) -> str:
    return printable(asked.get(name) or "").strip()


class Shown(Generic[L]):
    """A list and what is asked of it. A tab or an order that does not exist is the first one."""

    def __init__(self, listing: Listing[L], asked: Mapping[str, str]) -> None:
        self.listing = listing
        self._asked = asked if isinstance(asked, QueryDict) else QueryDict(urlencode(asked))

    def asked(self, name: str) -> str:
        """The text that the address gives under a name."""
        return _given(self._asked, name)

    def query(self, **changes: str) -> str:
        """The address with some values changed, from its first page on; an empty value goes."""
        values = self._asked.copy()
        for name, value in {**changes, "page": ""}.items():
            values.pop(name, None)
            if value:
                values[name] = value
        return f"?{values.urlencode()}"

    @cached_property
    def tab(self) -> Tab:
        """The part that is open."""
        key, tabs = self.asked(self.listing.state), self.listing.tabs
        return next((tab for tab in tabs if tab.key == key), tabs[0])

    @property
    def tabs(self) -> list[tuple[str, str, bool]]:
        """(address, title, whether it is open) of each part; none where there is only one."""
        tabs, state = self.listing.tabs, self.listing.state
        return [(self.query(**{state: t.key}), t.title, t is self.tab) for t in tabs] if len(tabs) > 1 else []

    @cached_property
    def hidden(self) -> list[tuple[str, str]]:
        """What the form keeps: the tab that is open, and what the list says."""
        kept = [(name, value) for name in self.listing.kept for value in self._asked.getlist(name)]
        return [pair for pair in ((self.listing.state, self.tab.key), *kept) if pair[1]]

    @property
    def cleared(self) -> str:
        """The address without filters."""
        return f"?{urlencode(self.hidden)}"

    @cached_property
    def fields(self) -> list[Field]:
        """The filters of the form; a value in force that is no choice is shown too."""
        found = []
        for each in self.listing.filters:
            choices, chosen = each.choices(), self.asked(each.name)
            if each.narrows and choices is not None and chosen and chosen not in dict(choices):
                choices = [*choices, (chosen, chosen[:READ_CHARACTERS])]
            found.append(Field(each.name, each.label, choices, chosen, each.every or _("全部")))
        return found

    @property
    def searches(self) -> bool:
        """Has the list a search? (A template would call the search itself.)"""
        return self.listing.search is not None

    @property
    def words(self) -> str:
        """What is searched for."""
        return self.asked("q") if self.listing.search else ""

    @property
    def narrowed(self) -> bool:
        """Is anything filtered or searched for?"""
        return bool(self.words) or any(
            each.narrows and self.asked(each.name) for each in self.listing.filters
        )

    @cached_property
    def rows(self) -> Rows:
        """All rows asked for, in order. Raises BadQuestion for a value that a filter cannot have."""
        condition = narrowing(self.listing.filters, self._asked)
        if self.words and self.listing.search:
            condition &= self.listing.search(self.words)
        return self._ordered(self.tab.rows(condition))

    def _ordered(self, rows: Rows) -> Rows:
        if not isinstance(rows, QuerySet):
            return rows
        sort = self.asked("sort")
        by = next((c for c in self.listing.columns if c.order and c.asked_as == sort.removeprefix("-")), None)
        if by:  # rows that are alike stay in one order from page to page
            return rows.order_by(f"-{by.order}" if sort.startswith("-") else by.order, "pk")
        return rows.order_by(*self.listing.order) if self.listing.order else rows

    @cached_property
    def page(self) -> "Page[Any]":
        """The page asked for."""
        return FromBothEnds(self.rows, self.listing.per_page).get_page(self._asked.get("page"))

    @cached_property
    def lines(self) -> Sequence[L]:
        """The lines of the page."""
        return self.listing.lines(list(self.page))

    @cached_property
    def heads(self) -> list[Head[L]]:
        """Heads of the columns; asking again for the order in force turns it round."""
        sort, heads = self.asked("sort"), []
        for column in (c for c in self.listing.columns if c.page):
            name = column.asked_as
            arrow = {name: "▲", f"-{name}": "▼"}.get(sort, "") if name else ""
            turned = self.query(sort=f"-{name}" if sort == name else name) if name else ""
            heads.append(Head(column, turned, arrow))
        return heads

    @property
    def table_lines(self) -> Iterator[Line[L]]:
        """The lines of the page as rows of cells."""
        for line in self.lines:
            dim = bool(self.listing.dim and self.listing.dim(line))
            yield Line([(head, head.column.cell(line)) for head in self.heads], dim)

    @property
    def empty(self) -> str:
        """What it says where it has no lines: why, and what to do."""
        if self.narrowed:
            return self.listing.unmatched or _("没有符合条件的记录，可换个词或清除筛选。")
        return self.tab.empty or _("这里没有记录。")

    def table(self) -> Table:
        """All rows asked for, as they are taken away."""
        if self.listing.table:
            return self.listing.table(self.rows)
        return Table([Written(c.head) for c in self.listing.columns], self._values())

    def _values(self) -> Iterator[list[Any]]:
        for block in _blocks(self.rows):
            for line in self.listing.lines(block):
                yield [column.value(line) for column in self.listing.columns]

    def file(self) -> HttpResponse | None:
        """The file that the address asks for with `as`, if it does. Raises BihuanError for a kind that there is not."""
        if "as" not in self._asked:
            return None
        return download_table(self._asked.get("as", ""), self.listing.name, self.table())


def _blocks(rows: Rows) -> Iterator[list[Any]]:
    if not isinstance(rows, QuerySet):
        yield from (list(rows[n : n + TOGETHER]) for n in range(0, len(rows), TOGETHER))
        return
    every: Iterable[Any] = rows.iterator(chunk_size=TOGETHER)
    rest = iter(every)
    while block := list(islice(rest, TOGETHER)):
        yield block


def listed(
    request: HttpRequest,
    listing: Listing[Any],
    template: str = PAGE,
    context: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """The page of a list, as `list` in the template, or the file that the address asks for."""
    shown = Shown(listing, request.GET)
    return shown.file() or render(request, template, {"list": shown, **(context or {})})
