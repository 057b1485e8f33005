"""Pages of guidance from above: the files, one file with what was refused of it, its bytes as they came."""

import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.errors import IllegalMove
from bihuan.domain.timeaxis import parse_moment
from bihuan.errors import BihuanError
from bihuan.kit.downloads import download
from bihuan.kit.reason_words import words
from bihuan.reasons import Reason
from bihuan.registry.access import CITY, Asked, may, visible
from bihuan.registry.forecast_places import places_of
from bihuan.scenarios.forecast_desk import guidance as guidances
from bihuan.scenarios.forecast_desk.guidance_file import HEADS
from bihuan.scenarios.forecast_desk.models import Guidance
from bihuan.scenarios.forecast_desk.settings import in_force

FILES = 30
MOST_BYTES = 5_000_000


def guidance(request: Asked) -> HttpResponse:
    """The files of guidance; a POST takes one in."""
    if request.method == "POST":
        made = _taken_in(request)
        if made is not None:
            return redirect("forecast_desk:guidance_file", made.pk)
    rows = Guidance.objects.filter(received_at__lte=clock.now()).select_related("received_by")
    shown = visible(rows, request.user)[:FILES]
    context = {
        "files": [(g, len(g.rows), len(g.refused)) for g in shown],
        "may": may(request.user, *in_force().makers, region=CITY),
        "now": clock.now(),
        "heads": [(names[0], "、".join(names[1:])) for names in HEADS.values()],
    }
    return render(
        request, "forecast_desk/guidance.html", context, status=400 if request.method == "POST" else 200
    )


def _taken_in(request: Asked) -> Guidance | None:
    """The file of the form; None when a field of the form was wrong. Raises Unreadable for a file that is no table."""
    file = request.FILES.get("file")
    try:
        if file is None or not file.name:
            raise IllegalMove(_("请选择一个文件（CSV 或 Excel）。"))
        if (file.size or 0) > MOST_BYTES:
            raise IllegalMove(_("文件超过 5 MB：请只上传本市及各点位的预报。"))
        issued = _moment(request.POST.get("issued", ""))
        with tempfile.TemporaryDirectory() as folder:
            held = Path(folder) / Path(file.name).name
            held.write_bytes(file.read())
            return guidances.take_in(held, request.user, source=request.POST.get("source", ""), issued=issued)
    except IllegalMove as error:
        messages.error(request, str(error))
        return None


def _moment(text: str) -> datetime:
    try:
        return parse_moment(text)
    except ValueError as error:
        raise IllegalMove(_("请填写发布时间，例如 2019-01-11 16:00。")) from error


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
    return download(
        held.read_bytes(),
        f"guidance-{found.pk}{Path(found.file_name).suffix.lower()}",
        "application/octet-stream",
    )
