"""Rows as tuples, and what is hashed of them: the same as `hashing.content` of the objects, for walks over millions of rows."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.db import models
from django.db.models.functions import Cast

from bihuan.registry.hashing import defaults, json_text, plain

Values = Sequence[Any]
AT_ONCE = 5000
EXACT: dict[type["models.Field[Any, Any]"], type] = {
    models.CharField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.FloatField: float,
    models.IntegerField: int,
    models.BigIntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
    models.PositiveBigIntegerField: int,
    models.AutoField: int,
    models.BigAutoField: int,
}
"""A value of this type is written as it is; any other one of such a column goes the long way."""


def columns_of(model: type[models.Model]) -> "list[models.Field[Any, Any]]":
    """The columns of a model, in the order of its tuples."""
    return list(model._meta.concrete_fields)


def read(query: "models.QuerySet[Any]", *more: str) -> Iterator[tuple[Any, ...]]:
    """The rows of a query by column, then the columns named in `more`. JSON comes as its text."""
    wanted = [
        Cast(f.attname, models.TextField()) if isinstance(f, models.JSONField) else f.attname
        for f in columns_of(query.model)
    ]
    return query.values_list(*wanted, *more).iterator(chunk_size=AT_ONCE)


def written(model: type[models.Model], without: Collection[str] = ()) -> Callable[[Values], dict[str, Any]]:
    """A function from a tuple of `read` to `hashing.columns` of its row, but the columns in `without`."""
    places = [(n, f.attname, _writer(f)) for n, f in enumerate(columns_of(model)) if f.attname not in without]

    def said(values: Values) -> dict[str, Any]:
        return {name: write(values[n]) for n, name, write in places}

    return said


def contents(model: type[models.Model], without: Collection[str]) -> Callable[[Values], dict[str, Any]]:
    """A function from a tuple of `read` to `hashing.content` of its row."""
    write, usual = written(model, without), defaults(model)

    def said(values: Values) -> dict[str, Any]:
        return {name: value for name, value in write(values).items() if value != usual[name]}

    return said


def loaded(text: Any) -> Any:
    """A value of JSON as Django gives it back; what is none stays as it stands."""
    try:
        return None if text is None else json.loads(text)
    except ValueError:
        return text


def loaded_and_said(text: Any) -> tuple[Any, Any]:
    """A value of JSON as Django gives it back, and as `hashing` writes it down: the same object where no float is in it."""
    try:
        value = None if text is None else _without_floats(text)
    except _FloatThere:
        return json.loads(text), json_text(text)
    except ValueError:
        value = text
    return value, value


class _FloatThere(Exception):
    """There is a float in it."""


def _float_there(text: str) -> float:
    raise _FloatThere(text)


_without_floats = json.JSONDecoder(parse_float=_float_there, parse_constant=_float_there).decode


def _writer(field: "models.Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(field, models.JSONField):
        return _json
    target = field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.DateTimeField):
        return partial(_moment, field)
    exact = EXACT.get(type(target))
    return partial(plain, field) if exact is None else partial(_as_it_is, field, exact)


def _json(text: Any) -> Any:
    try:
        return None if text is None else json_text(text)
    except ValueError:
        return text


def _as_it_is(field: "models.Field[Any, Any]", exact: type, value: Any) -> Any:
    return value if type(value) is exact else plain(field, value)


def _moment(field: "models.Field[Any, Any]", value: Any) -> Any:
    if type(value) is datetime and value.tzinfo is UTC:
        return value.isoformat(timespec="microseconds")
    return plain(field, value)
