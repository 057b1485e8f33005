"""The county in which tests patrol."""

import pytest

from tests.kit.patrol.world import Field
from tests.people import City


@pytest.fixture
def field(city: City) -> Field:
    return Field(city)
