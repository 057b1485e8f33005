"""检查记录: the answers of a form, one of them as the form asks, its papers, and handing a problem over in one tap."""

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan.cases import evidence
from bihuan.cases.errors import ChangedMeanwhile, IllegalMove
from bihuan.cases.transitions import State
from bihuan.kit.downloads import WORD, download
from bihuan.kit.inspection import export, report
from bihuan.kit.inspection.models import Answer, AnswerFile, AnswerProblem
from bihuan.kit.inspection.problems import to_case
from bihuan.kit.inspection.read_again import read_again
from bihuan.kit.inspection.versions import may_replace
from bihuan.kit.listing.shown import Shown, listed
from bihuan.registry.access import Asked, may, visible
from bihuan.registry.roles import FINDERS
from bihuan.web.inspection.listing import listing_of
from bihuan.web.pages.forms import form_of


def index(request: Asked, key: str) -> HttpResponse:
    """The answers of a form; `book` takes all that are asked for as a workbook, with every question."""
    form = form_of(key)
    listing = listing_of(form, request.user)
    if "book" in request.GET:
        return export.as_download(form, Shown(listing, request.GET).rows)
    return listed(request, listing, "web/answers.html", {"form": form, "replaces": may_replace(request.user)})


def answer_for(request: Asked, pk: int) -> Answer:
    """The answer, if the person may see it; else 404."""
    rows = Answer.objects.select_related("form", "by", "region", "organisation")
    return get_object_or_404(visible(rows, request.user), pk=pk)


def detail(request: Asked, pk: int) -> HttpResponse:
    """One answer as the form asks, with its photos, its points and its problems."""
    answer = answer_for(request, pk)
    problems = [
        {"problem": p, "case": p.finding.cases.exclude(state=State.VOID).first()}
        for p in answer.problems.select_related("finding")
    ]
    context = {
        "answer": answer, "lines": read_again(answer), "problems": problems,
        "hands": may(request.user, *FINDERS, region=answer.region_id),
    }  # fmt: skip
    return render(request, "web/answer.html", context)


@require_POST
def hand(request: Asked, pk: int, number: int) -> HttpResponse:
    """A problem becomes a case."""
    problem = get_object_or_404(AnswerProblem.objects.select_related("finding__organisation", "answer"), pk=number, answer=answer_for(request, pk))  # fmt: skip
    try:
        case = to_case(problem, request.user)
    except (IllegalMove, ChangedMeanwhile) as error:
        messages.error(request, str(error))
        return redirect("answer", pk)
    done = _("已交办 %(unit)s") % {"unit": case.organisation} if case.organisation else _("已报送, 等待交办")
    messages.success(request, _("已登记 %(number)s：%(done)s。") % {"number": case.number, "done": done})
    return redirect("answer", pk)


def word(request: Asked, pk: int) -> HttpResponse:
    """The record as a Word paper."""
    answer = answer_for(request, pk)
    return download(report.as_word(answer), f"{answer}.docx", WORD)


def file(request: Asked, pk: int, number: int) -> HttpResponseBase:
    """A photo or signature of an answer."""
    found = get_object_or_404(AnswerFile, answer=answer_for(request, pk), pk=number)
    path = evidence.path_of(found.sha256)
    if not path.is_file():
        message = _("文件缺失: 存储中找不到, 请从备份恢复")
        return render(request, "web/error.html", {"message": f"{found.name}: {message}"}, status=404)
    return FileResponse(path.open("rb"), filename=evidence.short(found.name), content_type=found.media_type)
