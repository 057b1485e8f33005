"""An installation of before had its boundaries in a file; an upgrade gives them to its regions."""

import json
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from bihuan.registry.models import Region
from tests.people import City

upgrade = import_module("bihuan.registry.migrations.0007_boundaries_and_guards")
SHAPE = {"type": "Polygon", "coordinates": [[[113, 37], [114, 37], [114, 38], [113, 37]]]}


def test_the_upgrade_takes_the_boundaries_of_known_regions_from_the_file(city: City, data_dir: Path) -> None:
    features = [{"properties": {"code": code}, "geometry": SHAPE} for code in ("140302", 140303, "999999")]
    (data_dir / "boundary.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": features})
    )
    upgrade.take_boundaries(apps, None)
    assert set(Region.objects.exclude(geometry=None).values_list("pk", flat=True)) == {"140302", "140303"}
    assert Region.objects.get(pk="140302").geometry == SHAPE


@pytest.mark.parametrize(
    "text", [None, "", "{", "[]", '{"features": [1]}', '{"features": [{"properties": {}}]}']
)
def test_an_installation_without_boundaries_or_with_a_file_that_says_none_upgrades_too(
    city: City, data_dir: Path, text: str | None
) -> None:
    if text is not None:
        (data_dir / "boundary.geojson").write_text(text)
    upgrade.take_boundaries(apps, None)
    assert not Region.objects.exclude(geometry=None).exists()
