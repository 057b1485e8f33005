"""The header of a data segment: everything before CP.

What follows QN is the same in every packet of a device and command, so it is read once and remembered.
"""

import re
from dataclasses import dataclass

from bihuan.feeds.hj212.cp import Shape
from bihuan.feeds.hj212.editions import (
    CN_FORM,
    HEADER_KEYS,
    MN_FORMS,
    PW_FORM,
    QN_DIGITS,
    ST_FORM,
    Flag,
    edition_of,
    read_flag,
)
from bihuan.feeds.hj212.remembered import Remembered

REMEMBERED = 100_000  # a few commands of each of 20,000 devices

_CANONICAL = {key.upper(): key for key in HEADER_KEYS}
_CUT = re.compile(r"\s*(?:;|,(?=\s*(?:[;,]|[A-Za-z]+\s*=)))")
_BEHIND = re.compile(
    rb"&&[;,\s]*(?P<fields>(?:(?i:%s)\s*=[^;,&=/]*[;,\s]*)+)(?:&&)?\Z" % "|".join(HEADER_KEYS).encode()
)
_ORDER = {key: place for place, key in enumerate(HEADER_KEYS)}


@dataclass(slots=True)
class Header:
    """Header fields as sent (without QN when it was read apart), and what they mean.

    last_shape: that of the content which came last under this header; the next one is likely the same.
    shared: other packets have the same header, this very object.
    """

    fields: dict[str, str]
    flag: Flag
    edition: int
    marks: tuple[str, ...]
    last_shape: Shape | None = None
    shared: bool = False


_known: Remembered[bytes, Header] = Remembered(REMEMBERED)


def read_header(head: bytes) -> tuple[str | None, Header, tuple[str, ...]]:
    """QN, the other fields, and the marks of QN. `head` ends where CP begins."""
    if head.startswith(b"QN="):
        sent, _, rest = head[3:].partition(b";")
        if len(sent) == QN_DIGITS and sent.isdigit():
            header = _known.get(rest) or _remember(rest)
            return sent.decode(), header, ()
        header = _parse(head)
    else:
        header = _known.get(head) or _remember(head)
    qn = header.fields.get("QN")
    return qn, header, _qn_marks(qn, header.edition)


def fields_behind(text: bytes) -> re.Match[bytes] | None:
    """Header fields (`fields`) that stand behind the && of a content, where no edition has them."""
    return _BEHIND.search(text)


def _remember(rest: bytes) -> Header:
    header = _parse(rest)
    if "QN" not in header.fields:
        header.shared = _known.put(rest, header)
    return header


def _qn_marks(qn: str | None, edition: int) -> tuple[str, ...]:
    if qn is None:
        return () if edition == 2005 else ("qn_missing",)
    if not qn:
        return ("qn_empty",)
    return () if len(qn) == QN_DIGITS and qn.isdigit() else ("qn_format",)


def _parse(head: bytes) -> Header:
    try:
        text = head.decode()
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    fields, marks = _fields(text)
    bare = {key: value.strip() for key, value in fields.items()}
    if bare != fields:
        marks.append("blanks")
    flag, wrong = read_flag(bare.get("Flag"))
    edition = edition_of(flag, "RF" in bare)
    marks += [*wrong, *_form_marks(bare, edition), *_part_marks(bare, flag), *_rf_marks(bare, edition)]
    return Header(fields, flag, edition, tuple(dict.fromkeys(marks)))


def _fields(text: str) -> tuple[dict[str, str], list[str]]:
    """Fields as sent, under the standard's names."""
    fields: dict[str, str] = {}
    marks = []
    items = _CUT.split(text.removesuffix(";"))
    if "," in text and text.count(";") - text.endswith(";") < len(items) - 1:
        marks.append("header_separator")
    for item in items:
        key, equals, value = item.partition("=")
        if not item.strip():
            marks += ["header_separator"] if text else []
            continue
        bare = key.strip()
        name = _CANONICAL.get(bare.upper(), bare)
        marks += ["blanks"] if bare != key else []
        if not equals or name not in _ORDER:
            marks.append("header_unknown")
        elif name != bare:
            marks.append("key_case")
        if name in fields:
            marks.append("header_repeated")
        if not fields.get(name, "").strip():
            fields[name] = value
    places = [_ORDER[name] for name in fields if name in _ORDER and name not in ("PNUM", "PNO", "RF")]
    return fields, [*marks, "header_order"] if places != sorted(places) else marks


def _form_marks(bare: dict[str, str], edition: int) -> list[str]:
    """Presence and form of ST, CN, PW and MN."""
    marks = []
    forms = {"ST": ST_FORM, "CN": CN_FORM, "PW": PW_FORM, "MN": MN_FORMS[edition]}
    for key, form in forms.items():
        if key not in bare:
            marks.append(f"{key.lower()}_missing")
        elif not bare[key] and key in ("PW", "MN"):
            marks.append(f"{key.lower()}_empty")
        elif not form.fullmatch(bare[key]):
            marks.append(f"{key.lower()}_format")
    return marks


def _part_marks(bare: dict[str, str], flag: Flag) -> list[str]:
    """PNUM and PNO: both or none, with their bit in Flag, in order, plain numbers."""
    present = [key for key in bare if key in ("PNUM", "PNO")]
    if not present:
        return ["part_missing"] if flag.D else []
    marks = [] if flag.D else ["part_flag"]
    if len(present) == 1:
        return [*marks, "part_missing"]
    marks += ["part_order"] if present == ["PNO", "PNUM"] else []
    count, number = bare["PNUM"], bare["PNO"]
    if not (count.isdecimal() and number.isdecimal() and 1 <= int(number) <= int(count)):
        marks.append("part_format")
    elif count[0] == "0" or number[0] == "0":
        marks.append("part_padded")
    return marks


def _rf_marks(bare: dict[str, str], edition: int) -> list[str]:
    if "RF" not in bare:
        return []
    return [*([] if edition == 2025 else ["rf_edition"]), *([] if bare["RF"] == "1" else ["rf_value"])]
