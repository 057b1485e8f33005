"""CP, the data part: `key=value`, cut at comma and semicolon alike, grouped by the code before the last hyphen.

A device sends the same keys in the same order again and again. Their meaning is kept in a Shape, found again by the
separators and the keys. A shape that comes often has a pattern that reads all values at once; what is unusual goes the
long way, item by item.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from bihuan.feeds.hj212.editions import FIELDS, MEASURED
from bihuan.feeds.hj212.remembered import Remembered

REMEMBERED = 5_000
OFTEN = 50  # times that a shape came under its header before its pattern is worth making
PATTERNS = 2_000
DATA_TIME_DIGITS = 14
LONG_VALUE = 15  # longer than a time: look at its decimals
DECIMALS = 6

_NOT_SEPARATORS = bytes(set(range(256)) - set(b";,="))
_ITEM = re.compile(r"(?P<key>[^;,=]*)(?:(?P<equals>=)(?P<value>[^;,]*))?(?P<end>[;,]|\Z)")
_ITEM_OR_LOG = re.compile(
    r"(?P<key>[^;,=]*)(?:(?P<equals>=)"
    r"(?P<value>//.*?//(?=\s*\Z|\s*[;,]\s*(?:\Z|[\w-]+\s*=))|[^;,]*)\s*)?(?P<end>[;,]|\Z)",
    re.DOTALL,
)
LOGS_AT_MOST = 32  # more // than this is no log; it keeps the search for their ends short
NINES = re.compile(r"\s*(?:-0*9{2,}(?:\.[09]*)?|\+?0*9{3,}\.9+0*)\s*")
"""Numbers that stand for no value: -99, -999, -9999 ..., and the greatest of a type (999.99), with zeros round them."""
_NO_VALUE = re.compile(
    rf"{NINES.pattern}|\s*(?:[+-]?(?i:nan|inf|infinity)|(?i:null|none|nil|n/?a)|无|-+|\*+|\?+)\s*"
)
_WITH_EXPONENT = re.compile(r"\s*[+-]?(?:\d+\.?\d*|\.\d+)[eE][+-]?\d{1,2}\s*")
_LONG_NUMBER = re.compile(rf"-?\d+\.\d{{{DECIMALS + 1},}}")
_CASELESS = {
    name.upper(): name
    for name in (
        *FIELDS,
        "DataTime",
        "BeginTime",
        "EndTime",
        "SystemTime",
        "RestartTime",
        "PolId",
        "QnRtn",
        "ExeRtn",
    )
}


@dataclass(slots=True, eq=False)
class Shape:
    """What a sequence of keys means. `places`: code (None = top level) and field of each value.

    signs: the separators of a text that is nothing but `key=value` items; None for other texts.
    shared: other packets have this very object. came: how often it was the likely one; pattern: reads the values of a
    text of this shape.
    """

    signs: bytes | None
    keys: tuple[str, ...]
    places: tuple[tuple[str | None, str], ...]
    data_time: int | None
    repeated: frozenset[str]
    marks: tuple[str, ...]
    shared: bool = False
    came: int = 0
    pattern: re.Pattern[str] | None = None


# Shape, values in the order of its keys as sent, marks.
Content = tuple[Shape, Sequence[str], tuple[str, ...]]


def as_dict(shape: Shape, values: Sequence[str]) -> dict[str, Any]:
    """`top`, `factors` by code and field, and `repeated` when a key came more than once."""
    top: dict[str, str] = {}
    factors: dict[str, dict[str, str]] = {}
    for (code, field), value in zip(shape.places, values, strict=True):
        if code is None:
            top[field] = value
        elif code in factors:
            factors[code][field] = value
        else:
            factors[code] = {field: value}
    content: dict[str, Any] = {"top": top, "factors": factors}
    if shape.repeated:
        pairs = zip(shape.keys, values, strict=True)
        content["repeated"] = [[key, value] for key, value in pairs if key in shape.repeated]
    return content


_known: Remembered[tuple[bytes, tuple[str, ...]], Shape] = Remembered(REMEMBERED)
_patterns: list[re.Pattern[str]] = []


def read_content(text: bytes, likely: Shape | None = None) -> Content:
    """Shape, values and marks (without those of value_marks) of the bytes between the two &&. `likely`: the shape that came last from this device."""
    if not text:
        return EMPTY
    plain, marks = (text.decode("ascii"), ()) if text.isascii() else _decode(text)
    if not marks:
        if likely is not None and likely.pattern is not None:
            match = likely.pattern.fullmatch(plain)
            if match is not None:
                values = match.groups()
                return likely, values, _time_marks(values, likely)
        found = None if "/" in plain else _split(plain, text, likely)
        if found is not None:
            return found
    return _long_way(plain, text, marks)


def _split(plain: str, text: bytes, likely: Shape | None) -> Content | None:
    """The content of a text whose shape is known."""
    parts = plain.replace(";", "=").replace(",", "=").split("=")
    keys, values, signs = tuple(parts[::2]), parts[1::2], text.translate(None, _NOT_SEPARATORS)
    if likely is not None and keys == likely.keys and signs == likely.signs:
        likely.came += 1
        if likely.came == OFTEN and len(_patterns) < PATTERNS:
            likely.pattern = _pattern(keys, signs)
            _patterns.append(likely.pattern)
        return likely, values, _time_marks(values, likely)
    shape = _known.get((signs, keys))
    return None if shape is None else (shape, values, _time_marks(values, shape))


def _pattern(keys: tuple[str, ...], signs: bytes) -> re.Pattern[str]:
    """Matches exactly the texts of `key=value` items that have these keys and separators; a group for each value."""
    ends = [*signs.decode().replace("=", ""), ""]
    return re.compile(
        "".join(f"{re.escape(key)}=([^;,=/]*){end}" for key, end in zip(keys, ends, strict=True))
    )


def _decode(text: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return text.decode(), ()
    except UnicodeDecodeError:
        pass
    try:
        return text.decode("gb18030"), ("text_gb18030",)
    except UnicodeDecodeError:
        return text.decode("latin-1"), ("text_undecodable",)


def _time_marks(values: Sequence[str], shape: Shape) -> tuple[str, ...]:
    """Marks of the shape and of DataTime."""
    if shape.data_time is not None:
        sent = values[shape.data_time]
        if len(sent) != DATA_TIME_DIGITS or not sent.isdigit():
            return (*shape.marks, "datatime_format")
    return shape.marks


def stands_for_none(value: str) -> bool:
    """Does the value say that there is none? -9.9 and -271.755 are numbers: the code has two nines or more and nothing else."""
    if _WITH_EXPONENT.fullmatch(value):
        value = f"{Decimal(value.strip()):f}"
    return _NO_VALUE.fullmatch(value) is not None


def value_marks(values: Sequence[str]) -> tuple[str, ...]:
    """Marks of single values: empty, standing for no value, longer than the standard's numbers."""
    marks: tuple[str, ...] = () if all(values) else ("value_empty",)
    if any(map(stands_for_none, values)):
        marks += ("value_sentinel",)
    if values and max(map(len, values)) > LONG_VALUE and any(map(_LONG_NUMBER.fullmatch, values)):
        marks += ("value_precision",)
    return marks


def _long_way(plain: str, text: bytes, marks: tuple[str, ...]) -> Content:
    """Item by item. A regular packet, all `key=value` and no blanks, leaves its shape for the next one."""
    keys, values, found = _items(plain)
    if not keys:
        return NO_KEYS, [], tuple(dict.fromkeys((*marks, *found)))
    regular = not (marks or found or "/" in plain or any("=" in value for value in values))
    shape = make_shape(tuple(keys), text.translate(None, _NOT_SEPARATORS) if regular else None)
    if shape.signs is not None:
        shape.shared = _known.put((shape.signs, shape.keys), shape)
    return shape, values, tuple(dict.fromkeys((*marks, *found, *_time_marks(values, shape))))


def _items(plain: str) -> tuple[list[str], list[str], list[str]]:
    """Keys, values and marks. Log text between // and // is one value, whatever stands in it."""
    keys: list[str] = []
    values: list[str] = []
    marks: list[str] = []
    before = ""
    logs = 0 < plain.count("//") <= 2 * LOGS_AT_MOST
    for match in (_ITEM_OR_LOG if logs else _ITEM).finditer(plain):
        if not match[0]:
            break
        key = match["key"].strip()
        if match["equals"]:
            marks += ["blanks"] if key != match["key"] else []
            keys.append(key)
            values.append(match["value"])
        elif key:
            marks.append("item_without_equals")
            _loose_item(match["key"], before, keys, values)
        else:
            marks.append("empty_item")
        before = match["end"]
    return keys, values, [*marks, "trailing_separator"] if before else marks


def _loose_item(item: str, before: str, keys: list[str], values: list[str]) -> None:
    """An item without = after a comma continues the value before it; elsewhere it is a key without value."""
    if before == "," and values:
        values[-1] = f"{values[-1]},{item}"
    else:
        keys.append(item.strip())
        values.append("")


def make_shape(keys: tuple[str, ...], signs: bytes | None) -> Shape:
    """The meaning of a sequence of keys."""
    places: list[tuple[str | None, str]] = []
    for key in keys:
        code, hyphen, field = key.rpartition("-")
        places.append((code, field) if hyphen else (None, key))
    times = [n for n, key in enumerate(keys) if key.upper() == "DATATIME"]
    repeated = frozenset(key for key, times_sent in Counter(keys).items() if times_sent > 1)
    marks = [*_key_marks(places), *_unflagged(places)]
    marks += ["duplicate_key"] if repeated else []
    return Shape(
        signs, keys, tuple(places), times[0] if times else None, repeated, tuple(dict.fromkeys(marks))
    )


def _key_marks(places: list[tuple[str | None, str]]) -> list[str]:
    marks = []
    for code, field in places:
        standard = _CASELESS.get(field.upper())
        if standard and standard != field:
            marks.append("key_case")
        elif code is None:
            marks += ["factor_without_code"] if field in (*MEASURED, "Flag") else []
            marks += ["part_in_cp"] if field in ("PNUM", "PNO") else []
        elif not code:
            marks.append("factor_without_code")
        elif field not in FIELDS:
            marks.append("vendor_field")
    return marks


def _unflagged(places: list[tuple[str | None, str]]) -> list[str]:
    by_code: Mapping[str | None, set[str]] = {code: set() for code, _ in places}
    for code, field in places:
        by_code[code].add(field)
    bare = any(
        code and not {"Flag", "EFlag"} & fields and fields & set(MEASURED) for code, fields in by_code.items()
    )
    return ["factor_flag_missing"] if bare else []


NO_KEYS = Shape(None, (), (), None, frozenset(), ())
EMPTY: Content = (NO_KEYS, [], ())
