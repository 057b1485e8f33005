"""Accounts at their edges: an end of a post that moves, an account made by mistake, names and telephones, and who is left."""

from datetime import timedelta

import pytest
from django.utils import timezone

from bihuan.registry import accounts
from bihuan.registry.access import CITY, may
from bihuan.registry.accounts import NotChanged, posts_that_count, why_not
from bihuan.registry.models import AuditEntry, Person, Post
from bihuan.registry.roles import ADMINS, Role
from tests.people import City, person

TOP, MINE, OTHER = "140300", "140321", "140322"
GOOD = "violet-harbour-42"
DAY = timedelta(days=1)


def admin(city: City, region: str = TOP) -> Person:
    return city.person("admin", region)


def the_post(someone: Person) -> Post:
    return someone.posts.get()


def last() -> AuditEntry:
    found = AuditEntry.objects.first()
    assert found is not None
    return found


def test_the_end_of_a_post_moves_both_ways_and_off_again(city: City) -> None:
    someone = city.person("ranger", MINE)
    for until in (timezone.now() + 9 * DAY, timezone.now() + 3 * DAY, None):
        accounts.set_end(admin(city), the_post(someone), until)
        assert the_post(someone).until == until
        assert last().detail["until"] == str(until or "")


@pytest.mark.parametrize("ago", [timedelta(0), DAY])
def test_an_end_lies_ahead_or_the_post_stays_as_it_was(city: City, ago: timedelta) -> None:
    someone = city.person("ranger", MINE)
    with pytest.raises(NotChanged, match="必须晚于现在"):
        accounts.set_end(admin(city), the_post(someone), timezone.now() - ago)
    assert the_post(someone).until is None
    assert not AuditEntry.objects.exists()


def test_an_end_is_set_by_who_manages_the_region_of_the_post(city: City) -> None:
    both = person("both", ("ranger", city.regions[MINE], None), ("ranger", city.regions[OTHER], None))
    foreign = both.posts.get(region=city.regions[OTHER])
    for by in (admin(city, MINE), admin(city, OTHER), city.person("chief", TOP)):
        with pytest.raises(NotChanged):
            accounts.set_end(by, foreign, timezone.now() + DAY)
    accounts.set_end(admin(city), foreign, timezone.now() + DAY)


def test_the_only_administrator_of_the_city_gets_no_end(city: City) -> None:
    with pytest.raises(NotChanged, match="最后一位"):
        accounts.set_end(None, the_post(admin(city)), timezone.now() + DAY)
    second = city.person("chief", TOP)
    accounts.add_post(None, second, Role.ADMIN, city.regions[TOP], None)
    accounts.set_end(None, the_post(admin(city)), timezone.now() + DAY)
    with pytest.raises(NotChanged, match="最后一位"):
        accounts.close(None, second, "离职")


def test_an_administrator_whose_end_is_set_does_not_count_as_the_one_who_stays(city: City) -> None:
    second = city.person("chief", TOP)
    accounts.add_post(None, second, Role.ADMIN, city.regions[TOP], None, until=timezone.now() + DAY)
    with pytest.raises(NotChanged, match="最后一位"):
        accounts.end_post(None, the_post(admin(city)))


def test_a_closed_administrator_is_nobody_who_is_left(city: City) -> None:
    second = city.person("chief", TOP)
    accounts.add_post(None, second, Role.ADMIN, city.regions[TOP], None)
    accounts.close(admin(city), second, "离职")
    with pytest.raises(NotChanged, match="最后一位"):
        accounts.close(None, admin(city), "离职")
    assert admin(city).is_active


def made(city: City, username: str = "zhang", by: Person | None = None) -> Person:
    return accounts.add(
        by, username, GOOD, name="张三", role="ranger", region=city.regions[MINE], organisation=None
    )  # fmt: skip


def test_an_account_that_nobody_used_goes_with_its_posts(city: City) -> None:
    accounts.remove(admin(city), made(city))
    assert not Person.objects.filter(username="zhang").exists()
    assert not Post.objects.filter(person__username="zhang").exists()
    assert (last().action, last().target) == ("person.remove", "zhang")


def test_an_account_that_was_used_stays(city: City) -> None:
    someone = made(city)
    Person.objects.filter(pk=someone.pk).update(last_login=timezone.now())
    did = made(city, "li")
    AuditEntry.objects.create(at=timezone.now(), person=did, action="person.edit", target="x")
    for each in (someone, did):
        each.refresh_from_db()
        with pytest.raises(NotChanged, match="已经用过"):
            accounts.remove(admin(city), each)
    assert Person.objects.filter(username__in=("zhang", "li")).count() == 2


def test_who_does_not_manage_an_account_does_not_take_it_back(city: City) -> None:
    for by in (admin(city, OTHER), city.person("chief", TOP)):
        with pytest.raises(NotChanged):
            accounts.remove(by, made(city, f"by{by.pk}"))


def test_name_and_telephone_are_kept_without_blanks_and_the_log_has_both_sides(city: City) -> None:
    someone = city.person("ranger", MINE)
    accounts.edit(admin(city, MINE), someone, name="  王五 ", phone=" 0353-7 ")
    someone.refresh_from_db()
    assert (someone.full_name, someone.phone) == ("王五", "0353-7")
    assert last().detail == {
        "old": {"name": f"ranger_{MINE}", "phone": ""},
        "new": {"name": "王五", "phone": "0353-7"},
    }


@pytest.mark.parametrize(("name", "phone"), [(" ", "1"), ("", ""), ("名" * 61, ""), ("王", "1" * 31)])
def test_a_name_is_not_empty_and_nothing_is_longer_than_it_is_kept(city: City, name: str, phone: str) -> None:
    someone = city.person("ranger", MINE)
    with pytest.raises(NotChanged):
        accounts.edit(admin(city), someone, name=name, phone=phone)
    someone.refresh_from_db()
    assert someone.full_name == f"ranger_{MINE}"
    assert not AuditEntry.objects.exists()


def test_an_account_whose_name_is_taken_in_another_spelling_is_not_made(city: City) -> None:
    made(city, "zhang.san")
    for name in ("zhang.san", " zhang.san ", "ｚｈａｎｇ．ｓａｎ"):
        with pytest.raises(NotChanged, match="已有账号"):
            made(city, name)


@pytest.mark.parametrize("name", ["", "with blank", "a/b", "x" * 151])
def test_a_name_that_nobody_could_sign_in_with_is_refused(city: City, name: str) -> None:
    with pytest.raises(NotChanged):
        made(city, name)
    assert Person.objects.filter(full_name="张三").count() == 0


def test_an_account_without_a_name_is_called_as_it_signs_in(city: City) -> None:
    someone = accounts.add(
        None, " ｗang.wu", GOOD, name=" ", role="ranger", region=city.regions[MINE], organisation=None
    )  # fmt: skip
    assert str(someone) == "wang.wu"


def test_of_a_leaver_all_posts_of_before_say_who_may_open_the_account_again(city: City) -> None:
    leaver = person("leaver", ("ranger", city.regions[MINE], None), ("ranger", city.regions[OTHER], None))
    leaver.posts.update(until=timezone.now() - DAY)
    assert len(posts_that_count(leaver)) == 2
    assert why_not(admin(city, MINE), leaver)
    assert not why_not(admin(city), leaver)
    accounts.add_post(admin(city), leaver, Role.RANGER, city.regions[MINE], None)
    assert not why_not(admin(city, MINE), leaver)


def test_who_holds_nothing_at_all_is_managed_by_the_city_alone(city: City) -> None:
    nobody = person("nobody")
    assert why_not(admin(city, MINE), nobody)
    assert not why_not(admin(city), nobody)


def test_a_second_administrator_of_a_county_runs_the_county_and_not_the_city(city: City) -> None:
    someone = made(city, "second", admin(city, MINE))
    accounts.add_post(admin(city, MINE), someone, Role.ADMIN, city.regions[MINE], None)
    again = Person.objects.get(pk=someone.pk)
    assert may(again, *ADMINS, region=city.regions[MINE])
    assert not may(again, *ADMINS, region=CITY)
