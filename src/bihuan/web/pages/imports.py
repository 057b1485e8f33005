"""Bring a file in by hand: known formats and forecast weather at once, any other table through a saved column mapping."""

import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan import clock, looking, pipeline
from bihuan.domain.quantities import BY_NAME
from bihuan.errors import BihuanError
from bihuan.feeds.mapping import ColumnMapping, Target, load_mapping, save_mapping
from bihuan.feeds.reading import Unreadable
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.audit import record
from bihuan.registry.hours import archive
from bihuan.registry.places import points
from bihuan.registry.roles import OPERATORS
from bihuan.reports import FileReport, Progress
from bihuan.web import import_work


def mappings() -> list[str]:
    """Names of the saved mappings."""
    return sorted(p.stem for p in (settings.DATA_DIR / "mappings").glob("*.json"))


def uploaded(request: Asked, folder: Path) -> Path:
    """The uploaded file under its own name in the folder. Raises BihuanError without one."""
    file = request.FILES.get("file")
    if file is None or not file.name:
        raise BihuanError(_("请选择一个文件。"))
    path = folder / Path(file.name).name
    with path.open("wb") as target:
        for chunk in file.chunks():
            target.write(chunk)
    return path


def _importer(request: Asked) -> None:
    if not may(request.user, *OPERATORS, region=CITY):
        raise BihuanError(_("导入由全市的调度岗或系统管理员办理。"))


def page(request: Asked) -> HttpResponse:
    """The form; then a preview, the report of what went in, or the way to an import that takes longer."""
    _importer(request)
    context: dict[str, Any] = {"mappings": mappings(), "quantities": BY_NAME.values()}
    if request.method != "POST":
        return render(request, "web/imports.html", context)
    try:
        with ExitStack() as held:
            folder = held.enter_context(tempfile.TemporaryDirectory(dir=settings.DATA_DIR))
            path = uploaded(request, Path(folder))
            if request.POST.get("do") != "import":
                return render(request, "web/imports.html", context | _looked_at(request, path))
            work = _begin(request, path, held)
        report = work.report()
    except Unreadable as error:
        return render(request, "web/imports.html", context | {"failed": str(error)})
    if report is None:
        return redirect("import_state", work.number)
    return render(request, "web/imports.html", context | {"report": report})


def state(request: Asked, number: str) -> HttpResponse:
    """How far an import is, or its report; asked again by the page itself until there is one."""
    _importer(request)
    work = import_work.find(number, request.user.pk)
    if work is None:
        raise BihuanError(
            _(
                "没有这次导入的进度（服务可能重启过）。已开始读取的文件已留存，下一次导入会先把它补完；不确定时请再导一次，同一文件不会重复入库。"
            )
        )
    context: dict[str, Any] = {"work": work}
    try:
        context["report"] = work.report()
    except BihuanError as error:
        context["failed"] = str(error)
    part = request.headers.get("HX-Request") == "true"
    return render(request, "web/_import_state.html" if part else "web/import_state.html", context)


def _looked_at(request: Asked, path: Path) -> dict[str, Any]:
    """The columns of the file, and what a mapping makes of its first rows; nothing is stored."""
    found = {"columns": looking.columns_of(path, path.name), "file": path.name}
    mapping = _mapping(request) if request.POST.get("do") == "preview" else None
    if mapping is None:
        return found
    return {**found, "preview": looking.preview(path, path.name, mapping)}


def _begin(request: Asked, path: Path, held: ExitStack) -> import_work.Work:
    """Start the import of the file; what is `held` for it (its folder) goes when it is done."""
    mapping, places, received = _mapping(request), points(), clock.now()
    store, folder = archive(), settings.DATA_DIR / "mappings"

    record(request.user, "file.import", path.name, request, bytes=path.stat().st_size)
    kept_for_it = held.pop_all()

    def take(progress: Progress) -> FileReport:
        with kept_for_it:
            report = pipeline.import_files(
                store, [path], received=received, mapping=mapping, points=places, progress=progress
            )[0]
        if mapping is not None and mapping.name and not report.error:
            save_mapping(mapping, folder / f"{mapping.name}.json")
        return report

    return import_work.start(request.user.pk, path.name, take)


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
    said = {k: request.POST.get(k, "").strip() for k in ("site", "one_site", "label", "time_format")}
    return ColumnMapping(
        site=said["site"],
        time=(request.POST["time"],),
        quantities=_targets(request),
        one_site=said["one_site"],
        time_format=said["time_format"],
        label=said["label"] or "end",
        name=name,
    )


def _targets(request: Asked) -> dict[str, Target]:
    found = {}
    for name in BY_NAME:
        column, factor = request.POST.get(f"column_{name}"), request.POST.get(f"factor_{name}") or "1"
        if column:
            try:
                found[column] = Target(name, float(factor))
            except ValueError as error:
                raise Unreadable(
                    _("%(name)s 的系数 %(factor)s 不是数字。") % {"name": name, "factor": factor}
                ) from error
    return found
