"""Papers (文书): which kinds there are, the template and the numbers of each, a new template tried and put in force, the way back."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.asked import whole_of
from bihuan.cases import actions, evidence, paper_numbers, paper_templates, papers
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Kept, Upload
from bihuan.cases.models import TemplateVersion
from bihuan.cases.paper_fields import FIELDS
from bihuan.cases.paper_rights import demand_setter, may_set
from bihuan.cases.transitions import Paper
from bihuan.feeds.reading import Unreadable
from bihuan.kit.downloads import WORD, download, download_table
from bihuan.kit.reason_words import said
from bihuan.kit.tables import table
from bihuan.reasons import Reason
from bihuan.registry.access import Asked
from bihuan.web import drafts

SHOWN_VERSIONS = 50
COLUMNS = {
    "字段": lambda f: f"{{{{ {f.name} }}}}", "含义": lambda f: _(f.meaning), "例子": lambda f: f.example,
    "种类": lambda f: _(f.kind.value), "必填": lambda f: "是" if f.needed else "",
}  # fmt: skip


def index(request: Asked) -> HttpResponse:
    """All kinds of papers, each with its template in force and the example of a number."""
    now = clock.now()
    rows = [
        (kind, TemplateVersion.in_force(kind, now), paper_numbers.example(paper_numbers.pattern(kind), now))
        for kind in Paper
    ]
    return render(request, "web/papers.html", {"rows": rows})


def page(request: Asked, kind: str) -> HttpResponse:
    """One kind: template, fields, numbers, history; a template that was looked through waits to be put in force."""
    return _page(request, _paper(kind))


def _page(
    request: Asked, kind: Paper, faults: Sequence[Reason] = (), file: str = "", status: int = 200
) -> HttpResponse:
    draft = drafts.load(request, _form(kind))
    rule = paper_numbers.pattern(kind)
    context = {
        "kind": kind,
        "fields": FIELDS[kind],
        "draft": draft,
        "tried": _tried(request, kind),
        "faults": [said(reason) for reason in faults],
        "file": file,
        "in_force": TemplateVersion.in_force(kind, clock.now()),
        "versions": paper_templates.versions(kind)[:SHOWN_VERSIONS],
        "pattern": draft.values.get("pattern", rule),
        "example": paper_numbers.example(rule, clock.now()),
        "marks": {"year": paper_numbers.YEAR, "count": paper_numbers.COUNT},
        "rules": paper_numbers.versions(kind)[:SHOWN_VERSIONS],
        "may_set": may_set(request.user),
        "longest": paper_templates.LONGEST_REASON,
    }
    return render(request, "web/paper.html", context, status=status)


def _paper(kind: str) -> Paper:
    if kind not in Paper.values:
        raise Http404
    return Paper(kind)


def _form(kind: Paper) -> str:
    return f"papers/{kind.value}"


def _tried(request: Asked, kind: Paper) -> Kept | None:
    """The template that this visitor has sent and that was found sound."""
    return next(iter(drafts.load(request, _form(kind)).files), None)


def fields(request: Asked, kind: str) -> HttpResponse:
    """The list of fields as a workbook."""
    chosen = _paper(kind)
    return download_table("xlsx", f"{_(str(chosen.label))}-{_('字段')}", table(COLUMNS, FIELDS[chosen]))


def template(request: Asked, kind: str) -> HttpResponse:
    """A template: the one in force, or of an earlier version; `version=0`: the one that came along."""
    chosen = _paper(kind)
    asked = request.GET.get("version", "")
    version = _version(chosen, asked) if asked else TemplateVersion.in_force(chosen, clock.now())
    content = paper_templates.path_of_version(chosen, version).read_bytes()
    return download(content, (version and version.name) or f"{_(str(chosen.label))}.docx", WORD)


def _version(kind: Paper, asked: str) -> TemplateVersion | None:
    """The version of a key; None for 0, the one that came along. Raises Http404."""
    number = whole_of(asked)
    if number == 0:
        return None
    found = paper_templates.versions(kind).filter(pk=number or -1).first()
    if found is None:
        raise Http404
    return found


def preview(request: Asked, kind: str) -> HttpResponse:
    """What the template that waits, else the one in force, prints of a case (`case`: its number) or of invented values."""
    demand_setter(request.user)
    chosen = _paper(kind)
    number, tried = request.GET.get("case", "").strip(), _tried(request, chosen)
    path = (
        evidence.path_of(tried.sha256)
        if tried
        else paper_templates.path_of_version(chosen, TemplateVersion.in_force(chosen, clock.now()))
    )
    case = actions.case_for(request.user, number) if number else None
    content = papers.tried_on(path, chosen, case)
    return download(content, f"{_(str(chosen.label))}-{_('预览')}.docx", WORD)


@require_POST
def change(request: Asked, kind: str, action: str) -> HttpResponse:
    """Look a template through, put it in force, go back, set the numbers. A refused form comes back as it was typed."""
    demand_setter(request.user)
    chosen = _paper(kind)
    if action == "try":
        return _try(request, chosen)
    try:
        _act(request, chosen, action)
    except (IllegalMove, BadFile) as error:
        drafts.refused(request, _form(chosen), error, drafts.load(request, _form(chosen)).files)
        return redirect("paper", chosen.value)
    drafts.drop(request, _form(chosen))
    messages.success(request, _("已记录，此后签发的文书按此办；已签发的照原样。"))
    return redirect("paper", chosen.value)


def _act(request: Asked, kind: Paper, action: str) -> None:
    by, reason = request.user, request.POST.get("reason", "")
    if action == "set":
        tried = _tried(request, kind)
        if tried is None:
            raise IllegalMove(_("请先选择模板文件并检查"))
        paper_templates.put_in_force(by, kind, tried, reason)
    elif action == "back":
        paper_templates.back(by, kind, _version(kind, request.POST.get("version", "")), reason)
    elif action == "number":
        paper_numbers.change(by, kind, request.POST.get("pattern", ""), reason)
    else:
        raise IllegalMove(_("文书不能“%(action)s”") % {"action": action[:20]})


def _try(request: Asked, kind: Paper) -> HttpResponse:
    """A sound template is kept until it is put in force; of a broken one every fault is told, and nothing is kept."""
    drafts.drop(request, _form(kind))
    try:
        sent = evidence.uploads(request.FILES.getlist("file")[:1])
        if not sent:
            raise BadFile(_("请选择一个文件。"))
        faults = _looked(kind, sent[0])
        if faults:
            return _page(request, kind, faults, sent[0].short_name, 400)
        drafts.save(request, _form(kind), evidence.kept(sent))
    except Unreadable as error:
        return _page(request, kind, [error.why], sent[0].short_name, 400)
    except BadFile as error:
        messages.error(request, str(error))
        return redirect("paper", kind.value)
    return redirect(reverse("paper", args=[kind.value]) + "#tried")


def _looked(kind: Paper, sent: Upload) -> list[Reason]:
    with TemporaryDirectory(prefix="bihuan-template-") as folder:
        path = Path(folder) / "template.docx"
        path.write_bytes(sent.content)
        return paper_templates.faults(kind, path, sent.short_name)
