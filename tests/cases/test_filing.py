"""Filing a check's table: counted, in few queries, and beside people who judge at the same moment."""

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from bihuan.cases.filing import Filed, Filing, _candidates, file_alone, file_findings, file_rows
from bihuan.cases.judging import reject
from bihuan.cases.models import Finding, Incident
from bihuan.registry.models import Site
from tests.cases.rows import at, probe, row, table
from tests.cases.world import COUNTY, World
from tests.people import CITY_CODE, City

MANY = 1000


@pytest.fixture
def many(city: City, data_dir: object) -> list[str]:
    """The codes of a thousand stations."""
    place = city.regions[COUNTY]
    codes = [f"S{n:04d}" for n in range(MANY)]
    Site.objects.bulk_create(
        Site(code=c, name=c, rank="national", region=place, lon=113.6, lat=37.8) for c in codes
    )
    return codes


def test_a_thousand_new_findings_take_few_queries(
    many: list[str], django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(60):
        assert file_findings(probe(), table(many, 0, 5)) == Filed(new=MANY)
    assert Finding.objects.count() == MANY


def test_a_thousand_unchanged_findings_take_ten_queries_at_most(
    many: list[str], django_assert_max_num_queries: Any
) -> None:
    file_findings(probe(), table(many, 0, 5))
    with django_assert_max_num_queries(10):
        assert file_findings(probe(), table(many, 0, 5)) == Filed(extended=MANY)


def test_a_thousand_extended_findings_take_few_queries(
    many: list[str], django_assert_max_num_queries: Any
) -> None:
    file_findings(probe(), table(many, 0, 5))
    with django_assert_max_num_queries(50):
        file_findings(probe(), table(many, 0, 6))
    assert set(Finding.objects.values_list("until", "title")) == {(at(6), "自 1月10日 08:00 起 6 小时")}


def test_targets_that_no_register_knows_are_counted_by_name(many: list[str]) -> None:
    filed = file_findings(probe(), table([*many[:2], "X1", "X2"], 0, 5))
    assert filed == Filed(new=2, unknown=("X1", "X2"))
    assert file_findings(probe(), table(["X1"], 0, 5, kind="no_such_kind")).unknown == ("X1",)


def test_what_a_person_judges_while_a_check_is_filed_stays(world: World) -> None:
    place = world.city.regions[COUNTY]
    (finding,), _ = file_rows([row(place, 0, 2)])
    later = [row(place, 0, 3, 2.0)]
    filing = Filing(at(3), _candidates(later))
    for each in later:
        filing.place(each)
    reject(finding, world.person("dispatcher", CITY_CODE), "仪器校准")
    filing.write()
    finding.refresh_from_db()
    assert (finding.status, finding.reason, finding.until) == ("rejected", "仪器校准", at(3))


def test_a_finding_that_a_person_judges_before_it_is_merged_is_not_merged(world: World) -> None:
    place = world.city.regions[COUNTY]
    (_, late), _ = file_rows([row(place, 0, 2), row(place, 12, 14)])
    bridge = [row(place, 6, 8)]
    filing = Filing(at(14), _candidates(bridge))
    for each in bridge:
        filing.place(each)
    reject(late, world.person("dispatcher", CITY_CODE), "误报")
    filing.write()
    late.refresh_from_db()
    assert (late.status, late.merged_into) == ("rejected", None)


def test_the_database_holds_one_running_finding_per_check_item_kind_and_target(world: World) -> None:
    first = world.finding(item="pm25")
    fields = {f.name: getattr(first, f.name) for f in Finding._meta.fields if f.name != "id"}
    Finding.objects.create(**{**fields, "item": "pm10"})
    Finding.objects.create(**{**fields, "target_kind": "emitter"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Finding.objects.create(**fields)


def test_old_findings_are_split_into_check_and_item(world: World) -> None:
    """`air.stuck:pm25` of an older database; two running ones of one key cannot both go on."""
    with_item = world.finding(check_key="air.stuck:pm25")
    plain = world.finding(check_key="air.site_gap", item="pm10", target="S2")
    twin = world.finding(check_key="air.site_gap:pm10", target="S2")
    import_module("bihuan.cases.migrations.0005_check_and_item").split(apps, None)
    keys = {f.pk: (f.check_key, f.item, f.running) for f in Finding.objects.all()}
    assert keys[with_item.pk] == ("air.stuck", "pm25", True)
    assert keys[plain.pk] == ("air.site_gap", "pm10", False)
    assert keys[twin.pk] == ("air.site_gap", "pm10", True)


def test_a_row_filed_alone_joins_nothing_and_ends_what_ran_of_its_key(world: World) -> None:
    place = world.city.regions[COUNTY]
    (going_on,), _ = file_rows([row(place, 0, 5)])
    alone = file_alone(row(place, 4, 6))
    going_on.refresh_from_db()
    assert (alone.pk != going_on.pk, going_on.running, alone.running) == (True, False, True)
    assert (alone.incident_id is not None, alone.incident_id != going_on.incident_id) == (True, True)
    assert list(Incident.objects.filter(root=alone)) == [alone.incident]
