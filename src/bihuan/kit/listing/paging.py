"""Pages of a long list: one behind the middle is read from the end, so that the database passes over few rows for each."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet


class FromBothEnds(Paginator):  # type: ignore[type-arg]  # Django's own has no arguments when it runs
    """Pages of rows in a full order (one that leaves nothing open), as of any other sequence."""

    def page(self, number: int | str) -> "Page[Any]":
        """A page by its number. Raises InvalidPage."""
        valid = self.validate_number(number)
        start = (valid - 1) * self.per_page
        end = min(start + self.per_page, self.count)
        if isinstance(self.object_list, QuerySet) and start > self.count / 2:
            turned: Sequence[Any] = list(self.object_list.reverse()[self.count - end : self.count - start])
            return Page(turned[::-1], valid, self)
        return super().page(valid)
