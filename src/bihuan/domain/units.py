"""Units of measurements that can be told from each other, and what a value in one is in another."""

from fractions import Fraction

THOUSAND = Fraction(1000)
FAMILIES: tuple[dict[str, Fraction], ...] = (
    # mass in a volume, in g/m³
    {
        "g/L": THOUSAND,
        "mg/L": Fraction(1),
        "µg/L": 1 / THOUSAND,
        "ng/L": 1 / THOUSAND**2,
        "g/m³": Fraction(1),
        "mg/m³": 1 / THOUSAND,
        "µg/m³": 1 / THOUSAND**2,
        "ng/m³": 1 / THOUSAND**3,
    },
    {"kPa": THOUSAND, "hPa": Fraction(100), "Pa": Fraction(1)},
    {"m³/s": Fraction(1), "L/s": 1 / THOUSAND, "m³/h": Fraction(1, 3600), "m³/d": Fraction(1, 86400)},
    {"m/s": Fraction(1), "km/h": Fraction(10, 36)},
    {"m": THOUSAND, "cm": Fraction(10), "mm": Fraction(1)},
    {"V": THOUSAND, "mV": Fraction(1)},
    {"S/m": Fraction(10_000), "mS/cm": THOUSAND, "mS/m": Fraction(10), "µS/cm": Fraction(1)},
    {"cells/L": Fraction(1), "cells/mL": THOUSAND, "1/L": Fraction(1)},
    {"Bq/L": Fraction(1), "mBq/L": 1 / THOUSAND},
    {"dB(A)": Fraction(1), "dB": Fraction(1)},
    *({unit: Fraction(1)} for unit in ("°C", "NTU", "°", "%", "度", "m²", "t/(km²·月)", "")),
)
"""Units of one family differ by a factor. Pressures below hPa and above kPa are left out: mPa and MPa look alike."""
SAME = {
    "ug": "µg",
    "us/": "µs/",
    "m3": "m³",
    "m2": "m²",
    "毫克": "mg",
    "微克": "µg",
    "纳克": "ng",
    "立方米": "m³",
    "厘米": "cm",
    "毫米": "mm",
    "毫伏": "mv",
    "升": "l",
    "千帕": "kpa",
    "米": "m",
    "秒": "s",
    "小时": "h",
    "个/l": "1/l",
    "℃": "°c",
    "摄氏度": "°c",
    "无量纲": "",
}
_PLAIN = {unit.casefold(): unit for family in FAMILIES for unit in family}


def unit_of(text: str) -> str | None:
    """The unit that a text means (`ug/m3`, `毫克/升`, `℃`); None for one that is not known."""
    # casefold makes one letter of the two signs of micro
    plain = "".join(text.split()).casefold()
    for other, usual in SAME.items():
        plain = plain.replace(other.casefold(), usual.casefold())
    return _PLAIN.get(plain)


def factor(unit: str, wanted: str) -> Fraction | None:
    """What a value in `unit` is multiplied with to be in `wanted`; None where that is no matter of a factor."""
    for family in FAMILIES:
        if unit in family and wanted in family:
            return family[unit] / family[wanted]
    return None
