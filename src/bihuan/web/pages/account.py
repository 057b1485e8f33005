"""Signing in and a person's own settings."""

import math
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from bihuan.asked import way_back
from bihuan.cases.contacts import channel_for
from bihuan.cases.message_models import Address, OwnQuiet
from bihuan.cases.reach_settings import reaching
from bihuan.registry import sign_in
from bihuan.registry.access import Asked, scope_of
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.web.admission import open_without_post
from bihuan.web.message_rows import own_messages
from bihuan.web.phone_words import push_words


@method_decorator(login_not_required, name="dispatch")
class Login(LoginView):
    """Sign in; five wrong passwords for one name from one address lock that pair (registry.sign_in)."""

    template_name = "web/login.html"
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        """Nobody is looked up while the name is tried from everywhere and this address must wait."""
        pause = sign_in.pause_of(*sign_in.pair_of(request))
        return _slowed(request, pause) if pause else super().post(request, *args, **named)

    def form_valid(self, form):  # type: ignore[no-untyped-def]  # the stubs' generic form differs between releases
        """Keep a record of every sign-in."""
        answer = super().form_valid(form)
        record(form.get_user(), "person.sign_in", form.get_user().get_username(), self.request)
        return answer


def locked(request: HttpRequest, response: HttpResponse | None, credentials: Any) -> HttpResponse:
    """What a locked visitor sees: how long to wait, and whom to ask. django-axes calls it."""
    lock = sign_in.lock_of(request)
    seconds = max(math.ceil((lock.until - timezone.now()).total_seconds()), 1) if lock else 1
    context = {"username": lock.username if lock else "", "minutes": math.ceil(seconds / 60)}
    answer = render(request, "web/locked.html", context, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def _slowed(request: HttpRequest, pause: timedelta) -> HttpResponse:
    seconds = math.ceil(pause.total_seconds())
    answer = render(request, "web/slowed.html", {"seconds": seconds}, status=429)
    answer["Retry-After"] = str(seconds)
    return answer


def _back(request: Asked) -> HttpResponse:
    return way_back(request, "centre")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch between Chinese and English."""
    return set_language(request)


@open_without_post
@require_POST
def theme(request: Asked) -> HttpResponse:
    """Switch between dark and light."""
    chosen = "light" if request.POST.get("theme") == "light" else "dark"
    Person.objects.filter(pk=request.user.pk).update(theme=chosen)
    return _back(request)


class OwnPassword(PasswordChangeForm):
    """The form of one's own password. A wrong old one counts as at sign-in, so that nobody tries them here instead."""

    def __init__(self, request: Asked) -> None:
        super().__init__(request.user, request.POST or None)
        self.request = request

    def clean_old_password(self) -> str:
        """Raises ValidationError for a wrong one."""
        old: str = self.cleaned_data["old_password"]
        if not sign_in.confirms(self.request, old):
            raise ValidationError(_("旧密码不对。连续 5 次错误将锁定 15 分钟，再犯则逐次加倍。"))
        return old

    def clean_new_password1(self) -> str:
        """Raises ValidationError for the old one again."""
        new: str = self.cleaned_data["new_password1"]
        if new == self.data.get("old_password"):
            raise ValidationError(_("新密码不能与旧密码相同。"))
        return new


@open_without_post
def me(request: Asked) -> HttpResponse:
    """Posts and the password."""
    form = OwnPassword(request)
    if request.method == "POST" and form.is_valid():
        form.user.must_change_password = False
        form.save()
        update_session_auth_hash(request, form.user)
        record(request.user, "person.change_password", request.user.get_username(), request)
        messages.success(request, _("密码已修改。"))
        return redirect("me")
    return render(request, "web/me.html", {"form": form, **_reached(request)})


def _reached(request: Asked) -> dict[str, Any]:
    """Where the person is reached, for who holds a post: nobody else is told anything."""
    if not scope_of(request.user).posts or request.user.must_change_password:
        return {}
    known = {address.kind: address for address in request.user.addresses.all()}
    own = OwnQuiet.objects.filter(person=request.user).first()
    city = reaching().attention.quiet
    return {
        "contacts": [
            (kind, _(label), known.get(kind), channel_for(kind) is not None)
            for kind, label in Address.Kind.choices
        ],
        "browsers": request.user.browsers.all(),
        "push_words": push_words(),
        "quiet": own.hours if own else "",
        "city_quiet": city.written if city else _("不设"),
        "own_messages": own_messages(request.user),
    }
