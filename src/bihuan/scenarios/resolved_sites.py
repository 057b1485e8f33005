"""The names of sites of all lines of business, as imports ask for them."""

from collections.abc import Collection

from bihuan.reasons import Reason
from bihuan.registry.forecast_places import unregistered
from bihuan.scenarios.resolved import every_scenario
from bihuan.scenarios.sites import Sites


def _asked() -> list[Sites]:
    return [s.sites for s in every_scenario().values() if s.sites is not None]


def known() -> dict[str, dict[str, str]]:
    """By format, the only names that may stand in its files, each with the site that it means; any may in those of other formats."""
    found: dict[str, dict[str, str]] = {}
    for one in _asked():
        for form in one.formats:
            found.setdefault(form, {}).update(one.names())
    return found


def notes(sites: Collection[str]) -> list[Reason]:
    """What an import says of the sites that a file brought: former names, and those that no register knows."""
    names = {name for one in _asked() for name in one.names()}
    told = [reason for one in _asked() for reason in one.told(sites)]
    return [*told, *unregistered(set(sites) - names)]
