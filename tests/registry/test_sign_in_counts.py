"""Wrong passwords over time: how long a pair of name and address is locked, and when a name itself is slowed down."""

from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from bihuan.registry import sign_in
from bihuan.registry.models import AuditEntry
from bihuan.registry.sign_in import Lock, forget, length, lock_of, locks, pause_of, unlock
from tests.people import City, person

PASSWORD = "violet-harbour-42"
HERE, THERE = "10.0.0.9", "203.0.113.5"
NOW = datetime(2031, 3, 1, 8, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """The real time stands at NOW."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)
    return NOW


def failures(name: str, count: int, ago: timedelta, address: str = THERE, *, locked: bool = False) -> None:
    """So many failures for a name, all at one time."""
    for _ in range(count):
        made = AccessFailureLog.objects.create(username=name, ip_address=address, locked_out=locked)
        AccessFailureLog.objects.filter(pk=made.pk).update(attempt_time=NOW - ago)


def lock(name: str, address: str, until: datetime, count: int = 5) -> None:
    """What django-axes keeps of a pair."""
    made = AccessAttempt.objects.create(username=name, ip_address=address, failures_since_start=count)
    AccessAttemptExpiration.objects.create(access_attempt=made, expires_at=until)


@pytest.mark.parametrize(
    ("before", "minutes"), [(0, 15), (1, 30), (2, 60), (3, 120), (4, 240), (5, 240), (12, 240)]
)
def test_a_lock_doubles_up_to_four_hours(before: int, minutes: int) -> None:
    assert length(before) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("count", "ago", "seconds"),
    [
        (19, 1, 0),  # one failure too few
        (20, 0, 15),
        (20, 1, 14),
        (20, 15, 0),  # the pause is over
        (20, 14.9, 0.1),
        (40, 16, 0),
        (20, 601, 0),  # ten minutes ago is long ago
    ],
)
def test_a_name_tried_by_many_waits_a_quarter_of_a_minute_after_each_failure(
    db: None, now: datetime, count: int, ago: float, seconds: float
) -> None:
    failures("wang", count, timedelta(seconds=ago))
    assert pause_of("wang", HERE) == timedelta(seconds=seconds)


def test_the_pause_counts_all_addresses_together_and_starts_anew_with_each_failure(
    db: None, now: datetime
) -> None:
    for n in range(19):
        failures("wang", 1, timedelta(minutes=9), f"203.0.113.{n}")
    failures("wang", 1, 5 * SECOND, "198.51.100.1")
    assert pause_of("wang", HERE) == 10 * SECOND
    failures("wang", 1, 2 * SECOND, "198.51.100.2")
    assert pause_of("wang", HERE) == 13 * SECOND


def test_failures_that_grew_old_do_not_count_with_new_ones(db: None, now: datetime) -> None:
    failures("wang", 15, timedelta(minutes=10, seconds=1))
    failures("wang", 15, SECOND)
    assert pause_of("wang", HERE) == timedelta(0)


@pytest.mark.parametrize(
    ("target", "address", "waits"), [("wang", HERE, False), ("wang", THERE, True), ("zhang", HERE, True)]
)
def test_who_signed_in_from_there_before_never_waits(
    db: None, now: datetime, target: str, address: str, waits: bool
) -> None:
    """The name and the address must both fit: another's visit from the same house is no proof."""
    failures("wang", 30, SECOND)
    AuditEntry.objects.create(at=NOW, action="person.sign_in", target=target, address=address)
    assert (pause_of("wang", HERE) > timedelta(0)) is waits


def test_a_sign_out_or_a_lock_from_an_address_is_no_sign_in(db: None, now: datetime) -> None:
    failures("wang", 30, SECOND)
    for action in ("person.lock", "person.sign_out", "person.unlock"):
        AuditEntry.objects.create(at=NOW, action=action, target="wang", address=HERE)
    assert pause_of("wang", HERE) == 14 * SECOND


@pytest.mark.parametrize("typed", ["ｗang", " wang", "wang\u3000"])
def test_the_pause_is_of_the_name_however_it_is_typed(db: None, now: datetime, typed: str) -> None:
    failures("wang", 20, SECOND)
    assert pause_of(typed, HERE) == 14 * SECOND


def test_without_an_address_nobody_is_let_through_because_others_had_none(db: None, now: datetime) -> None:
    """Accounts made on the command line leave entries without an address; they open no way past the pause."""
    failures("wang", 20, SECOND)
    AuditEntry.objects.create(at=NOW, action="person.add", target="wang")
    assert pause_of("wang", None) == 14 * SECOND


def test_locks_in_force_are_listed_the_longest_first(db: None, now: datetime) -> None:
    lock("a", HERE, NOW + timedelta(minutes=5))
    lock("b", HERE, NOW + timedelta(hours=2), count=7)
    lock("over", HERE, NOW)
    lock("few", HERE, NOW + timedelta(hours=1), count=4)
    assert locks() == [
        Lock("b", HERE, 7, NOW + timedelta(hours=2)),
        Lock("a", HERE, 5, NOW + timedelta(minutes=5)),
    ]


def test_a_lock_is_of_its_pair_only(db: None, now: datetime) -> None:
    lock("a", HERE, NOW + timedelta(minutes=5))
    for name, address, met in (
        ("a", HERE, True),
        ("ａ", HERE, True),
        ("a", THERE, False),
        ("b", HERE, False),
    ):
        request = RequestFactory().post("/", {"username": name}, REMOTE_ADDR=address)
        request.user = AnonymousUser()
        assert (lock_of(request) is not None) is met, (name, address)


def test_lifting_a_lock_starts_the_doubling_anew_and_leaves_other_pairs(city: City, now: datetime) -> None:
    admin = city.person("admin", "140300")
    for address in (HERE, THERE):
        lock("wang", address, NOW + timedelta(hours=1))
        failures("wang", 2, timedelta(hours=1), address, locked=True)
    request = RequestFactory().post("/", REMOTE_ADDR="10.0.0.1")
    assert unlock(admin, " ｗang", HERE, request)
    assert [(held.username, held.address) for held in locks()] == [("wang", THERE)]
    assert sign_in._locks_before("wang", HERE) == 0
    assert sign_in._locks_before("wang", THERE) == 2
    entry = AuditEntry.objects.get(action="person.unlock")
    assert (entry.person, entry.target, entry.detail, entry.address) == (admin, "wang", {"of_address": HERE}, "10.0.0.1")  # fmt: skip


def test_what_is_not_locked_is_not_lifted_and_leaves_no_record(city: City, now: datetime) -> None:
    lock("wang", HERE, NOW - SECOND)
    request = RequestFactory().post("/")
    for name, address in (("wang", HERE), ("wang", ""), ("", HERE), ("zhang", THERE)):
        assert not unlock(city.person("admin", "140300"), name, address, request)
    assert AuditEntry.objects.count() == 0


def test_only_locks_of_the_last_day_make_the_next_one_longer(db: None, now: datetime) -> None:
    failures("wang", 1, timedelta(hours=24, seconds=1), HERE, locked=True)
    failures("wang", 1, timedelta(hours=24), HERE, locked=True)
    failures("wang", 1, timedelta(hours=1), HERE, locked=True)
    failures("wang", 8, timedelta(hours=1), HERE)
    assert sign_in._locks_before("wang", HERE) == 2


def test_attempts_are_forgotten_after_ninety_days(db: None, now: datetime) -> None:
    for days in (91, 90, 89):
        failures("wang", 1, timedelta(days=days))
    forget()
    assert AccessFailureLog.objects.count() == 2


def test_naming_another_address_with_each_try_does_not_escape_the_lock(client: Client, db: None) -> None:
    """A header that a visitor writes does not make a new visitor."""
    someone = person("wang")
    someone.set_password(PASSWORD)
    someone.save()
    for n in range(5):
        said = {"username": "wang", "password": "wrong"}
        answer = client.post(reverse("login"), said, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR=f"203.0.113.{n}")
    assert answer.status_code == 429
    right = {"username": "wang", "password": PASSWORD}
    assert client.post(reverse("login"), right, REMOTE_ADDR=HERE, HTTP_X_FORWARDED_FOR="198.51.100.9").status_code == 429  # fmt: skip
    assert [(held.username, held.address) for held in locks()] == [("wang", HERE)]


def test_a_name_that_nobody_has_is_locked_as_one_that_somebody_has(client: Client, db: None) -> None:
    """Else the answer would say which accounts there are."""
    person("wang")
    seen = {}
    for name in ("wang", "nobody"):
        said = {"username": name, "password": "wrong"}
        codes = [client.post(reverse("login"), said, REMOTE_ADDR=HERE).status_code for _ in range(6)]
        seen[name] = codes
    assert seen["wang"] == seen["nobody"] == [200, 200, 200, 200, 429, 429]
