"""The form by which a discharge is looked at on site is one of the forms, and takes the discharge as its object."""

import pytest

from bihuan.scenarios.discharges import Discharges
from bihuan.scenarios.resolved import every_form, every_scenario, kinds

GIVEN = [s.discharges for s in every_scenario().values() if s.discharges and s.discharges.form]


@pytest.mark.parametrize("given", GIVEN, ids=lambda g: g.form)
def test_the_form_is_there_and_about_an_object_that_is_known(given: Discharges) -> None:
    form = every_form()[given.form]
    assert form.about in kinds()
    assert form.objects is not None
