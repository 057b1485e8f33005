"""The threshold of the manifest and the rules of the date make the hours and days."""

from dataclasses import replace
from datetime import date

import pytest

from bihuan.domain.emissions.rules import rules_on
from bihuan.scenarios.manifests import manifest_of
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA, gas
from bihuan.scenarios.plant_emissions.models import Outlet
from bihuan.scenarios.plant_emissions.month import month_ledger
from bihuan.scenarios.plant_emissions.received import seen
from bihuan.scenarios.plant_emissions.settings import in_force, of
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START, lines, receive
from tests.people import City


def test_what_is_in_force() -> None:
    assert in_force().most_o2 == 20.5


def test_a_cap_at_the_oxygen_of_air_is_refused() -> None:
    manifest = manifest_of("plant_emissions")
    airy = replace(manifest.thresholds["air_like_oxygen"], value=21.0)
    with pytest.raises(ValueError, match="air_like_oxygen is 21"):
        of(replace(manifest, thresholds={**manifest.thresholds, "air_like_oxygen": airy}))


def test_hours_are_made_by_them(plants: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """The packets have 9 % oxygen: with a cap of 8.5 % no minute counts."""
    receive(lines("near_miss"))
    assert seen(MEDIA[GAS], ["E1-1"], START, NOW.replace(minute=0), NOW).hours["valid_nox"].all()
    rules = replace(in_force(), most_o2=8.5)
    monkeypatch.setattr(gas, "in_force", lambda: rules)
    assert not seen(MEDIA[GAS], ["E1-1"], START, NOW.replace(minute=0), NOW).hours["valid_nox"].any()


def test_days_are_made_by_them(plants: City, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six hours are no valid day of twenty, but one of six."""
    receive(lines("near_miss"))
    outlet = [Outlet.objects.get(pk="E1-1")]
    assert month_ledger(MEDIA[GAS], outlet, date(2019, 2, 1), NOW)["valid_days"].to_list() == [0]
    rules = replace(rules_on(NOW.date()), valid_day=6)
    monkeypatch.setattr(gas, "rules_on", lambda on: rules)
    assert month_ledger(MEDIA[GAS], outlet, date(2019, 2, 1), NOW)["valid_days"].to_list() == [1]
