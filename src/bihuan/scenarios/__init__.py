"""场景: lines of business on the spine, one folder each. A folder is found here; nothing outside names it.

What Django has to know before anything is imported is told from the files alone; the rest is in each folder's
`scenario.py` (scenarios.contract).
"""

from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def scenario_names() -> list[str]:
    """Names of all scenario folders, i.e. those that carry a `scenario.py`."""
    return sorted(p.parent.name for p in FOLDER.glob("*/scenario.py"))


def scenario_apps() -> list[str]:
    """Scenarios that keep a register of their own (a Django app)."""
    return [f"bihuan.scenarios.{n}" for n in scenario_names() if (FOLDER / n / "models.py").exists()]


def _folders(room: str) -> list[Path]:
    return [FOLDER / n / room for n in scenario_names() if (FOLDER / n / room).is_dir()]


def scenario_templates() -> list[Path]:
    """Template folders of all scenarios."""
    return _folders("templates")


def scenario_locales() -> list[Path]:
    """Folders with the English of all scenarios."""
    return _folders("locale")
