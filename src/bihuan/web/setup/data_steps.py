"""The steps about what arrives and what is made of it: sources of data, rules."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.kit.ages import age_text
from bihuan.registry.hours import archive
from bihuan.registry.models import JobRun, Site
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.resolved import every_scenario
from bihuan.schedule import CHECK
from bihuan.web.pages.checks import last_runs
from bihuan.web.setup.step import Link, Step, said, some

DAY, WEEK, HOUR = timedelta(days=1), timedelta(days=7), timedelta(hours=1)


def sources() -> Step:
    """Whether the evaluated stations deliver."""
    now = clock.now()
    names = dict(Site.objects.filter(evaluated=True).values_list("code", "name"))
    latest = archive().ambient.latest(as_of=now, within=WEEK, sites=sorted(names)) if names else None
    newest: dict[str, datetime] = (
        dict(latest.select("site", "start").iter_rows()) if latest is not None else {}
    )
    silent = [name for code, name in names.items() if newest.get(code, now - WEEK) + HOUR < now - DAY]
    facts = (_("近 7 天有数据的评价点位 %(n)d 个，共 %(all)d 个") % {"n": len(newest), "all": len(names)},)
    missing = said((not newest, _("近 7 天没有任何评价点位的数据")))
    doubts = said(
        (bool(silent) and not missing, _("近 24 小时没有数据：%(names)s") % {"names": some(silent)}),
    )
    links = (Link(_("导入"), reverse("imports")), Link(_("数采仪"), reverse("loggers")))
    return Step("sources", _("数据来源"), facts, missing, lambda: doubts, links)


def rules() -> Step:
    """Whether the rules run over the data, and the jobs of the lines of business."""
    ran = JobRun.objects.filter(ok=True)
    checked = ran.filter(job=CHECK.name).first()
    last = last_runs()
    failed = [run.check_key for run in last.values() if run.error]
    known = set(ran.values_list("job", flat=True))
    idle = [_(job.title) for s in every_scenario().values() for job in s.jobs if job.name not in known]
    facts = (
        _("规则 %(n)d 条，运行过 %(ran)d 条") % {"n": len(every_check()), "ran": len(last)},
        _("最近一次检查：%(at)s") % {"at": age_text(clock.now() - checked.as_of) + _("前") if checked else "—"},
    )  # fmt: skip
    missing = said((checked is None, _("检查还没有运行过：它每小时一次，由 bihuan serve 的工作进程运行")))
    doubts = said(
        (bool(failed), _("没有完成的规则：%(names)s") % {"names": some(failed)}),
        (bool(idle), _("还没有运行过的任务：%(names)s") % {"names": some(idle)}),
    )
    links = (Link(_("规则"), reverse("checks")), Link(_("系统状态"), reverse("system")))
    return Step("rules", _("规则"), facts, missing, lambda: doubts, links)
