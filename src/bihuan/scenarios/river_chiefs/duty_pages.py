"""Duties and where they stand; the rules by which they are counted."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import day_of
from bihuan.cases.errors import IllegalMove
from bihuan.domain.timeaxis import CST
from bihuan.kit.listing.shown import listed
from bihuan.registry.access import Asked
from bihuan.scenarios.river_chiefs import listing
from bihuan.scenarios.river_chiefs import rules as rulebook
from bihuan.scenarios.river_chiefs.periods import TITLES

SHOWN_VERSIONS = 30


def index(request: Asked) -> HttpResponse:
    """The duties that a person may see; `as=xlsx` or csv takes them away."""
    return listed(request, listing.duties(request.user), "river_chiefs/duties.html")


def rules(request: Asked) -> HttpResponse:
    """How often whom is to patrol, each with its source; POST sets it from a day on."""
    why = field = ""
    today = clock.now().astimezone(CST).date()
    known = rulebook.rules_on(today)
    typed = {key: (str(rule.times), rule.period) for key, rule in known.items()}
    if request.method == "POST":
        sent = request.POST
        typed = {
            key: (sent.get(f"times_{key}", times).strip(), sent.get(f"period_{key}", period))
            for key, (times, period) in typed.items()
        }
        try:
            _set(request, typed)
        except IllegalMove as error:
            why, field = str(error), error.field
        else:
            messages.success(request, _("已设定，自生效日以后开始的周期按此计次。"))
            return redirect("river_chiefs:rules")
    context = {
        "rows": [(rule, *typed[key]) for key, rule in known.items()], "periods": TITLES.items(), "why": why, "field": field,
        "today": today, "versions": rulebook.versions()[:SHOWN_VERSIONS], "may_set": rulebook.may_set(request.user),
        "since": request.POST.get("since", today.isoformat()), "reason": request.POST.get("reason", ""),
    }  # fmt: skip
    return render(request, "river_chiefs/rules.html", context)


def _set(request: Asked, typed: dict[str, tuple[str, str]]) -> None:
    try:
        since = day_of(request.POST.get("since", ""))
    except ValueError as error:
        raise IllegalMove(_("日期写成 2019-02-25 的样子"), "since") from error
    rulebook.set_rules(request.user, typed, since, request.POST.get("reason", ""))
