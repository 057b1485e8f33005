"""Versions of a form: which one is in force, and taking in another workbook."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan import apart, clock
from bihuan.archive.blobs import Blobs
from bihuan.cases.errors import IllegalMove
from bihuan.cases.texts import clean
from bihuan.errors import BihuanError, NotAllowed
from bihuan.feeds.names import shown_name
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import FormVersion
from bihuan.kit.inspection.workbook import taken_apart
from bihuan.kit.inspection.xform import XForm
from bihuan.kit.reason_words import said
from bihuan.reasons import Reason
from bihuan.registry.access import CITY, may
from bihuan.registry.audit import record
from bihuan.registry.models import Person
from bihuan.registry.roles import REGISTRARS

FOLDER = "forms"
"""In the data folder: the workbooks that forms were taken from, by their content."""
MOST_BYTES = 5 * 2**20


@dataclass(frozen=True)
class Wrong:
    """What is wrong with a workbook: where (sheet and cell, empty where it is the whole), and why."""

    sheet: str
    cell: str
    why: Reason

    def __str__(self) -> str:
        return f"{self.sheet}!{self.cell} {said(self.why)}" if self.sheet else said(self.why)


class BadWorkbook(BihuanError):
    """A workbook that is no version of the form; `wrong` says where and why."""

    def __init__(self, wrong: Sequence[Wrong]) -> None:
        super().__init__("\n".join(map(str, wrong)))
        self.wrong = wrong


def may_replace(person: Person) -> bool:
    """May the person take in another workbook?"""
    return may(person, *REGISTRARS, region=CITY)


def demand_replacer(person: Person) -> None:
    """Raises NotAllowed where the person may not take in another workbook."""
    if not may_replace(person):
        raise NotAllowed(_("检查表由全市的负责人或系统管理员更换。"))


def of_form(form: Form) -> QuerySet[FormVersion]:
    """All versions, newest first."""
    return FormVersion.objects.filter(form=form.key)


def in_force(form: Form) -> FormVersion:
    """The version that is filled in now. Raises BadWorkbook where the folder's own workbook is broken."""
    return of_form(form).filter(by__isnull=False).first() or _bundled(form)


def _bundled(form: Form) -> FormVersion:
    sha256 = _digest(form.workbook)
    known = of_form(form).filter(by=None, sha256=sha256).first()
    return known or _take_in(form, form.workbook, form.workbook.name, None, "")


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def replace(
    form: Form, path: Path, file: str, by: Person, reason: str, request: HttpRequest | None = None
) -> FormVersion:
    """Take in another workbook; from now on it is in force. Raises NotAllowed, IllegalMove, BadWorkbook."""
    demand_replacer(by)
    reason = clean(reason, _("理由"), 400, "reason")
    if not reason:
        raise IllegalMove(_("没有写理由：写明为什么更换，它留在版本记录里"), "reason")
    if path.stat().st_size > MOST_BYTES:
        raise IllegalMove(_("工作簿超过 %(mb)s MB，请删去多余的内容") % {"mb": MOST_BYTES // 2**20}, "file")
    with transaction.atomic():
        made = _take_in(form, path, file, by, reason)
        record(by, "form.replace", form.key, request, version=made.version, file=made.file, reason=reason)
    return made


def _take_in(form: Form, path: Path, file: str, by: Person | None, reason: str) -> FormVersion:
    """Keep the workbook, read it apart, write the version."""
    sha256, _known = Blobs(settings.DATA_DIR / FOLDER).keep(path)
    read = _read(form, path)
    version, same = read["version"], of_form(form).filter(version=read["version"]).first()
    if same is not None and same.sha256 == sha256:
        if by is None:
            return same
        raise BadWorkbook([Wrong("", "", Reason("form_same_content", value=version))])
    if same is not None:
        raise BadWorkbook([Wrong("settings", "version", Reason("form_same_version", value=version))])
    return FormVersion.objects.create(
        form=form.key, version=version, title=read["title"], file=shown_name(file), sha256=sha256, xform=read["xform"],
        html=read["html"], model=read["model"], by=by, reason=reason, at=clock.now(),
    )  # fmt: skip


def _read(form: Form, path: Path) -> dict[str, str]:
    with TemporaryDirectory(prefix="bihuan-form-") as folder:
        copy = Path(folder) / "form.xlsx"
        copy.write_bytes(path.read_bytes())
        read = apart.run(
            taken_apart, copy, form.key, sorted(form.lists), file=path.name, limits=apart.look_limits()
        )
    if faults := read.get("faults"):
        raise BadWorkbook([Wrong(sheet, cell, Reason.of(why)) for sheet, cell, why in faults])
    return dict(read)


def workbook_of(version: FormVersion) -> Path:
    """Where the workbook of a version lies."""
    return Blobs(settings.DATA_DIR / FOLDER).path(version.sha256)


def xform_of(version: FormVersion) -> XForm:
    """The form of a version."""
    return _parsed(version.xform)


@lru_cache(maxsize=32)
def _parsed(xform: str) -> XForm:
    return XForm(xform)
