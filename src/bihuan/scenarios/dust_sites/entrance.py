"""The HTTP entrance for monitors: a batch is on disk before it is answered, a job of a minute takes it in as a file.

The bearer token of a sender opens it, and only for the monitors that name that sender. What was sent again is answered the same way and says nothing new.
"""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from hmac import compare_digest
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from bihuan import clock
from bihuan.archive.inbox import Inbox
from bihuan.archive.journal import Entry
from bihuan.domain.dust.batches import MOST, STEPS, BadBatch, Batch, Refusal, Spot, Value, read_batch
from bihuan.domain.dust.means import ITEMS
from bihuan.domain.places.geodesy import distance
from bihuan.domain.timeaxis import CST
from bihuan.errors import BihuanError
from bihuan.jobs import Say
from bihuan.kit.registers.declared import Handed
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.subjects import there_on
from bihuan.scenarios.dust_sites.models import BoxPlace, Monitor, Sender, SenderToken

BYTES = 2_000_000
"""Of a batch at most."""
SHOWN = 100
"""Refusals that an answer lists; it counts all."""
KEPT = timedelta(days=30)
STILL = 10.0
"""A box that says a place within so many metres of the last one has not moved."""
LEAST_TOKEN = 24
BAD = {
    "no_json": gettext_noop("正文不是 JSON 对象，请按接口说明发送"), "nothing": gettext_noop("没有 records 或 places，请按接口说明发送"),
    "too_many": gettext_noop("一批记录太多，请分批发送"),
}  # fmt: skip
WHY = {
    "monitor": (gettext_noop("监测点没有登记，或者不由您上传"), gettext_noop("核对编码，或请管理部门登记监测点及其数据上传方")),
    "time": (gettext_noop("不是时间"), gettext_noop("写成 2024-03-01T08:05:00+08:00")),
    "future": (gettext_noop("时间在未来"), gettext_noop("校准设备时钟后重发")),
    "period": (gettext_noop("时段不认识"), gettext_noop("填 minute、5min、10min 或 hour")),
    "grid": (gettext_noop("时间不是时段的起点"), gettext_noop("填时段开始的整点或整分")),
    "quantity": (gettext_noop("因子不收"), gettext_noop("用接口说明里的因子编码")),
    "number": (gettext_noop("不是数"), gettext_noop("填数字，没有值的不要发")),
    "outside": (gettext_noop("超出可能的范围"), gettext_noop("核对单位和设备")),
    "flag": (gettext_noop("标记太长"), gettext_noop("用 HJ 212 的标记字母")),
    "record": (gettext_noop("记录不完整"), gettext_noop("按接口说明填写各项")),
}  # fmt: skip


class NotStored(BihuanError):
    """What was sent could not be stored."""


def check_token(text: str) -> None:
    """Long enough to be guessed by nobody. Raises ValueError."""
    if text and len(text) < LEAST_TOKEN:
        raise ValueError(_("令牌至少 %(n)d 位") % {"n": LEAST_TOKEN})


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return sha256(token.encode()).hexdigest()


def keep_tokens(handed: Sequence[Handed]) -> None:
    """Keep the digest of each token that was entered; of a sender that is taken back none."""
    for each in handed:
        if each.gone:
            SenderToken.objects.filter(sender_id=each.target.pk).delete()
        elif token := each.secrets.get("token", ""):
            SenderToken.objects.update_or_create(
                sender_id=each.target.pk, defaults={"digest": digest_of(token)}
            )


def inbox() -> Inbox:
    """Where batches wait."""
    return archive().inbox("dust")


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: HttpRequest) -> JsonResponse:
    """GET: what may be sent. POST: a batch, of a sender with its token."""
    if request.method != "POST":
        return _json(200, _described())
    sender = _sender(request)
    if sender is None:
        return _json(401, {"error": _("令牌不对，或者上传方已停用")})
    body = request.body
    if len(body) > BYTES:
        return _json(413, {"error": _(BAD["too_many"])})
    now = clock.now()
    position = inbox().put(sender.pk, body, now)
    try:
        batch = read_batch(body, monitors_of(sender.pk, now), now)
    except BadBatch as error:
        return _json(400, {"kept": position, "error": _(BAD[error.code])})
    answer = {
        "kept": position,
        "values": len(batch.values),
        "places": len(batch.spots),
        "refused": len(batch.refused),
    }
    return _json(200, answer | {"refusals": [_told(r) for r in batch.refused[:SHOWN]]})


def _json(status: int, said: Mapping[str, Any]) -> JsonResponse:
    return JsonResponse(said, status=status, json_dumps_params={"ensure_ascii": False})


def _described() -> dict[str, Any]:
    return {
        "method": "POST", "authorization": "Bearer <token>", "records": ["monitor", "time", "period", "values", "flag"], "places": ["monitor", "time", "lon", "lat"],
        "periods": list(STEPS), "quantities": ITEMS, "units": "µg/m³, °C, %, m/s, °", "most": MOST, "bytes": BYTES,
    }  # fmt: skip


def _told(refusal: Refusal) -> dict[str, Any]:
    why, remedy = WHY[refusal.why]
    return {
        "part": refusal.part,
        "row": refusal.row,
        "field": refusal.field,
        "given": refusal.given,
        "why": _(why),
        "remedy": _(remedy),
    }


def _sender(request: HttpRequest) -> Sender | None:
    """Whose token it is, of senders in use."""
    kind, _sep, token = request.headers.get("Authorization", "").partition(" ")
    digest, today = digest_of(token.strip()), clock.now().astimezone(CST).date()
    found = (
        SenderToken.objects.filter(digest=digest).select_related("sender").first()
        if kind.lower() == "bearer"
        else None
    )
    if found is None or not compare_digest(found.digest, digest) or not found.sender.in_force(today):
        return None
    return found.sender


def monitors_of(sender: str, now: datetime) -> set[str]:
    """The monitors in use for which a sender speaks."""
    rows = Monitor.objects.filter(there_on(now.astimezone(CST).date()), sender=sender)
    return set(rows.values_list("pk", flat=True))


def take_in(now: datetime, _say: Say) -> str:
    """Store the batches that wait; one line about it. Raises NotStored."""
    box = inbox()
    waiting = [entry for entry in box.waiting() if entry.received <= now]
    if not waiting:
        return "没有新的上传"
    batches = [batch for entry in waiting if (batch := _batch(entry)) is not None]
    values, refused = [v for b in batches for v in b.values], sum(len(b.refused) for b in batches)
    if values:
        _store(values, waiting[-1].received)
    for batch in batches:
        for spot in batch.spots:
            _keep_place(spot)
    box.settle(waiting[-1].position)
    box.drop_before(now - KEPT)
    return f"上传 {len(waiting)} 批、数值 {len(values)} 个，拒收 {refused} 条，读不了的 {len(waiting) - len(batches)} 批"


def _batch(entry: Entry) -> Batch | None:
    """What a kept body holds; None where nothing of it can be read: its sender was told."""
    try:
        return read_batch(entry.data, monitors_of(entry.source, entry.received), entry.received)
    except BadBatch:
        return None


def _store(values: Sequence[Value], received: datetime) -> None:
    with TemporaryDirectory(prefix="bihuan-dust-") as folder:
        path = Path(folder) / f"dust_monitors_{received:%Y%m%d%H%M%S}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(_rows(values))
        (report,) = import_files(archive(), [path], received=received, delay=None)
    if report.error:
        raise NotStored(f"{report.file}: {report.error}")


def _rows(values: Sequence[Value]) -> Iterator[Sequence[object]]:
    """A plain long table; of values of one time the one that came last."""
    yield "site", "time", "code", "period", "value", "flag"
    last = {(v.monitor, v.start, v.code, v.period): v for v in values}
    for v in last.values():
        yield v.monitor, f"{v.start.astimezone(CST):%Y-%m-%d %H:%M}", v.code, v.period, v.value, v.flag


def _keep_place(spot: Spot) -> None:
    """Only where it says another place than before."""
    last = BoxPlace.objects.filter(monitor=spot.monitor, at__lte=spot.at).order_by("-at").first()
    if last is None or distance((last.lon, last.lat), (spot.lon, spot.lat)) > STILL:
        BoxPlace.objects.get_or_create(
            monitor_id=spot.monitor, at=spot.at, defaults={"lon": spot.lon, "lat": spot.lat}
        )
