"""Entries of the audit log as people read them: what was done, and what is told of it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.reasons import CHINESE, ENGLISH
from bihuan.reasons.deeds import in_words, value_in_words
from bihuan.registry.models import AuditEntry
from bihuan.scenarios import resolved

REGISTER = "register."
NOTHING: tuple[Any, ...] = (None, "", [], {})


def _language() -> str:
    return CHINESE if (get_language() or "").startswith("zh") else ENGLISH


def deed(entry: AuditEntry) -> str:
    """What was done."""
    return in_words(entry.action, _language())


def target(entry: AuditEntry) -> str:
    """To what; an object of a register with the title of its register."""
    kind, _space, rest = entry.target.partition(" ")
    register = resolved.every_register().get(kind) if entry.action.startswith(REGISTER) else None
    return f"{_(register.title)} {rest}" if register else entry.target


def told(detail: Any) -> str:
    """What is told of it, name by name; empty where that is nothing."""
    if not isinstance(detail, Mapping):
        return _plain("", detail)
    return _("；").join(filter(None, (_pair(str(name), value) for name, value in detail.items())))


def _pair(name: str, value: Any) -> str:
    said = _plain(name, value)
    between = "" if isinstance(value, Mapping) else _("：")
    return f"{in_words(name, _language())}{between}{said}" if said else ""


def _plain(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if value in NOTHING:
        return ""
    if isinstance(value, Mapping):
        return _("（%(what)s）") % {"what": inner} if (inner := told(value)) else ""
    if isinstance(value, Sequence) and not isinstance(value, str):
        return _("、").join(filter(None, (_plain(name, each) for each in value)))
    return _moment(value_in_words(name, str(value), _language()))


def _moment(text: str) -> str:
    """An instant by the clock of China; any other text as it is."""
    try:
        at = datetime.fromisoformat(text) if text[10:11] in ("T", " ") else None
    except ValueError:
        at = None
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M}" if at is not None and at.tzinfo else text
