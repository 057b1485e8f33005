"""Every reason and note of a file of geometry has its words, with its values and in both languages."""

import re

import pytest
from django.utils import translation

from bihuan.feeds.geometry.features import BadFile, Note, Told, WhyFile
from bihuan.kit.geometry_words import FILES, NOTES, file_words, note_words


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_reason_and_note_is_told_in_both_languages(language: str) -> None:
    assert set(FILES) == set(WhyFile)
    assert set(NOTES) == set(Note)
    keys = (
        "format",
        "detail",
        "layers",
        "layer",
        "part",
        "system",
        "count",
        "most",
        "encoding",
        "metres",
        "feature",
    )
    values = dict.fromkeys(keys, "V7")
    with translation.override(language):
        told = [text for why in WhyFile for text in file_words(BadFile(why, **values))]
        told += [note_words(Told(what, values)) for what in Note]
    assert all(told)
    assert language != "en" or not any(re.search("[一-龥]", text) for text in told)
    assert sum("V7" in text for text in told) >= 13
