"""How a model says who may see its rows. Every model has a `SCOPE`; `access.visible` refuses one that has none.

A path is written as in a query (`outlet__emitter__region`); `ITSELF` where the row is the region or organisation.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from django.db.models import Field, ForeignObjectRel, Model
from django.db.models.constants import LOOKUP_SEP

ITSELF = ""


@dataclass(frozen=True)
class Within:
    """Rows that lie in a region and/or belong to an organisation: for posts that cover the one or are in the other."""

    region: str | None = None
    organisation: str | None = None


@dataclass(frozen=True)
class Common:
    """Rows that everybody who holds a post sees."""


@dataclass(frozen=True)
class Own:
    """Rows of one person, seen by this person alone; `person` is the path to it."""

    person: str


class Holders:
    """Rows for posts of some roles: those of the whole city, or, with a path to a region, those that cover it.

    Without roles nobody sees the rows by a page: they are the machinery's own.
    """

    def __init__(self, *roles: str, region: str | None = None) -> None:
        self.roles = roles
        self.region = region


AnyScope = Within | Common | Own | Holders
COMMON = Common()
NOBODY = Holders()


def paths(scope: AnyScope) -> Iterator[tuple[str, str]]:
    """(what it leads to, path) of every path of a scope; what: `Region`, `Organisation` or `Person`."""
    if isinstance(scope, Own):
        yield "Person", scope.person
    if isinstance(scope, Within | Holders) and scope.region is not None:
        yield "Region", scope.region
    if isinstance(scope, Within) and scope.organisation is not None:
        yield "Organisation", scope.organisation


def end_of(model: type[Model], path: str) -> type[Model]:
    """The model that a path leads to. Raises FieldDoesNotExist, or TypeError for a field that leads nowhere."""
    for field in _fields(model, path):
        if not field.related_model:
            raise TypeError(f"{field.name} of {model.__name__} leads to no other model")
        model = _related(field)
    return model


@cache
def forks(model: type[Model], path: str) -> bool:
    """Does the path lead from one row to several (so that a plain join would repeat the row)?"""
    return any(field.many_to_many or field.one_to_many for field in _fields(model, path))


AnyField = Field | ForeignObjectRel  # type: ignore[type-arg]  # of any value


def _fields(model: type[Model], path: str) -> Iterator[AnyField]:
    for name in path.split(LOOKUP_SEP) if path else ():
        field = model._meta.get_field(name)
        assert isinstance(field, Field | ForeignObjectRel)
        yield field
        model = _related(field)


def _related(field: AnyField) -> type[Model]:
    found = field.related_model
    assert isinstance(found, type)
    return found
