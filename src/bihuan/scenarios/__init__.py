"""场景: lines of business on the spine, one folder each. A folder is found here; nothing outside names it."""

from importlib import import_module
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def scenario_names() -> list[str]:
    """Names of all scenario folders, i.e. those that carry a manifest."""
    return sorted(p.parent.name for p in FOLDER.glob("*/manifest.toml"))


def rooms(name: str) -> dict[str, Any]:
    """A module that scenario folders may carry, such as `banner`, by the scenario; only of those that do."""
    return {
        n: import_module(f"{__name__}.{n}.{name}")
        for n in scenario_names()
        if (FOLDER / n / f"{name}.py").exists()
    }


def scenario_apps() -> list[str]:
    """Scenarios that keep a register of their own (a Django app)."""
    return [f"bihuan.scenarios.{n}" for n in scenario_names() if (FOLDER / n / "models.py").exists()]


def scenario_templates() -> list[Path]:
    """Template folders of all scenarios."""
    return [FOLDER / n / "templates" for n in scenario_names() if (FOLDER / n / "templates").is_dir()]
