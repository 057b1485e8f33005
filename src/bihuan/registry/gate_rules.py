"""By which rules gates decide, and checks and suggestions after them: `gate_rules.toml` in the data folder (docs/gates.md), without it the usual ones; and exceptions."""

import tomllib
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from bihuan.domain.vehicles.decisions import USUAL, Barred, Pass, Rules, Settings
from bihuan.errors import NothingDone
from bihuan.registry.gate_access import GatePass

FILE = "gate_rules.toml"
USUAL_SETTINGS = Settings()


@dataclass(frozen=True)
class CityRules:
    """file_hours: for so long a rule file holds."""

    barred: tuple[Barred, ...] = USUAL
    settings: Settings = USUAL_SETTINGS
    file_hours: float = 24.0


def city_rules(folder: Path | None = None) -> CityRules:
    """As the file of an installation (None: this one) says. Raises NothingDone for one that cannot be meant."""
    path = (folder or settings.DATA_DIR) / FILE
    if not path.exists():
        return CityRules()
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
        if unknown := set(said) - {"settings", "barred", "file_hours"}:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        rows = tuple(
            Barred.of({name: str(value) for name, value in row.items()}) for row in said.get("barred", ())
        )
        hours = float(said.get("file_hours", 24.0))
        if not 1 <= hours <= 24 * 14:
            raise ValueError("file_hours lies between 1 and 336")
        return CityRules(rows or USUAL, _settings(said.get("settings", {})), hours)
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise NothingDone(f"{path} cannot be read ({error}); docs/gates.md says how it looks") from error


def rules_between(since: datetime, until: datetime | None = None, city: CityRules | None = None) -> Rules:
    """The rules with the exceptions that hold at some time of a span (until None: and later). Raises NothingDone."""
    said = city or city_rules()
    held = GatePass.objects.filter(until__gte=since)
    held = held if until is None else held.filter(since__lte=until)
    rows = held.values_list("plate", "reason", "since", "until", "unit_id")
    return Rules(said.barred, said.settings, tuple(Pass(p, r, s, u, unit or "") for p, r, s, u, unit in rows))


def _settings(said: dict[str, Any]) -> Settings:
    usual = Settings()
    for field in fields(Settings):
        if field.name in said and not isinstance(said[field.name], list if field.name == "grades" else bool):
            raise ValueError(f"settings.{field.name}")
    if unknown := set(said) - {field.name for field in fields(Settings)}:
        raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
    grades = tuple(str(g) for g in said.get("grades", usual.grades))
    return Settings(**{**said, "grades": grades})
