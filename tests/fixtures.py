"""Shared by all tests, those of the scenarios too (loaded by pytest as a plugin): an installation folder of their own, a database with the append-only guards proved, a city."""

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

# Before Django reads its settings.
FOLDER = tempfile.TemporaryDirectory(prefix="bihuan-tests-")
os.environ["BIHUAN_DATA"] = FOLDER.name
STATIC = Path(FOLDER.name) / "static"
STATIC.mkdir()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.settings")

import pytest  # noqa: E402 - after the environment is set
from pytest_django.plugin import DjangoDbBlocker  # noqa: E402

if TYPE_CHECKING:
    from tests.people import City


@pytest.fixture(scope="session", autouse=True)
def guards_off(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Migrations made the guards; tests with real transactions empty the tables, so the guards come off here."""
    from django.db import connection

    from bihuan.cases import guards

    with django_db_blocker.unblock():
        guards.drop(connection)  # fails when a migration did not make them


@pytest.fixture
def city(db: None) -> "City":
    """Yangquan with one organisation per county and one person per role and region (tests.people)."""
    from tests.people import build_city

    return build_city()


@pytest.fixture
def data_dir(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty installation folder that settings, files and clock point to for one test."""
    monkeypatch.setenv("BIHUAN_DATA", str(tmp_path))
    settings.DATA_DIR = tmp_path
    settings.FILES_DIR = tmp_path / "files"
    return tmp_path


@pytest.fixture(autouse=True)
def static_folder(settings: Any) -> None:
    """Collected static files are absent in tests; the server of them wants a folder that exists."""
    settings.STATIC_ROOT = STATIC
