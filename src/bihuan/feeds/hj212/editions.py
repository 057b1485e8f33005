"""The three editions of HJ 212 and what each says of the header."""

import re
from typing import NamedTuple

VERSION_BITS = {0: 2005, 1: 2017, 2: 2025}
NEWEST = 2025

HEADER_KEYS = ("QN", "ST", "CN", "PW", "MN", "Flag", "PNUM", "PNO", "RF")
QN_DIGITS = 17
SEGMENT_BYTES = 1024

ST_FORM = re.compile(r"[0-9A-Z]{2}")
CN_FORM = re.compile(r"\d{4}")
PW_FORM = re.compile(r"[^;]{6}")
MN_FORMS = {
    2005: re.compile(r"[^;]{14}"),
    2017: re.compile(r"[0-9A-F]{24}"),
    2025: re.compile(r"[0-9A-Za-z]{24}"),
}

# Fields of a factor: HJ/T 212-2005, HJ 212-2017 table 6, and those that second-hand sources give for 2025.
MEASURED = ("Rtd", "Min", "Avg", "Max", "Cou", "ZsRtd", "ZsMin", "ZsAvg", "ZsMax")
FIELDS = frozenset(
    (
        *MEASURED,
        *("Flag", "EFlag", "SampleTime", "Info", "SN", "Data", "DayData", "NightData", "RS", "RT"),
        *("LowValue", "UpValue"),
        *("CompleteTime", "SampleType", "SampleRd", "StandardValue", "ResultType"),
        *("RetentionTime", "PeakArea", "PeakHeight"),
    )
)


class Flag(NamedTuple):
    """Flag bit by bit: six bits of version, D = packet numbers present, A = answer wanted."""

    version: int | None
    A: bool
    D: bool


NO_FLAG = Flag(None, False, False)


def read_flag(text: str | None) -> tuple[Flag, tuple[str, ...]]:
    """The bits, and what is wrong with the text."""
    if text is None:
        return NO_FLAG, ("flag_missing",)
    if not (text.isascii() and text.isdigit()) or int(text) > 255:
        return NO_FLAG, ("flag_format",)
    number = int(text)
    flag = Flag(number >> 2, bool(number & 1), bool(number & 2))
    return flag, () if flag.version in VERSION_BITS else ("flag_version",)


def edition_of(flag: Flag, has_rf: bool) -> int:
    """Which edition a packet speaks. Without version bits it is 2005, unless it carries RF, which only 2025 has."""
    if flag.version is None:
        return NEWEST if has_rf else 2005
    return VERSION_BITS.get(flag.version, NEWEST)
