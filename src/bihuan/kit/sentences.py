"""Sentences that were said or kept in one language, told in another: a pattern for each, with sentences inside it too."""

import re
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Sentences:
    """`lines`: pattern of the whole sentence, and what it reads in the other language (`\\1` is its first group)."""

    lines: tuple[tuple[str, str], ...]

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        return tuple((re.compile(pattern, re.S), other) for pattern, other in self.lines)

    def other(self, text: str) -> str:
        """The sentence in the other language; as it is when there is no line for it."""
        for pattern, other in self._patterns:
            found = pattern.fullmatch(text)
            if found:
                return self._filled(other, found)
        return text

    def _filled(self, other: str, found: re.Match[str]) -> str:
        return re.sub(r"\\(\d)", lambda number: self.other(found[int(number[1])]), other)
