"""For all tests, those of the scenario folders too. The fixtures themselves are in tests/fixtures.py."""

import pytest
from pytest_django.plugin import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Migrations made the append-only guards; tests with real transactions empty the tables, so they come off here."""
    from django.db import connection

    from bihuan.cases import guards as of_cases
    from bihuan.registry import guards as of_registry

    with django_db_blocker.unblock():
        for guards in (of_registry, of_cases):
            guards.drop(connection)  # fails when a migration did not make them
