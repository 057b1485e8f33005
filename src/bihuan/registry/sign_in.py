"""Wrong passwords: five for one name from one address lock that pair, each time for twice as long (django-axes counts).

Another address may go on signing in under the same name, so that a stranger cannot lock anybody out. When many addresses
together try one name, those from which it never signed in are slowed down: one attempt at a time, with a pause between.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog
from axes.signals import user_locked_out
from axes.utils import reset
from django.conf import settings
from django.contrib.auth import authenticate
from django.db.models import Max, Sum
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from bihuan.registry.addresses import address_of
from bihuan.registry.audit import record
from bihuan.registry.models import AuditEntry, Person
from bihuan.registry.names import sign_in_name

FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=15), timedelta(hours=4)
REMEMBERED = timedelta(hours=24)
"""Locks of this time count for how long the next one is; ours."""
KEPT_DAYS = 90
NAME_FAILURES, NAME_SPAN, NAME_PAUSE = 20, timedelta(minutes=10), timedelta(seconds=15)
"""With so many failures for a name in the span, unknown addresses wait for the pause after each failure; ours."""


@dataclass(frozen=True)
class Lock:
    """A name that may not be signed in with from an address until then (real time)."""

    username: str
    address: str
    failures: int
    until: datetime


def _locks_before(username: str, address: str) -> int:
    since = timezone.now() - REMEMBERED
    of_pair = AccessFailureLog.objects.filter(username=username, ip_address=address)
    return int(of_pair.filter(locked_out=True, attempt_time__gte=since).count())


def length(locks_before: int) -> timedelta:
    """How long a lock is after so many others of its pair in the last day: doubled each time, up to LONGEST_LOCK."""
    return min(FIRST_LOCK * (1 << locks_before), LONGEST_LOCK)


def cool_off(request: HttpRequest | None) -> timedelta:
    """For how long failures of a request's pair count, as django-axes asks: as long as its last lock was."""
    if request is None:
        return FIRST_LOCK
    before = _locks_before(*pair_of(request))
    return length(max(before - 1, 0))


@receiver(user_locked_out)
def locked(sender: Any, request: Any, username: str, ip_address: str, **more: Any) -> None:
    """A pair was locked: say until when, and keep a record. Further attempts during a lock change nothing."""
    if request.axes_failures_since_start is None:
        return
    wait = length(_locks_before(username, ip_address))
    of_pair = AccessAttemptExpiration.objects.filter(
        access_attempt__username=username, access_attempt__ip_address=ip_address
    )
    of_pair.update(expires_at=request.axes_attempt_time + wait)
    minutes = int(wait.total_seconds() / 60)
    record(
        None, "person.lock", username, request, failures=request.axes_failures_since_start, minutes=minutes
    )


def pause_of(username: str, address: str | None) -> timedelta:
    """How long an attempt for a name from an address must wait because others try that name too; zero: it need not.

    An address from which the name has signed in before never waits: who attacks cannot keep its owner out there, and
    elsewhere not for longer than a pause at a time.
    """
    name = sign_in_name(username)
    tries = AccessFailureLog.objects.filter(username=name, attempt_time__gte=timezone.now() - NAME_SPAN)
    newest = tries.order_by("-attempt_time").first()
    if newest is None or tries.count() < NAME_FAILURES or _has_signed_in(name, address):
        return timedelta(0)
    until: datetime = newest.attempt_time + NAME_PAUSE
    return max(until - timezone.now(), timedelta(0))


def _has_signed_in(username: str, address: str | None) -> bool:
    return AuditEntry.objects.filter(action="person.sign_in", target=username, address=address).exists()


def locks() -> list[Lock]:
    """All locks in force, the longest first."""
    pairs = AccessAttempt.objects.values("username", "ip_address").order_by()
    found = pairs.annotate(n=Sum("failures_since_start"), until=Max("expiration__expires_at")).filter(
        n__gte=settings.AXES_FAILURE_LIMIT, until__gt=timezone.now()
    )
    rows = [Lock(p["username"], p["ip_address"], p["n"], p["until"]) for p in found]
    return sorted(rows, key=lambda lock: lock.until, reverse=True)


def lock_of(request: HttpRequest) -> Lock | None:
    """The lock that a request to sign in met."""
    return next((lock for lock in locks() if (lock.username, lock.address) == pair_of(request)), None)


def username_of(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """Whose password a request gives: the name in the form, or of who is signed in. django-axes counts by it."""
    if credentials and credentials.get("username"):
        return sign_in_name(credentials["username"])
    if request.user.is_authenticated:
        return request.user.get_username()
    return sign_in_name(request.POST.get("username"))


def pair_of(request: HttpRequest) -> tuple[str, str]:
    """The name and the address by which attempts are counted."""
    return username_of(request), address_of(request) or ""


def confirms(request: HttpRequest, password: str) -> bool:
    """Is this the password of who is signed in? A wrong one counts as at sign-in, and locks the pair alike."""
    person = authenticate(request, username=request.user.get_username(), password=password)
    if person is not None:
        reset(ip=address_of(request), username=person.get_username())
    return person is not None


def unlock(person: Person, username: str, address: str, request: HttpRequest) -> bool:
    """Lift a lock, and forget that there were any. False when there is none."""
    username = sign_in_name(username)
    if not any((lock.username, lock.address) == (username, address) for lock in locks()):
        return False
    reset(ip=address, username=username)
    AccessFailureLog.objects.filter(username=username, ip_address=address).update(locked_out=False)
    record(person, "person.unlock", username, request, of_address=address)
    return True


def forget() -> None:
    """Drop what is known of attempts older than KEPT_DAYS; the audit log keeps the locks."""
    AccessFailureLog.objects.filter(attempt_time__lt=timezone.now() - timedelta(days=KEPT_DAYS)).delete()
