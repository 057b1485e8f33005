"""Pages of guidance from above: the files, one file with what was refused of it, its bytes as they came."""

import tempfile
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.errors import BihuanError
from bihuan.feeds.names import safe_name
from bihuan.kit.downloads import download
from bihuan.kit.reason_words import words
from bihuan.reasons import Reason
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.forecast_places import places_of
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.guidance_file import HEADS
from bihuan.scenarios.forecast_desk.guidance_form import GuidanceForm
from bihuan.scenarios.forecast_desk.models import Guidance
from bihuan.scenarios.forecast_desk.settings import in_force

FILES = 30


def guidance(request: Asked) -> HttpResponse:
    """The files of guidance; a POST takes one in."""
    if request.method == "POST":
        form = GuidanceForm(request.POST, request.FILES)
        made = _taken_in(request, form) if form.is_valid() else None
        return redirect("forecast_desk:guidance_file", made.pk) if made else _files(request, form)
    return _files(request, GuidanceForm(initial={"issued": clock.now()}))


def _files(request: Asked, form: GuidanceForm) -> HttpResponse:
    rows = Guidance.objects.filter(received_at__lte=clock.now()).select_related("received_by")
    shown = visible(rows, request.user)[:FILES]
    context = {
        "files": [(g, len(g.rows), len(g.refused)) for g in shown],
        "may": may(request.user, *in_force().makers, region=CITY),
        "form": form,
        "heads": [(names[0], "、".join(names[1:])) for names in HEADS.values()],
    }
    return render(request, "forecast_desk/guidance.html", context, status=400 if form.is_bound else 200)


def _taken_in(request: Asked, form: GuidanceForm) -> Guidance | None:
    """The file of the form; None, with the reason said, when it may not be. Raises Unreadable for what is no table."""
    said = form.cleaned_data
    with tempfile.TemporaryDirectory() as folder:
        held = Path(folder) / safe_name(said["file"].name)
        held.write_bytes(said["file"].read())
        try:
            return guidances.take_in(held, request.user, source=said["source"], issued=said["issued"])
        except IllegalMove as error:
            messages.error(request, str(error))
            return None


def _guidance_for(request: Asked, pk: int) -> Guidance:
    known = Guidance.objects.filter(received_at__lte=clock.now()).select_related("received_by")
    return get_object_or_404(visible(known, request.user), pk=pk)


def guidance_file(request: Asked, pk: int) -> HttpResponse:
    """One file: what was taken in and what was refused."""
    found = _guidance_for(request, pk)
    names = {p.key: p.name for p in places_of(request.user)}
    rows = [{**r, "name": names.get(r["place"], r["place"]), "at": datetime.fromisoformat(r["start"]) + timedelta(hours=1) if r["start"] else None} for r in found.rows[:500]]  # fmt: skip
    return render(
        request,
        "forecast_desk/guidance_file.html",
        {
            "g": found,
            "refused": [_told(r) for r in found.refused],
            "rows": rows,
            "more": len(found.rows) - len(rows),
        },
    )


def _told(refused: dict[str, Any]) -> dict[str, Any]:
    """A refused row in the words of the reader. One that was no row of a table says why as every reader does."""
    if "why" in refused:
        found = words(Reason.of(refused["why"]))
        return {**refused, "reason": found.why, "remedy": found.remedy}
    return {**refused, "reason": _(refused["reason"]), "remedy": _(refused["remedy"])}


def guidance_raw(request: Asked, pk: int) -> HttpResponse:
    """The file as it came."""
    found = _guidance_for(request, pk)
    held = guidances.raw_files().path(found.sha256)
    if not held.is_file():
        raise BihuanError(_("原始文件 %(sha)s 不在，请从备份恢复。") % {"sha": found.sha256})
    content = held.read_bytes()
    if sha256(content).hexdigest() != found.sha256:
        raise BihuanError(_("原始文件 %(sha)s 的内容已不是导入时的，请从备份恢复。") % {"sha": found.sha256})
    return download(
        content,
        f"guidance-{found.pk}{Path(found.file_name).suffix.lower()}",
        "application/octet-stream",
    )
