"""A check of Django's (`django check`): every model says who may see its rows, by paths that lead where they should."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

from bihuan.registry.access import NoScope, scope_of_model
from bihuan.registry.scopes import end_of, paths

NEVER_READ = {"auth", "axes", "contenttypes", "sessions"}
"""Apps of others; their rows are never shown through `visible`."""


@register
def scopes(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """One error for each model without a SCOPE, and for each path of one that leads elsewhere."""
    wanted = app_configs or apps.get_app_configs()
    models = (m for config in wanted if config.label not in NEVER_READ for m in config.get_models())
    return [error for model in models for error in wrong_with(model)]


def wrong_with(model: type[Model]) -> Iterator[CheckMessage]:
    """What is wrong with a model's SCOPE."""
    try:
        scope = scope_of_model(model)
    except NoScope as error:
        yield Error(str(error), obj=model, id="bihuan.E001")
        return
    for what, path in paths(scope):
        try:
            end = end_of(model, path).__name__
        except (FieldDoesNotExist, TypeError) as error:
            end = str(error)
        if end != what:
            yield Error(
                f"the path {path!r} of SCOPE leads to {end}, not to {what}", obj=model, id="bihuan.E002"
            )
