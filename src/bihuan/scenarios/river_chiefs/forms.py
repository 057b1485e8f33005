"""What people fill in: what a find is, progress of a goal, a suggestion of the procuratorate."""

from django import forms
from django.utils.translation import gettext_lazy as _

from bihuan.kit.forms import worded
from bihuan.registry.models import Organisation
from bihuan.scenarios.river_chiefs.models import Disorder


class DisorderForm(forms.Form):
    """认定四乱."""

    kind = forms.ChoiceField(label=_("类型"), choices=worded(Disorder.Kind.choices))
    area = forms.FloatField(label=_("面积（m²）"), required=False, min_value=0, max_value=10**8)
    liable = forms.CharField(label=_("责任人"), required=False, max_length=60)
    measure = forms.CharField(label=_("整改措施"), max_length=400)
    deadline = forms.DateField(
        label=_("期限"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    unit = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("承办单位（选了即交办）"), required=False
    )


class EntryForm(forms.Form):
    """填报进展."""

    value = forms.FloatField(label=_("指标现值"), required=False)
    done = forms.BooleanField(label=_("已完成"), required=False)
    note = forms.CharField(label=_("做了什么"), max_length=400)


class SuggestionForm(forms.Form):
    """登记检察建议."""

    title = forms.CharField(label=_("标题"), max_length=200)
    text = forms.CharField(
        label=_("建议内容"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
    unit = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("回复单位（选了即交办，开始计时）"), required=False
    )
    urgent = forms.BooleanField(label=_("紧急情形"), required=False)
