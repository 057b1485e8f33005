"""The column of a shape: rows are joined to their region far more often than its boundary is drawn."""

import json
from functools import lru_cache
from typing import Any

from django.db import models

KNOWN = 512


class ShapeField(models.JSONField):
    """GeoJSON in a JSON column. Rows that hold the same text share one decoded shape: never change it in place."""

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        """To the database, and so to migrations, it is a JSON column."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", list(args), kwargs

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        """The shape, decoded once for all rows."""
        return (
            _decoded(value)
            if isinstance(value, str)
            else super().from_db_value(value, expression, connection)
        )


@lru_cache(maxsize=KNOWN)
def _decoded(text: str) -> Any:
    return json.loads(text)
