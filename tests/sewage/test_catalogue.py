"""The list of the checks of sewage, and what the docs say of them."""

import re
from pathlib import Path

import pytest

from bihuan.domain.checks import FINDINGS, SEVERITIES, Check
from bihuan.domain.outlets.dated import table
from bihuan.domain.outlets.tables import empty
from bihuan.domain.sewage.checks import CHECKS
from bihuan.domain.sewage.rules import COMPARISON, RULES
from bihuan.domain.sewage.tables import LIMITS, LOGGED, Sewers
from tests.sewage.outlets import outlets
from tests.sewage.world import at, honest, sewers


def test_the_catalogue() -> None:
    keys = [c.key for c in CHECKS]
    assert len(keys) == len(set(keys))
    for check in CHECKS:
        assert check.key.startswith("sewage.")
        assert check.severity in SEVERITIES
        assert check.basis
        assert "Source" in check.meaning, check.key


def test_the_docs_list_every_check_with_its_severity_and_a_test_that_calls_it() -> None:
    text = (
        (Path(__file__).parents[2] / "docs" / "plant-emissions.md").read_text("utf-8").split("\n## Sewage")[1]
    )
    rows = re.findall(r"^\|[^|]+\| `([a-z_.]+)` \| (\w+) \| `(test_\w+\.py)` \|$", text, re.MULTILINE)
    assert {f"sewage.{key}": severity for key, severity, _ in rows} == {c.key: c.severity for c in CHECKS}
    functions = {c.key: c.run.__name__ for c in CHECKS}
    for key, _, name in rows:
        called = f".{functions[f'sewage.{key}']}("
        assert called in (Path(__file__).parent / name).read_text("utf-8"), key


@pytest.mark.parametrize("check", CHECKS, ids=lambda c: c.key)
def test_no_data_is_no_finding(check: Check) -> None:
    nothing = honest(1).clear()
    hours = sewers(honest(1)).hours.clear()
    own = {"limits": empty(LIMITS), "logged_hours": empty(LOGGED), "logged_days": empty(LOGGED)}
    found = check.run(Sewers(at(0), outlets(10), nothing, hours, **own))
    assert found.schema == FINDINGS
    assert found.is_empty()


def test_every_figure_names_its_source_and_how_sure_it_is() -> None:
    for path in (RULES, COMPARISON):
        for row in table(path).iter_rows(named=True):
            assert row["basis"]
            assert row["mark"] in ("K", "K?")
