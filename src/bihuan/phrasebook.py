"""Sentences that are kept in Chinese, with numbers and names filled in, told in English.

A phrase is a Chinese sentence with `{}` where something is filled in (`{#}`: a number), beside its English with `{1}`, `{2}`, ...
for the same.
What stands in the places is told in English too, where it is a phrase or a word of the catalogue itself.
"""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

CHINESE = re.compile("[\u3400-\u9fff]")
PLACES = ((r"\{\}", "(.*?)"), (r"\{\#\}", r"([-\d.]+)"))
NUMBERED = re.compile(r"\{(\d+)\}")
JOINTS = ("；", "，", "、")
MARKS = str.maketrans({"（": " (", "）": ")", "：": ": ", "；": "; ", "，": ", ", "、": ", ", "。": "."})


@dataclass(frozen=True)
class Phrase:
    """`mark`: the longest piece that a sentence must hold to be this phrase; looked for first, as that is quick."""

    pattern: re.Pattern[str]
    english: str
    mark: str
    fixed: int


def _phrase(chinese: str, english: str) -> Phrase:
    pieces = re.split(r"\{#?\}", chinese)
    pattern = re.escape(chinese)
    for place, meant in PLACES:
        pattern = pattern.replace(place, meant)
    return Phrase(re.compile(pattern, re.S), english, max(pieces, key=len), sum(map(len, pieces)))


def read_phrases(path: Path) -> Iterator[tuple[str, str]]:
    """The rows of a file with the columns `chinese` and `english`."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield row["chinese"], row["english"]


class Phrasebook:
    """`word` gives the catalogue's English of a single word, or the word itself."""

    def __init__(self, phrases: Iterable[tuple[str, str]], word: Callable[[str], str]) -> None:
        rows = list(phrases)
        self._whole = {chinese: english for chinese, english in rows if "{" not in chinese}
        made = [_phrase(*row) for row in rows if "{" in row[0]]
        # What leaves the least open is tried first: a phrase within another one would else be swallowed.
        self._open = sorted(made, key=lambda p: -p.fixed)
        self._word = word
        self.english = lru_cache(20_000)(self._english)

    def _english(self, text: str) -> str:
        """The sentence in English; as it is where no phrase fits (what a person wrote, names)."""
        if not CHINESE.search(text):
            return text
        if text in self._whole:
            return self._whole[text]
        known = self._word(text)
        return known if known != text else self._filled(text) or self._joined(text)

    def _filled(self, text: str) -> str:
        """By the first phrase that leaves no Chinese; else by it, or behind a name as cases are titled: what leaves less."""
        told = ""
        for phrase in self._open:
            found = phrase.pattern.fullmatch(text) if phrase.mark in text else None
            if found:
                filled = self._put(phrase, found.groups())
                if not CHINESE.search(filled):
                    return filled
                told = told or filled
        left = [said for said in (self._named(text), told) if said]
        return min(left, key=lambda said: len(CHINESE.findall(said)), default="")

    def _put(self, phrase: Phrase, values: Sequence[str]) -> str:
        return NUMBERED.sub(lambda n: self._value(values[int(n[1]) - 1].strip()), phrase.english).strip()

    def _value(self, text: str) -> str:
        """What stands in a place, told; the marks between numbers are those of English too."""
        told = self.english(text)
        return told if CHINESE.search(told) else told.translate(MARKS).strip()

    def _named(self, text: str) -> str:
        name, _, rest = text.partition(" ")
        told = self._filled(rest) if rest else ""
        return f"{name} {told}" if told else ""

    def _joined(self, text: str) -> str:
        """Word by word where all of them are joined by a comma; the whole stays Chinese when one is not known."""
        for joint in JOINTS:
            parts = [self.english(part) for part in text.split(joint)] if joint in text else []
            if parts and not any(CHINESE.search(part) for part in parts):
                return ", ".join(parts)
        return text
