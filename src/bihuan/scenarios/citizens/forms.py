"""The form that everybody may fill in, and the form of an answer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from bihuan.cases.texts import LONG_TEXT
from bihuan.kit.forms import worded
from bihuan.scenarios.citizens.places import regions
from bihuan.scenarios.citizens.receiving import CONTACT, Said
from bihuan.scenarios.citizens.services import TITLES


def _region_choices() -> list[tuple[str, str]]:
    return [("", str(_("不清楚"))), *regions().values_list("code", "name")]


class ReportForm(forms.Form):
    """What somebody saw, where, and how to reach them if they want to be reached."""

    service = forms.ChoiceField(
        label=_("类别"), choices=lambda: [("", str(_("请选择"))), *worded(TITLES.items())()]
    )
    text = forms.CharField(
        label=_("情况：什么时间、谁、什么问题"),
        required=False,
        max_length=LONG_TEXT,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    place = forms.CharField(label=_("地点：乡镇、路段、门牌"), required=False, max_length=200)
    region = forms.ChoiceField(label=_("区划"), choices=_region_choices, required=False)
    lat = forms.CharField(
        label=_("纬度"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    lon = forms.CharField(
        label=_("经度"), required=False, max_length=20, widget=forms.TextInput(attrs={"inputmode": "decimal"})
    )
    name = forms.CharField(label=_("称呼（可不填）"), required=False, max_length=CONTACT["name"][1])
    phone = forms.CharField(label=_("电话（可不填）"), required=False, max_length=CONTACT["phone"][1])
    email = forms.CharField(label=_("邮箱（可不填）"), required=False, max_length=CONTACT["email"][1])

    def said(self) -> Said:
        """What was filled in."""
        return Said(**dict(self.cleaned_data.items()))

    def blame(self, field: str, why: Any) -> None:
        """Put a refusal beside the field that it is about, else above the form."""
        self.add_error(field if field in self.fields else None, str(why))
