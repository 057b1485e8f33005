"""Headers, CSRF, passwords, throttling and the audit log, as a visitor meets them."""

from datetime import timedelta
from pathlib import Path

import pytest
from axes.models import AccessAttempt, AccessAttemptExpiration, AccessFailureLog
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import F
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import AuditEntry
from bihuan.registry.sign_in import forget
from tests.people import City

PASSWORD = "correct horse 9"


@pytest.fixture
def officer(city: City, data_dir: Path) -> str:
    """A duty officer with a password."""
    person = city.person("dispatcher", "140300")
    person.set_password(PASSWORD)
    person.save()
    return person.username


def sign_in(client: Client, name: str, password: str) -> int:
    """Status of a sign-in."""
    return client.post(
        reverse("login"), {"username": name, "password": password}, REMOTE_ADDR="10.0.0.9"
    ).status_code


def test_pages_carry_the_headers_that_keep_them_from_abuse(client: Client, officer: str) -> None:
    sign_in(client, officer, PASSWORD)
    answer = client.get(reverse("cases"))
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0]


def test_a_form_from_elsewhere_is_refused(officer: str, city: City) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(city.person("dispatcher", "140300"))
    assert strict.post(reverse("theme"), {"theme": "light"}).status_code == 403


def test_five_wrong_passwords_lock_and_the_right_one_does_not_help(client: Client, officer: str) -> None:
    for _ in range(4):
        assert sign_in(client, officer, "wrong") == 200
    assert sign_in(client, officer, "wrong") == 429
    assert sign_in(client, officer, PASSWORD) == 429
    assert (
        "锁定"
        in client.post(
            reverse("login"), {"username": officer, "password": PASSWORD}, REMOTE_ADDR="10.0.0.9"
        ).content.decode()
    )


def fail(client: Client, name: str, times: int, address: str = "10.0.0.9") -> HttpResponse:
    """So many wrong passwords; the last answer."""
    for _ in range(times):
        said = {"username": name, "password": "wrong"}
        answer = client.post(reverse("login"), said, REMOTE_ADDR=address)
    return answer  # type: ignore[return-value]  # the test client's own class


def later(minutes: float) -> None:
    """Let that time go by: what is known of attempts moves into the past."""
    back = timedelta(minutes=minutes)
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - back)
    AccessFailureLog.objects.update(attempt_time=F("attempt_time") - back)
    AccessAttemptExpiration.objects.update(expires_at=F("expires_at") - back)


def test_the_page_says_how_long_to_wait_and_trying_on_does_not_make_it_longer(
    client: Client, officer: str
) -> None:
    answer = fail(client, officer, 5)
    assert "<b>15</b> 分钟后再试" in answer.content.decode()
    assert 0 < int(answer["Retry-After"]) <= 900
    later(10)
    assert "<b>5</b> 分钟后再试" in fail(client, officer, 3).content.decode()
    assert sign_in(client, officer, PASSWORD) == 429
    later(5.1)
    assert sign_in(client, officer, PASSWORD) == 302
    assert AuditEntry.objects.filter(action="person.lock").count() == 1


def test_each_lock_of_a_day_is_twice_as_long(client: Client, officer: str) -> None:
    for minutes in (15, 30, 60, 120, 240, 240):
        answer = fail(client, officer, 5)
        assert answer.status_code == 429
        assert f"<b>{minutes}</b> 分钟后再试" in answer.content.decode()
        later(minutes - 0.5)
        assert sign_in(client, officer, PASSWORD) == 429
        later(0.6)
        assert fail(client, officer, 1).status_code == 200  # open again; the right password would sign in
        later(minutes + 1)  # that one failure is forgotten
    later(24 * 60)
    assert "<b>15</b> 分钟后再试" in fail(client, officer, 5).content.decode()
    entries = AuditEntry.objects.filter(action="person.lock").order_by("id")
    assert [e.detail["minutes"] for e in entries] == [15, 30, 60, 120, 240, 240, 15]
    assert {(e.target, e.address, e.person) for e in entries} == {(officer, "10.0.0.9", None)}


def test_a_stranger_elsewhere_locks_nobody_out(client: Client, officer: str) -> None:
    assert fail(client, officer, 9, address="203.0.113.5").status_code == 429
    assert sign_in(client, officer, PASSWORD) == 302


def test_the_officer_sees_a_lock_and_lifts_it(client: Client, city: City, officer: str) -> None:
    fail(client, officer, 5)
    keeper = Client()
    keeper.force_login(city.person("admin", "140300"))
    page = keeper.get(reverse("system")).content.decode()
    assert "登录锁定" in page
    assert "10.0.0.9" in page
    asked = {"username": officer, "address": "10.0.0.9"}
    other = Client()
    other.force_login(city.person("chief", "140300"))
    assert "10.0.0.9" not in other.get(reverse("system")).content.decode()
    assert other.post(reverse("sign_in_unlock"), asked).status_code == 403
    assert sign_in(client, officer, PASSWORD) == 429
    assert "已解除" in keeper.post(reverse("sign_in_unlock"), asked, follow=True).content.decode()
    assert sign_in(client, officer, PASSWORD) == 302
    entry = AuditEntry.objects.get(action="person.unlock")
    assert (entry.target, entry.detail, entry.person) == (officer, {"of_address": "10.0.0.9"}, city.person("admin", "140300"))  # fmt: skip
    assert "已经不在了" in keeper.post(reverse("sign_in_unlock"), asked, follow=True).content.decode()
    client.logout()
    assert (
        "<b>15</b> 分钟后再试" in fail(client, officer, 5).content.decode()
    )  # what was lifted does not count


def test_old_attempts_are_forgotten(client: Client, officer: str) -> None:
    fail(client, officer, 2)
    later(91 * 24 * 60)
    fail(client, officer, 1)
    forget()
    assert AccessFailureLog.objects.count() == 1


@pytest.mark.parametrize("weak", ["short1", "1234567890", "password123", "aaaaaaaaa"])
def test_weak_passwords_are_refused(weak: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(weak)


def test_the_session_cookie_is_closed_to_scripts(client: Client, officer: str) -> None:
    sign_in(client, officer, PASSWORD)
    assert client.cookies["sessionid"]["httponly"]


def test_signing_in_and_changing_the_password_leave_a_record(client: Client, officer: str) -> None:
    sign_in(client, officer, PASSWORD)
    new = "another battery 7"
    client.post(reverse("me"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert list(AuditEntry.objects.order_by("id").values_list("action", flat=True)) == [
        "person.sign_in",
        "person.change_password",
    ]
    assert AuditEntry.objects.order_by("id")[0].address == "10.0.0.9"


def test_a_redirect_never_leaves_the_house(client: Client, officer: str) -> None:
    sign_in(client, officer, PASSWORD)
    assert (
        client.post(reverse("theme"), {"theme": "dark", "next": "https://evil.example/"})["Location"] == "/"
    )


def test_many_addresses_against_one_name_are_slowed_but_its_owner_gets_in_from_a_usual_place(
    client: Client, officer: str
) -> None:
    assert sign_in(client, officer, PASSWORD) == 302  # from 10.0.0.9, some day
    for n in range(20):
        assert fail(Client(), officer, 1, address=f"203.0.113.{n}").status_code == 200
    slowed = fail(Client(), officer, 1, address="203.0.113.99")
    assert slowed.status_code == 429
    assert "这个账号正被多处尝试登录" in slowed.content.decode()
    assert 0 < int(slowed["Retry-After"]) <= 15
    assert (
        fail(Client(), "ｄ" + officer[1:], 1, address="203.0.113.98").status_code == 429
    )  # another way to write it
    assert fail(Client(), "somebody_else", 1, address="203.0.113.99").status_code == 200
    assert sign_in(Client(), officer, PASSWORD) == 302
    elsewhere = {"username": officer, "password": PASSWORD}
    later(0.3)  # the pause is over: the owner gets in from anywhere
    assert Client().post(reverse("login"), elsewhere, REMOTE_ADDR="203.0.113.97").status_code == 302
