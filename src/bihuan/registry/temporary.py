"""Temporary passwords: made here, said once, changed at the first sign-in."""

import secrets

from django.contrib.auth.hashers import PBKDF2PasswordHasher

ROUNDS = 1000
"""Of the hash of a password made here. A million rounds are against guessing what people choose; 96 random bits nobody guesses,
and a file of 2,000 people would keep a processor busy for minutes. Django hashes anew, slowly, at the first sign-in."""


class Generated(str):
    """A password that was made here."""

    __slots__ = ()


def temporary_password() -> Generated:
    """A password that is said once: 96 random bits."""
    return Generated(secrets.token_urlsafe(12))


def hash_of(password: Generated) -> str:
    """As Django keeps it."""
    hasher = PBKDF2PasswordHasher()
    return hasher.encode(password, hasher.salt(), ROUNDS)
