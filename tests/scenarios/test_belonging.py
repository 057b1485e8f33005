"""What checks declare of what their findings belong together with can be meant."""

import pytest

from bihuan.domain.checks import Check, check
from bihuan.domain.emissions.checks import catalogue as gas
from bihuan.domain.sewage.checks import catalogue as water
from bihuan.scenarios.catalogue import every_check

EVERY: dict[str, Check] = {entry.check.key: entry.check for entry in every_check()}


@pytest.mark.parametrize(("prefix", "declared"), [("cems", gas.BELONGING), ("sewage", water.BELONGING)])
def test_what_a_catalogue_declares_is_about_checks_of_it(prefix: str, declared: dict[str, object]) -> None:
    assert {f"{prefix}.{key}" for key in declared} <= EVERY.keys()


def test_no_cause_is_explained_by_its_own_consequence() -> None:
    def causes(key: str, seen: tuple[str, ...] = ()) -> None:
        assert key not in seen, f"{' <- '.join(seen)} <- {key}"
        for cause in EVERY[key].belonging.explained_by:
            causes(cause, (*seen, key))

    for key in EVERY:
        causes(key)


def test_cause_and_consequence_stand_together_because_both_are_there() -> None:
    """Late data of a logger that was offline, and the day that is then not valid, are one matter with the silence."""
    facets = {
        EVERY[k].belonging.facet
        for k in ("cems.arrival.offline", "cems.arrival.late", "cems.arrival.capture_invalid")
    }
    assert facets == {"arrival"}
    assert "cems.arrival.offline" in EVERY["cems.arrival.capture_invalid"].belonging.explained_by


def test_a_check_with_an_unknown_cause_is_refused() -> None:
    with pytest.raises(ValueError, match="cause 'lightning'"):
        check("x.y", title="x", basis="x", severity="minor", cause="lightning")
