"""建城: the first page of a new installation makes its city and the first account. Afterwards it is gone (404).

Whoever may read the server's terminal has the one-time code; nobody else on the network can take the installation over.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.installation import first_run
from bihuan.registry.accounts import NotChanged
from bihuan.registry.addresses import address_of
from bihuan.registry.audit import record
from bihuan.registry.founding import City, Founded, NotFounded, found, is_founded, why_no_city
from bihuan.registry.models import AuditEntry, Person
from bihuan.registry.names import sign_in_name

WRONG = "city.wrong_code"
SPAN = timedelta(minutes=15)
OF_ADDRESS, OF_ALL = 5, 100
"""So many wrong codes in SPAN from one address, and from all together; then nobody's is looked at (ours)."""
BACKEND = "django.contrib.auth.backends.ModelBackend"


class FirstRunForm(forms.Form):
    """What is asked, each field with its own errors. The passwords are not sent back to the page."""

    code = forms.CharField(label=gettext_lazy("一次性口令"), max_length=60)
    name = forms.CharField(label=gettext_lazy("城市名称"), max_length=60)
    region = forms.CharField(label=gettext_lazy("区划代码"), max_length=12)
    centre = forms.CharField(label=gettext_lazy("指挥中心全称"), max_length=120)
    username = forms.CharField(label=gettext_lazy("用户名"), max_length=150)
    full_name = forms.CharField(label=gettext_lazy("姓名"), max_length=60)
    password = forms.CharField(label=gettext_lazy("密码"), strip=False, widget=forms.PasswordInput)
    again = forms.CharField(label=gettext_lazy("再输一次密码"), strip=False, widget=forms.PasswordInput)

    def clean_code(self) -> str:
        """Raises ValidationError for a wrong one."""
        typed: str = self.cleaned_data["code"]
        if not first_run.fits(settings.DATA_DIR, typed):
            raise ValidationError(
                _("口令不对。它显示在运行 bihuan serve 的终端上，也在数据文件夹的 first-run.code 里。")
            )
        return typed

    def clean_region(self) -> str:
        """Raises ValidationError for what is no city's code."""
        code: str = self.cleaned_data["region"]
        if why := why_no_city(code):
            raise ValidationError(why)
        return code

    def clean_username(self) -> str:
        """Raises ValidationError for signs that no user name has."""
        name = sign_in_name(self.cleaned_data["username"])
        Person.username_validator(name)
        return name

    def clean(self) -> dict[str, Any]:
        """The password by the rules, typed twice alike."""
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if "again" in given and given["again"] != given.get("password"):
            self.add_error("again", _("两次输入的密码不同"))
        if "password" in given:
            person = Person(username=given.get("username", ""), full_name=given.get("full_name", ""))
            try:
                validate_password(given["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return given


@login_not_required
def page(request: HttpRequest) -> HttpResponse:
    """The form; what was typed right makes the city and signs its administrator in."""
    if is_founded():
        raise Http404
    if request.method != "POST":
        return render(request, "web/first_run.html", {"form": FirstRunForm()})
    form = FirstRunForm(request.POST)
    if _too_many(request):
        return _slowed(request, form)
    if not form.is_valid():
        if form.has_error("code") and request.POST.get("code", "").strip():
            record(None, WRONG, "", request)
        return _again(request, form)
    return _found(request, form)


def _too_many(request: HttpRequest) -> bool:
    wrong = AuditEntry.objects.filter(action=WRONG, real_at__gte=timezone.now() - SPAN)
    return wrong.filter(address=address_of(request)).count() >= OF_ADDRESS or wrong.count() >= OF_ALL


def _slowed(request: HttpRequest, form: FirstRunForm) -> HttpResponse:
    """Nothing is looked at, neither the code nor the rest; what was typed stays in the form."""
    said = _("错误的口令太多，请 15 分钟后再试；也可在服务器上用 bihuan person add 建第一个账号。")
    answer = render(
        request, "web/first_run.html", {"form": form, "unlooked": True, "failed": said}, status=429
    )
    answer["Retry-After"] = str(int(SPAN.total_seconds()))
    return answer


def _again(request: HttpRequest, form: FirstRunForm) -> HttpResponse:
    return render(request, "web/first_run.html", {"form": form}, status=400)


def _found(request: HttpRequest, form: FirstRunForm) -> HttpResponse:
    given = form.cleaned_data
    city = City(given["name"], given["region"], given["centre"], given["username"], given["full_name"])
    try:
        person = found(city, given["password"], request)
    except Founded as error:
        raise Http404 from error
    except NotFounded as error:
        form.add_error("region" if error.field == "code" else error.field, str(error))
        return _again(request, form)
    except NotChanged as error:
        form.add_error(None, str(error))
        return _again(request, form)
    first_run.forget(settings.DATA_DIR)
    login(request, person, backend=BACKEND)
    record(person, "person.sign_in", person.get_username(), request)
    return redirect("checklist")
