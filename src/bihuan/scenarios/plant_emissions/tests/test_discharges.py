"""What sewage outlets tell to those who look for where polluted water came from."""

from datetime import timedelta

import pytest

from bihuan.domain.water_suspects import LOGGED
from bihuan.registry.models import Emitter, Reach, River
from bihuan.scenarios import resolved_discharges
from bihuan.scenarios.plant_emissions.discharges import given
from bihuan.scenarios.plant_emissions.tests.conftest import receive
from bihuan.scenarios.plant_emissions.tests.test_sewage import NOW, START, day, nothing_kept, sewers
from tests.people import City

__all__ = ["nothing_kept", "sewers"]


@pytest.fixture
def river(sewers: City) -> City:
    """A reach of 20 km that passes the plant 1 km to its north after 5 km."""
    about = {"name": "河", "region": sewers.regions["140321"], "lon": 113.6, "lat": 37.8}
    line = {"type": "LineString", "coordinates": [[113.55, 37.81], [113.75, 37.81]]}
    one = River.objects.create(code="R", **about)
    Reach.objects.create(code="R1", river=one, length_km=20.0, geometry=line, **about)
    Reach.objects.create(code="R2", river=one, length_km=20.0, **about)
    return sewers


def test_the_outlets_of_a_plant_beside_a_river_lie_on_it_with_their_limits(river: City) -> None:
    found = given(NOW)
    assert [(d.code, d.reach, d.pollutants) for d in found] == [
        (c, "R1", {"w01018": 40.0}) for c in ("W1", "W2")
    ]
    assert found[0].km == pytest.approx(5.0, abs=0.01)
    assert found[0].flow == pytest.approx(200 / 3600)
    assert given(START - timedelta(days=1)) == []
    Emitter.objects.update(lat=37.7)
    assert given(NOW) == []


def test_the_hours_of_their_loggers(river: City) -> None:
    receive(list(day("W2")))
    hours = resolved_discharges.hours(
        ["plant_emissions/W2", "outfalls/X"], START, START + timedelta(hours=24), NOW
    )
    assert dict(hours.schema) == dict(LOGGED)
    assert set(hours["code"]) == {"plant_emissions/W2"}
    # Twelve hours of 20 mg/L, then twelve of 60.
    cod = hours.filter(item="w01018").sort("start")["value"].to_list()
    assert (len(cod), cod[0], cod[-1]) == (24, pytest.approx(20.0), pytest.approx(60.0))
