"""Who may write an object of a register: by its region and organisation, as the model's SCOPE leads to them."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.db.models import Model
from django.db.models.constants import LOOKUP_SEP

from bihuan.kit.registers.declared import Register
from bihuan.registry.access import CITY, may
from bihuan.registry.models import Person
from bihuan.registry.scopes import ITSELF

Place = tuple[str | None, int | None]
"""The code of a region, the key of an organisation."""


FEW = 500
"""Keys that a query can name; of more, all rows are read."""


class Places:
    """Where objects belong, new ones too: paths of the SCOPE over other models are looked up once for all of them."""

    def __init__(self, register: Register, objects: Iterable[Model]) -> None:
        place, rows = register.place, list(objects)
        self._region = _Path(register.model, place.region, rows)
        self._organisation = _Path(register.model, place.organisation, rows)

    def of(self, row: Model) -> Place:
        """The place of one of the objects."""
        return self._region.end(row), self._organisation.end(row)


class _Path:
    """One path of a SCOPE: directly at the object, or over another model, whose rows are read once."""

    def __init__(self, model: type[Model], path: str | None, rows: list[Model]) -> None:
        self._first, _sep, rest = (path or "").partition(LOOKUP_SEP)
        self._none, self._ends = path is None, dict[Any, Any]()
        if rest:
            field = model._meta.get_field(self._first)
            other = field.related_model
            assert isinstance(other, type)
            self._attribute = str(getattr(field, "attname"))  # noqa: B009 - a field of the table
            keys = {getattr(row, self._attribute) for row in rows}
            others = other._default_manager.all()
            few = others.filter(pk__in=keys) if len(keys) <= FEW else others
            self._ends = dict(few.values_list("pk", rest))
        elif path not in (None, ITSELF):
            self._attribute = str(getattr(model._meta.get_field(self._first), "attname"))  # noqa: B009
        self._over = bool(rest)

    def end(self, row: Model) -> Any:
        """The key of the region or organisation at the end of the path."""
        if self._none:
            return None
        if not self._first:
            return row.pk
        key = getattr(row, self._attribute)
        return self._ends.get(key) if self._over else key


class Rights:
    """What one person may write in a register. None is the operator of the machine, who holds the data folder.

    Whoever holds a post of the whole city writes all of it, also what lies outside, such as a neighbour's station.
    """

    def __init__(self, register: Register, person: Person | None) -> None:
        self._roles, self._person = register.writers, person
        self._all = person is None or may(person, *self._roles, region=CITY)
        self._asked = lru_cache(maxsize=None)(self._ask)

    def cover(self, place: Place) -> bool:
        """May the person write an object that belongs there?"""
        return self._all or self._asked(*place)

    def _ask(self, region: str | None, organisation: int | None) -> bool:
        assert self._person is not None
        return may(self._person, *self._roles, region=region, organisation=organisation)
