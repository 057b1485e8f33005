"""Channels (消息渠道): by which ways messages leave the house; set up and tried out by administrators. Secrets are never shown."""

from secrets import token_hex
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import channels, contacts
from bihuan.cases.errors import IllegalMove
from bihuan.cases.message_models import Delivery
from bihuan.errors import NotAllowed
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.models import Organisation
from bihuan.registry.roles import ADMINS


def _admin(request: Asked) -> None:
    if not may(request.user, *ADMINS, region=CITY):
        raise NotAllowed(_("消息渠道由全市的系统管理员设置。"))


def index(request: Asked) -> HttpResponse:
    """All channels with how their last message went, and the address of the pages."""
    _admin(request)
    context = {
        "channels": [(channel, _last(channel.key)) for channel in channels.every_channel()],
        "kinds": channels.KINDS.values(),
        "link": channels.link(),
    }
    return render(request, "web/channels.html", context)


def _last(key: str) -> Delivery | None:
    done = Delivery.objects.filter(channel=key, ended_at__isnull=False)
    return done.order_by("-ended_at").first()


def page(request: Asked, key: str) -> HttpResponse:
    """One channel as its form; `new-mail` and the like: one of that kind. A refused form comes back without its secrets."""
    _admin(request)
    found = next((c for c in channels.every_channel() if c.key == key), None)
    kind = found.kind if found else channels.KINDS.get(key.removeprefix("new-"))
    if kind is None:
        raise Http404
    values: dict[str, Any] = {f.key: f.usual for f in kind.asked} | {"enabled": "on"}
    if found:
        values = {f.key: found.given[f.key] for f in kind.asked if not f.secret}
        values |= {"name": found.name, "organisation": str(found.organisation)}
        values |= {"enabled": "on"} if found.enabled else {}
    wrong = ""
    if request.method == "POST":
        try:
            channels.save(request.user, key if found else "", request.POST.dict(), kind.key)
        except IllegalMove as error:
            messages.error(request, str(error))
            secret = {f.key for f in kind.fields if f.secret}
            values, wrong = {k: v for k, v in request.POST.items() if k not in secret}, error.field
        else:
            messages.success(request, _("已保存。可以发一条测试消息。"))
            return redirect("channels")
    context = {
        "channel": found,
        "kind": kind,
        "fields": [(f, "" if f.secret else values.get(f.key, "")) for f in kind.asked],
        "values": values,
        "wrong": wrong,
        "organisations": Organisation.objects.exclude(kind=Organisation.Kind.VENDOR),
    }
    return render(request, "web/channel.html", context)


@require_POST
def change(request: Asked, key: str, action: str) -> HttpResponse:
    """Remove a channel, or send a test message by it; set the address of the pages."""
    _admin(request)
    try:
        if action == "remove":
            channels.remove(request.user, key)
        elif action == "link":
            channels.set_link(request.user, request.POST.get("link", ""))
        elif action == "test":
            _test(request, key)
        else:
            raise IllegalMove(_("渠道不能“%(action)s”") % {"action": action[:20]})
    except IllegalMove as error:
        messages.error(request, str(error))
    return redirect("channels")


def _to(request: Asked, channel: channels.Channel) -> str:
    """Where a test message goes: the group, the administrator's own browsers, or what was typed. Raises IllegalMove."""
    needs = channel.kind.address
    if needs == channels.BROWSERS:
        if not request.user.browsers.filter(channel=channel.key).exists():
            raise IllegalMove(_("请先在“我的”页面打开这个浏览器的推送，测试消息发到那里"))
        return channels.browsers_of(request.user.pk)
    return contacts.address_of(needs, request.POST.get("address", "")) if needs else ""


def _test(request: Asked, key: str) -> None:
    channel = next((c for c in channels.every_channel() if c.key == key), None)
    if channel is None:
        raise IllegalMove(_("没有这个渠道"))
    address = _to(request, channel)
    now = clock.now()
    Delivery.objects.create(
        once=f"test/{token_hex(8)}", purpose=Delivery.Purpose.TEST, person=request.user, channel=key, kind=channel.kind.key,
        address=address, text=f"这是闭环平台的测试消息（{channel.name}）。",
        state=Delivery.State.WAITING, at=now, due=now,
    )  # fmt: skip
    messages.success(request, _("测试消息已交给后台发送，结果见送达记录。"))
