"""The English of what the checks and suggestions of all lines of business say: each folder brings its `english.csv`."""

from functools import cache

from django.utils.translation import get_language, gettext, override

from bihuan.phrasebook import Phrasebook, read_phrases
from bihuan.scenarios import FOLDER, scenario_names

FILE = "english.csv"


def _word(text: str) -> str:
    with override("en"):
        return gettext(text)


@cache
def phrasebook() -> Phrasebook:
    """The phrases of every folder."""
    files = [FOLDER / name / FILE for name in scenario_names()]
    return Phrasebook((row for file in files if file.exists() for row in read_phrases(file)), _word)


def told(text: str) -> str:
    """The sentence in the language of the reader."""
    return text if (get_language() or "zh").startswith("zh") else phrasebook().english(text)
