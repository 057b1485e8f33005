"""The templates of papers: what came along, what the bureau set instead, looked through before it is set, and the way back."""

from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.apart import Limits, run
from bihuan.cases.errors import BadFile, IllegalMove
from bihuan.cases.evidence import Kept, fault, path_of
from bihuan.cases.models import TemplateVersion
from bihuan.cases.paper_fields import FIELDS, LINE, PICTURE, REMAINDER, Kind, needed
from bihuan.cases.paper_rights import demand_setter
from bihuan.cases.texts import needed as needed_text
from bihuan.cases.transitions import Paper
from bihuan.documents import check
from bihuan.reasons import Reason
from bihuan.registry.audit import record
from bihuan.registry.models import Person

SHIPPED = Path(__file__).parent / "word"
LIMITS = Limits(30.0, 600 * 2**20, Reason("limit_of_template"), Reason("limit_of_template"))
LONGEST_REASON = 400


def versions(kind: Paper) -> "QuerySet[TemplateVersion]":
    """All versions that were set for a paper as of the clock, the newest first."""
    return TemplateVersion.objects.filter(paper=kind, at__lte=clock.now()).select_related("by")


def path_of_version(kind: Paper, version: TemplateVersion | None) -> Path:
    """The file of a version; None: the one that came along. Raises BadFile where the kept one is lost or damaged."""
    if version is None or not version.sha256:
        return SHIPPED / f"{kind.value}.docx"
    if wrong := fault(version, thorough=True):
        raise BadFile(f"{version.name}: {wrong}")
    return path_of(version.sha256)


def faults(kind: Paper, path: Path, name: str) -> list[Reason]:
    """What is wrong with a template; nothing of a sound one. Raises Unreadable for what is no document, or comes to no end."""
    known = [field.name for field in FIELDS[kind]]
    told = run(check, path, examples(kind), known, needed(kind), file=name, limits=LIMITS)
    return [Reason.of(plain) for plain in told]


def examples(kind: Paper) -> dict[str, Any]:
    """An invented case: the example of each field."""
    made: dict[str, Any] = {}
    for field in FIELDS[kind]:
        if field.kind is Kind.PHOTOS:
            made[field.name] = [{PICTURE: "", LINE: field.example}]
        elif field.kind is Kind.NUMBER:
            made[field.name] = int(field.example)
        else:
            made[field.name] = "" if field.name.endswith(REMAINDER) else field.example
    return made


def put_in_force(by: Person, kind: Paper, file: Kept, reason: str) -> TemplateVersion:
    """Set a template that was looked through. It is looked through again. Raises NotAllowed, IllegalMove, Unreadable."""
    demand_setter(by)
    why = needed_text(reason, "理由", LONGEST_REASON, _("请写明理由"), "reason")
    newest = versions(kind).first()
    if newest is not None and newest.sha256 == file.sha256:
        raise IllegalMove(_("没有改动"))
    if faults(kind, path_of(file.sha256), file.name):
        raise IllegalMove(_("模板有错，不能启用；请改正后重新上传"))
    return _keep(by, kind, TemplateVersion.Kind.CHANGED, why, file)


def back(by: Person, kind: Paper, to: TemplateVersion | None, reason: str) -> TemplateVersion:
    """Back to an earlier version, or (None) to the one that came along. Raises NotAllowed, IllegalMove, BadFile."""
    demand_setter(by)
    why = needed_text(reason, "理由", LONGEST_REASON, _("请写明理由"), "reason")
    newest, wanted = versions(kind).first(), to.sha256 if to else ""
    if (newest.sha256 if newest else "") == wanted:
        raise IllegalMove(_("没有改动"))
    path_of_version(kind, to)
    file = Kept(to.name, to.sha256, to.media_type, to.size) if to and to.sha256 else Kept("", "", "", 0)
    return _keep(by, kind, TemplateVersion.Kind.BACK, why, file)


@transaction.atomic
def _keep(by: Person, kind: Paper, how: TemplateVersion.Kind, reason: str, file: Kept) -> TemplateVersion:
    made = TemplateVersion.objects.create(
        paper=kind, kind=how, reason=reason, by=by, at=clock.now(), **file.__dict__
    )
    record(by, f"template.{how}", kind, reason=reason, file=file.name)
    return made
