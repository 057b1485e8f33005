"""The register's forms of limits, spans and permits.

A limit is never changed: a new one ends the one in force before it, so that every hour is judged by the limit of its date.
"""

from typing import Any

from django import forms
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from bihuan.scenarios.plant_emissions.form_base import Audited
from bihuan.scenarios.plant_emissions.items import LABELS, POLLUTANTS
from bihuan.scenarios.plant_emissions.media import medium_of
from bihuan.scenarios.plant_emissions.models import Limit, Outlet, Permit, Span


class LimitForm(Audited):
    """A limit from a day on; it ends the one of the same pollutant, mean and kind that was in force."""

    class Meta:
        model = Limit
        fields = ("item", "limit", "low", "period", "ultra_low", "valid_from", "basis")
        widgets = {"valid_from": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        super().__init__(data)
        self.outlet = self.instance.outlet = outlet
        medium = medium_of(outlet)
        offered = (*medium.pollutants, *medium.ranged)
        self.fields["item"].choices = [(i, _(LABELS[i])) for i in offered]  # type: ignore[attr-defined]
        self.fields["limit"].label = f"{_('限值')} {medium.unit}"
        self.no_negative("limit", "low")
        if medium.by_day:
            del self.fields["ultra_low"]
            self.fields["limit"].label = f"{_('限值')} {medium.unit} ({_('pH 上限')})"
            self.fields["low"].label = _("pH 下限")
            self.fields["period"].initial = Limit.Period.DAY
        else:
            del self.fields["low"]

    def _of_day(self, said: dict[str, Any]) -> None:
        """Sewage is judged by the day's mean; pH between two ends."""
        if said["period"] != Limit.Period.DAY:
            self.add_error("period", _("污水按日均值判定，请选日均值"))
        low = said.get("low")
        if said["item"] == "ph" and (low is None or low >= said["limit"]):
            self.add_error("low", _("pH 限值要有下限，且低于上限，如 6 与 9"))
        if said["item"] != "ph" and low is not None:
            self.add_error("low", _("只有 pH 有下限，请留空"))

    def clean(self) -> dict[str, Any]:
        """Nothing of the same kind may begin on the day or later."""
        said = super().clean() or {}
        if not self.errors and self.outlet is not None and medium_of(self.outlet).by_day:
            self._of_day(said)
        if not self.errors:
            self.same = Limit.objects.filter(
                outlet=self.outlet, **{k: said.get(k, False) for k in ("item", "period", "ultra_low")}
            )
            later = self.same.filter(valid_from__gte=said["valid_from"]).first()
            if later:
                raise forms.ValidationError(
                    _("已有自 %(day)s 起的同类限值，新的限值应从更晚的日期开始")
                    % {"day": f"{later.valid_from:%Y-%m-%d}"}
                )
        return said

    def save(self, commit: bool = True) -> Limit:
        """The limit; the earlier one ends on its first day."""
        day = self.cleaned_data["valid_from"]
        self.same.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=day)).update(valid_until=day)
        made: Limit = super().save(commit)
        return made


class SpanForm(Audited):
    """The span of an analyser; the one of the same item is replaced."""

    class Meta:
        model = Span
        fields = ("item", "low", "high")

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        known = Span.objects.filter(outlet=outlet, item=data.get("item", "")).first() if data else None
        super().__init__(data, instance=known)
        self.outlet = self.instance.outlet = outlet
        self.fields["item"].choices = [(i, _(LABELS[i])) for i in medium_of(outlet).spanned]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """The upper end is above the lower."""
        said = super().clean() or {}
        if not self.errors and said["high"] <= said["low"]:
            raise forms.ValidationError(_("量程上限应大于下限"))
        return said


class PermitForm(Audited):
    """A permit of the outlet's enterprise."""

    class Meta:
        model = Permit
        fields = ("number", "valid_from", "valid_until", *POLLUTANTS)
        widgets = {n: forms.DateInput(attrs={"type": "date"}) for n in ("valid_from", "valid_until")}

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        super().__init__(data)
        self.outlet = outlet
        self.instance.emitter = outlet.emitter
        self.no_negative(*POLLUTANTS)
