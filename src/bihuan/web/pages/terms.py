"""Terms (办结时限): the rules, what they would say of a problem now, the calendar; one rule, set, tried and taken back."""

from datetime import datetime
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from bihuan import clock
from bihuan.cases import set_versions, term_settings
from bihuan.cases.deadlines import local_day
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Level
from bihuan.cases.set_versions import OFFICE_HOURS
from bihuan.cases.term_rules import Decision, Rulebook, TermRule
from bihuan.cases.term_settings import rulebook
from bihuan.registry.access import Asked
from bihuan.web import drafts, rule_changes, term_forms
from bihuan.web.rule_changes import NEW, SHOWN_VERSIONS

CHOICES = {"levels": Level.choices, "sources": Case.Source.choices, "units": term_settings.units}


def index(request: Asked) -> HttpResponse:
    """All rules, the calendar and the office hours; what would become of a problem that the address describes."""
    book, now = rulebook(), clock.now()
    context = {
        "rules": [(rule, term_forms.conditions_of(rule)) for rule in book.rules],
        "decision": _asked_about(request, book, now),
        "asked": request.GET,
        "years": term_forms.years_of(book.calendar, local_day(now)),
        "office": term_forms.office_text(book.calendar.office),
        "office_key": OFFICE_HOURS,
        "office_versions": set_versions.versions(OFFICE_HOURS)[:SHOWN_VERSIONS],
        "draft": drafts.load(request, OFFICE_HOURS),
        **_choices(request),
    }
    return render(request, "web/terms.html", context)


def _asked_about(request: Asked, book: Rulebook, now: datetime) -> Decision | None:
    matter = term_forms.matter_of(request.GET)
    return None if matter is None else book.decide(matter, now)


def _choices(request: Asked) -> dict[str, object]:
    return {
        **CHOICES,
        "kinds": term_forms.kind_choices(),
        "checks": term_forms.check_choices(),
        "may_set": set_versions.may_set(request.user),
        "lengths": term_settings.LENGTHS,
    }


def page(request: Asked, key: str) -> HttpResponse:
    """One rule as its form, with its versions; as it was typed where it was refused or is tried, with what it would mean."""
    book, draft = rulebook(), drafts.load(request, _form(key))
    rule = _known(book, key)
    values = draft.values or (term_forms.values_of(rule) if rule else {"enabled": "on"})
    context = {
        "change": reverse("term_change", args=[key, "set"]).removesuffix("set"),
        "rule": rule,
        "draft": draft,
        "values": values,
        "effects": _effects(key, draft, book),
        "versions": [
            (v, was.term.label, was.enabled)
            for v in set_versions.versions(key)[:SHOWN_VERSIONS]
            for was in (term_settings.read(key, v.content),)
        ],
        **_choices(request),
    }
    return render(request, "web/term.html", context)


def _effects(key: str, draft: drafts.Draft, book: Rulebook) -> list[term_forms.Effect]:
    """What the rule that was typed would change; nothing of one that was refused."""
    if not draft.values or draft.why:
        return []
    rule = term_settings.fitting(term_forms.rule_of(draft.values, key), book)
    return term_forms.effects_of(rule, book, clock.now())


def _known(book: Rulebook, key: str) -> TermRule | None:
    """The rule of a key; None for a new one. Raises Http404."""
    found = next((rule for rule in book.rules if rule.key == key), None)
    if found is None and key != NEW:
        raise Http404
    return found


def _form(key: str) -> str:
    return f"terms/{key}"


@require_POST
def change(request: Asked, key: str, action: str) -> HttpResponse:
    """Set a rule or the office hours, try a rule, undo. A refused form comes back as it was typed."""
    set_versions.demand_right(request.user)
    office = key == OFFICE_HOURS
    if not office:
        _known(rulebook(), key)
    form, back = (key, reverse("terms")) if office else (_form(key), reverse("term", args=[key]))
    return rule_changes.answer(
        request, form, back, action, partial(_act, request, key, action), home="terms",
        said=_("已记录，此后的交办按此推算；已交办的期限不变。"),
    )  # fmt: skip


def _act(request: Asked, key: str, action: str) -> None:
    by, posted, reason = request.user, request.POST, request.POST.get("reason", "")
    if action == "try" and key != OFFICE_HOURS:
        term_settings.fitting(term_forms.rule_of(posted, key), rulebook())
    elif action == "undo":
        term_settings.undo(by, key, reason)
    elif action != "set":
        raise IllegalMove(_("时限不能“%(action)s”") % {"action": action[:20]})
    elif key == OFFICE_HOURS:
        term_settings.change_office(by, term_forms.office_of(posted.get("office", "")), reason)
    else:
        term_settings.change(by, term_forms.rule_of(posted, rule_changes.fresh(key)), reason)
