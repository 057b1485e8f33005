"""号牌 (GA 36-2018): one written form for what cameras, guards and files write, and what had to be mended for it.

Serials have neither I nor O: cameras that read one mean 1 or 0. Letters of other alphabets that look like Latin ones, full-width
characters, spaces and the dot between the parts are read as what they stand for. Nothing else is guessed.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
BLUE, YELLOW, GREEN, YELLOW_GREEN, WHITE, BLACK = "blue", "yellow", "green", "yellow_green", "white", "black"
COLOURS = {
    BLUE: "蓝",
    YELLOW: "黄",
    GREEN: "渐变绿",
    YELLOW_GREEN: "黄绿双拼",
    WHITE: "白",
    BLACK: "黑",
}
_WORDS = {
    **dict.fromkeys(("蓝", "蓝色", "蓝牌", "blue"), BLUE),
    **dict.fromkeys(("黄", "黄色", "黄牌", "yellow"), YELLOW),
    **dict.fromkeys(("绿", "绿色", "绿牌", "渐变绿", "渐变绿色", "green"), GREEN),
    **dict.fromkeys(("黄绿", "黄绿色", "黄绿双拼", "黄绿双拼色", "yellow_green"), YELLOW_GREEN),
    **dict.fromkeys(("白", "白色", "白牌", "white"), WHITE),
    **dict.fromkeys(("黑", "黑色", "黑牌", "black"), BLACK),
}
NO_PLATE = {
    "",
    "无",
    "无牌",
    "无牌车",
    "未识别",
    "未知",
    "无号牌",
    "没有",
    "none",
    "null",
    "noplate",
    "unknown",
    "-",
    "车牌",
}
LOOK_ALIKE = str.maketrans("АВСЕНКМОРТХУΑΒΕΗΙΚΜΝΟΡΤΧΥΖ", "ABCEHKMOPTXYABEHIKMNOPTXYZ")
_BETWEEN = re.compile(r"[\s·•・.．\-－_*]")
_SEVERAL = re.compile(r"[,，;；/、|+]")
_SERIAL = "A-HJ-NP-Z0-9"
_SMALL = re.compile(rf"[{PROVINCES}][A-Z][A-HJK][{_SERIAL}][0-9]{{4}}")
_LARGE = re.compile(rf"[{PROVINCES}][A-Z][0-9]{{5}}[A-HJK]")
_COMMON = re.compile(rf"[{PROVINCES}][A-Z][{_SERIAL}]{{4}}[{_SERIAL}挂学警港澳]")
_FORMS = {
    BLUE: (_COMMON,),
    YELLOW: (_COMMON,),
    GREEN: (_SMALL,),
    YELLOW_GREEN: (_LARGE,),
    WHITE: (_COMMON,),
    BLACK: (_COMMON,),
}
LOOKS_ALIKE, NONE, SEVERAL, FORM, COLOUR = "look_alike", "no_plate", "two_plates", "form", "colour"
"""What was found: characters that were mended; no plate; several in one field; no plate has this form; none of this colour has it."""


@dataclass(frozen=True)
class Plate:
    """号牌 as it is kept. text: empty where there is none or several; noted: what was found (see above), in order."""

    text: str
    noted: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Can it name a vehicle?"""
        return bool(self.text) and FORM not in self.noted


def colour_of(text: str | None) -> str | None:
    """The colour of a word, of a vendor's or ours; None for no word and for one that is no colour."""
    return _WORDS.get(unicodedata.normalize("NFKC", text or "").strip().lower())


@lru_cache(maxsize=200_000)  # the same vehicles come again and again
def read_plate(text: str | None, colour: str | None = None) -> Plate:
    """What a field says. colour: of `COLOURS`, None where not known."""
    whole = unicodedata.normalize("NFKC", text or "").strip()
    if whole.lower() in NO_PLATE:
        return Plate("", (NONE,))
    parts = {_plain(part) for part in _SEVERAL.split(whole) if _plain(part)}
    if len(parts) != 1:
        return Plate("", (SEVERAL if parts else NONE,))
    (plain,) = parts
    mended = plain[:2] + plain[2:].replace("O", "0").replace("I", "1")
    noted = (LOOKS_ALIKE,) if mended != _BETWEEN.sub("", whole).upper() else ()
    return Plate(mended, noted + _form(mended, colour))


def _plain(text: str) -> str:
    return _BETWEEN.sub("", text).upper().translate(LOOK_ALIKE)


def _form(plate: str, colour: str | None) -> tuple[str, ...]:
    if not any(form.fullmatch(plate) for form in (_COMMON, _SMALL, _LARGE)):
        return (FORM,)
    if colour is not None and not any(form.fullmatch(plate) for form in _FORMS[colour]):
        return (COLOUR,)
    return ()
