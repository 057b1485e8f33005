"""What people decide on warnings and suggestions stands in the audit log in words."""

from bihuan.reasons import CHINESE
from bihuan.reasons.deeds import deeds, value_in_words
from bihuan.scenarios.heavy_pollution.models import Suggestion, WarningStep

Status = Suggestion.Status


def test_every_step_of_a_warning_and_every_decision_on_a_suggestion_has_words() -> None:
    decided = (Status.ACCEPTED, Status.CHANGED, Status.REFUSED)
    codes = {f"warning.{a}" for a in WarningStep.Action} | {f"suggestion.{s}" for s in decided}
    assert codes - set(deeds()) == set()


def test_kinds_and_former_states_are_called_as_their_models_call_them() -> None:
    for name, choices in {
        "kind": WarningStep.Kind,
        "was": (Status.ACCEPTED, Status.CHANGED, Status.REFUSED),
    }.items():
        for each in choices:
            assert value_in_words(name, each.value, CHINESE) == each.label
