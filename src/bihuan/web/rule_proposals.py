"""What people's verdicts say about a rule: a proposal to change it, for its page and the inbox of who may set it."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases import alarm_rules
from bihuan.cases.models import Finding
from bihuan.cases.rule_models import RuleVersion
from bihuan.domain.alarm_rules import LEAST_JUDGED, MOST_WRONG, Proposal, proposed
from bihuan.english import told
from bihuan.registry.models import Person
from bihuan.scenarios.catalogue import titles_of_checks
from bihuan.scenarios.contract import Waiting


def proposal_for(check_key: str, now: datetime) -> Proposal | None:
    """What should be changed by the verdicts of the last 30 days, unless somebody has set the rule since then."""
    since = now - alarm_rules.PERIOD
    if RuleVersion.objects.filter(check_key=check_key, at__gt=since, at__lte=now).exists():
        return None
    return proposed(alarm_rules.recorded(check_key, now))


def said(proposal: Proposal, check_key: str) -> str:
    """What would be changed, from what to what, and why."""
    rule = alarm_rules.rule_of(check_key)
    values: dict[str, object]
    if proposal.what == "delay_on":
        change = _("起报延时由 %(before)g 改为 %(value)g 分钟")
        values = {"before": rule.delay_on, "value": proposal.value}
    else:
        change = _("起报大小由 %(before)s 改为 %(value)g %(unit)s")
        before = _("不限") if rule.least is None else f"{rule.least:g}"
        values = {"before": before, "value": proposal.value, "unit": told(_unit_of(check_key))}
    why = _(
        "近 30 天判定 %(judged)d 条，否定 %(wrong)d 条（%(share)s），改后可少报 %(drops)d 条，已属实的一条不少"
    )
    counts = {"judged": proposal.judged, "wrong": proposal.wrong, "drops": proposal.drops}
    share = f"{proposal.wrong / proposal.judged:.0%}"
    return _("：").join([(change % values).strip(), why % (counts | {"share": share})])


def _unit_of(check_key: str) -> str:
    """The unit in which findings of a check say how bad they are."""
    units = Finding.objects.filter(check_key=check_key).exclude(unit="").order_by("-id")
    return units.values_list("unit", flat=True).first() or ""


def proposals_waiting(person: Person, now: datetime) -> Iterator[Waiting]:
    """For one who may set rules: each rule that should be changed."""
    if not alarm_rules.may_set(person):
        return
    titles = titles_of_checks()
    for key in _often_rejected(now):
        found = proposal_for(key, now)
        if found is not None and key in titles:
            yield Waiting(
                what=_("规则修改建议"),
                subject=_(titles[key]),
                by=_("系统"),
                reason=said(found, key),
                at=now,
                url=reverse("rule", args=[key]),
            )


def _often_rejected(now: datetime) -> list[str]:
    """Keys of checks of which enough was judged and too much rejected: one query for all."""
    status = Finding.Status
    rows = (
        Finding.objects.filter(started_at__gte=now - alarm_rules.PERIOD, found_at__lte=now)
        .order_by()
        .values_list("check_key")
        .annotate(
            wrong=Count("id", filter=Q(status=status.REJECTED)),
            judged=Count("id", filter=Q(status__in=(status.REJECTED, status.CONFIRMED, status.HANDED))),
        )
    )
    return [key for key, wrong, judged in rows if judged >= LEAST_JUDGED and wrong > MOST_WRONG * judged]
