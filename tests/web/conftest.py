"""What tests of pages share."""

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture(autouse=True)
def static_folder(settings: Any, tmp_path: Path) -> None:
    """Collected static files are absent in tests; the server of them wants a folder that exists."""
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
