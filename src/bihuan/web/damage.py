"""Damaged stores in words, and what stands in place of data that cannot be read."""

from collections.abc import Callable
from typing import TypeVar

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.archive.damage import READING, Damage, damages
from bihuan.errors import NothingDone

T = TypeVar("T")


def damage_texts() -> list[tuple[Damage, str]]:
    """Each damaged store with its sentence."""
    return [(found, _text(found)) for found in damages(settings.DATA_DIR / "archive")]


def _text(found: Damage) -> str:
    names = {"store": f"archive/{found.store}", "what": found.what}
    if found.gone:
        return _("存储 %(store)s 损坏：缺少 %(what)s") % names
    return _("存储 %(store)s 损坏：%(what)s 读不出或不完整") % names


def unless_damaged(read: Callable[[], T], instead: T) -> T:
    """What `read` gives, or `instead` where a store is damaged: for pages that must be shown then too, and say so."""
    try:
        return read()
    except (*READING, NothingDone):
        if damages(settings.DATA_DIR / "archive"):
            return instead
        raise
