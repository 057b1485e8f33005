"""Every fault of a place is told with its values and a remedy, in both languages."""

import re
from collections.abc import Callable

import pytest
from django.utils import translation

from bihuan.domain.places.angles import degrees
from bihuan.domain.places.coordinates import checked
from bihuan.domain.places.faults import BadPlace, Fault, Why
from bihuan.domain.places.shapes import sound
from bihuan.kit.place_words import TEXTS, fault_words

VALUES = {"text": "甲", "lon": "1", "lat": "2", "region": "平定县", "metres": "900", "kind": "Circle", "wanted": "point", "detail": "x"}  # fmt: skip


@pytest.mark.parametrize("why", Why)
def test_every_fault_has_words_and_a_remedy_in_both_languages(why: Why) -> None:
    chinese = fault_words(Fault(why, VALUES))
    with translation.override("en"):
        english = fault_words(Fault(why, VALUES))
    assert set(TEXTS) == set(Why)
    assert all(chinese)
    assert all(english)
    assert not any(re.search("[一-龥]", text.replace("甲", "").replace("平定县", "")) for text in english)


@pytest.mark.parametrize(
    ("raises", "said"),
    [
        (lambda: degrees("约113", "lon"), "约113"),
        (lambda: degrees("113E", "lat"), "113E"),
        (lambda: degrees("113°99'", "lon"), "113°99'"),
        (lambda: checked(37.5, 113.25), "37.5"),
        (lambda: checked(2.35, 48.8), "48.8"),
        (lambda: checked(900, 900), "900"),
        (lambda: sound({"type": "Circle", "coordinates": []}), "Circle"),
        (lambda: sound({"type": "LineString", "coordinates": [[1, 1]]}), "无法自动修正"),
    ],
)
def test_what_is_raised_carries_the_values_that_its_words_name(
    raises: Callable[[], object], said: str
) -> None:
    with pytest.raises(BadPlace) as found:
        raises()
    assert said in fault_words(found.value.fault)[0]
