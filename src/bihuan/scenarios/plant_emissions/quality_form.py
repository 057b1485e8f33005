"""The form of a quality check: its result, and of sewage what a comparison may differ by."""

from datetime import datetime
from typing import Any

from django import forms
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.forms import worded
from bihuan.registry.audit import record
from bihuan.registry.log import enter
from bihuan.registry.models import Person
from bihuan.scenarios.plant_emissions.items import LABELS
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Outlet, QualityCheck


class QualityForm(forms.ModelForm):  # type: ignore[type-arg]
    """The result of a quality check. Passed or failed has to be said: a failed one makes data invalid."""

    passed = forms.TypedChoiceField(
        label=gettext_lazy("合格"),
        choices=[("", "—"), ("yes", gettext_lazy("合格")), ("no", gettext_lazy("不合格"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
    )
    reference = forms.FloatField(label=gettext_lazy("参比值 mg/L"), required=False, min_value=0)
    measured = forms.FloatField(label=gettext_lazy("仪器值 mg/L"), required=False, min_value=0)

    class Meta:
        model = QualityCheck
        fields = ("item", "what", "at", "passed", "result")
        widgets = {"at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}

    def __init__(self, data: QueryDict | None, outlet: Outlet, by: Person) -> None:
        super().__init__(data, initial={"at": clock.now()})
        self.outlet = self.instance.outlet = outlet
        what: Any = self.fields["what"]
        what.choices = worded(what.choices)()
        self.instance.who, self.instance.entered_at = by, clock.now()
        self.fields["item"].choices = [(i, _(LABELS[i])) for i in medium_of(outlet).pollutants]  # type: ignore[attr-defined]
        if not medium_of(outlet).compared:
            del self.fields["reference"], self.fields["measured"]

    @transaction.atomic
    def keep(self, by: Person) -> QualityCheck:
        """Save, with its entries in the audit log and in the log."""
        made: QualityCheck = self.save()
        new = {name: str(self.cleaned_data[name]) for name in self._meta.fields or ()}
        record(by, "register.qualitycheck", self.outlet.code, new=new)
        enter(made)
        return made

    def clean(self) -> dict[str, Any]:
        """Where both figures of a comparison are given, the result is what they say."""
        said = super().clean() or {}
        reference, measured = said.get("reference"), said.get("measured")
        if self.errors or reference is None or measured is None:
            return said
        on = said["at"].astimezone(CST).date()
        allowed = medium_of(self.outlet).allowed_error(said["item"], reference, on)
        if allowed is None:
            return said
        if said["passed"] != (abs(measured - reference) <= allowed):
            raise forms.ValidationError(
                _(
                    "仪器 %(measured)g 与参比 %(reference)g mg/L 相差 %(off).3g，允许 %(allowed).3g，与所选的合格与否不符"
                )
                % {
                    "measured": measured,
                    "reference": reference,
                    "off": abs(measured - reference),
                    "allowed": allowed,
                }
            )
        return said

    def clean_at(self) -> datetime:
        """What has not happened yet has no result."""
        at: datetime = self.cleaned_data["at"]
        if at > clock.now():
            raise forms.ValidationError(
                _("完成时间晚于现在（%(now)s）") % {"now": f"{clock.now().astimezone(CST):%Y-%m-%d %H:%M}"}
            )
        return at
