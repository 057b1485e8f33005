"""Accounts are closed, opened again and given posts by those above them; nobody raises their own rights; nothing is lost."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from bihuan.cases.models import Case
from bihuan.cases.parties import Party, addressees
from bihuan.registry import accounts
from bihuan.registry.access import CITY, may, scope_of, visible
from bihuan.registry.accounts import NotChanged
from bihuan.registry.models import AuditEntry, Organisation, Person, Post, Region
from bihuan.registry.roles import OFFICE, Role
from tests.people import ROLES, City, person
from tests.web.world import make_objects

TOP, MINE, OTHER = "140300", "140321", "140322"
GOOD = "violet-harbour-42"


def again(someone: Person) -> Person:
    return Person.objects.get(pk=someone.pk)


def every_change(by: Person, someone: Person, region: Region) -> dict[str, Callable[[], object]]:
    post = someone.posts.first()
    assert post is not None
    return {
        "close": lambda: accounts.close(by, someone, "调离"),
        "reset": lambda: accounts.reset_password(by, someone),
        "edit": lambda: accounts.edit(by, someone, name="别名", phone=""),
        "post_add": lambda: accounts.add_post(by, someone, Role.AUDITOR, region, None),
        "post_end": lambda: accounts.end_post(by, post),
        "reopen": lambda: accounts.reopen(by, someone),
    }


@pytest.mark.parametrize("role", [r for r in ROLES if r != "admin"])
def test_nobody_but_an_administrator_changes_an_account(city: City, role: str) -> None:
    someone = city.person("ranger", MINE)
    for name, change in every_change(city.person(role, TOP), someone, city.regions[MINE]).items():
        with pytest.raises(NotChanged):
            change()
        assert again(someone).is_active, name
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("target", ["county", "city", "both"])
def test_an_administrator_of_a_county_changes_nobody_who_also_serves_elsewhere(
    city: City, target: str
) -> None:
    someone = {
        "county": lambda: city.person("ranger", OTHER),
        "city": lambda: city.person("chief", TOP),
        "both": lambda: person(
            "both", ("ranger", city.regions[MINE], None), ("chief", city.regions[TOP], None)
        ),
    }[target]()
    before = (again(someone).password, someone.posts.count())
    for change in every_change(city.person("admin", MINE), someone, city.regions[MINE]).values():
        with pytest.raises(NotChanged):
            change()
    assert (again(someone).password, again(someone).posts.in_force().count()) == before


def test_an_administrator_of_a_county_gives_no_post_outside_it(city: City) -> None:
    admin, someone = city.person("admin", MINE), city.person("ranger", MINE)
    for place in (TOP, OTHER, "140000"):
        with pytest.raises(NotChanged, match="不管理"):
            accounts.add_post(admin, someone, Role.CHIEF, Region.objects.get(pk=place), None)
        with pytest.raises(NotChanged, match="不管理"):
            accounts.add(admin, f"n{place}", GOOD, name="新", role="chief", region=Region.objects.get(pk=place), organisation=None)  # fmt: skip
    assert not Person.objects.filter(username__startswith="n1").exists()
    accounts.add_post(admin, someone, Role.CHIEF, city.regions[MINE], None)
    assert may(again(someone), *OFFICE, region=MINE)


@pytest.mark.parametrize("place", [TOP, MINE])
def test_nobody_changes_their_own_account_or_posts(city: City, place: str) -> None:
    admin = city.person("admin", place)
    for name, change in every_change(admin, admin, city.regions[place]).items():
        with pytest.raises(NotChanged, match="另一位系统管理员"):
            change()
        assert scope_of(again(admin)).roles == {"admin"}, name


def test_the_last_administrator_of_the_city_stays(city: City) -> None:
    last, province = city.person("admin", TOP), Region.objects.get(pk="140000")
    for change in (
        lambda: accounts.close(None, last, "离职"),
        lambda: accounts.end_post(None, last.posts.get()),
    ):
        with pytest.raises(NotChanged, match="最后一位"):
            change()
    leaving = person("leaving", ("admin", city.regions[TOP], None))
    Post.objects.filter(person=leaving).update(until=timezone.now() + timedelta(days=1))
    with pytest.raises(NotChanged, match="最后一位"):
        accounts.close(None, last, "离职")
    closed = person("closed", ("admin", city.regions[TOP], None))
    Person.objects.filter(pk=closed.pk).update(is_active=False)
    with pytest.raises(NotChanged, match="最后一位"):
        accounts.close(None, last, "离职")
    accounts.close(None, city.person("admin", MINE), "离职")  # a county's is not the city's
    person("above", ("admin", province, None))
    accounts.close(None, last, "离职")
    assert not again(last).is_active


def test_closing_keeps_what_was_done_and_asks_for_a_reason(city: City) -> None:
    admin, someone = city.person("admin", TOP), city.person("chief", MINE)
    with pytest.raises(NotChanged, match="理由"):
        accounts.close(admin, someone, " ")
    accounts.close(admin, someone, "离职")
    with pytest.raises(NotChanged, match="已经停用"):
        accounts.close(admin, again(someone), "离职")
    assert again(someone).posts.count() == 1
    entry = AuditEntry.objects.get(action="person.close")
    assert (entry.person, entry.target, entry.detail["reason"]) == (admin, someone.username, "离职")


def test_a_post_that_ended_opens_nothing_any_more_and_stays_in_the_history(city: City) -> None:
    admin, someone = city.person("admin", TOP), city.person("chief", MINE)
    post = someone.posts.get()
    accounts.end_post(admin, post)
    assert not may(again(someone), *OFFICE, region=MINE)
    assert not visible(Organisation.objects.all(), again(someone)).exists()
    assert (again(someone).posts.get().state, again(someone).posts.in_force().count()) == ("ended", 0)
    with pytest.raises(NotChanged, match="已经结束"):
        accounts.end_post(admin, again(someone).posts.get())
    accounts.add_post(admin, again(someone), Role.CHIEF, city.regions[MINE], None)
    assert may(again(someone), *OFFICE, region=MINE)
    assert again(someone).posts.count() == 2


@pytest.mark.parametrize(
    ("since", "until", "holds"),
    [
        (None, None, True),
        (-1, None, True),
        (-2, -1, False),
        (1, None, False),
        (-1, 1, True),
        (None, -1, False),
    ],
)
def test_a_post_holds_from_its_beginning_to_its_end(
    city: City, since: int | None, until: int | None, holds: bool
) -> None:
    def day(n: int | None) -> object:
        return None if n is None else timezone.now() + timedelta(days=n)

    someone = city.person("chief", TOP)
    someone.posts.update(since=day(since), until=day(until))
    assert may(again(someone), *OFFICE, region=CITY) is holds
    assert (again(someone).posts.get().state == "now") is holds


def test_the_same_post_is_not_given_twice_and_a_units_post_needs_its_unit(city: City) -> None:
    admin, someone = city.person("admin", TOP), city.person("chief", MINE)
    with pytest.raises(NotChanged, match="同样的职务"):
        accounts.add_post(admin, someone, Role.CHIEF, city.regions[MINE], None)
    with pytest.raises(NotChanged, match="所在单位"):
        accounts.add_post(admin, someone, Role.HANDLER, city.regions[MINE], None)
    with pytest.raises(NotChanged, match="晚于现在"):
        accounts.add_post(admin, someone, Role.RANGER, city.regions[MINE], None, until=timezone.now())
    with pytest.raises(NotChanged, match="没有职务"):
        accounts.add_post(admin, someone, "king", city.regions[MINE], None)


def test_a_new_password_is_temporary_and_the_old_one_is_gone(city: City) -> None:
    someone = city.person("ranger", MINE)
    someone.set_password(GOOD)
    someone.save()
    made = accounts.reset_password(city.person("admin", MINE), someone)
    assert again(someone).check_password(made)
    assert not again(someone).check_password(GOOD)
    assert again(someone).must_change_password
    assert made not in str(AuditEntry.objects.get().detail)


def test_a_name_is_stored_as_it_is_signed_in_with(city: City) -> None:
    made = accounts.add(
        None, " ｚｈａｎｇ ", GOOD, name="张", role="ranger", region=city.regions[MINE], organisation=None
    )
    assert made.username == "zhang"
    with pytest.raises(NotChanged, match="已有账号 zhang"):
        accounts.add(
            None, "zhang　", GOOD, name="张", role="ranger", region=city.regions[MINE], organisation=None
        )
    with pytest.raises(NotChanged):
        accounts.add(
            None, "zhang san!", GOOD, name="张", role="ranger", region=city.regions[MINE], organisation=None
        )


def people(case: Case, party: Party) -> set[int]:
    """Who holds a post of this side."""
    found, _empty = addressees(case, [party])
    return {to.person for to in found if to.party is party}


@pytest.mark.parametrize(("party", "role"), [(Party.OFFICE, "dispatcher"), (Party.UNIT, "handler")])
def test_nobody_is_told_of_a_case_whose_post_has_ended(city: City, party: Party, role: str) -> None:
    case = make_objects(city).case
    told, someone = people(case, party), city.person(role, MINE)
    assert someone.pk in told
    accounts.end_post(None, someone.posts.get())
    assert people(case, party) == told - {someone.pk}
