"""The form of a new round: first by which form and where, then which objects, until when and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bihuan.cases.targets import Target
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.rounds.planning import Wanted, objects_in, people_in
from bihuan.registry.models import Person, Region

DAY = forms.DateInput(attrs={"type": "date"})
OBJECTS, WHO = "object", "who"


class RoundForm(forms.Form):
    """Name and days; `who` is for all objects that nobody of their own is chosen for."""

    title = forms.CharField(label=_("名称"), max_length=60)
    since = forms.DateField(label=_("开始"), widget=DAY)
    until = forms.DateField(label=_("截止"), widget=DAY)
    who = forms.ChoiceField(label=_("检查人"), required=False)

    def __init__(self, people: Mapping[str, Person], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        field = self.fields[WHO]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", str(_("当地有检查职务的人"))), *((key, str(p)) for key, p in people.items())]


@dataclass
class NewRound:
    """A round that is being set: the form as it is shown, the objects and people to choose from, and what is ticked."""

    form: Form
    region: Region
    by: Person
    given: QueryDict | None = None

    def __post_init__(self) -> None:
        self.people = {str(p.pk): p for p in people_in(self.region)}
        self.objects: dict[str, Target] = objects_in(self.form, self.by, self.region)
        self.fields = RoundForm(self.people, self.given)

    @property
    def rows(self) -> list[tuple[str, Target, bool, str]]:
        """(code, object, whether it is ticked, whose key is chosen); all are ticked at first."""
        ticked = self.given.getlist(OBJECTS) if self.given is not None else list(self.objects)
        return [(code, found, code in ticked, self._chosen(code)) for code, found in self.objects.items()]

    def _chosen(self, code: str) -> str:
        return self.given.get(f"{WHO}:{code}", "") if self.given is not None else ""

    def wanted(self) -> Wanted | None:
        """What was asked for; None where a field says what is wrong with it."""
        if self.given is None or not self.fields.is_valid():
            return None
        for_all = self.people.get(self.fields.cleaned_data[WHO])
        shares = {code: self.people.get(self._chosen(code), for_all) for code in self.given.getlist(OBJECTS)}
        typed = self.fields.cleaned_data
        return Wanted(typed["title"], self.form, self.region, typed["since"], typed["until"], shares)

    def blame(self, field: str, why: str) -> None:
        """Put a refusal beside the field that it is about, else above the form."""
        self.fields.add_error(field if field in self.fields.fields else None, why)
