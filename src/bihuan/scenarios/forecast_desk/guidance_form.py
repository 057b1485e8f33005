"""The form by which a guidance file is taken in."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.kit.forms import Moment
from bihuan.scenarios.forecast_desk.guidance import SOURCE_LENGTH

MOST_BYTES = 5_000_000


class GuidanceForm(forms.Form):
    """Whose forecast it is, when it was issued, and the file."""

    source = forms.CharField(
        label=gettext_lazy("来源，例如省环境监测中心"),
        max_length=SOURCE_LENGTH,
        error_messages={"required": gettext_lazy("请写明指导预报的来源，例如省环境监测中心")},
    )
    issued = Moment(
        label=gettext_lazy("发布时间"),
        error_messages={"required": gettext_lazy("请填写发布时间，例如 2019-01-11 16:00。")},
    )
    file = forms.FileField(
        label=gettext_lazy("文件"),
        allow_empty_file=True,  # the reader says what is wrong with one
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.xlsx,.xls"}),
        error_messages={"required": gettext_lazy("请选择一个文件（CSV 或 Excel）。")},
    )

    def clean_file(self) -> Any:
        """A file that is not too large to be looked at."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("文件超过 5 MB：请只上传本市及各点位的预报。"))
        return file
