"""Headers, CSRF, passwords, throttling and the audit log, as a visitor meets them."""

from pathlib import Path

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import AuditEntry
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
