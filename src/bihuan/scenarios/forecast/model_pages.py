"""The forecast's models: what each learned from, how it did, which one serves and why; an administrator may change it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.domain.forecast.linear import BLOCKS
from bihuan.domain.quantities import BY_NAME
from bihuan.english import told
from bihuan.errors import BihuanError, NotAllowed
from bihuan.forecasting.records import Change, Record
from bihuan.forecasting.shelf import ModelShelf
from bihuan.forecasting.trials import trial_of
from bihuan.kit.downloads import download_table
from bihuan.kit.runs import forecasts
from bihuan.kit.tables import table
from bihuan.registry import forecasting
from bihuan.registry.access import CITY, Asked, may
from bihuan.registry.roles import ADMINS, WATCHERS
from bihuan.scenarios.forecast.scores import drift

SHOWN = 40
SHOWN_CHANGES = 30
MEMBERS = {
    "combined": "组合",
    "persistence": "持续性",
    "raw_damped": "阻尼持续性",
    "usual": "近期常值",
    "same_hour": "前一日同时",
    "root_damped": "阻尼持续性（开方）",
    "raw_full": "岭回归",
    "root_full": "岭回归（开方）",
    "trees_full": "提升树",
    "trees_free": "提升树（不带岭回归）",
    "similar": "相似日",
}
IN_SHORT = ("combined", "persistence", "raw_damped")


def index(request: Asked) -> HttpResponse:
    """The register of models as of the clock."""
    if not may(request.user, *WATCHERS, region=CITY):
        raise NotAllowed(_("预报模型由全市的调度岗、负责人、审计和系统管理员查看。"))
    shelf, now = forecasting.shelf(), clock.now()
    changes, records, roles = shelf.changes(now), shelf.records(now), shelf.standing(now)
    rows = [_row(shelf, r, roles.get(r.model_id)) for r in records[:SHOWN]]
    if "as" in request.GET:
        return download_table(request.GET["as"], "models", table(COLUMNS, rows))
    champion = next((r for r in records if _role(roles.get(r.model_id)) == "champion"), None)
    context = {
        "rows": rows,
        "older": max(len(records) - SHOWN, 0),
        "champion": champion,
        "since": roles[champion.model_id] if champion else None,
        "trials": _trials(shelf, records, roles, champion),
        "scores": _scores(champion) if champion else [],
        "blocks": [f"{a}–{b}" for a, b in BLOCKS],
        "changes": changes[: -SHOWN_CHANGES - 1 : -1],
        "names": {role: _(name) for role, name in forecasting.ROLE_NAMES.items()},
        "fallback": _fallback(),
        "drift": drift.shown() if champion else [],
        "regime": forecasting.regime(),
        "may_appoint": may(request.user, *ADMINS, region=CITY),
    }
    return render(request, "forecast/models.html", context)


def _role(change: Change | None) -> str:
    return change.role if change else "retired"


def _row(shelf: ModelShelf, record: Record, change: Change | None) -> dict[str, Any]:
    """A model's line; one without any change of role was kept by a run that was broken off."""
    meta = {"validation": record.validation}
    return {
        "record": record,
        "role": _role(change),
        "reason": change.reason if change else _("训练后未启用"),
        "who": change.who if change else "",
        "pm25": drift.validated(meta, "pm25"),
        "o3": drift.validated(meta, "o3"),
        "megabytes": record.size / 1e6,
        "kept": shelf.has_file(record.model_id),
        "sites": len([s for s in record.sites if not s.startswith("city:")]),
    }


COLUMNS: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "编号": lambda row: row["record"].model_id,
    "状态": lambda row: _(forecasting.ROLE_NAMES[row["role"]]),
    "类别": lambda row: row["record"].kind,
    "训练时刻": lambda row: row["record"].fitted_at,
    "数据自": lambda row: row["record"].first,
    "数据至": lambda row: row["record"].until,
    "行数": lambda row: row["record"].rows,
    "点位": lambda row: "、".join(row["record"].sites),
    "输入": lambda row: "、".join(BY_NAME[i].label for i in row["record"].inputs),
    "检验 RMSE PM2.5（1–24 时）": lambda row: row["pm25"],
    "检验 RMSE O3（1–24 时）": lambda row: row["o3"],
    "字节": lambda row: row["record"].size,
    "SHA-256": lambda row: row["record"].sha256,
    "软件": lambda row: row["record"].software,
    "训练用时（秒）": lambda row: row["record"].fit_seconds,
    "原因": lambda row: row["reason"],
    "文件": lambda row: _("在") if row["kept"] else _("已清理"),
}


def _scores(record: Record) -> list[dict[str, Any]]:
    """Validation of the champion: a line for each item and member in the order of MEMBERS."""
    return [
        {"item": item, "member": m, "name": name, "values": by_member[m], "short": m in IN_SHORT}
        for item, by_member in record.validation.items()
        for m, name in MEMBERS.items()
        if m in by_member
    ]


def _trials(
    shelf: ModelShelf, records: list[Record], roles: Mapping[str, Change], champion: Record | None
) -> list[dict[str, Any]]:
    """Challengers: a refit that waits, or another kind with its days on trial and its last look."""
    found = []
    for record in records:
        if champion is None or _role(roles.get(record.model_id)) != "challenger":
            continue
        other = record.kind != champion.kind
        began, looks = trial_of(shelf, record.kind, clock.now())
        since = began if other else record.fitted_at
        days = (clock.now() - since).days
        found.append(
            {"record": record, "other": other, "days": days, "looks": looks, "change": roles[record.model_id]}
        )
    return found


def _fallback() -> str:
    """What the newest run says when another model stood in."""
    newest = forecasts().runs(clock.now(), limit=1)
    return "".join(forecasting.fallback_of(newest[0])) if newest else ""


@require_POST
def appoint(request: Asked) -> HttpResponse:
    """Make a kept model the one that serves, with a reason."""
    model_id = request.POST.get("model", "")
    try:
        forecasting.appoint(request.user, model_id, request.POST.get("reason", ""), request)
        messages.success(request, _("%(id)s 已设为正式模型，下次起报起生效。") % {"id": model_id})
    except BihuanError as error:
        messages.error(request, _told(error))
    return redirect("models")


def _told(error: BihuanError) -> str:
    """The message, and why the file of a model cannot be used, in the language of the reader."""
    text, cause = str(error), str(error.__cause__ or "")
    return text.replace(cause, told(cause)) if cause else text
