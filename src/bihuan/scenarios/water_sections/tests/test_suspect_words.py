"""The sentences about suspects are told in English, whatever they say."""

import re
from typing import Any

import pytest
from django.utils import translation

from bihuan.domain.water_suspects import evidence, suspects
from bihuan.english import told
from tests.water.test_suspects import EVENT, NET, NH3N, START, discharge, hours, watched

QUIET: dict[str, Any] = {
    "by_time": 0.5,
    "alike": None,
    "hours_due": None,
    "multiple": None,
    "clean": 0,
    "elsewhere": 0,
    "risen": 1,
}
OTHERS = (
    QUIET,
    {**QUIET, "named": False},
    {**QUIET, "alike": 0.1, "shared": [], "elsewhere": 2},
    {**QUIET, "hours_due": 30.0, "hours_in": 2, "rose": False, "by_logger": 2.0, "clean": 1},
    {**QUIET, "hours_due": 30.0, "hours_in": 29, "rose": False, "by_logger": 0.2, "multiple": 0.0001},
    {**QUIET, "multiple": 1234.5, "risen": 0},
)


@pytest.mark.parametrize("change", [{}, *OTHERS])
def test_every_sentence_is_told(change: dict[str, Any]) -> None:
    logged = hours("works", NH3N, 5.0, [(START, 3, 6.0)])
    found = suspects(
        EVENT,
        [discharge("works", "A", 0.0, flow=0.02)],
        NET,
        logged=logged,
        watched=watched("C", 1.0, True, START),
    )
    with translation.override("en"):
        texts = [
            told(text)
            for one in evidence(found.row(0, named=True) | change)
            for text in (one.title, one.sentence)
        ]
    assert not [text for text in texts if re.search("[\u3400-\u9fff]", text)]
