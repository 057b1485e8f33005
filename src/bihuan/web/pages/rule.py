"""The rule of one check: what is set, what it would have shown, who changed it; set anew, undo, windows, proposals."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import alarm_rules, rule_tries
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Level, RuleTry
from bihuan.domain.alarm_rules import Proposal, Rule, Window
from bihuan.domain.parameters import Parameter
from bihuan.domain.timeaxis import CST
from bihuan.english import told
from bihuan.errors import NotAllowed
from bihuan.registry.access import Asked, visible
from bihuan.registry.models import Organisation, Region
from bihuan.scenarios.catalogue import Entry, every_check
from bihuan.web.rule_days import days_of
from bihuan.web.rule_proposals import proposal_for, said


def _entry(key: str) -> Entry:
    found = next((e for e in every_check() if e.check.key == key), None)
    if found is None:
        raise Http404
    return found


def page(request: Asked, key: str) -> HttpResponse:
    """What is set, with the form; `run`: a rule that somebody tried, in the form, and what came of it."""
    entry, now = _entry(key), clock.now()
    asked = _asked(key, request.GET.get("run", ""))
    rule = alarm_rules.rule_of(key) if asked is None else alarm_rules.read(asked.content)
    proposal = proposal_for(key, now)
    context = {
        "entry": entry,
        "rule": rule,
        "parameters": [(name, p, rule.parameters.get(name)) for name, p in entry.parameters.items()],
        "levels": Level.choices,
        "worse": [(f"{h:g}", s) for h, s in sorted(rule.worse_after.items())] + [("", "")],
        "versions": alarm_rules.versions(key)[:50],
        "may_set": alarm_rules.may_set(request.user),
        "asked": asked,
        "result": asked and rule_tries.result_of(asked),
        "proposal": proposal and said(proposal, key),
        "days": days_of(request, key, now),
        "regions": visible(Region.objects.order_by("code"), request.user),
        "units": visible(Organisation.objects.order_by("name"), request.user),
        "reason_length": alarm_rules.REASON_LENGTH,
    }
    return render(request, "web/rule.html", context)


def _asked(key: str, number: str) -> RuleTry | None:
    """A try of this check by its number; None when it is not known (any more)."""
    return RuleTry.objects.filter(check_key=key, pk=number).first() if number.isdecimal() else None


def tried(request: Asked, key: str, number: int) -> HttpResponse:
    """How far a try is, or what came of it; the page asks until it has ended."""
    entry, asked = _entry(key), _asked(key, str(number))
    if asked is None:
        raise Http404
    context = {"entry": entry, "asked": asked, "result": rule_tries.result_of(asked)}
    return render(request, "web/_rule_try.html", context)


@require_POST
def change(request: Asked, key: str, action: str) -> HttpResponse:
    """Set the rule or try it, undo, add or end a window, dismiss a proposal."""
    entry = _entry(key)
    if not alarm_rules.may_set(request.user):
        raise NotAllowed(_("告警规则由全市的调度岗或负责人设定。"))
    try:
        if action == "try":
            return redirect(f"{reverse('rule', args=[key])}?run={_try(request, entry).pk}#tried")
        _act(request, entry, action)
        messages.success(request, _("已记录，下一轮检查起按此执行。"))
    except IllegalMove as error:
        messages.error(request, str(error))
    return redirect("rule", key)


def _try(request: Asked, entry: Entry) -> RuleTry:
    """Try what the form says, or the proposal that stands on the page."""
    key, rule = entry.check.key, alarm_rules.rule_of(entry.check.key)
    if "proposal" in request.POST:
        rule = _proposal(key).applied(rule)
    else:
        rule = _rule_from(request.POST, rule, entry.parameters)
    return rule_tries.ask(request.user, key, rule, known=entry.parameters, severity=entry.check.severity)


def _proposal(key: str) -> Proposal:
    """Raises IllegalMove when it is gone."""
    found = proposal_for(key, clock.now())
    if found is None:
        raise IllegalMove(_("这条建议已经不在了"))
    return found


def _act(request: Asked, entry: Entry, action: str) -> None:
    key, by, posted = entry.check.key, request.user, request.POST
    reason, rule, known = (
        posted.get("reason", ""),
        alarm_rules.rule_of(entry.check.key),
        entry.parameters,
    )
    if action == "set":
        alarm_rules.change(by, key, _rule_from(posted, rule, known), reason, known=known)
    elif action == "accept":
        alarm_rules.change(by, key, _proposal(key).applied(rule), reason or _("采纳建议"), known=known)
    elif action == "dismiss":
        alarm_rules.dismiss(by, key, reason)
    elif action == "undo":
        alarm_rules.undo(by, key, reason)
    elif action == "silence":
        alarm_rules.change(
            by, key, alarm_rules.with_window(rule, _window(posted, reason)), reason, known=known
        )
    elif action == "end":
        place = int(posted["window"]) if posted.get("window", "").isdecimal() else -1
        alarm_rules.change(by, key, alarm_rules.without_window(rule, place), reason, known=known)
    else:
        raise IllegalMove(_("规则不能“%(action)s”") % {"action": action[:20]})


def _rule_from(given: QueryDict, before: Rule, known: Mapping[str, Parameter]) -> Rule:
    """The rule that the form says; windows stay. Raises IllegalMove."""
    names = [name.removeprefix("p_") for name in given if name.startswith("p_")]
    values = {n: _number(given, f"p_{n}", told(known[n].title) if n in known else n) for n in names}
    worse = zip(given.getlist("worse_hours"), given.getlist("worse_severity"), strict=False)
    first, last = _number(given, "duty_from", _("值守起")), _number(given, "duty_to", _("值守止"))
    if (first is None) != (last is None):
        raise IllegalMove(_("值守时段要写明起和止"))
    return Rule(
        parameters={name: value for name, value in values.items() if value is not None},
        delay_on=_number(given, "delay_on", _("起报延时")) or 0.0,
        delay_off=_number(given, "delay_off", _("消除延时")) or 0.0,
        least=_number(given, "least", _("起报大小")),
        worse_after={_plain(h, _("时长")): s for h, s in worse if h.strip() and s},
        duty=None if first is None or last is None else (int(first), int(last)),
        windows=before.windows,
    )


def _number(given: QueryDict, name: str, label: str) -> float | None:
    text = given.get(name, "").strip()
    return _plain(text, label) if text else None


def _plain(text: str, label: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = float("nan")
    if not -1e12 < value < 1e12:
        raise IllegalMove(_("%(label)s“%(text)s”不是数") % {"label": label, "text": text[:20]})
    return value


def _window(given: QueryDict, reason: str) -> Window:
    scope = given.get("scope", "all")
    key = given.get(
        {"target": "target", "region": "region", "organisation": "organisation"}.get(scope, ""), ""
    )
    if scope != "all" and not key:
        raise IllegalMove(_("请写明静默的对象、区划或单位"))
    return Window(
        scope,
        key.strip(),
        _instant(given, "since"),
        _instant(given, "until"),
        reason,
        given.get("weekly") == "on",
    )


def _instant(given: QueryDict, name: str) -> datetime:
    try:
        return datetime.fromisoformat(given.get(name, "")).replace(tzinfo=CST)
    except ValueError as error:
        raise IllegalMove(_("请写明静默的起止时间")) from error
