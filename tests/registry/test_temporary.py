"""Passwords that are made here: as hard to guess as ever, quickly hashed, and hashed slowly once their owner has signed in."""

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client
from django.urls import reverse

from bihuan.registry import accounts
from bihuan.registry.models import Person
from bihuan.registry.temporary import ROUNDS, hash_of, temporary_password
from tests.people import City


def made(city: City, password: str) -> Person:
    return accounts.add(
        city.person("admin", "140300"), "zhang", password, name="张", role="ranger", region=city.regions["140321"],
        organisation=None,
    )  # fmt: skip


def rounds(person: Person) -> int:
    return int(PBKDF2PasswordHasher().decode(person.password)["iterations"])


def test_each_has_96_random_bits_and_none_is_like_another() -> None:
    several = {temporary_password() for _ in range(200)}
    assert len(several) == 200
    assert {len(p) for p in several} == {16}  # base64: 6 bits a letter


def test_only_its_own_password_fits_and_equal_ones_are_salted_apart(city: City) -> None:
    password = temporary_password()
    person = made(city, password)
    assert rounds(person) == ROUNDS
    assert hash_of(password) != person.password
    assert Person(password=person.password).check_password(password[:-1] + "!") is False
    assert person.check_password(str(password))


def test_a_chosen_password_is_hashed_by_the_usual_rule_and_checked(city: City) -> None:
    with pytest.raises(accounts.NotChanged, match="密码不合要求"):
        made(city, "123")
    assert not made(city, "ein langer Satz 17").password.startswith(f"pbkdf2_sha256${ROUNDS}$")


def test_the_first_sign_in_hashes_it_slowly_and_asks_for_another(
    client: Client, city: City, data_dir: object
) -> None:
    password = temporary_password()
    person = made(city, password)
    answer = client.post(reverse("login"), {"username": "zhang", "password": str(password)}, follow=True)
    assert answer.status_code == 200
    person.refresh_from_db()
    assert not person.password.startswith(f"pbkdf2_sha256${ROUNDS}$")
    assert person.check_password(str(password))
    assert person.must_change_password
