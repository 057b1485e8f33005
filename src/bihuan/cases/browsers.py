"""Browsers in which a person lets us show reminders (web push): set and removed by the person, dropped when nobody is there.

A message goes to all browsers of a person and is delivered when one push service took it. The text is that of the other
channels; a push service cannot read it (RFC 8291).
"""

import hashlib
import re
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.cases import channels, push_services
from bihuan.cases.channels import BROWSERS, Channel
from bihuan.cases.errors import IllegalMove, NobodyThere, NotSent
from bihuan.cases.message_models import Browser
from bihuan.registry.audit import record
from bihuan.registry.models import Person, Post

MOST = 10
"""Browsers of one person; ours."""
NOBODY = "没有可用的浏览器"
NAMES = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)
"""Words of a User-Agent and what they stand for; the first that fits."""


def channel() -> Channel | None:
    """The push channel that is on."""
    return next((c for c in channels.working() if c.kind.address == BROWSERS), None)


def public_key() -> str:
    """What a browser subscribes with; empty where no push channel is on."""
    from bihuan.cases import vapid  # only who subscribes pays for the library

    found = channel()
    return vapid.public(found.given["private_key"]) if found else ""


def digests(person: Person) -> list[str]:
    """By which a browser knows whether it is subscribed: SHA-256 of the addresses of the person's browsers."""
    on = channel()
    rows = person.browsers.filter(channel=on.key if on else "").values_list("endpoint", flat=True)
    return [hashlib.sha256(endpoint.encode()).hexdigest() for endpoint in rows]


@transaction.atomic
def subscribe(person: Person, endpoint: str, p256dh: str, auth: str, agent: str) -> None:
    """Let reminders be shown in this browser; it is nobody else's then. agent: its User-Agent. Raises IllegalMove."""
    on, name = channel(), name_of(agent)
    if on is None:
        raise IllegalMove(_("系统管理员还没有设置浏览器推送。"))
    _check(on, endpoint, p256dh, auth)
    if person.browsers.exclude(endpoint=endpoint).count() >= MOST:
        raise IllegalMove(_("最多在 %(n)s 个浏览器上打开推送，请先删除不用的。") % {"n": MOST})
    keys = {"channel": on.key, "p256dh": p256dh, "auth": auth}
    fresh = {**keys, "person": person, "name": name, "at": timezone.now()}
    Browser.objects.update_or_create(endpoint=endpoint, defaults=fresh)
    record(person, "contact.browser_added", person.username, browser=name)


def _check(on: Channel, endpoint: str, p256dh: str, auth: str) -> None:
    """Raises IllegalMove for what no browser gave, and for a push service that is not known."""
    from bihuan.cases import vapid  # only who subscribes pays for the library

    if not push_services.is_known(endpoint, push_services.added(on.given["hosts"])):
        raise IllegalMove(_("这个浏览器的推送服务不在本局允许的名单内，请系统管理员添加。"))
    if max(len(p256dh), len(auth)) > Browser.KEY or not vapid.is_subscription(p256dh, auth):
        raise IllegalMove(_("浏览器给出的推送密钥读不懂，请更新浏览器。"))


def name_of(agent: str) -> str:
    """`Chrome · Android`, from what a browser says of itself."""
    parts = [next((told for word, told in known if word in agent), "") for known in (NAMES, SYSTEMS)]
    return " · ".join(filter(None, parts)) or re.sub(r"[^\w ./-]", "", agent)[:40] or "?"


def forget(person: Person, *, pk: int = 0, endpoint: str = "") -> None:
    """Nothing is shown in that browser any more."""
    _drop([row for row in person.browsers.all() if row.pk == pk or row.endpoint == endpoint], person)


def tidy() -> None:
    """Drop the browsers of who holds no post any more."""
    holding = Post.objects.in_force().filter(person__is_active=True).values("person")
    _drop(Browser.objects.exclude(person__in=holding), None, reason="post ended")


def _drop(rows: Iterable[Browser], by: Person | None, reason: str = "") -> None:
    for row in rows:
        if row.delete()[0]:
            record(by, "contact.browser_removed", row.person.username, browser=row.name, reason=reason)


def send(by: Channel, address: str, title: str, body: str, case: str) -> str:
    """To all browsers of a person; what the log says of it. case: the number of the one it is about, or empty.

    Raises NotSent where no push service took it, NobodyThere where no browser is left.
    """
    rows = list(Browser.objects.filter(channel=by.key, person=channels.person_of(address)))
    gone, whys = [], []
    for row in rows:
        try:
            _show(by, row, title, body, case)
        except NobodyThere:
            gone.append(row)
        except NotSent as error:
            whys.append(str(error))
    _drop(gone, None, reason="unsubscribed")
    taken = len(rows) - len(gone) - len(whys)
    if not taken:
        raise NotSent(whys[-1]) if whys else NobodyThere(NOBODY)
    return f"{len(rows)} 个浏览器中 {taken} 个已推送"


def _show(by: Channel, row: Browser, title: str, body: str, case: str) -> None:
    """In one browser. Raises NotSent, NobodyThere."""
    from bihuan.cases import senders  # only who sends pays for the library

    if not push_services.is_known(row.endpoint, push_services.added(by.given["hosts"])):
        raise NotSent("推送服务不在名单内")
    message = senders.Message(row.endpoint, title, body, (row.p256dh, row.auth), case)
    senders.send(by.kind.key, by.given, message)
