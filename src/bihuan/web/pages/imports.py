"""Bring a file in by hand: known formats at once, any other table through a saved column mapping with preview."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock, pipeline
from bihuan.domain.quantities import BY_NAME
from bihuan.errors import BihuanError
from bihuan.feeds.mapping import ColumnMapping, Target, load_mapping, preview, save_mapping
from bihuan.feeds.reading import Unreadable
from bihuan.feeds.tables import columns_of
from bihuan.registry.access import Asked, Role, scope_of
from bihuan.registry.audit import record
from bihuan.registry.hours import archive

SHOWN = 20


def mappings() -> list[str]:
    """Names of the saved mappings."""
    return sorted(p.stem for p in (settings.DATA_DIR / "mappings").glob("*.json"))


@contextmanager
def uploaded(request: Asked) -> Iterator[Path]:
    """The uploaded file under its own name in a temporary folder. Raises BihuanError without one."""
    file = request.FILES.get("file")
    if file is None or not file.name:
        raise BihuanError(_("请选择一个文件（CSV、Excel 或 Parquet）。"))
    with tempfile.TemporaryDirectory(dir=settings.DATA_DIR) as folder:
        path = Path(folder) / Path(file.name).name
        with path.open("wb") as target:
            for chunk in file.chunks():
                target.write(chunk)
        yield path


def page(request: Asked) -> HttpResponse:
    """The form; then a preview, or the report of what went in."""
    if not scope_of(request.user).has(Role.DISPATCHER, Role.ADMIN):
        raise BihuanError(_("导入由调度岗或系统管理员办理。"))
    context: dict[str, Any] = {"mappings": mappings(), "quantities": BY_NAME.values()}
    if request.method == "POST":
        with uploaded(request) as path:
            context |= _act(request, path)
    return render(request, "web/imports.html", context)


def _act(request: Asked, path: Path) -> dict[str, Any]:
    try:
        if request.POST.get("do") == "columns":
            return {"columns": columns_of(path, frozenset()), "file": path.name}
        mapping = _mapping(request)
        if request.POST.get("do") == "preview" and mapping is not None:
            found = preview(path, mapping, SHOWN)
            return {
                "preview": found,
                "rows": found.rows.to_dicts(),
                "columns": columns_of(path, frozenset()),
                "file": path.name,
            }
        report = pipeline.import_files(archive(), [path], received=clock.now(), mapping=mapping)[0]
    except Unreadable as error:
        return {"failed": str(error)}
    if mapping is not None and mapping.name:
        save_mapping(mapping, settings.DATA_DIR / "mappings" / f"{mapping.name}.json")
    record(
        request.user,
        "file.import",
        path.name,
        request,
        new=report.new,
        corrected=report.corrected,
        quarantined=report.quarantined,
    )
    return {"report": report}


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
