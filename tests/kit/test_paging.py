"""Whatever page is asked for, read from which end ever: the rows are those of the list in its order."""

import pytest
from django.core.paginator import Paginator
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bihuan.kit.listing.paging import FromBothEnds
from bihuan.registry.models import Region


@pytest.mark.django_db
@pytest.mark.parametrize("order", [("code",), ("-name", "code")])
@pytest.mark.parametrize("count", [0, 1, 4, 5, 23])
def test_pages_hold_what_the_list_holds(count: int, order: tuple[str, ...]) -> None:
    Region.objects.bulk_create(Region(code=f"9{n:05}", name="甲乙丙"[n % 3]) for n in range(count))
    rows = Region.objects.filter(code__startswith="9").order_by(*order)
    plain, ours = Paginator(rows, 4), FromBothEnds(rows, 4)
    assert ours.num_pages == plain.num_pages
    for number in (*plain.page_range, "x", 999):
        mine, other = ours.get_page(number), plain.get_page(number)
        assert [r.code for r in mine] == [r.code for r in other]
        assert (mine.number, mine.has_next(), mine.start_index()) == (
            other.number,
            other.has_next(),
            other.start_index(),
        )


@pytest.mark.django_db
def test_the_last_page_passes_over_nothing() -> None:
    Region.objects.bulk_create(Region(code=f"9{n:05}", name="x") for n in range(23))
    page = FromBothEnds(Region.objects.order_by("code"), 4)
    assert page.count == 23
    with CaptureQueriesContext(connection) as asked:
        assert [r.code for r in page.page(6)] == ["900020", "900021", "900022"]
    assert all("OFFSET" not in query["sql"] for query in asked)
