"""幸福河: points by group, the newest of a year counts, and the year before is what it is compared with."""

import pytest

from bihuan import clock
from bihuan.cases.models import Finding
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.scenarios.river_chiefs.happy import FORM, scores_of
from bihuan.scenarios.river_chiefs.tests.world import Water

QUESTIONS = ("bank", "passage", "clear", "outfall", "flow", "belt", "link", "path", "tidy", "heritage", "board", "sign", "chief", "disorder")  # fmt: skip


def score(water: Water, number: int, **said: str) -> None:
    """Filled in at the clock by the county's ranger."""
    who = water.city.person("ranger")
    xml = filled_in(
        versions.xform_of(versions.in_force(FORM)), f"uuid:{number}", dict.fromkeys(QUESTIONS, "full") | said
    )
    receive(FORM, who, place_for(FORM, who, "R"), Sent(xml, ()))


def test_points_are_by_group_what_does_not_apply_weighs_nothing_and_a_fault_is_a_finding(
    water: Water,
) -> None:
    """Safety 50 and 100: 75; water part, none and not applicable: 25; four groups of 100: (75 + 25 + 400) / 6 = 83.3."""
    water.at(4)
    score(water, 1, bank="part", clear="part", outfall="none", flow="na")
    found = scores_of(water.city.person("chief"))["R"]
    assert found.groups == {"安全": 75, "水质": 25, "生态": 100, "宜居": 100, "文化": 100, "管护": 100}
    assert found.total == pytest.approx(83.3, abs=0.05)
    finding = Finding.objects.get()
    assert (finding.target_kind, finding.target, finding.item) == ("river", "R", "outfall")


def test_the_newest_of_a_year_counts_and_is_compared_with_that_of_the_year_before(water: Water) -> None:
    water.field.at = water.at(4).replace(year=2018)
    clock.set_replay(water.field.at, 0)
    chief = water.city.person("chief")
    score(water, 1, bank="part", passage="part")
    first = scores_of(chief)["R"]
    assert (first.year, first.change) == (2018, None)
    water.at(4)
    score(water, 2, tidy="part", path="part", board="part", heritage="part")
    score(water, 3)
    now = scores_of(chief)["R"]
    assert (now.year, now.total) == (2019, 100)
    assert now.change == pytest.approx(8.3, abs=0.05)
    assert scores_of(water.city.person("chief", "140322")) == {}
