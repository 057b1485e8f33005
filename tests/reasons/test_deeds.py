"""Every deed that the software enters into the audit log has its words, in both languages, and so has what is told of it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import bihuan
from bihuan.cases.incident_models import Regrouping
from bihuan.cases.models import Finding
from bihuan.cases.paper_models import TemplateVersion
from bihuan.cases.route_models import RouteVersion
from bihuan.cases.rule_models import RuleVersion
from bihuan.cases.term_models import TermVersion
from bihuan.reasons import CHINESE, ENGLISH
from bihuan.reasons.deeds import deeds, in_words, meant_by, value_in_words
from bihuan.registry.changes import Change
from bihuan.registry.forecasting import ROLE_NAMES
from bihuan.registry.models import ValueDecision
from bihuan.registry.roles import Role

SOURCE = Path(bihuan.__file__).parent
CHINESE_LETTERS = re.compile("[一-鿿]")
VARIED = {
    "rule": RuleVersion.Kind.values,
    "template": TemplateVersion.Kind.values,
    "route": RouteVersion.Kind.values,
    "term": TermVersion.Kind.values,
    "incident": Regrouping.Kind.values,
    "finding": [v for v in Finding.Status.values if v in ("confirmed", "rejected", "silenced")],
    "register": [*Change.Action.values, "undone", "imported"],
    "site": ValueDecision.Verdict.values,
    "logger": ["accept", "refuse", "lock", "admit"],
    "quarantine": ["mend", "dismiss"],
    "delivery": ["retry", "dismiss"],
    "model": list(ROLE_NAMES),
}
"""What stands behind the dot where the house puts the code together, by what stands before it."""


def entered(*, inside: bool = True) -> Iterator[tuple[ast.expr, list[str]]]:
    """The action, and the names of the details, of every entry that the software makes; `inside` those of lines of business too."""
    for path in SOURCE.rglob("*.py"):
        text = path.read_text("utf-8")
        if "registry.audit import record" not in text or "tests" in path.parts:
            continue
        if "scenarios" in path.parts and not inside:
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "record":
                yield node.args[1], [k.arg for k in node.keywords if k.arg]


def test_every_deed_that_is_entered_has_words_and_so_has_its_detail() -> None:
    codes = {a.value for a, _ in entered() if isinstance(a, ast.Constant)} - set(deeds())
    names = {name for _, told in entered() for name in told} - set(deeds())
    assert (codes, names) == (set(), set())


def test_every_deed_whose_code_is_put_together_has_words() -> None:
    begun = {str(a.values[0].value) for a, _ in entered(inside=False) if isinstance(a, ast.JoinedStr) and isinstance(a.values[0], ast.Constant)}  # fmt: skip
    assert begun == {f"{what}." for what in VARIED}
    assert {f"{a}.{b}" for a, how in VARIED.items() for b in how} - set(deeds()) == set()


@pytest.mark.parametrize(("code", "said"), deeds().items())
def test_words_are_chinese_and_english(code: str, said: dict[str, str]) -> None:
    assert CHINESE_LETTERS.search(said[CHINESE])
    assert said[ENGLISH]
    assert not CHINESE_LETTERS.search(said[ENGLISH])


def test_values_that_are_codes_are_called_as_their_models_call_them() -> None:
    for name, choices in {"role": Role.choices, "stage": ValueDecision.Stage.choices}.items():
        for value, label in choices:
            assert value_in_words(name, value, CHINESE) == label


def test_what_nobody_worded_stays_as_it_is() -> None:
    assert in_words("toy.painted", CHINESE) == "toy.painted"
    assert value_in_words("role", "painter", ENGLISH) == "painter"


def test_a_deed_is_found_by_its_words_in_either_language_and_a_detail_is_not() -> None:
    assert meant_by("重置") == ["person.reset_password"] == meant_by("RESET the")
    assert meant_by("理由") == []
