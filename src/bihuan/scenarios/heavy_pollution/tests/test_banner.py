"""A warning in force is seen by everybody in the area, on every page; the brief says it; a folder less, nothing breaks."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from bihuan import clock
from bihuan.archive.forecasts import ForecastStore
from bihuan.domain.timeaxis import CST
from bihuan.registry.models import Emitter, Organisation, Person, Region
from bihuan.scenarios import resolved
from bihuan.scenarios.heavy_pollution import actions
from bihuan.scenarios.heavy_pollution.in_force import Kind
from bihuan.scenarios.heavy_pollution.models import Suggestion, WarningStep
from bihuan.scenarios.heavy_pollution.tests.world import World
from bihuan.scenarios.heavy_pollution.warning_actions import Wish, approve, propose
from tests.people import person

BACKEND = "django.contrib.auth.backends.ModelBackend"


def warned(world: World, kind: WarningStep.Kind = Kind.START, level: str = "orange") -> None:
    """A warning of this level, in force."""
    until = None if kind == Kind.LIFT else clock.now() + timedelta(days=2)
    wish = Wish(kind, level, until=until, reason="会商决定")
    approve(propose(world.city.regions["140300"], world.person(), wish), world.person("chief"))


def text(client: Client, who: Person, address: str = "/me/") -> str:
    client.force_login(who, backend=BACKEND)
    return client.get(address).content.decode()


@pytest.mark.parametrize("role", ["handler", "ranger", "enterprise", "verifier", "auditor", "admin"])
@pytest.mark.parametrize("region", ["140300", "140321"])
def test_everybody_in_the_area_sees_it(client: Client, world: World, role: str, region: str) -> None:
    who = world.person(role, region)
    assert "重污染天气" not in text(client, who)
    warned(world)
    page = text(client, world.person(role, region))
    assert 'class="banner orange' in page
    assert "阳泉市重污染天气橙色预警" in page
    assert "02-25 14:00 起" in page
    assert "预计至 02-27 14:00" in page
    found = client.get(
        page.split('href="/s/heavy_pollution/warning/')[1]
        .split('"')[0]
        .join(["/s/heavy_pollution/warning/", ""])
    )
    assert found.status_code == 200
    assert "关于发布阳泉市重污染天气橙色预警的通知" in found.content.decode()


def test_it_follows_changes_and_goes_when_lifted(client: Client, world: World) -> None:
    warned(world)
    warned(world, Kind.CHANGE, "red")
    who = world.person("handler", "140321")
    assert "阳泉市重污染天气红色预警" in text(client, who)
    warned(world, Kind.LIFT)
    assert "重污染天气" not in text(client, who)


def test_another_city_is_not_warned(client: Client, world: World) -> None:
    warned(world)
    elsewhere = Region.objects.create(code="140400", name="长治市")
    assert "重污染天气" not in text(client, person("far", ("chief", elsewhere, None)))


def test_an_enterprise_reads_its_own_measures_only(client: Client, world: World) -> None:
    firm = Organisation.objects.create(name="冠山砖瓦", kind="enterprise", region_id="140321")
    Emitter.objects.filter(pk="P2").update(organisation=firm)
    contact = person("contact", ("enterprise", world.city.regions["140321"], firm))
    world.suggest()
    warned(world, level="yellow")
    assert "冠山砖瓦2厂：冠山砖瓦2厂停产一半" in text(client, Person.objects.get(pk=contact.pk))
    row = Suggestion.objects.get(emitter_id="P2", status="open")
    actions.accept(row, world.person(), changed_text="停2号窑", hand=True)
    page = text(client, Person.objects.get(pk=contact.pk))
    assert "冠山砖瓦2厂：停2号窑" in page
    assert "荫营水泥1厂" not in page
    assert "停2号窑" not in text(client, world.person("ranger", "140321"))


def test_the_brief_says_what_is_in_force(client: Client, world: World) -> None:
    run = world.run()
    ForecastStore(world.folder).freeze(run.hours, run.days, run.members, run.meta)
    address = reverse("brief", args=[clock.now().astimezone(CST).date()])
    assert "2月27日重污染概率 70%，请会商是否预警。" in text(client, world.person("chief"), address)
    warned(world)
    page = text(client, world.person("chief"), address)
    assert "阳泉市重污染天气橙色预警自2月25日14时起生效，预计至2月27日14时，请督促落实措施。" in page
    assert "2月27日重污染概率 70%。" in page
    assert "请会商是否预警" not in page


def test_without_any_scenario_there_is_no_banner(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    warned(world)
    monkeypatch.setattr(resolved, "every_scenario", dict)
    assert resolved.banners_for(world.person("handler", "140321"), clock.now()) == []


def test_proposals_are_for_the_office_notices_for_all(client: Client, world: World) -> None:
    proposal = propose(
        world.city.regions["140300"], world.person(), Wish(Kind.START, "red", reason="内部意见")
    )
    county = world.person("handler", "140321")
    assert "内部意见" not in text(client, county, reverse("heavy_pollution:history"))
    assert "内部意见" in text(client, world.person("chief"), reverse("heavy_pollution:history"))
    assert client.get(reverse("heavy_pollution:notice", args=[proposal.pk])).status_code == 404
    client.force_login(county, backend=BACKEND)
    answer = client.post(reverse("heavy_pollution:answer", args=[proposal.pk, "approve"]), follow=True)
    assert "负责人" in answer.content.decode()
    assert "重污染天气红色预警" not in text(client, county)
