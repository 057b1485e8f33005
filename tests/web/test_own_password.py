"""Changing one's own password: wrong old ones are limited as at sign-in, and a name has one spelling everywhere."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.registry.models import Person
from tests.people import City

GOOD, NEW = "violet-harbour-42", "autumn-river-77"
SPELLINGS = ("chief_140300", " chief_140300", "chief_140300　", "ｃｈｉｅｆ_140300", "ｃhief_１４０３００ ")


@pytest.fixture
def someone(city: City, data_dir: Path) -> Person:
    """The city's chief, with a password."""
    made = city.person("chief", "140300")
    made.set_password(GOOD)
    made.save()
    return made


def sign_in(client: Client, name: str, password: str = GOOD) -> int:
    return client.post(reverse("login"), {"username": name, "password": password}).status_code


def try_old(client: Client, old: str) -> int:
    return client.post(
        reverse("me"), {"old_password": old, "new_password1": NEW, "new_password2": NEW}
    ).status_code


def test_the_sixth_guess_of_the_old_password_is_not_looked_at(client: Client, someone: Person) -> None:
    sign_in(client, someone.username)
    tried = [try_old(client, f"wrong-guess-{n}") for n in range(5)]
    assert tried == [200, 200, 200, 200, 429]
    assert try_old(client, GOOD) == 429
    assert Person.objects.get(pk=someone.pk).check_password(GOOD)
    assert client.get(reverse("cases")).status_code == 200  # the session itself goes on


def test_guesses_here_and_at_the_sign_in_are_counted_together(client: Client, someone: Person) -> None:
    sign_in(client, someone.username)
    other = Client()
    for n in range(2):
        assert try_old(client, f"wrong-guess-{n}") == 200
        assert sign_in(other, someone.username, f"wrong-guess-{n}") == 200
    assert sign_in(other, someone.username, "wrong-guess-9") == 429
    assert try_old(client, GOOD) == 429


def test_the_right_old_password_changes_it_and_forgets_earlier_slips(client: Client, someone: Person) -> None:
    sign_in(client, someone.username)
    for n in range(4):
        assert try_old(client, f"wrong-guess-{n}") == 200
    assert try_old(client, GOOD) == 302
    assert Person.objects.get(pk=someone.pk).check_password(NEW)
    assert client.get(reverse("cases")).status_code == 200
    assert sign_in(Client(), someone.username, GOOD) == 200
    assert sign_in(Client(), someone.username, NEW) == 302


@pytest.mark.parametrize("name", SPELLINGS)
def test_one_account_signs_in_under_every_spelling(client: Client, someone: Person, name: str) -> None:
    assert sign_in(client, name) == 302


@pytest.mark.parametrize("name", SPELLINGS)
def test_the_lock_page_names_the_account_and_the_true_time(
    client: Client, someone: Person, name: str
) -> None:
    for n in range(4):
        sign_in(client, SPELLINGS[n], f"wrong-guess-{n}")
    answer = client.post(reverse("login"), {"username": name, "password": "wrong-guess-9"})
    assert answer.status_code == 429
    text = answer.content.decode()
    assert "“chief_140300”" in text
    assert "<b>15</b>" in text
    assert 890 <= int(answer["Retry-After"]) <= 900


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_lock_is_lifted_under_every_spelling(
    client: Client, city: City, someone: Person, name: str
) -> None:
    for n in range(5):
        sign_in(client, someone.username, f"wrong-guess-{n}")
    keeper = Client()
    keeper.force_login(city.person("dispatcher", "140300"))
    keeper.post(reverse("sign_in_unlock"), {"username": name, "address": "127.0.0.1"})
    assert sign_in(client, someone.username) == 302
