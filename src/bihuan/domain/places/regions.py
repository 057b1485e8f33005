"""Which region a boundary of a file belongs to: by its code, else by its name among the regions that are registered."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.domain.places.geodesy import Geometry
from bihuan.domain.places.names import plain_name

CODES = (
    "code",
    "adcode",
    "ad_code",
    "gb",
    "pac",
    "xzqdm",
    "xzdm",
    "qhdm",
    "区划代码",
    "行政区划代码",
    "行政代码",
    "代码",
    "编码",
)
"""Fields that hold a code of GB/T 2260, as files call them; compared without case."""
NAMES = ("name", "xzqmc", "mc", "名称", "区划名称", "行政区划名称", "县", "区县", "行政区")
"""Fields that hold a name."""
ENDINGS = re.compile(r"(?:自治县|自治州|自治区|地区|街道办事处|街道|省|市|区|县|镇|乡)$")
SHORTEST, LONGEST = 2, 12


@dataclass(frozen=True)
class Matched:
    """`boundaries`: geometry by the code of a registered region. `unknown` and `doubtful`: (number from 1, what it says)."""

    boundaries: Mapping[str, Geometry]
    unknown: tuple[tuple[int, str], ...] = ()
    doubtful: tuple[tuple[int, str], ...] = ()


def match(features: Sequence[Mapping[str, Any]], regions: Mapping[str, str]) -> Matched:
    """Features of areas to regions (name by code). A name that several regions share, or a second boundary, is doubtful."""
    found: dict[str, Geometry] = {}
    unknown, doubtful = [], []
    by_name = _by_name(regions)
    for number, feature in enumerate(features, 1):
        codes, said = _codes(feature.get("properties") or {}, regions, by_name)
        if not codes:
            unknown.append((number, said))
        elif len(codes) > 1 or codes[0] in found:
            doubtful.append((number, said))
        else:
            found[codes[0]] = feature["geometry"]
    return Matched(found, tuple(unknown), tuple(doubtful))


def _codes(
    properties: Mapping[str, Any], regions: Mapping[str, str], by_name: Mapping[str, list[str]]
) -> tuple[list[str], str]:
    """The regions that a feature may be, and what it says of itself."""
    plain = {
        str(key).strip().lower(): str(value).strip() for key, value in properties.items() if value is not None
    }
    code = next((plain[key] for key in CODES if _is_code(plain.get(key, ""))), "")
    name = next((plain[key] for key in NAMES if plain.get(key)), "")
    said = " ".join(filter(None, (code, name)))
    if code:
        same = [known for known in regions if short(known) == short(code)]
        if same:
            return same, said
    exact = by_name.get(f"={name}", [])
    return (exact or by_name.get(_stem(name), [])) if name else [], said


def short(code: str) -> str:
    """A code without the zeros that stand for 'the whole': 140321000000 and 140321 are one, 140300 and 1403 too."""
    digits = code.split(".")[0]
    digits = digits[:-3] if len(digits) == 12 and digits.endswith("000") else digits
    digits = digits[:-3] if len(digits) == 9 and digits.endswith("000") else digits
    while 2 < len(digits) <= 6 and digits.endswith("00"):
        digits = digits[:-2]
    return digits


def _is_code(text: str) -> bool:
    digits = text.split(".")[0]
    return digits.isdecimal() and SHORTEST <= len(digits) <= LONGEST


def _by_name(regions: Mapping[str, str]) -> dict[str, list[str]]:
    """Codes by whole name (behind `=`) and by name without its ending."""
    found: dict[str, list[str]] = defaultdict(list)
    for code, name in regions.items():
        found[f"={name.strip()}"].append(code)
        found[_stem(name)].append(code)
    return dict(found)


def _stem(name: str) -> str:
    plain = plain_name(name)
    return ENDINGS.sub("", plain) if len(plain) > 2 else plain
