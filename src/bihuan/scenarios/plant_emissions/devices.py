"""What the receiver is handed of the registered loggers: `devices.json`, in which alone their passwords and keys stand."""

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from bihuan.feeds.hj212.sm4 import key_from_hex
from bihuan.kit.registers.declared import Handed
from bihuan.loggers import parked
from bihuan.loggers.register import take_over
from bihuan.registry.hours import archive
from bihuan.scenarios.plant_emissions.models import Logger

DEVICES_FILE = "devices.json"
"""In the data folder."""
MOST_PASSWORD = 20
"""Characters of a password (HJ 212-2017: PW of 9; devices with longer ones are met)."""


def check_password(text: str) -> None:
    """Raises ValueError for what no packet can carry."""
    if len(text) > MOST_PASSWORD or not text.isascii() or set(text) & set(";=& "):
        raise ValueError(_("密码最多 20 个字母或数字，不含空格和 ; = &"))


def check_key(text: str) -> None:
    """Raises ValueError for what is no SM4 key."""
    try:
        key_from_hex(text)
    except ValueError as error:
        raise ValueError(_("SM4 密钥是 32 位十六进制数字")) from error


def hand_loggers(handed: Sequence[Handed]) -> None:
    """Loggers as registered, with the secrets that were entered."""
    gone = {str(one.target.pk) for one in handed if one.gone}
    secrets = {str(one.target.pk): one.secrets for one in handed if not one.gone}
    _hand(secrets, gone)


def hand_channels(handed: Sequence[Handed]) -> None:
    """The loggers of some channels: what they are called follows from their outlets."""
    _hand({str(getattr(one.target, "logger_id")): {} for one in handed}, ())  # noqa: B009 - a channel


def _hand(secrets: Mapping[str, Mapping[str, str]], gone: Collection[str]) -> None:
    loggers = Logger.objects.filter(pk__in=secrets).select_related("emitter").prefetch_related("outlets")
    said: dict[str, dict[str, Any] | None] = {one.mn: {**_about(one), **secrets[one.mn]} for one in loggers}
    path = Path(settings.DATA_DIR) / DEVICES_FILE
    for mn in take_over(path, said | dict.fromkeys(gone)):
        parked.ask(archive().devices.folder, mn)


def _about(logger: Logger) -> dict[str, Any]:
    names = [outlet.name for outlet in logger.outlets.all()]
    return {
        "name": " ".join([logger.emitter.name, "、".join(names)]).strip()
        + ("（模拟）" if logger.emitter.simulated else ""),
        "addresses": logger.addresses.split(),
        "simulated": logger.emitter.simulated,
    }
