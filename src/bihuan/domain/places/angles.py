"""Longitudes and latitudes as people write them: 113.5701, 113°34'12.5"E, 东经113度34分12.5秒, 113 34 12.5."""

import re
from unicodedata import normalize

from bihuan.domain.places.faults import BadPlace, Why

WORDS = {"东经": "E", "西经": "W", "北纬": "N", "南纬": "S"}
SIGNS = str.maketrans({"º": "°", "度": "°", "˚": "°", "分": "'", "′": "'", "’": "'", "‘": "'", "´": "'",
                       "秒": '"', "″": '"', "”": '"', "“": '"', "−": "-", "–": "-"})  # fmt: skip
WRITTEN = re.compile(
    r"""(?P<before>[NSEW])?\s*(?P<minus>[-+])?\s*
    (?P<degrees>\d+(?:\.\d+)?)
    (?:(?:\s*[°:]\s*|\s+)(?:(?P<minutes>\d+(?:\.\d+)?)(?:(?:\s*[':]\s*|\s+)(?:(?P<seconds>\d+(?:\.\d+)?)\s*(?:"|'')?)?)?)?)?
    \s*(?P<after>[NSEW])?""",
    re.VERBOSE,
)
AXES = {"lon": "EW", "lat": "NS"}


def degrees(text: str, axis: str) -> float:
    """An angle in degrees; `axis` is `lon` or `lat`. Raises BadPlace for text that is no angle of this axis."""
    plain = _plain(text)
    found = WRITTEN.fullmatch(plain)
    letter = (found["before"] or found["after"] or "") if found else ""
    if found is None or (found["before"] and found["after"]) or (found["minus"] and letter):
        raise BadPlace(Why.NOT_AN_ANGLE, text=text[:60])
    if letter and letter not in AXES[axis]:
        raise BadPlace(Why.WRONG_AXIS, text=text[:60])
    whole, minutes, seconds = (found[part] or "0" for part in ("degrees", "minutes", "seconds"))
    if ("." in whole and found["minutes"]) or ("." in minutes and found["seconds"]):
        raise BadPlace(Why.NOT_AN_ANGLE, text=text[:60])  # 113.5°34' says two things
    if float(minutes) >= 60 or float(seconds) >= 60:
        raise BadPlace(Why.TOO_MANY_MINUTES, text=text[:60])
    value = float(whole) + float(minutes) / 60 + float(seconds) / 3600
    return -value if found["minus"] == "-" or letter in ("W", "S") else value


def _plain(text: str) -> str:
    """Full-width signs as plain ones, one sign for each of degree, minute and second."""
    # NFKC would make two signs of a double prime and a blank of some accents, so ours go first.
    plain = normalize("NFKC", text.translate(SIGNS)).translate(SIGNS).strip()
    for word, letter in WORDS.items():
        plain = plain.replace(word, letter)
    return plain.upper()
