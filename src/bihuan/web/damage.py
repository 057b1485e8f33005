"""Damaged stores in words, and what stands in place of data that cannot be read."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings

from bihuan.archive.damage import READING, Damage, damages
from bihuan.errors import NothingDone
from bihuan.kit.reason_words import said

T = TypeVar("T")


def damage_texts() -> list[tuple[Damage, str]]:
    """Each damaged store with its sentence."""
    return [(found, said(found.reason)) for found in damages(settings.DATA_DIR / "archive")]


def unless_damaged(read: Callable[[], T], instead: T) -> T:
    """What `read` gives, or `instead` where a store is damaged: for pages that must be shown then too, and say so."""
    try:
        return read()
    except (*READING, NothingDone):
        if damages(settings.DATA_DIR / "archive"):
            return instead
        raise
