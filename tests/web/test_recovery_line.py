"""What the pages say of a sensor that shows whether a case may be closed, of the watch period, and of an earlier case."""

from django.test import Client
from django.urls import reverse

from bihuan.cases import relapses
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import State
from tests.cases.conftest import world as world  # the fixture
from tests.cases.sensor import KEY, ran
from tests.cases.world import World
from tests.web.test_case_list import numbers
from tests.web.test_case_steps import signed_in


def shown(client: Client, name: str, *args: object) -> str:
    """The text of a page, spaces and lines as one."""
    return " ".join(client.get(reverse(name, args=args)).content.decode().split())


def hours(world: World, n: int) -> None:
    """So many normal hours go by, then the check runs."""
    world.sensor.measure(world.at, n)
    ran(world.wait(hours=n))


def test_the_page_of_a_case_follows_the_sensor_until_it_is_closed_watched_and_open_again(
    client: Client, world: World
) -> None:
    officer = signed_in(client, world.person("dispatcher", "140300"))
    case = world.sensed(State.PASSED)
    hours(world, 5)
    page = shown(officer, "case", case.number)
    assert "最早 1月14日 02:00 可销号" in page
    assert '<progress max="24" value="5">' in page
    assert 'data-action="close"' not in page
    assert numbers(officer, "passed") == [case.number]

    hours(world, 19)
    assert 'data-action="close"' in shown(officer, "case", case.number)
    officer.post(reverse("case_step", args=[case.number, "close"]))
    page = shown(officer, "case", case.number)
    assert "监测正常 24 小时，至 01-14 02:00" in page
    assert "观察期至 2019-02-13 02:00" in page
    assert (numbers(officer, "closed"), numbers(officer, "passed")) == ([case.number], [])

    world.wait(days=3)
    found = world.facet("over", check_key=KEY)
    assert (
        f'同一问题此前已于 2019-01-14 02:00 销号： <a href="{reverse("case", args=[case.number])}">'
        in shown(officer, "finding", found.pk)
    )
    assert relapses.reopen(world.at).cases == 1
    page = shown(officer, "case", case.number)
    assert "平台 <span" in page
    assert "2019-01-14 02:00 销号后，同一规则再次报出" in page
    assert (numbers(officer, "reopened"), numbers(officer, "closed")) == ([case.number], [])
    assert "监测反弹" in shown(signed_in(client, world.person("handler")), "inbox")


def test_a_file_of_the_list_tells_said_done_verified_closed_and_reopened_apart(
    client: Client, world: World
) -> None:
    officer = signed_in(client, world.person("dispatcher", "140300"))
    case = world.case(State.CLOSED)
    world.wait(hours=1)
    world.go(case, "reopen")
    head, row = (
        officer.get(reverse("cases"), {"tab": "all", "as": "csv"})
        .content.decode("utf-8-sig")
        .splitlines()[-2:]
    )
    said = dict(zip(head.split(","), row.split(","), strict=True))
    assert (said["申请销号时间"], said["核查通过时间"]) == ("2019-01-12 14:00", "2019-01-12 14:00")
    assert (said["销号时间"], said["反弹次数"], said["反弹时间"]) == ("", "1", "2019-01-12 15:00")


def test_an_earlier_case_is_named_only_to_who_may_see_it(client: Client, world: World) -> None:
    case = world.sensed(State.PASSED)
    hours(world, 24)
    world.go(case, "close")
    world.wait(days=40)
    found = world.facet("over", check_key=KEY)
    assert relapses.reopen(world.at).cases == 0
    assert relapses.earlier_case(found, world.person("dispatcher")) == case
    assert relapses.earlier_case(found, world.person("dispatcher", "140302")) is None
    assert Case.objects.get().state == State.CLOSED
    assert Finding.objects.get(pk=found.pk).status == Finding.Status.NEW
