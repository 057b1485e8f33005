"""Lists of what a store beside the database keeps: only the rows of the page are read, however they are asked for."""

from dataclasses import dataclass, field

import pytest
from django.core.paginator import Paginator
from django.db.models import Q
from hypothesis import given
from hypothesis import strategies as st

from bihuan.web.stored_rows import StoredRows, stored


@dataclass
class Shelf:
    """Numbers by state, and what of them was read."""

    rows: dict[str, list[int]]
    read: list[tuple[int, int]] = field(default_factory=list)

    def count(self, state: str) -> int:
        return len(self.rows.get(state, []))

    def find(self, state: str, *, limit: int, offset: int) -> list[int]:
        self.read.append((offset, limit))
        return self.rows.get(state, [])[offset : offset + limit]


@given(st.integers(0, 30), st.integers(-40, 40) | st.none(), st.integers(-40, 40) | st.none())
def test_any_slice_is_that_of_a_list(count: int, first: int | None, last: int | None) -> None:
    rows = list(range(count))
    assert StoredRows(Shelf({"open": rows}), "open")[first:last] == rows[first:last]


@pytest.mark.parametrize("place", [0, 4, 9])
def test_one_row_is_read_alone(place: int) -> None:
    shelf = Shelf({"open": list(range(10))})
    assert StoredRows(shelf, "open")[place] == place
    assert shelf.read == [(place, 1)]


def test_a_row_that_is_not_there_is_an_error() -> None:
    with pytest.raises(IndexError):
        StoredRows(Shelf({"open": [1]}), "open")[1]


def test_a_page_reads_its_own_rows_and_no_others() -> None:
    shelf = Shelf({"open": list(range(120)), "dismissed": [7]})
    page = Paginator(StoredRows(shelf, "open"), 50).page(3)
    assert list(page.object_list) == list(range(100, 120))
    assert shelf.read == [(100, 20)]


def test_a_tab_shows_its_state_whatever_else_is_asked() -> None:
    shelf = Shelf({"open": [1, 2], "dismissed": [7]})
    rows = stored(shelf, "dismissed")(Q(name="x"))
    assert (len(rows), list(rows)) == (1, [7])
    assert len(stored(shelf, "unheard")(Q())) == 0
