"""The league table on a page, as a workbook and as a paper."""

from datetime import date, datetime, time

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.asked import BadQuestion, day_of
from bihuan.domain.timeaxis import CST
from bihuan.kit.downloads import WORD, download, download_book
from bihuan.registry.access import Asked
from bihuan.scenarios.river_chiefs import report
from bihuan.scenarios.river_chiefs.league import League, league


def _asked(request: Asked) -> tuple[League, date]:
    """Since the day asked for, else since the first of January. Raises BadQuestion."""
    text = request.GET.get("since", "").strip()
    try:
        since = day_of(text) if text else date(clock.now().astimezone(CST).year, 1, 1)
    except ValueError as error:
        raise BadQuestion(_("日期写成 2019-02-25 的样子")) from error
    return league(request.user, datetime.combine(since, time(), CST)), since


def index(request: Asked) -> HttpResponse:
    """Counties and people by what they found and solved."""
    found, since = _asked(request)
    return render(request, "river_chiefs/league.html", {"league": found, "since": since})


def book(request: Asked) -> HttpResponse:
    """The same as a workbook."""
    found, since = _asked(request)
    return download_book(f"河长制问题排名{since}起", *report.league_sheets(found))


def word(request: Asked) -> HttpResponse:
    """The same as a paper."""
    found, since = _asked(request)
    return download(report.of_league(found, since), f"河长制问题排名{since}起.docx", WORD)
