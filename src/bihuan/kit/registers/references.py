"""Cells that name another object of the register: a region by its code, a unit by its full name."""

from collections import Counter
from difflib import get_close_matches
from typing import Any

from django.db import models

NEAREST = 3
CALLED = ("name", "full_name")
"""Fields that hold what people call an object."""


def telling_field(model: type[models.Model]) -> str:
    """The field by which a file names an object of a model: its code, else its first unique text."""
    key = model._meta.pk
    if isinstance(key, models.CharField):
        return key.name
    unique = (f.name for f in model._meta.fields if f.unique and isinstance(f, models.CharField))
    return next(unique, key.name)


def naming_field(model: type[models.Model]) -> str:
    """The field that says what people call an object of a model."""
    fields = {field.name for field in model._meta.fields}
    return next((name for name in CALLED if name in fields), telling_field(model))


class References:
    """The objects that the cells of one column can name, read once: all of a model, or those of a query."""

    def __init__(self, model: type[models.Model], among: "models.QuerySet[Any] | None" = None) -> None:
        telling = telling_field(model)
        named = [f.name for f in model._meta.fields if f.name in CALLED]
        objects = model._default_manager.all() if among is None else among
        rows = list(objects.order_by("pk").values_list("pk", telling, *named))
        times = Counter(name for _, telling_text, *names in rows for name in {str(telling_text), *names})
        self.texts: dict[Any, str] = {pk: str(text) for pk, text, *_ in rows}
        self.keys: dict[str, Any] = {n: pk for pk, _, *names in rows for n in names if times[n] == 1}
        self.keys |= {text: pk for pk, text in self.texts.items()}

    def nearest(self, text: str) -> list[str]:
        """Names that a mistyped one may have meant."""
        return get_close_matches(text, self.keys, NEAREST) if len(self.keys) < 20_000 else []
