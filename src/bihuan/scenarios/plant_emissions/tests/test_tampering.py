"""What people entered at an outlet cannot be changed behind the back of the actions unnoticed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, models, transaction

from bihuan.registry.log_check import check_log
from bihuan.scenarios.plant_emissions import guards, marking
from bihuan.scenarios.plant_emissions.models import Mark, Outlet, QualityCheck, Withdrawal
from bihuan.scenarios.plant_emissions.quality_form import QualityForm
from bihuan.scenarios.plant_emissions.tests.conftest import NOW, START
from tests.cases.test_tampering import another
from tests.people import City


@pytest.fixture
def entered(plants: City) -> dict[type[models.Model], models.Model]:
    """A mark and one that is withdrawn, a quality check and one that is withdrawn; the guards are off."""
    guards.drop(connection)
    guards.let_go(connection)
    outlet, by = Outlet.objects.get(pk="E1-1"), plants.person("enterprise")
    later = START + timedelta(hours=1)
    mark, other = (
        marking.set_mark(outlet, by, "device", "维护", START, until, "换滤芯") for until in (later, NOW)
    )
    gone = marking.withdraw(other, by, "误标")
    checks = []
    for what in ("zero", "span"):
        said = {"item": "nox", "what": what, "at": "2019-02-25T05:00", "passed": "no", "result": "5%"}
        form = QualityForm(said, outlet, by)  # type: ignore[arg-type]
        assert form.is_valid(), form.errors
        checks.append(form.keep(by))
    marking.withdraw_quality(checks[0], by, "录错")
    return {Mark: mark, Withdrawal: gone, QualityCheck: checks[1]}


@pytest.mark.parametrize("model", [Mark, Withdrawal, QualityCheck])
def test_an_edit_of_any_column_is_noticed(
    entered: dict[type[models.Model], models.Model], model: type[models.Model]
) -> None:
    assert check_log() == []
    row = model._default_manager.filter(pk=entered[model].pk)
    for field in (f for f in model._meta.concrete_fields if not f.primary_key):
        mark = transaction.savepoint()
        row.update(**{field.attname: another(model, field.attname, getattr(entered[model], field.attname))})
        assert {f.kind for f in check_log()} == {model._meta.label_lower}, field.attname
        transaction.savepoint_rollback(mark)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [entered[model].pk])
    assert {f.kind for f in check_log()} == {model._meta.label_lower}


@pytest.mark.parametrize("model", [Mark, Withdrawal, QualityCheck])
def test_the_database_refuses_to_delete_them(
    entered: dict[type[models.Model], models.Model], model: type[models.Model]
) -> None:
    guards.create(connection)
    guards.keep(connection)
    with (
        pytest.raises(DatabaseError, match="不能"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")
