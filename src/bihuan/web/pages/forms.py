"""检查: the forms, one to fill in, what is sent from it, and the versions of a form."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.asked import BadQuestion
from bihuan.cases import reporting
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import uploads
from bihuan.domain.timeaxis import parse_moment
from bihuan.kit.inspection import answers, versions
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.lists import filled, lists_for
from bihuan.kit.inspection.models import FormVersion
from bihuan.registry.access import Asked, scope_of
from bihuan.registry.models import Person
from bihuan.registry.roles import FINDERS
from bihuan.scenarios.resolved import every_form
from bihuan.web.inspection.words import form_words


def form_of(key: str) -> Form:
    """The form with this key. Raises Http404."""
    found = every_form().get(key)
    if found is None:
        raise Http404(_("没有编号为 %(key)s 的检查表") % {"key": key[:40]})
    return found


def index(request: Asked) -> HttpResponse:
    """All forms: which version is in force, how many answers the person sees."""
    rows = [
        {
            "form": form,
            "version": versions.in_force(form),
            "count": answers.answers_of(form, request.user).count(),
        }
        for form in every_form().values()
    ]
    return render(request, "web/forms.html", {"rows": rows, "fills": scope_of(request.user).has(*FINDERS)})


def fill(request: Asked, key: str) -> HttpResponse:
    """The form to fill in; without a target, which one first."""
    form = form_of(key)
    target = request.GET.get("target", "")
    if not target:
        return render(request, "web/form_start.html", {"form": form, "objects": _objects(form, request.user)})
    place = answers.place_for(form, request.user, target)
    version = versions.in_force(form)
    xform = versions.xform_of(version)
    context = {
        "form": form, "version": version, "place": place,
        "data": {
            "model": filled(version.model, lists_for(form, xform, request.user), target),
            "words": form_words(),
            "sent": reverse("form_send", args=[key]),
            "target": target,
        },
    }  # fmt: skip
    return render(request, "web/form_fill.html", context)


def _objects(form: Form, person: Person) -> list[tuple[str, str]]:
    if form.about:
        return list(form.objects(person)) if form.objects else []
    return [(region.code, region.name) for region in reporting.regions(person)]


@require_POST
def send(request: Asked, key: str) -> HttpResponse:
    """An answer as the form sends it: taken in, its address is told; refused, why and where (422)."""
    form = form_of(key)
    place = answers.place_for(form, request.user, request.POST.get("target", ""))
    given = request.FILES.get("xml_submission_file")
    if given is None:
        raise BadQuestion(_("没有收到检查记录"))
    files = [
        f for name in request.FILES if name != "xml_submission_file" for f in request.FILES.getlist(name)
    ]
    try:
        sent = answers.Sent(given.read(), uploads(files), _moment(request.POST.get("said", "")))
        answer = answers.receive(form, request.user, place, sent)
    except answers.Refused as error:
        return JsonResponse(
            {"faults": [{"path": path, "text": text} for path, text in error.told]}, status=422
        )
    except (BadFile, IllegalMove) as error:
        return JsonResponse({"faults": [{"path": "", "text": str(error)}]}, status=422)
    return JsonResponse({"url": reverse("answer", args=[answer.pk])})


def _moment(text: str) -> Any:
    try:
        return parse_moment(text) if text else None
    except ValueError:
        return None


def history(request: Asked, key: str) -> HttpResponse:
    """The versions of a form; a person of the whole city takes in another workbook."""
    form, context = form_of(key), dict[str, Any]()
    if request.method == "POST":
        try:
            made = _replaced(request, form)
        except versions.BadWorkbook as error:
            context["wrong"] = [str(wrong) for wrong in error.wrong]
        except IllegalMove as error:
            context["wrong"] = [str(error)]
        else:
            messages.success(request, _("已启用版本 %(version)s") % {"version": made.version})
            return redirect("form_versions", key)
        context["reason"] = request.POST.get("reason", "")
    force = versions.in_force(form)
    context |= {
        "form": form,
        "force": force,
        "rows": versions.of_form(form),
        "replaces": versions.may_replace(request.user),
    }
    return render(request, "web/form_versions.html", context, status=422 if "wrong" in context else 200)


def _replaced(request: Asked, form: Form) -> FormVersion:
    versions.demand_replacer(request.user)
    given = request.FILES.get("workbook")
    if given is None:
        raise IllegalMove(_("没有选择工作簿（.xlsx）"), "workbook")
    with TemporaryDirectory(prefix="bihuan-form-") as folder:
        path = Path(folder) / "form.xlsx"
        with path.open("wb") as written:
            for block in given.chunks():
                written.write(block)
        return versions.replace(
            form, path, given.name or "", request.user, request.POST.get("reason", ""), request
        )


def workbook(request: Asked, key: str, pk: int) -> HttpResponseBase:
    """The workbook of a version, as it was taken in."""
    version = get_object_or_404(FormVersion, form=form_of(key).key, pk=pk)
    return FileResponse(versions.workbook_of(version).open("rb"), filename=version.file, as_attachment=True)
