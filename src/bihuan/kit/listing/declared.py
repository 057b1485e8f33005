"""What a list is: its columns, its tabs, and by what it is narrowed, searched and ordered.

A page declares one for each request, so that titles are in the language of the reader and rows are those that the person may
see. Everything else stands in the address, so every state of a list can be kept as a bookmark.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Generic, TypeVar

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from bihuan.kit.tables import Table, shown

Rows = QuerySet[Any] | Sequence[Any]
"""What a list is of: a query, or anything that knows its length and gives slices."""
Narrowed = Callable[[Q], Rows]
"""The rows that fulfil a condition; of a query its `filter`."""
L = TypeVar("L")
NOTHING = "—"


@dataclass(frozen=True)
class Cell:
    """A value as the page shows it. tags: (text, tone) beside it; note: a small line below; url: where it leads."""

    text: str
    url: str = ""
    tone: str = ""
    tags: Sequence[tuple[str, str]] = ()
    note: str = ""


@dataclass(frozen=True)
class Column(Generic[L]):
    """A column of the page and of the file.

    value: what the file has, and the page where `look` does not say otherwise. order: the field by which the list can be
    ordered, as queries name it; empty: it cannot. key: how the address names that, if not as the field. page: False for what
    stands in the file alone.
    """

    title: str
    value: Callable[[L], Any]
    look: Callable[[L], Cell | str] | None = None
    unit: str = ""
    number: bool = False
    order: str = ""
    key: str = ""
    page: bool = True

    @property
    def asked_as(self) -> str:
        """How the address names the order by this column."""
        return self.key or self.order

    @property
    def head(self) -> str:
        """Its title in a file."""
        return f"{self.title}（{self.unit}）" if self.unit else self.title

    def cell(self, line: L) -> Cell:
        """The cell of a line on the page."""
        found = self.look(line) if self.look else _text(self.value(line))
        return found if isinstance(found, Cell) else Cell(found)


def _text(value: Any) -> str:
    if value is None or value == "":
        return NOTHING
    if isinstance(value, float):
        return f"{value:.10g}"
    return value if isinstance(value, str) else str(shown(value) if isinstance(value, datetime) else value)


def no_condition(_text: str) -> Q:
    """The condition of a field that leaves all rows: the list's own rows look at it."""
    return Q()


@dataclass(frozen=True)
class Filter:
    """A field above the list. choices: (value, text), asked for when the page is drawn; None: too many, the person types.

    condition: what a value of it means; may raise BadQuestion. every: the text of no choice; empty: 全部. narrows: False for
    one that only chooses an order.
    """

    name: str
    label: str
    choices: Callable[[], Sequence[tuple[str, str]] | None]
    condition: Callable[[str], Q] = no_condition
    every: str = ""
    narrows: bool = True


@dataclass(frozen=True)
class Tab:
    """A part of the list. `empty`: what it says when nothing is in it."""

    key: str
    title: str
    rows: Narrowed
    empty: str = ""


def whole(rows: Narrowed, empty: str = "") -> tuple[Tab]:
    """The tabs of a list that has none."""
    return (Tab("", "", rows, empty),)


def words_in(*paths: str) -> Callable[[str], Q]:
    """The search of a list: rows with the words in one of these fields."""
    return lambda words: reduce(or_, (Q(**{f"{path}__icontains": words}) for path in paths))


def earliest(path: str) -> OrderBy:
    """An order by time that puts rows without one last."""
    return F(path).asc(nulls_last=True)


def as_they_are(rows: Sequence[Any]) -> Sequence[Any]:
    """The lines of a list whose columns read the rows themselves."""
    return rows


@dataclass(frozen=True)
class Listing(Generic[L]):
    """A list.

    name: of its file, without the ending. tabs: the first is shown unless another is asked for as `state`. order: of rows
    that nobody asked to be ordered; empty: as they come. lines: what the columns read, made of some rows at once. row: the
    template of a line where it is no row of cells. table: what is taken away where that is not the columns. unit: what one
    counts. hint: beside the title. place: what the field of the search says. dim: is the line of something that is over?
    kept: further names of the address that its form keeps. unmatched: what it says where nothing fulfils the filters.
    """

    name: str
    title: str
    tabs: Sequence[Tab]
    columns: Sequence[Column[L]] = ()
    filters: Sequence[Filter] = ()
    search: Callable[[str], Q] | None = None
    place: str = ""
    order: Sequence[str | OrderBy] = ()
    lines: Callable[[Sequence[Any]], Sequence[L]] = as_they_are
    row: str = ""
    table: Callable[[Rows], Table] | None = None
    per_page: int = 50
    unit: str = ""
    hint: str = ""
    dim: Callable[[L], bool] | None = None
    state: str = "tab"
    kept: Sequence[str] = ()
    unmatched: str = ""
