"""Reasons in the words of the reader."""

from django.utils.translation import get_language

from bihuan.reasons import CHINESE, ENGLISH, Reason, Words, in_words


def words(why: Reason) -> Words:
    """Why, and what to do."""
    return in_words(why, CHINESE if (get_language() or "").startswith("zh") else ENGLISH)


def said(why: Reason) -> str:
    """All of it in one sentence."""
    return str(words(why))
