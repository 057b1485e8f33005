"""How rows are written down before they are hashed: the same bytes whenever, and from whichever database, they are read."""

import hashlib
import json
from collections.abc import Collection
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

import orjson
from django.core.exceptions import ValidationError
from django.db import models

_write = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: Any) -> bytes:
    """The one way a JSON value is written before it is hashed."""
    return _write(value).encode()


def digest(value: Any) -> str:
    """sha256 of the canonical JSON."""
    return hashlib.sha256(canonical(value)).hexdigest()


def digest_without_floats(value: Any) -> str:
    """`digest` of a value in which nothing is a float (the only ones that are written otherwise), ten times as fast."""
    try:
        return hashlib.sha256(orjson.dumps(value, option=orjson.OPT_SORT_KEYS)).hexdigest()
    except orjson.JSONEncodeError:  # numbers beyond 64 bits, half characters
        return digest(value)


def instant(at: datetime) -> str:
    """An instant in UTC to the microsecond."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def plain(field: "models.Field[Any, Any]", value: Any) -> Any:
    """A column's value as JSON, the same before it is saved and after it is read again."""
    if isinstance(field, models.JSONField):
        return plain_json(value, field.encoder)
    try:
        value = field.to_python(value)
    except ValidationError:  # SQLite keeps whatever somebody wrote there
        return repr(value)
    if isinstance(value, datetime):
        return instant(value)
    return value.isoformat() if isinstance(value, date) else value


def plain_json(value: Any, encoder: type[json.JSONEncoder] | None = None) -> Any:
    """What a column of JSON gives back: a database may make 1e16 into 10000000000000000, and has no keys but texts."""
    return json_text(json.dumps(value, cls=encoder))


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


json_text = json.JSONDecoder(parse_float=_number).decode
"""What a text of JSON says, written the one way. Raises ValueError."""


def columns(row: models.Model) -> dict[str, Any]:
    """The row as JSON by column."""
    return {f.attname: plain(f, getattr(row, f.attname)) for f in row._meta.concrete_fields}


def content(row: models.Model, without: Collection[str] = ()) -> dict[str, Any]:
    """What is hashed of a row: all its columns but those in `without` and those that hold their default.

    So a column that is added later with a default leaves the hashes of earlier rows as they were.
    """
    usual = defaults(type(row))
    return {k: v for k, v in columns(row).items() if k not in without and v != usual[k]}


@lru_cache(maxsize=200)
def defaults(model: type[models.Model]) -> dict[str, Any]:
    """What the columns of a row hold that nobody said anything about."""
    return {f.attname: plain(f, f.get_default()) for f in model._meta.concrete_fields}
