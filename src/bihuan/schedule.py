"""The schedule: what the worker does and how often, as of the clock. bihuan.jobs says when a job is due and runs it."""

from datetime import UTC, datetime, timedelta
from functools import cache

from django.conf import settings

from bihuan import clock
from bihuan.cases import evidence, rule_tries
from bihuan.cases.delivering import deliver
from bihuan.cases.escalation import go_on, hand_on
from bihuan.cases.models import Delivery, Notification
from bihuan.cases.reminders import remind
from bihuan.jobs import Job, Say, do_each
from bihuan.kit.patrol.supervising import look_at_new
from bihuan.kit.phone import arriving
from bihuan.kit.registers import exchange
from bihuan.pipeline.passages import store_all
from bihuan.registry import anchors, sign_in
from bihuan.registry.hours import archive
from bihuan.scenarios.checking import check
from bihuan.scenarios.resolved import every_scenario
from bihuan.trying import try_waiting

HOUR = timedelta(hours=1)
KEEP_PREVIEWED = timedelta(days=1)
KEEP_RAW = timedelta(days=3 * 366)  # raw input: three years, then only the stored rows remain


def reminders(now: datetime, say: Say) -> str:
    """Tell people what is due."""
    handed = hand_on(now)
    return f"提醒 {remind(now)} 条" + (f"，接任转交 {handed} 条" if handed else "")


def messages(now: datetime, say: Say) -> str:
    """Take what is unread further, and send what waits in the outbox."""
    further, done = go_on(now), deliver(now)
    failed = f"，{done.failed} 个渠道发不出" if done.failed else ""
    return f"未读升级 {further} 条，发出 {done.sent} 条{failed}"


def messages_wait() -> bool:
    """Is anything to be sent or to go further at this moment?"""
    now = clock.now()
    unread = Notification.objects.filter(next_at__lte=now)
    return unread.exists() or Delivery.objects.filter(state=Delivery.State.WAITING, due__lte=now).exists()


def passages(now: datetime, say: Say) -> str:
    """Make rows of what gates sent."""
    return f"入库 {store_all(archive())} 条过车记录" if archive().has_passages else "没有门禁记录"


def compaction(now: datetime, say: Say) -> str:
    """Merge small parts of the archive, and drop what is kept no longer."""
    return "；".join(
        do_each(
            {
                "归档": _merge,
                "数采仪与门禁归档": _merge_sent,
                "登录失败记录": sign_in.forget,
                "原始数据": _drop_raw,
                "手机照片": lambda: _forget_photos(now),
                "附件": _sweep,
                "登记导入": _drop_previewed,
            }
        )
    )


def _merge() -> str:
    return f"合并 {len(archive().compact())} 个月"


def _merge_sent() -> None:
    for table in archive().sent():
        with archive().writing():
            table.compact(files=2)


def _drop_raw() -> str:
    freed = archive().retain(datetime.now(UTC) - KEEP_RAW)
    return f"清理 {sum(freed.values())} 个不再需要的文件"


def _forget_photos(now: datetime) -> str:
    return f"清理 {arriving.forget(now)} 张没有用上的手机照片"


def _sweep() -> str:
    return f"清理 {evidence.sweep()} 个没有用上的附件"


def _drop_previewed() -> str:
    return f"清理 {exchange.sweep(datetime.now(UTC) - KEEP_PREVIEWED)} 个只预览过的登记文件"


def patrols(now: datetime, say: Say) -> str:
    """Look for signs in the tracks of which more has come."""
    return f"新疑点 {look_at_new()} 个"


def keep_root(now: datetime, say: Say) -> str:
    """Write the root of the log into the data folder; it is a witness once somebody carries it elsewhere."""
    say("存证")
    return f"存证根 {anchors.keep(settings.DATA_DIR).name}"


CHECK = Job("check", "运行检查规则", HOUR, check)
CORE = (
    CHECK,
    Job("remind", "到期提醒", HOUR / 6, reminders),
    Job("messages", "消息送达", HOUR, messages, asked=messages_wait),
    Job("passages", "过车记录入库", HOUR / 6, passages),
    Job("patrol", "巡查轨迹核查", HOUR, patrols),
    Job("compact", "归档整理", 24 * HOUR, compaction),
    Job("anchor", "存证根", 24 * HOUR, keep_root),
    Job("try", "规则试算", 24 * HOUR, try_waiting, long=True, asked=rule_tries.waiting),
)


@cache
def every_job() -> tuple[Job, ...]:
    """The jobs of the house, then those of the lines of business."""
    return (*CORE, *(job for s in every_scenario().values() for job in s.jobs))
