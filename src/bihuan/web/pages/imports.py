"""Bring a file in by hand: known formats and forecast weather at once, any other table through a saved column mapping."""

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.domain.periods import PERIODS
from bihuan.domain.quantities import BY_NAME, LONG, code_of
from bihuan.errors import BihuanError, NotAllowed
from bihuan.feeds.mapping import ColumnMapping, Target, load_mapping, save_mapping
from bihuan.feeds.reading import Unreadable
from bihuan.pipeline import files, previews
from bihuan.pipeline.reports import FileReport, Progress
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.forecast_places import points
from bihuan.registry.hours import archive
from bihuan.registry.roles import OPERATORS
from bihuan.scenarios import resolved_sites
from bihuan.web import uploads
from bihuan.web.import_work import IMPORTS, Work
from bihuan.web.uploads import Upload

LONG_COLUMNS = 6
"""Columns of other quantities that one mapping can be given on the page; a kept mapping's file may name more."""
LONGEST_NAME = 60
"""Letters of a mapping's name: it is a file's name too."""


def mappings() -> list[str]:
    """Names of the saved mappings."""
    return sorted(p.stem for p in (settings.DATA_DIR / "mappings").glob("*.json"))


def _importer(request: Asked) -> None:
    if not may(request.user, *OPERATORS, region=CITY):
        raise NotAllowed(_("导入由全市的调度岗或系统管理员办理。"))


def page(request: Asked) -> HttpResponse:
    """The form; then a preview, the report of what went in, or the way to an import that takes longer."""
    _importer(request)
    context: dict[str, Any] = {
        "mappings": mappings(),
        "quantities": BY_NAME.values(),
        "long_quantities": LONG.values(),
        "long_columns": range(LONG_COLUMNS),
        "periods": PERIODS.values(),
        "failed_files": archive().deliveries.count(),
        "given": request.POST,
    }
    if request.method != "POST":
        return render(request, "web/imports.html", context)
    try:
        upload = uploads.chosen(request)
        context["file"] = upload.name
        if request.POST.get("do") != "import":
            return render(request, "web/imports.html", context | _looked_at(request, upload))
        work = _begin(request, upload)
        report = work.result()
    except Unreadable as error:
        return render(request, "web/imports.html", context | {"failed": error.why})
    if report is None:
        return redirect("import_state", work.number)
    return render(request, "web/imports.html", {**context, "file": "", "report": _told(report)})


def state(request: Asked, number: str) -> HttpResponse:
    """How far an import is, or its report; asked again by the page itself until there is one."""
    _importer(request)
    work = IMPORTS.find(number, request.user.pk)
    if work is None:
        raise BihuanError(
            _(
                "没有这次导入的进度（服务可能重启过）。已开始读取的文件已留存，下一次导入会先把它补完；不确定时请再导一次，同一文件不会重复入库。"
            )
        )
    context: dict[str, Any] = {"work": work}
    try:
        report = work.result()
        context["report"] = report and _told(report)
    except BihuanError as error:
        context["failed"] = error.why
    part = request.headers.get("HX-Request") == "true"
    return render(request, "web/_import_state.html" if part else "web/import_state.html", context)


def _looked_at(request: Asked, upload: Upload) -> dict[str, Any]:
    """The columns of the file, and what a mapping makes of its first rows; nothing is stored."""
    found: dict[str, Any] = {"columns": previews.columns_of(upload.path, upload.name)}
    mapping = _mapping(request) if request.POST.get("do") == "preview" else None
    if mapping is None:
        return found
    return {**found, "preview": previews.preview(upload.path, upload.name, mapping)}


def _told(report: FileReport) -> FileReport:
    """The report with what the registers say of its sites; asked for here, not where files are read."""
    if report.error:
        return report
    return replace(report, notes=[*report.notes, *resolved_sites.notes(report.sites)])


def _begin(request: Asked, upload: Upload) -> Work[FileReport]:
    """Start the import of the file; its copy goes when it is done."""
    mapping, places, received = _mapping(request), points(), clock.now()
    known = resolved_sites.known()
    store, folder = archive(), settings.DATA_DIR / "mappings"

    record(request.user, "file.import", upload.name[:120], request, bytes=upload.path.stat().st_size)
    uploads.forget(request)

    def take(progress: Progress) -> FileReport:
        try:
            report = files.import_files(
                store,
                [upload.path],
                names=[upload.name],
                received=received,
                mapping=mapping,
                points=places,
                sites=known,
                progress=progress,
            )[0]
        finally:
            upload.drop()
        if mapping is not None and mapping.name and not report.error:
            save_mapping(mapping, folder / f"{mapping.name}.json")
        return report

    return IMPORTS.start(request.user.pk, upload.name, take)


def _mapping(request: Asked) -> ColumnMapping | None:
    """A saved mapping by name, or one made from the form, or None for a known format."""
    if request.POST.get("mapping"):
        if request.POST["mapping"] not in mappings():
            raise Unreadable(_("没有这个列映射，请从列表中选择。"))
        return load_mapping(settings.DATA_DIR / "mappings" / f"{request.POST['mapping']}.json")
    if not request.POST.get("time"):
        return None
    name = request.POST.get("name", "").strip()
    if name and not name.replace("-", "").replace("_", "").isalnum():
        raise Unreadable(_("映射名称只能用字母、汉字、数字、- 和 _。"))
    if len(name) > LONGEST_NAME:
        raise Unreadable(_("映射名称最多 %(n)d 个字。") % {"n": LONGEST_NAME})
    said = {k: request.POST.get(k, "").strip() for k in ("site", "one_site", "label", "time_format")}
    return ColumnMapping(
        site=said["site"],
        time=(request.POST["time"],),
        quantities=_targets(request),
        one_site=said["one_site"],
        time_format=said["time_format"],
        label=said["label"] or "end",
        name=name,
        period=request.POST.get("period") or "hour",
    )


def _targets(request: Asked) -> dict[str, Target]:
    """What each chosen column holds: the quantities of ambient tables by name, any other by code or name."""
    given = request.POST
    chosen = [(f"column_{name}", f"factor_{name}", name) for name in BY_NAME]
    chosen += [
        (f"column_{n}", f"factor_{n}", given.get(f"quantity_{n}", "").strip()) for n in range(LONG_COLUMNS)
    ]
    found = {}
    for column, factor, name in chosen:
        if given.get(column):
            found[given[column]] = Target(
                _known(name, given[column]), _factor(name, given.get(factor) or "1")
            )
    return found


def _known(name: str, column: str) -> str:
    """An inside name of ambient tables, or the code that a person's word means."""
    code = name if name in BY_NAME else code_of(name)
    if code is None:
        raise Unreadable(
            _("列 %(column)s 的因子“%(name)s”不明，或此名称对应多个因子；请填 HJ 212 编码，如 w21003。")
            % {"column": column, "name": name}
        )
    return code


def _factor(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise Unreadable(
            _("%(name)s 的系数 %(factor)s 不是数字。") % {"name": name, "factor": text}
        ) from error
