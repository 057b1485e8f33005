"""How values read on a page and in a paper: numbers, differences, shares, quantities with their unit, levels."""

from django.utils.translation import pgettext

from bihuan.domain.quantities import BY_NAME, LONG

NAMES = {1: "优", 2: "良", 3: "轻度", 4: "中度", 5: "重度", 6: "严重"}
"""Short names of the six levels of air quality."""


def number(value: float | str | None, decimals: int = 0) -> str:
    """A number with fixed decimals; a dash when missing."""
    return "—" if isinstance(value, str) or value is None else f"{value:.{decimals}f}"


def signed(value: float | str | None, decimals: int = 0) -> str:
    """A difference with its sign."""
    return "—" if isinstance(value, str) or value is None else f"{value:+.{decimals}f}"


def percent(share: float | str | None, decimals: int = 0) -> str:
    """A share as percent."""
    return "—" if isinstance(share, str) or share is None else f"{share * 100:.{decimals}f}%"


def item_label(name: str) -> str:
    """File and screen name of a quantity: a wide one by its inside name, a long one by its code."""
    if name in LONG:
        return LONG[name].chinese
    return BY_NAME[name].label if name in BY_NAME else {"o3_8h": "O3-8h", "aqi": "AQI"}.get(name, name)


def unit(name: str) -> str:
    """Unit of a quantity, as `item_label` names it."""
    if name in LONG:
        return LONG[name].unit
    return BY_NAME[name].unit if name in BY_NAME else "" if name == "aqi" else "µg/m³"


def level_name(level: int | None) -> str:
    """Short name of a level; the context tells it from the severity of the same name."""
    return pgettext("AQI", NAMES[level]) if level else "—"
