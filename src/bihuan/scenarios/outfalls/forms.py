"""The forms of the steps of one outfall, as its page shows them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from bihuan.kit.forms import worded
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person
from bihuan.scenarios.outfalls.models import Outfall
from bihuan.scenarios.outfalls.needs import open_milestones
from bihuan.scenarios.outfalls.transitions import CHOICES, Need, Transition


def form_of(outfall: Outfall, by: Person, transition: Transition, near: list[tuple[str, str]]) -> forms.Form:
    """An empty form with a field for each need. near: the outfalls that may be the same, offered first."""
    form = forms.Form(prefix=None, auto_id=f"{transition.action}_%s")
    for need in (*transition.needs, *transition.may):
        form.fields[need.key] = _field(need, outfall, by, near, required=need in transition.needs)
    return form


def _field(
    need: Need, outfall: Outfall, by: Person, near: list[tuple[str, str]], *, required: bool
) -> forms.Field:
    given: dict[str, Any] = {"label": _(need.label), "required": required}
    if need.kind == "choice":
        return forms.ChoiceField(choices=[("", "—"), *worded(CHOICES[need].choices)()], **given)
    if need.kind == "unit":
        units = visible(Organisation.objects.order_by("name"), by).values_list("pk", "name")
        return forms.ChoiceField(choices=[("", "—"), *units], initial=outfall.organisation_id or "", **given)
    if need.kind == "milestone":
        rows = [(str(m.number), f"{m.day} {m.task}") for m in open_milestones(outfall)]
        return forms.ChoiceField(choices=rows, **given)
    if need.kind == "outfall":
        given["widget"] = forms.TextInput(attrs={"list": "near-outfalls"}) if near else forms.TextInput()
        return forms.CharField(initial=near[0][0] if near else "", **given)
    if need.kind == "day":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **given)
    if need.kind == "milestones":
        hint = {"rows": 3, "placeholder": _("每行一个：2026-06-30 完成截污")}
        return forms.CharField(widget=forms.Textarea(attrs=hint), **given)
    widget = forms.Textarea(attrs={"rows": 2}) if need.kind == "text" else forms.TextInput()
    return forms.CharField(widget=widget, max_length=need.limit, **given)
