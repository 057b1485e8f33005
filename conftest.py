"""For all tests, those of the scenario folders too. The fixtures themselves are in tests/fixtures.py."""

import pytest
from pytest_django.plugin import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

FIRST = ("tests/browser/", "tests/servers/")
"""What waits more than it works begins first, so that the others run beside it."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Migrations made the append-only guards; tests with real transactions empty the tables, so they come off here."""
    from django.db import connection

    from bihuan.cases import guards as of_cases
    from bihuan.kit.inspection import guards as of_inspection
    from bihuan.kit.patrol import guards as of_patrol
    from bihuan.kit.phone import guards as of_phone
    from bihuan.registry import guards as of_registry

    with django_db_blocker.unblock():
        for guards in (of_registry, of_cases, of_inspection, of_patrol, of_phone):
            guards.drop(connection)  # fails when a migration did not make them
        of_cases.free_papers(connection)  # every step that is taken issues its papers
        of_cases.free_proposals(connection)
        of_registry.free_changes(connection)


class ByFile(LoadScopeScheduling):
    """A file stays in one process, for what its tests share; all browser tests do, for their city."""

    def _split_scope(self, nodeid: str) -> str:
        return FIRST[0] if nodeid.startswith(FIRST[0]) else nodeid.partition("::")[0]


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> ByFile:
    """Several processes share the files in the order of collection."""
    config.option.loadscopereorder = False
    return ByFile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What waits first; the rest stays in order."""

    def place(item: pytest.Item) -> int:
        return next((n for n, folder in enumerate(FIRST) if item.nodeid.startswith(folder)), len(FIRST))

    items.sort(key=place)
