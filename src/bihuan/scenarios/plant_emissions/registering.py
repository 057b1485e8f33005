"""The register's forms: outlets, loggers, limits, spans, permits, quality checks; who may write them. All is audited.

A limit is never changed: a new one ends the one in force before it, so that every hour is judged by the limit of its date.
"""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.core.validators import MinValueValidator
from django.db import transaction
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan import clock
from bihuan.cases.rules import posts_of
from bihuan.domain.emissions.processes import processes
from bihuan.domain.timeaxis import CST
from bihuan.registry.access import Role, visible
from bihuan.registry.audit import record
from bihuan.registry.models import Emitter, Person
from bihuan.scenarios.plant_emissions.models import (
    Channel,
    Limit,
    Logger,
    Outlet,
    Permit,
    QualityCheck,
    Span,
)

CODE = re.compile("[A-Z0-9][A-Z0-9-]*")
SECRET = {"password"}
REGISTRARS = (Role.CHIEF, Role.ADMIN)


def may_register(person: Person, emitter: Emitter | None = None) -> bool:
    """Chiefs and administrators, within their regions."""
    posts = [p for p in posts_of(person) if p.role in REGISTRARS]
    return any(emitter is None or emitter.region_id.startswith(p.region.prefix) for p in posts)


class _Audited(forms.ModelForm):  # type: ignore[type-arg]
    """A form of something that belongs to an outlet; saving leaves an audit entry of what was entered."""

    outlet: Outlet | None = None

    def no_negative(self, *names: str) -> None:
        """Numbers below zero are refused in these fields."""
        for name in names:
            self.fields[name].validators.append(MinValueValidator(0))

    def keep(self, by: Person) -> Any:
        """Save, with the audit entry of old and new values."""
        old = {k: str(self.initial.get(k, "")) for k in self.changed_data}
        with transaction.atomic():
            made = self.save()
            target = self.outlet.code if self.outlet else str(made.pk)
            new = {k: str(self.cleaned_data[k]) for k in self.changed_data if k in self.cleaned_data}
            for secret in SECRET & new.keys():
                old[secret] = new[secret] = "***"
            record(by, f"register.{self._meta.model.__name__.lower()}", target, old=old, new=new)
        return made


class OutletForm(_Audited):
    """An outlet. The code is given once."""

    process = forms.ChoiceField(label="工艺")

    class Meta:
        model = Outlet
        fields = ("emitter", "code", "name", "process", "ref_o2", "rated_flow", "duct_area", "since")
        widgets = {"since": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}

    def __init__(self, data: QueryDict | None, person: Person, outlet: Outlet | None = None) -> None:
        super().__init__(data, instance=outlet, initial=None if outlet else {"since": clock.now()})
        rows = processes().unique("process", keep="first", maintain_order=True)
        self.fields["process"].choices = list(rows.select("process", "label").iter_rows())  # type: ignore[attr-defined]
        mine = [
            e.pk for e in visible(Emitter.objects.filter(kind="plant"), person) if may_register(person, e)
        ]
        self.fields["emitter"].queryset = Emitter.objects.filter(pk__in=mine)  # type: ignore[attr-defined]
        self.no_negative("rated_flow", "duct_area")
        if self.instance.pk:
            self.outlet = self.instance
            for name in ("emitter", "code"):
                self.fields[name].disabled = True

    def clean_code(self) -> str:
        """It stands in addresses."""
        code: str = self.cleaned_data["code"]
        if not CODE.fullmatch(code):
            raise forms.ValidationError(_("编码由大写字母、数字和连字符组成，如 P010-1"))
        return code

    def clean_ref_o2(self) -> float | None:
        """Oxygen of the air is 20.9 %: a reference above makes no sense."""
        value: float | None = self.cleaned_data["ref_o2"]
        if value is not None and not 0 < value < 21:
            raise forms.ValidationError(_("基准氧含量应在 0 与 21 % 之间；不折算时留空"))
        return value


class LoggerForm(_Audited):
    """A logger and its connection to the outlet; one that exists is connected to this outlet too."""

    class Meta:
        model = Logger
        fields = ("mn", "edition", "password", "interval", "load_code")

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        known = Logger.objects.filter(pk=data.get("mn", "")).first() if data else None
        super().__init__(data, instance=known)
        self.outlet = outlet

    def clean_mn(self) -> str:
        """Nobody takes over another enterprise's device by its number."""
        mn: str = self.cleaned_data["mn"]
        assert self.outlet is not None
        if Outlet.objects.filter(loggers=mn).exclude(emitter=self.outlet.emitter).exists():
            raise forms.ValidationError(_("这个设备编号已登记在另一企业名下，请核对铭牌上的编号"))
        return mn

    def clean_interval(self) -> int:
        """A record stands for whole minutes within an hour."""
        value = int(self.cleaned_data["interval"])
        if value < 1 or 60 % value:
            raise forms.ValidationError(_("分钟数据间隔应能整除 60"))
        return value

    def save(self, commit: bool = True) -> Logger:
        """The logger, with its channel."""
        made: Logger = super().save(commit)
        Channel.objects.get_or_create(logger=made, outlet=self.outlet)
        return made


class LimitForm(_Audited):
    """A limit from a day on; it ends the one of the same pollutant, mean and kind that was in force."""

    class Meta:
        model = Limit
        fields = ("item", "limit", "period", "ultra_low", "valid_from", "basis")
        widgets = {"valid_from": forms.DateInput(attrs={"type": "date"})}

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        super().__init__(data)
        self.outlet = self.instance.outlet = outlet
        self.fields["item"].choices = Limit._meta.get_field("item").choices[:3]  # type: ignore[attr-defined,index]
        self.no_negative("limit")

    def clean(self) -> dict[str, Any]:
        """Nothing of the same kind may begin on the day or later."""
        said = super().clean() or {}
        if not self.errors:
            self.same = Limit.objects.filter(
                outlet=self.outlet, **{k: said[k] for k in ("item", "period", "ultra_low")}
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


class SpanForm(_Audited):
    """The span of an analyser; the one of the same item is replaced."""

    class Meta:
        model = Span
        fields = ("item", "low", "high")

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        known = Span.objects.filter(outlet=outlet, item=data.get("item", "")).first() if data else None
        super().__init__(data, instance=known)
        self.outlet = self.instance.outlet = outlet

    def clean(self) -> dict[str, Any]:
        """The upper end is above the lower."""
        said = super().clean() or {}
        if not self.errors and said["high"] <= said["low"]:
            raise forms.ValidationError(_("量程上限应大于下限"))
        return said


class PermitForm(_Audited):
    """A permit of the outlet's enterprise."""

    class Meta:
        model = Permit
        fields = ("number", "valid_from", "valid_until", "pm", "so2", "nox")
        widgets = {n: forms.DateInput(attrs={"type": "date"}) for n in ("valid_from", "valid_until")}

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        super().__init__(data)
        self.outlet = outlet
        self.instance.emitter = outlet.emitter
        self.no_negative("pm", "so2", "nox")

    def clean(self) -> dict[str, Any]:
        """It ends after it begins."""
        said = super().clean() or {}
        if not self.errors and said["valid_until"] < said["valid_from"]:
            raise forms.ValidationError(_("有效期的结束早于开始"))
        return said


class QualityForm(_Audited):
    """The result of a quality check. Passed or failed has to be said: a failed one makes data invalid."""

    passed = forms.TypedChoiceField(
        label=gettext_lazy("合格"),
        choices=[("", "—"), ("yes", gettext_lazy("合格")), ("no", gettext_lazy("不合格"))],
        coerce=lambda said: said == "yes",
        empty_value=None,
    )

    class Meta:
        model = QualityCheck
        fields = ("item", "what", "at", "passed", "result")
        widgets = {"at": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}

    def __init__(self, data: QueryDict | None, outlet: Outlet, by: Person) -> None:
        super().__init__(data, initial={"at": clock.now()})
        self.outlet = self.instance.outlet = outlet
        self.instance.who, self.instance.entered_at = by, clock.now()

    def clean_at(self) -> datetime:
        """What has not happened yet has no result."""
        at: datetime = self.cleaned_data["at"]
        if at > clock.now():
            raise forms.ValidationError(
                _("完成时间晚于现在（%(now)s）") % {"now": f"{clock.now().astimezone(CST):%Y-%m-%d %H:%M}"}
            )
        return at


FORMS: dict[str, tuple[str, Callable[[QueryDict | None, Outlet], _Audited]]] = {
    "logger": ("数采仪", LoggerForm),
    "limit": ("限值", LimitForm),
    "span": ("量程", SpanForm),
    "permit": ("排污许可证", PermitForm),
}
"""What is registered of an outlet: key of the form -> title, form."""
