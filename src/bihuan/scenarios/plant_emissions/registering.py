"""The register's forms of outlets and loggers, and the list of all its forms."""

from collections.abc import Callable

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan import clock
from bihuan.english import told
from bihuan.registry.access import may, visible
from bihuan.registry.models import Emitter, Person
from bihuan.registry.roles import REGISTRARS
from bihuan.scenarios.plant_emissions.form_base import Audited
from bihuan.scenarios.plant_emissions.limit_forms import LimitForm, PermitForm, SpanForm
from bihuan.scenarios.plant_emissions.media import MEDIA, medium_of
from bihuan.scenarios.plant_emissions.models import Channel, Logger, Outlet


class OutletForm(Audited):
    """An outlet. The code is given once."""

    process = forms.ChoiceField(label=gettext_lazy("工艺"))

    class Meta:
        model = Outlet
        fields = ("emitter", "kind", "code", "name", "process", "ref_o2", "rated_flow", "duct_area", "since")
        widgets = {"since": forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")}

    def __init__(self, data: QueryDict | None, person: Person, outlet: Outlet | None = None) -> None:
        super().__init__(data, instance=outlet, initial=None if outlet else {"since": clock.now()})
        self.fields["process"].choices = [  # type: ignore[attr-defined]
            (told(Outlet.Kind(kind).label), [(key, told(label)) for key, label in medium.processes.items()])
            for kind, medium in MEDIA.items()
        ]
        mine = visible(Emitter.objects.filter(kind="plant").order_by("region_id", "code"), person)
        chosen = [e.pk for e in mine if may(person, *REGISTRARS, region=e.region_id)]
        self.fields["emitter"].queryset = Emitter.objects.filter(pk__in=chosen)  # type: ignore[attr-defined]
        self.no_negative("rated_flow", "duct_area")
        if self.instance.pk:
            self.outlet = self.instance
            for name in ("emitter", "code", "kind"):
                self.fields[name].disabled = True


class LoggerForm(Audited):
    """A logger and its connection to the outlet; one that exists is connected to this outlet too."""

    class Meta:
        model = Logger
        fields = ("mn", "edition", "password", "interval", "load_code")

    def __init__(self, data: QueryDict | None, outlet: Outlet) -> None:
        known = Logger.objects.filter(pk=data.get("mn", "")).first() if data else None
        super().__init__(data, instance=known)
        self.outlet = outlet
        for name in medium_of(outlet).logger_without:
            del self.fields[name]

    def clean_mn(self) -> str:
        """Nobody takes over another enterprise's device by its number."""
        mn: str = self.cleaned_data["mn"]
        assert self.outlet is not None
        if Outlet.objects.filter(loggers=mn).exclude(emitter=self.outlet.emitter).exists():
            raise forms.ValidationError(_("这个设备编号已登记在另一企业名下，请核对铭牌上的编号"))
        return mn

    def clean_password(self) -> str:
        """The page never shows the stored one, so an empty field leaves it as it is."""
        return str(self.cleaned_data["password"] or self.initial.get("password", ""))

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


FORMS: dict[str, tuple[str, Callable[[QueryDict | None, Outlet], Audited]]] = {
    "logger": ("数采仪", LoggerForm),
    "limit": ("限值", LimitForm),
    "span": ("量程", SpanForm),
    "permit": ("排污许可证", PermitForm),
}
"""What is registered of an outlet: key of the form -> title, form."""
