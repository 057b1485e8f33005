"""Sentences that were kept before reasons were, recognised by the English of the catalogue."""

import re
from ast import literal_eval
from collections.abc import Mapping
from functools import cache
from string import Formatter

from bihuan.reasons import ENGLISH, JOINTS, Reason, Value, as_told, catalogue

AS_TOLD = as_told("").code
NUMBER = r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?"


def recognised(sentence: str) -> Reason | None:
    """The reason that says exactly this, remedy included, in English; None where no row of the catalogue does."""
    for code, (pattern, places) in _patterns().items():
        found = pattern.fullmatch(sentence)
        if found:
            reason = Reason(code, **{name: _value(found[name], how) for name, how in places.items()})
            if str(reason) == sentence:
                return reason
    return None


def _value(text: str, how: str) -> Value:
    """What was written so: a number by its format, a text in quotation marks, else a text or a reason."""
    if how == "r":
        return str(literal_eval(text))
    return float(text) if how else recognised(text) or text


@cache
def _patterns() -> Mapping[str, tuple[re.Pattern[str], Mapping[str, str]]]:
    """code -> pattern, places and how each is written; what leaves the least open comes first."""
    texts = {
        code: JOINTS[ENGLISH].join(filter(None, words[ENGLISH]))
        for code, words in catalogue().items()
        if code != AS_TOLD
    }
    fixed = {code: sum(len(text) for text, *_ in Formatter().parse(said)) for code, said in texts.items()}
    return {code: _pattern(texts[code]) for code in sorted(texts, key=lambda code: -fixed[code])}


def _pattern(template: str) -> tuple[re.Pattern[str], Mapping[str, str]]:
    pieces, places = list[str](), dict[str, str]()
    for text, place, spec, conversion in Formatter().parse(template):
        pieces.append(re.escape(text))
        if place:
            name, how = place.split(".")[0], conversion or spec or ""
            anything = NUMBER if how not in ("", "r") else ".*"
            pieces.append(f"(?P={name})" if name in places else f"(?P<{name}>{anything})")
            places[name] = how
    return re.compile("".join(pieces), re.S), places
