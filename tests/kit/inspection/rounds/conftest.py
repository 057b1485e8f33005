"""The county of the rounds."""

from pathlib import Path

import pytest

from tests.kit.inspection.rounds.world import Field
from tests.people import City


@pytest.fixture
def field(city: City, data_dir: Path) -> Field:
    return Field(city, data_dir)
