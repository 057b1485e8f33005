"""Boundaries beside the rows that are joined to them."""

import pytest

from bihuan.registry import shapes
from bihuan.registry.models import Organisation, Region

SQUARE = {"type": "Polygon", "coordinates": [[[113.0, 37.0], [114.0, 37.0], [114.0, 38.0], [113.0, 37.0]]]}


@pytest.fixture
def county(db):
    region = Region.objects.create(code="140399", name="某区", geometry=SQUARE)
    for n in range(5):
        Organisation.objects.create(name=f"单位{n}", kind="enterprise", region=region)
    return region


def test_a_boundary_is_read_as_it_was_written(county):
    assert Region.objects.get(pk=county.pk).geometry == SQUARE
    assert Region.objects.values_list("geometry", flat=True).get(pk=county.pk) == SQUARE
    county.geometry = None
    county.save()
    assert Region.objects.get(pk=county.pk).geometry is None


def test_a_changed_boundary_is_seen_at_once(county):
    Region.objects.get(pk=county.pk)
    moved = SQUARE | {"coordinates": [[[112.0, 37.0], [114.0, 37.0], [114.0, 38.0], [112.0, 37.0]]]}
    Region.objects.filter(pk=county.pk).update(geometry=moved)
    assert Region.objects.get(pk=county.pk).geometry == moved


def test_rows_joined_to_one_region_decode_its_boundary_once(county):
    shapes._decoded.cache_clear()
    rows = list(Organisation.objects.filter(region=county).select_related("region"))
    assert [o.region.geometry for o in rows] == [SQUARE] * 5
    assert shapes._decoded.cache_info().misses == 1


def test_to_a_migration_it_is_a_json_column():
    assert Region._meta.get_field("geometry").deconstruct()[1] == "django.db.models.JSONField"
