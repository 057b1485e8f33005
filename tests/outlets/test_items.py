"""What is measured at outlets has one name and unit, whatever the medium."""

import pytest

from bihuan.domain.emissions import tables as stacks
from bihuan.domain.outlets.items import LABELS, UNITS, labels_of
from bihuan.domain.sewage import tables as sewage


def test_every_quantity_of_a_medium_is_named_and_none_belongs_to_two() -> None:
    gas, water = set(stacks.LABELS), set(sewage.LABELS)
    assert gas | water == set(LABELS) == set(UNITS)
    assert not gas & water


def test_names_are_told_apart() -> None:
    assert len(set(LABELS.values())) == len(LABELS)
    assert UNITS["ph"] == ""


def test_a_quantity_that_is_not_in_the_table_is_refused() -> None:
    with pytest.raises(KeyError, match="radon"):
        labels_of(["radon"])
