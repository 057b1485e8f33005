"""燃料 (GA/T 24.9, codes as commonly quoted, K?): what drives a vehicle. New energy is battery and fuel cell; hybrids are not (additions.md 2.5)."""

import csv
import unicodedata
from dataclasses import dataclass
from pathlib import Path

_TABLE = Path(__file__).with_name("fuels.csv")


@dataclass(frozen=True)
class Fuel:
    """title: its Chinese word. group: diesel, petrol, gas, electric, none, other: what limits and factors tell apart. new_energy: 新能源."""

    fuel: str
    code: str
    title: str
    english: str
    group: str
    new_energy: bool


def _read() -> dict[str, Fuel]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {row["fuel"]: Fuel(**{**row, "new_energy": row["new_energy"] == "1"}) for row in rows}  # type: ignore[arg-type]


FUELS = _read()
NEW_ENERGY = tuple(name for name, fuel in FUELS.items() if fuel.new_energy)
_ALSO = {
    "纯电": "electric", "纯电动": "electric", "电动": "electric", "电驱动": "electric", "新能源": "electric", "BEV": "electric",
    "氢燃料": "hydrogen", "氢能": "hydrogen", "氢燃料电池": "hydrogen", "燃料电池": "hydrogen",
    "插电混动": "hybrid", "油电混合": "hybrid", "混动": "hybrid", "CNG": "natural_gas", "LNG": "natural_gas", "燃气": "natural_gas",
    "0#柴油": "diesel", "其它": "other",
}  # fmt: skip
_WORDS = {
    **{f.code: name for name, f in FUELS.items()},
    **{f.title: name for name, f in FUELS.items()},
    **{name.upper(): name for name in FUELS},
    **_ALSO,
}


def read_fuel(text: str | None) -> str | None:
    """The fuel of a word or code; None for none and for one that nobody knows."""
    return _WORDS.get(unicodedata.normalize("NFKC", text or "").strip().upper())
