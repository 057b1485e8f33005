"""Labels (环保登记号码) and engine numbers as people read them: look-alike characters mean the same."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping

ALIKE = str.maketrans({"O": "0", "I": "1"})
BETWEEN = re.compile(r"[\s\-—–_·.]+")


def plain(text: str) -> str:
    """A label in half width and capitals, without blanks and dashes."""
    return BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def folded(text: str) -> str:
    """The same with O as 0 and I as 1: two texts that look alike are equal."""
    return plain(text).translate(ALIKE)


def well_formed(label: str, form: str) -> bool:
    """Has a label the form that is set (a pattern)? Look-alike characters are not made up for here: the register keeps what is right."""
    return re.fullmatch(form, label) is not None


def by_look(labels: Mapping[str, str]) -> dict[str, str]:
    """From what labels look like to their machine (key -> label); a look that two machines have means none."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, label in labels.items():
        if look := folded(label):
            found[look].append(key)
    return {look: keys[0] for look, keys in found.items() if len(keys) == 1}
