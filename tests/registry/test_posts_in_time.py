"""A post holds from the instant of its beginning until just before the instant of its end, by real time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from bihuan import clock
from bihuan.registry import accounts
from bihuan.registry.access import may, scope_of
from bihuan.registry.accounts import NotChanged
from bihuan.registry.models import AuditEntry, Person, Post
from bihuan.registry.roles import OFFICE, Role
from tests.people import City, person

NOW = datetime(2031, 3, 1, 16, 0, tzinfo=UTC)
TICK = timedelta(microseconds=1)
TOP, MINE = "140300", "140321"
Stand = Callable[[datetime], None]


@pytest.fixture
def stand(monkeypatch: pytest.MonkeyPatch) -> Stand:
    """Let the real time stand at a moment."""

    def at(moment: datetime) -> None:
        monkeypatch.setattr(timezone, "now", lambda: moment)

    at(NOW)
    return at


def state_and_right(city: City, someone: Person) -> tuple[str, bool]:
    again = Person.objects.get(pk=someone.pk)
    return again.posts.get().state, may(again, *OFFICE, region=city.regions[MINE])


def test_it_begins_at_its_instant(city: City, stand: Stand) -> None:
    someone = person("new", ("chief", city.regions[MINE], None))
    someone.posts.update(since=NOW)
    stand(NOW - TICK)
    assert state_and_right(city, someone) == ("later", False)
    stand(NOW)
    assert state_and_right(city, someone) == ("now", True)


def test_it_ends_at_its_instant_and_not_after_it(city: City, stand: Stand) -> None:
    someone = person("old", ("chief", city.regions[MINE], None))
    someone.posts.update(since=NOW - timedelta(days=1), until=NOW)
    stand(NOW - TICK)
    assert state_and_right(city, someone) == ("now", True)
    stand(NOW)
    assert state_and_right(city, someone) == ("ended", False)


def test_a_post_that_begins_and_ends_at_one_instant_never_holds(city: City, stand: Stand) -> None:
    someone = person("none", ("chief", city.regions[MINE], None))
    someone.posts.update(since=NOW, until=NOW)
    for moment in (NOW - TICK, NOW, NOW + TICK):
        stand(moment)
        assert state_and_right(city, someone)[1] is False


def test_a_replay_gives_back_no_right_that_has_ended(city: City, data_dir: object, stand: Stand) -> None:
    """The replayed clock shows a day on which the post held; whoever left since then still sees nothing."""
    someone = person("left", ("chief", city.regions[MINE], None))
    someone.posts.update(since=datetime(2018, 1, 1, tzinfo=UTC), until=datetime(2020, 1, 1, tzinfo=UTC))
    clock.set_replay(datetime(2019, 1, 12, tzinfo=UTC), 0)
    assert state_and_right(city, someone) == ("ended", False)


def test_a_new_post_takes_over_at_the_instant_the_old_one_ends(city: City, stand: Stand) -> None:
    """An end that was set ahead and a post from that moment on leave neither a gap nor two at once."""
    someone = person("moves", ("chief", city.regions[MINE], None))
    someone.posts.update(since=NOW - timedelta(days=1), until=NOW)
    Post.objects.create(person=someone, role="dispatcher", region=city.regions[MINE], since=NOW)
    for moment, role in ((NOW - TICK, "chief"), (NOW, "dispatcher")):
        stand(moment)
        assert scope_of(Person.objects.get(pk=someone.pk)).roles == {role}


def test_the_same_post_is_given_again_after_its_end_and_not_before(city: City, stand: Stand) -> None:
    admin, someone = city.person("admin", TOP), city.person("ranger", MINE)
    given = accounts.add_post(admin, someone, Role.CHIEF, city.regions[MINE], None, until=NOW + TICK)
    with pytest.raises(NotChanged, match="已有同样的职务"):
        accounts.add_post(admin, someone, Role.CHIEF, city.regions[MINE], None)
    stand(NOW + TICK)
    accounts.add_post(admin, someone, Role.CHIEF, city.regions[MINE], None)
    assert someone.posts.filter(role=Role.CHIEF).count() == 2
    given.refresh_from_db()
    assert given.state == "ended"


@pytest.mark.parametrize("late", [timedelta(0), -TICK, timedelta(days=-400)])
def test_an_end_that_is_not_ahead_is_refused_and_leaves_nothing(
    city: City, stand: Stand, late: timedelta
) -> None:
    admin, someone = city.person("admin", TOP), city.person("ranger", MINE)
    with pytest.raises(NotChanged, match="必须晚于现在"):
        accounts.add_post(admin, someone, Role.CHIEF, city.regions[MINE], None, until=NOW + late)
    assert someone.posts.count() == 1
    assert AuditEntry.objects.count() == 0


def test_an_ended_post_cannot_be_ended_again_so_its_end_stays_what_it_was(city: City, stand: Stand) -> None:
    admin, post = city.person("admin", TOP), city.person("ranger", MINE).posts.get()
    accounts.end_post(admin, post)
    stand(NOW + timedelta(days=1))
    post.refresh_from_db()
    with pytest.raises(NotChanged, match="已经结束"):
        accounts.end_post(admin, post)
    post.refresh_from_db()
    assert post.until == NOW


def test_a_post_that_has_not_begun_can_be_ended_and_then_never_begins(city: City, stand: Stand) -> None:
    admin, someone = city.person("admin", TOP), person("soon")
    post = Post.objects.create(person=someone, role="chief", region=city.regions[MINE], since=NOW + timedelta(days=3))  # fmt: skip
    accounts.end_post(admin, post)
    stand(NOW + timedelta(days=4))
    assert state_and_right(city, someone) == ("ended", False)


def test_an_administrator_whose_post_has_not_begun_does_not_count_as_the_one_who_is_left(
    city: City, stand: Stand
) -> None:
    """The city's last administrator cannot go because a successor will come one day."""
    Post.objects.create(person=person("successor"), role="admin", region=city.regions[TOP], since=NOW + timedelta(days=1))  # fmt: skip
    with pytest.raises(NotChanged):
        accounts.close(None, city.person("admin", TOP), "离职")
    stand(NOW + timedelta(days=1))
    accounts.close(None, city.person("admin", TOP), "离职")
    assert not Person.objects.get(username=f"admin_{TOP}").is_active


def test_the_database_holds_one_open_post_of_a_kind(city: City) -> None:
    """Two clicks on the same form cannot make two open posts, whatever the pages check."""
    handler = city.person("handler", MINE)
    twice = {"person": handler, "role": "handler", "region": city.regions[MINE], "organisation": city.governments[MINE]}  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        Post.objects.create(**twice)
    handler.posts.update(until=timezone.now())
    Post.objects.create(**twice)
    assert handler.posts.count() == 2
