"""Rows of a store beside the database (quarantine, deliveries) as a list takes them: how many, and some of them."""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar, overload

from django.db.models import Q

from bihuan.kit.listing.declared import Narrowed

R = TypeVar("R")


class Store(Protocol[R]):
    """What keeps rows by their state."""

    def count(self, state: str) -> int: ...

    def find(self, state: str, *, limit: int, offset: int) -> list[R]: ...


class StoredRows(Sequence[R]):
    """The rows in a state, newest first; only those that are asked for are read."""

    def __init__(self, store: Store[R], state: str) -> None:
        self._store, self._state = store, state

    def __len__(self) -> int:
        return self._store.count(self._state)

    @overload
    def __getitem__(self, wanted: int) -> R: ...

    @overload
    def __getitem__(self, wanted: slice) -> list[R]: ...

    def __getitem__(self, wanted: int | slice) -> R | list[R]:
        if isinstance(wanted, int):
            return self[wanted : wanted + 1][0]
        first, last, _step = wanted.indices(len(self))
        return self._store.find(self._state, limit=max(last - first, 0), offset=first)


def stored(store: Store[Any], state: str) -> Narrowed:
    """The rows of a tab; a store is searched for nothing but states."""

    def rows(condition: Q) -> StoredRows[Any]:
        return StoredRows(store, state)

    return rows
