"""The whole list, in the order in which a city is set up."""

from collections.abc import Callable

from django.conf import settings

from bihuan.kit.shared import Shared
from bihuan.web.damage import unless_damaged
from bihuan.web.setup import city_steps, data_steps
from bihuan.web.setup.step import Step

STEPS: tuple[Callable[[], Step], ...] = (
    city_steps.regions,
    city_steps.stations,
    city_steps.people,
    data_steps.sources,
    data_steps.rules,
    city_steps.papers,
)
_finished = Shared[bool]()


def checklist() -> list[Step]:
    """Every step, as it is now."""
    return [step() for step in STEPS]


def finished() -> bool:
    """Whether every step is done, some seconds old at most: the menu of every page asks."""
    return _finished.get(
        settings.DATA_DIR, lambda: unless_damaged(lambda: all(step().done for step in STEPS), False)
    )
