"""Where a person is reached, set by the person: a mail address, telephone or account of WeCom that counts once the code sent
there was typed in, and quiet hours of one's own."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases import channels
from bihuan.cases.attention import NONE, Quiet
from bihuan.cases.channels import MAIL, Channel
from bihuan.cases.errors import IllegalMove
from bihuan.cases.message_models import Address, Delivery, OwnQuiet
from bihuan.registry.audit import record
from bihuan.registry.models import Person

FORMS = {
    Address.Kind.MAIL: MAIL,
    Address.Kind.PHONE: re.compile(r"1[0-9]{10}"),
    # WeCom's document 90195; one person's, never `@all` nor `a|b`.
    Address.Kind.WECOM: re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}"),
}
VALID, PAUSE, WRONG = timedelta(minutes=30), timedelta(minutes=1), 5
"""How long a code holds, how long after one another may be asked for, how often a wrong one is taken."""


def channel_for(kind: str) -> Channel | None:
    """By which channel an address of this kind is reached."""
    return next((c for c in channels.working() if c.kind.address == kind), None)


def address_of(kind: str, value: str) -> str:
    """The address as it is kept. Raises IllegalMove for what is none of its kind."""
    value = value.strip()
    form = FORMS.get(Address.Kind(kind)) if kind in Address.Kind.values else None
    if form is None or len(value) > 200 or not form.fullmatch(value):
        raise IllegalMove(_("“%(value)s”不是可用的地址") % {"value": value[:40]}, kind)
    return value


@transaction.atomic
def ask(person: Person, kind: str, value: str) -> None:
    """Send a code to the address; until it is typed in, nothing else goes there. Raises IllegalMove, which names the field."""
    value = address_of(kind, value)
    channel = channel_for(kind)
    if channel is None:
        raise IllegalMove(_("还没有设置可以发到这里的渠道，请系统管理员先设置"), kind)
    now = timezone.now()
    if Address.objects.filter(person=person, kind=kind, code_at__gt=now - PAUSE).exists():
        raise IllegalMove(_("刚发过验证码，请一分钟后再试"), kind)
    code = f"{secrets.randbelow(10**6):06d}"
    fresh = {"value": value, "confirmed_at": None, "code_digest": _digest(code), "code_at": now, "wrong": 0}
    Address.objects.update_or_create(person=person, kind=kind, defaults=fresh)
    at = clock.now()
    Delivery.objects.create(
        once=f"code/{person.pk}/{kind}/{secrets.token_hex(8)}", purpose=Delivery.Purpose.CODE, person=person,
        channel=channel.key, kind=channel.kind.key, address=value, text=f"验证码 {code}，30 分钟内有效。非本人操作请忽略。",
        state=Delivery.State.WAITING, at=at, due=at,
    )  # fmt: skip


def confirm(person: Person, kind: str, code: str) -> None:
    """Type the code in. Raises IllegalMove: a wrong or an old one."""
    mine = Address.objects.filter(person=person, kind=kind, confirmed_at=None)
    waiting = mine.filter(code_at__gt=timezone.now() - VALID, wrong__lt=WRONG)
    # Counted before it is looked at, so that of many tries at once none is free.
    if not waiting.update(wrong=F("wrong") + 1):
        raise IllegalMove(_("验证码已失效，请重新获取"), kind)
    fitting = mine.filter(code_digest=_digest(code.strip()))
    if not fitting.update(confirmed_at=timezone.now(), code_digest=""):
        raise IllegalMove(_("验证码不对"), kind)
    record(person, "contact.confirmed", person.username, kind=kind)


def forget(person: Person, kind: str) -> None:
    """Nothing goes to this address any more."""
    gone, _of_which = Address.objects.filter(person=person, kind=kind).delete()
    if gone:
        record(person, "contact.removed", person.username, kind=kind)


def set_quiet(person: Person, hours: str) -> None:
    """Own quiet hours; empty: those of the city. Raises IllegalMove."""
    hours = hours.strip()
    if not hours:
        OwnQuiet.objects.filter(person=person).delete()
        return
    try:
        kept = hours if hours == NONE else Quiet.read(hours).written
    except ValueError as error:
        raise IllegalMove(_("免打扰时段写成 22:00-07:00 的样子"), "quiet") from error
    OwnQuiet.objects.update_or_create(person=person, defaults={"hours": kept})


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
