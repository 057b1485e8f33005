"""Rights are closed by default: a model says who sees its rows, and a post acts where it covers, nowhere else."""

from datetime import UTC, datetime

import pytest
from axes.models import AccessAttempt
from django.apps import apps
from django.core.checks import run_checks
from django.db import models
from django.test.utils import isolate_apps

from bihuan.registry.access import CITY, NoScope, may, visible
from bihuan.registry.city import own_city
from bihuan.registry.models import AuditEntry, Emitter, JobRun, Measure, Person, Post, Region, Site, Target
from bihuan.registry.roles import ADMINS, OFFICE, UNIT, WATCHERS, Role
from bihuan.registry.scope_checks import NEVER_READ, wrong_with
from bihuan.registry.scopes import Within
from tests.people import ROLES, City, person

MINE, OTHER, TOP = "140321", "140322", "140300"


def plant(city: City, county: str = MINE) -> Emitter:
    return Emitter.objects.create(
        code=f"E{county}", name="测试厂", kind="plant", region=city.regions[county], organisation=city.governments[county],
        industry="水泥", grade="C", lon=113.6, lat=37.8,
    )  # fmt: skip


def station(city: City, county: str = MINE, top: str = TOP) -> Site:
    return Site.objects.create(
        code="X1", name="站", rank="national", region=city.regions[county], city=city.regions[top], lon=113.6, lat=37.8, evaluated=True,
    )  # fmt: skip


def test_every_model_says_who_may_see_its_rows_by_paths_that_lead_there() -> None:
    assert [e for e in run_checks() if (e.id or "").startswith("bihuan.")] == []
    ours = [m for m in apps.get_models() if m._meta.app_label not in NEVER_READ]
    assert {"Case", "Emitter", "AuditEntry", "Person"} <= {m.__name__ for m in ours}
    assert [m for m in ours if not hasattr(m, "SCOPE")] == []


@isolate_apps("bihuan.registry")
def test_a_model_that_says_nothing_or_names_a_wrong_path_fails_the_check() -> None:
    class Silent(models.Model):
        class Meta:
            app_label = "registry"

    class Lost(models.Model):
        SCOPE = Within(region="emitter__name")
        emitter = models.ForeignKey(Emitter, on_delete=models.CASCADE)

        class Meta:
            app_label = "registry"

    class Elsewhere(models.Model):
        SCOPE = Within(region="emitter", organisation="emitter__organisation")
        emitter = models.ForeignKey(Emitter, on_delete=models.CASCADE)

        class Meta:
            app_label = "registry"

    assert [[e.id for e in wrong_with(m)] for m in (Silent, Lost, Elsewhere)] == [
        ["bihuan.E001"], ["bihuan.E002"], ["bihuan.E002"],
    ]  # fmt: skip


def test_what_says_nothing_is_shown_to_nobody(city: City) -> None:
    with pytest.raises(NoScope, match="AccessAttempt"):
        visible(AccessAttempt.objects.all(), city.person("admin", TOP))


@pytest.mark.parametrize("role", ROLES)
def test_what_hangs_on_an_enterprise_of_a_county_is_not_seen_from_another(city: City, role: str) -> None:
    emitter = plant(city)
    Measure.objects.create(emitter=emitter, level="red", pollutant="pm", text="停", kg_per_day=1, basis="x")
    mine, other = city.person(role, MINE), city.person(role, OTHER)
    for model in (Emitter, Measure):
        assert visible(model.objects.all(), mine).count() == 1, model
        assert visible(model.objects.all(), other).count() == 0, model
        assert visible(model.objects.all(), person(f"nobody{model.__name__}")).count() == 0, model


def test_an_enterprise_sees_its_own_and_not_the_county_it_stands_in(city: City) -> None:
    own = plant(city)
    Emitter.objects.create(code="E2", name="邻厂", kind="plant", region=city.regions[MINE], industry="水泥", grade="C", lon=113.6, lat=37.8)  # fmt: skip
    station(city)
    contact = city.person("enterprise", MINE)
    assert list(visible(Emitter.objects.all(), contact)) == [own]
    assert not visible(Site.objects.all(), contact).exists()


@pytest.mark.parametrize("role", ROLES)
def test_rows_of_the_whole_city_ask_for_a_post_of_the_whole_city(city: City, role: str) -> None:
    JobRun.objects.create(job="x", as_of=datetime(2019, 1, 1, tzinfo=UTC))
    AuditEntry.objects.create(at=datetime(2019, 1, 1, tzinfo=UTC), action="x", target="x")
    for model, readers in ((JobRun, {"dispatcher", "chief", "auditor", "admin"}), (AuditEntry, {"chief", "auditor", "admin"})):  # fmt: skip
        assert visible(model.objects.all(), city.person(role, TOP)).exists() == (role in readers)
        assert not visible(model.objects.all(), city.person(role, MINE)).exists()


def test_common_rows_are_for_all_who_hold_a_post(city: City) -> None:
    Target.objects.create(region=city.regions[TOP], year=2019, item="pm25", value=35)
    assert visible(Target.objects.all(), city.person("ranger", MINE)).count() == 1
    assert visible(Target.objects.all(), person("nobody")).count() == 0


def test_an_administrator_sees_the_people_of_the_region_and_nobody_else_sees_accounts(city: City) -> None:
    inside = set(visible(Person.objects.all(), city.person("admin", MINE)).values_list("username", flat=True))
    assert inside == {f"{role}_{MINE}" for role in ROLES}
    assert visible(Person.objects.all(), city.person("admin", TOP)).count() == Person.objects.count()
    assert not visible(Person.objects.all(), city.person("chief", TOP)).exists()
    assert not visible(Post.objects.all(), city.person("chief", TOP)).exists()


def test_a_post_acts_inside_its_region_only(city: City) -> None:
    chief = city.person("chief", MINE)
    assert may(chief, *OFFICE, region=city.regions[MINE])
    assert may(chief, *OFFICE, region="140321103")
    assert not may(chief, *OFFICE, region=OTHER)
    assert not may(chief, *OFFICE, region=CITY)
    assert not may(chief, *ADMINS, region=MINE)
    assert not may(chief, *OFFICE, region=None)
    assert may(city.person("chief", TOP), *OFFICE, region=MINE)
    assert may(city.person("chief", TOP), *OFFICE, region=CITY)


def test_a_post_of_the_province_covers_the_city(city: City) -> None:
    station(city)
    province = person("province", ("auditor", Region.objects.get(pk="140000"), None))
    assert may(province, *WATCHERS, region=CITY)
    assert may(province, *WATCHERS, region=MINE)


def test_a_unit_acts_for_itself_wherever_it_is_and_never_for_a_region(city: City) -> None:
    handler = city.person("handler", MINE)
    assert may(handler, *UNIT, region=OTHER, organisation=city.governments[MINE])
    assert not may(handler, *UNIT, region=MINE, organisation=city.governments[OTHER])
    assert not may(handler, *UNIT, region=MINE)
    loose = person("loose", ("enterprise", city.regions[MINE], None))
    assert not may(loose, *UNIT, region=MINE, organisation=None)


def test_the_own_city_is_that_of_the_evaluation_stations_whatever_its_code_looks_like(city: City) -> None:
    station(city, top=MINE)
    assert own_city() == city.regions[MINE]
    assert may(city.person("admin", MINE), Role.ADMIN, region=CITY)
    assert not may(city.person("admin", OTHER), Role.ADMIN, region=CITY)


def test_before_stations_are_registered_the_own_city_holds_all_that_is_there(city: City) -> None:
    assert own_city() == city.regions[TOP]
    assert not may(city.person("admin", MINE), Role.ADMIN, region=CITY)


def test_a_bare_installation_is_for_the_region_of_its_first_account(db: None) -> None:
    assert own_city() is None
    county = Region.objects.create(code=MINE, name="平定县")
    first = person("first", ("admin", county, None))
    assert may(first, Role.ADMIN, region=CITY)
    whole = person("whole", ("admin", Region.objects.create(code=TOP, name="阳泉市"), None))
    assert may(whole, Role.ADMIN, region=CITY)
    assert not may(Person.objects.get(pk=first.pk), Role.ADMIN, region=CITY)
