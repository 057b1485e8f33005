"""Shared by all tests, those of the scenarios too (a plugin of pytest): an installation folder of their own, a city."""

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

# eccodes brings a PROJ of its own, which breaks this one when it comes first; files are read in processes apart.
import pyproj  # noqa: E402, F401
import pytest  # noqa: E402 - after the environment is set
from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as properties  # noqa: E402

# The same examples in every run, however slow the machine: a failure is one of the change that is tested.
properties.register_profile(
    "same", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
properties.load_profile("same")

if TYPE_CHECKING:
    from tests.people import City
    from tests.web.measured import Measured


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """A hash that is slow on purpose is slow in every test that signs in; only within this process."""
    from django.conf import settings

    hashers = "django.contrib.auth.hashers."
    settings.PASSWORD_HASHERS = [f"{hashers}MD5PasswordHasher", f"{hashers}PBKDF2PasswordHasher"]


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The file of an empty, migrated database with all its guards; one for all processes of a run."""
    from tests.servers.installed import make_database

    base = tmp_path_factory.getbasetemp()
    return make_database((base if worker_id == "master" else base.parent) / "empty")


@pytest.fixture
def city(db: None) -> "City":
    """Yangquan with one organisation per county and one person per role and region (tests.people)."""
    from tests.people import build_city

    return build_city()


@pytest.fixture(scope="session")
def real_hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of two months of real hours, taken in once; a test works on a copy (tests.web.measured)."""
    from tests.web.measured import build_archive

    return build_archive(tmp_path_factory.mktemp("real"))


@pytest.fixture
def measured(real_hours: Path, city: "City", data_dir: Path) -> "Measured":
    """The city with real hours, on the morning of 2019-02-25."""
    from tests.web.measured import Measured

    return Measured.of(real_hours, data_dir)


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
