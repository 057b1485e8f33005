"""CP, the data part: `key=value`, cut at comma and semicolon alike, grouped by the code before the last hyphen.

A device sends the same keys in the same order again and again. Their meaning is kept in a Shape, found again by the
separators and the joined keys, so a known packet costs one split. What is unusual goes the long way, item by item.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from bihuan.feeds.hj212.editions import FIELDS, MEASURED

REMEMBERED = 20_000
DATA_TIME_DIGITS = 14
_ANY_TIME = "0" * DATA_TIME_DIGITS
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
_SENTINEL = re.compile(r"-9{2,}(?:\.[09]+)?|9{3,}\.9+")
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


class Shape(NamedTuple):
    """What a sequence of keys means. `places`: code (None = top level) and field of each value."""

    keys: tuple[str, ...]
    places: tuple[tuple[str | None, str], ...]
    data_time: int | None
    repeated: frozenset[str]
    marks: tuple[str, ...]


# Shape, values in the order of its keys as sent, marks.
Content = tuple[Shape, list[str], tuple[str, ...]]


def as_dict(shape: Shape, values: list[str]) -> dict[str, Any]:
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


_known: dict[tuple[bytes, str], Shape] = {}


def read_content(text: bytes) -> Content:
    """Shape, values and marks of the bytes between the two &&."""
    if not text:
        return EMPTY
    plain, marks = (text.decode("ascii"), ()) if text.isascii() else _decode(text)
    if not marks and "/" not in plain:
        parts = plain.replace(";", "=").replace(",", "=").split("=")
        shape = _known.get((text.translate(None, _NOT_SEPARATORS), "=".join(parts[::2])))
        if shape is not None:
            values = parts[1::2]
            return shape, values, _value_marks(plain, values, shape)
    return _long_way(plain, text, marks)


def _decode(text: bytes) -> tuple[str, tuple[str, ...]]:
    try:
        return text.decode(), ()
    except UnicodeDecodeError:
        pass
    try:
        return text.decode("gb18030"), ("text_gb18030",)
    except UnicodeDecodeError:
        return text.decode("latin-1"), ("text_undecodable",)


def _value_marks(text: str, values: list[str], shape: Shape) -> tuple[str, ...]:
    """Marks of single values. Cheap looks at the whole text spare most packets the closer one."""
    sent = values[shape.data_time] if shape.data_time is not None else _ANY_TIME
    marks: tuple[str, ...] = () if len(sent) == DATA_TIME_DIGITS and sent.isdigit() else ("datatime_format",)
    if not all(values):
        marks += ("value_empty",)
    if "99" in text and ("=-99" in text or "=999" in text) and any(map(_SENTINEL.fullmatch, values)):
        marks += ("value_sentinel",)
    if max(map(len, values)) > LONG_VALUE and any(map(_LONG_NUMBER.fullmatch, values)):
        marks += ("value_precision",)
    return shape.marks + marks if marks else shape.marks


def _long_way(plain: str, text: bytes, marks: tuple[str, ...]) -> Content:
    """Item by item. A regular packet, all `key=value` and no blanks, leaves its shape for the next one."""
    keys, values, found = _items(plain)
    if not keys:
        return NO_KEYS, [], tuple(dict.fromkeys((*marks, *found)))
    shape = make_shape(tuple(keys))
    if not (marks or found or "/" in plain or any("=" in value for value in values)):
        if len(_known) >= REMEMBERED:
            _known.clear()
        _known[text.translate(None, _NOT_SEPARATORS), "=".join(keys)] = shape
    of_values = _value_marks(plain, values, shape)
    return shape, values, tuple(dict.fromkeys((*marks, *found, *of_values)))


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


def make_shape(keys: tuple[str, ...]) -> Shape:
    """The meaning of a sequence of keys."""
    places: list[tuple[str | None, str]] = []
    for key in keys:
        code, hyphen, field = key.rpartition("-")
        places.append((code, field) if hyphen else (None, key))
    times = [n for n, key in enumerate(keys) if key.upper() == "DATATIME"]
    repeated = frozenset(key for key in keys if keys.count(key) > 1)
    marks = [*_key_marks(places), *_unflagged(places)]
    marks += ["duplicate_key"] if repeated else []
    return Shape(keys, tuple(places), times[0] if times else None, repeated, tuple(dict.fromkeys(marks)))


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


NO_KEYS = Shape((), (), None, frozenset(), ())
EMPTY: Content = (NO_KEYS, [], ())
