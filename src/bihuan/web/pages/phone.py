"""The phone page (手机): its shell, which anybody may load, and the one entrance of what it reads and sends, as JSON.

Who is not signed in gets 401 from the entrance, never a page: the phone keeps what it has and asks to sign in.
"""

import io
import json
from collections.abc import Callable
from dataclasses import asdict
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.csrf import get_token
from django.shortcuts import get_object_or_404, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from PIL import Image

from bihuan.cases import actions, browsers, evidence
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.file_kinds import UNREADABLE
from bihuan.cases.models import Attachment
from bihuan.kit.inspection.models import FormVersion
from bihuan.kit.phone import arriving, field, items, offline, sent
from bihuan.kit.phone.kinds import Offered
from bihuan.kit.phone.models import ItemFile
from bihuan.kit.phone.refused import refused_in
from bihuan.kit.phone.sent import BadItem
from bihuan.registry.access import Asked, scope_of, visible
from bihuan.registry.models import Person
from bihuan.registry.roles import FINDERS
from bihuan.scenarios.resolved import every_form, every_patrolled
from bihuan.web.inspection.words import form_words
from bihuan.web.map_ground import ground
from bihuan.web.pages.map_layers import GEOJSON
from bihuan.web.phone_words import words

THUMB = 480
"""Pixels of the longer side of a photo on a phone: sharp at its width, 30 kB."""
NAMES = (
    "app",
    "cards",
    "deeds",
    "dom",
    "field",
    "forms",
    "pages",
    "patrol",
    "photos",
    "push",
    "queue",
    "server",
    "store",
    "sync",
    "track",
    "words",
)
MODULES = tuple(f"phone/{name}.js" for name in NAMES)
"""The page's own scripts but the map's."""
FILES = (
    "web/bihuan.css", "web/icon.svg", "vendor/idb.min.js", "phone/phone.css", "phone/icon-192.png",
    *MODULES,
)  # fmt: skip
"""What the first load fetches."""
LATER = ("phone/map.js", "phone/inspect.js", "vendor/leaflet.js", "vendor/leaflet.css", "vendor/exif.min.js")
"""What is fetched once the page stands: the map, the reader of photos, and what opens inspection forms."""
INSPECTIONS = ("vendor/enketo.min.js", "vendor/enketo.min.css", "web/form_fill.css")
"""The library of forms: fetched by who has a form to fill in, and from then on with every release."""

View = Callable[..., HttpResponseBase]


def for_phone(view: View) -> View:
    """A view of the entrance: whoever may not use it is told so as JSON, with the same conditions as for pages."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        person = request.user
        if not isinstance(person, Person):
            return JsonResponse({"why": _("请登录")}, status=401)
        if person.must_change_password:
            return JsonResponse({"why": _("请先把临时密码改成自己的密码。")}, status=403)
        if not scope_of(person).posts:
            return JsonResponse({"why": _("您没有在任职务")}, status=403)
        return view(request, *args, **named)

    return login_not_required(asked)


@login_not_required
def shell(request: HttpRequest) -> HttpResponse:
    """The page without anybody's data, so that a phone may keep it; `l` chooses the language."""
    language = _language(request)
    with translation.override(language):
        context = {
            "language": language,
            "languages": settings.LANGUAGES,
            "words": words(),
            "modules": MODULES,
        }
        return render(request, "web/phone.html", context)


def _language(request: HttpRequest) -> str:
    asked = request.GET.get("l", "")
    return asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


@login_not_required
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the list of what it keeps; the list changes with every release."""
    shells = [reverse("phone"), *(f"{reverse('phone')}?l={key}" for key, _label in settings.LANGUAGES)]
    kept: list[dict[str, str | None]] = [{"url": url, "revision": settings.STATIC_URL} for url in shells]
    kept += [{"url": static(name), "revision": None} for name in (*FILES, *LATER)]
    context = {
        "kept": json.dumps(kept),
        "inspections": json.dumps([static(name) for name in INSPECTIONS]),
        "shell": reverse("phone"),
    }
    return render(request, "web/phone_worker.js", context, content_type="text/javascript")


@login_not_required
def manifest(request: HttpRequest) -> HttpResponse:
    """What the phone installs the page as (W3C Web Application Manifest)."""
    icons = [
        {"src": static(f"phone/icon-{n}.png"), "sizes": f"{n}x{n}", "type": "image/png", "purpose": "any"}
        for n in (192, 512)
    ]
    told = {
        "name": _("闭环"), "short_name": _("闭环"), "start_url": reverse("phone"), "scope": reverse("phone"), "id": reverse("phone"),
        "display": "standalone", "background_color": "#0b1118", "theme_color": "#121a24", "lang": translation.get_language(), "icons": icons,
    }  # fmt: skip
    return HttpResponse(
        json.dumps(told, ensure_ascii=False), content_type="application/manifest+json; charset=utf-8"
    )


@for_phone
def me(request: Asked) -> HttpResponse:
    """Who is signed in, and the token that posts carry: asked before anything is sent."""
    return JsonResponse({"person": offline.who(request.user), "csrf": get_token(request)})


@for_phone
def data(request: Asked) -> HttpResponse:
    """What the phone keeps of the person's work."""
    person = request.user
    return JsonResponse(offline.kept_for(person) | field.field_for(person, _offered()))


def _offered() -> Offered:
    return Offered(every_form(), every_patrolled())


@for_phone
def form(request: Asked, pk: int) -> HttpResponse:
    """A version of a form, to be filled in without signal; 404 where there is none, or its line of business is gone."""
    if not scope_of(request.user).has(*FINDERS):
        return JsonResponse({"why": _("您没有检查的职务")}, status=403)
    version = FormVersion.objects.filter(pk=pk).first()
    declared = every_form().get(version.form) if version else None
    if version is None or declared is None:
        return JsonResponse({"why": _("这张检查表已经没有了")}, status=404)
    return JsonResponse(field.form_for(request.user, version, declared) | {"words": form_words()})


@for_phone
def grid(request: Asked) -> HttpResponse:
    """The map that works without signal: boundaries as GeoJSON, no pictures from elsewhere."""
    return HttpResponse(ground().text, content_type=GEOJSON)


@for_phone
def thumb(request: Asked, pk: int) -> HttpResponse:
    """A photo of a case, small."""
    found = get_object_or_404(visible(Attachment.objects.all(), request.user), pk=pk)
    if not found.is_image:
        return JsonResponse({"why": _("不是照片")}, status=404)
    out = io.BytesIO()
    try:
        with Image.open(evidence.path_of(found.sha256)) as image:
            image.draft("RGB", (THUMB, THUMB))
            image.thumbnail((THUMB, THUMB))
            image.convert("RGB").save(out, "JPEG", quality=75)
    except UNREADABLE as error:
        return JsonResponse({"why": str(error)[:200]}, status=404)
    return HttpResponse(out.getvalue(), content_type="image/jpeg")


def kept(request: Asked, number: str, pk: int) -> HttpResponseBase:
    """A photo of an item about a case that was not accepted, for those who see the item there."""
    case = actions.case_for(request.user, number)
    found = get_object_or_404(ItemFile, pk=pk, item__in=refused_in(case, request.user))
    wrong = evidence.fault(found, thorough=True)
    if wrong:
        return render(request, "web/error.html", {"message": f"{found.name}: {wrong}"}, status=404)
    content = evidence.path_of(found.sha256).open("rb")
    return FileResponse(
        content, content_type=found.media_type, as_attachment=not found.is_image, filename=found.name
    )


@for_phone
def push(request: Asked) -> HttpResponse:
    """Web push: what a browser subscribes with, and which of them the person has; POST: this one, or with `off` not this one."""
    given, person = request.POST, request.user
    try:
        if "off" in given:
            browsers.forget(person, endpoint=given.get("endpoint", ""))
        elif request.method == "POST":
            endpoint, p256dh, auth = (given.get(name, "") for name in ("endpoint", "p256dh", "auth"))
            browsers.subscribe(person, endpoint, p256dh, auth, request.headers.get("User-Agent", ""))
    except IllegalMove as error:
        return JsonResponse({"why": str(error)}, status=422)
    return JsonResponse({"key": browsers.public_key(), "mine": browsers.digests(person)})


@for_phone
@require_POST
def file(request: Asked, sha256: str) -> HttpResponse:
    """Take in a photo; the answer confirms it by its hash. Sending it again changes nothing."""
    came = request.FILES.get("file")
    try:
        if came is None or not sent.SHA256.fullmatch(sha256):
            raise BadFile(_("没有收到照片，请重发"))
        row = arriving.arrive(request.user, sha256, evidence.Upload.of(came))
    except BadFile as error:
        return JsonResponse({"why": str(error)}, status=422)
    return JsonResponse({"sha256": row.sha256, "size": row.size})


@for_phone
@require_POST
def item(request: Asked) -> HttpResponse:
    """Take in one item (`item`: JSON): 200 with what became of it; 409: something has to come before; 403: another's."""
    try:
        answer = items.receive(request.user, sent.read(request.POST.get("item", "")), _offered())
    except BadItem as error:
        return JsonResponse({"state": "refused", "why": str(error)}, status=400)
    status = 200 if answer.settled else 403 if answer.state == items.PERSON else 409
    return JsonResponse(asdict(answer), status=status)
