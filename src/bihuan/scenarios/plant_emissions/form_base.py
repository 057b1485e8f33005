"""Who may write into the register, and the form that all its parts are made of: what is entered is audited."""

from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db import transaction

from bihuan.kit.forms import worded
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.scenarios.plant_emissions.models import Outlet

SECRET = {"password"}


class Audited(forms.ModelForm):  # type: ignore[type-arg]
    """A form of something that belongs to an outlet; saving leaves an audit entry of what was entered."""

    outlet: Outlet | None = None

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        for field in self.fields.values():
            if isinstance(field, forms.TypedChoiceField):
                rows: Any = field.choices  # of a model: values with labels
                field.choices = worded(rows)()

    def no_negative(self, *names: str) -> None:
        """Numbers below zero are refused in these fields."""
        for name in names:
            self.fields[name].validators.append(MinValueValidator(0))

    def keep(self, by: Person) -> Any:
        """Save, with the audit entry of old and new values."""
        changed = [k for k in self.changed_data if self.cleaned_data.get(k) != self.initial.get(k)]
        old = {k: str(self.initial.get(k, "")) for k in changed}
        with transaction.atomic():
            made = self.save()
            target = self.outlet.code if self.outlet else str(made.pk)
            new = {k: str(self.cleaned_data[k]) for k in changed if k in self.cleaned_data}
            for secret in SECRET & new.keys():
                old[secret] = new[secret] = "***"
            record(by, f"register.{self._meta.model.__name__.lower()}", target, old=old, new=new)
        return made
