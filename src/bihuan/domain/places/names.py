"""Names of enterprises and places: what makes two of them the same."""

import re
from dataclasses import dataclass
from unicodedata import normalize

FORMS = re.compile(
    r"(?:股份)?有限(?:责任)?公司|股份公司|集团公司|总公司|分公司|公司|集团|股份|分厂|分院|分部|分店|工厂"
)
"""Legal forms and words of branches, which registers write or leave out as they like."""
NOISE = re.compile(r"[\s()\[\]{}<>《》〈〉【】〔〕「」·・.,，。、;:；：'\"“”‘’`~!?！？@#&*+=|\\/_\-—–]+")
MARKS = re.compile(r"\d+|[a-z]+|[一二三四五六七八九十甲乙丙丁戊东西南北中新老上下]")
"""What tells neighbours apart: numbers, letters, directions."""
ALIKE = 0.7
"""Share of common pairs of letters (Dice's coefficient) from which two names are alike."""


def plain_name(name: str) -> str:
    """A name without full-width signs, brackets, blanks, legal forms and words of branches; never empty for a name."""
    flat = NOISE.sub("", normalize("NFKC", name).lower())
    return FORMS.sub("", flat) or flat


@dataclass(frozen=True, slots=True)
class Read:
    """A plain name, taken apart once: what tells it from its neighbours, and its pairs of letters."""

    plain: str
    marks: tuple[str, ...]
    pairs: frozenset[str]


def read_name(name: str) -> Read:
    """A name made ready to be compared."""
    plain = plain_name(name)
    pairs = frozenset(plain[i : i + 2] for i in range(len(plain) - 1))
    return Read(plain, tuple(MARKS.findall(plain)), pairs)


def alike(one: Read, other: Read) -> float:
    """How alike two names are, 0 to 1; 0 when their numbers, letters or directions differ (一矿 is not 二矿)."""
    if one.plain == other.plain:
        return 1.0
    if one.marks != other.marks or one.pairs.isdisjoint(other.pairs):
        return 0.0
    share = 2 * len(one.pairs & other.pairs) / (len(one.pairs) + len(other.pairs))
    return max(ALIKE, share) if one.pairs <= other.pairs or other.pairs <= one.pairs else share
