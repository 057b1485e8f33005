"""空气质量日报: one page for the leaders, to print and as Word."""

from datetime import date, timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.kit.downloads import WORD, download
from bihuan.registry.city import evaluated_city
from bihuan.scenarios.air.evaluation import chart as charts
from bihuan.scenarios.air.evaluation import snapshot, texts
from bihuan.scenarios.air.evaluation import word as words
from bihuan.scenarios.air.evaluation.figures import figures, moment_of
from bihuan.scenarios.air.evaluation.places import reader


def _not_yet(day: date) -> None:
    """A brief of a day to come does not exist."""
    if day > snapshot.today() or day.year < 1902:
        raise Http404


def newest(request: HttpRequest) -> HttpResponse:
    """The brief of the last whole day."""
    return page(request, snapshot.today() - timedelta(days=1))


def page(request: HttpRequest, day: date) -> HttpResponse:
    """The print page."""
    _not_yet(day)
    found = figures(day, reader(request))
    context = {
        "f": found, "sections": texts.sections(found), "head": words.HEAD, "rows": words.table_rows(found),
        "footer": words.footer(found), "day": day, "date_line": f"{day.year}年{texts.day_text(day)}", "before": day - timedelta(days=1), "after": day + timedelta(days=1) if day < snapshot.today() else None,
    }  # fmt: skip
    return render(request, "air/brief.html", context)


def word(request: HttpRequest, day: date) -> HttpResponse:
    """The same as Word."""
    _not_yet(day)
    found = figures(day, reader(request))
    content = words.document(found, _picture(day) if found["past"] else None)
    return download(content, f"空气质量日报-{day}.docx", WORD)


def chart(request: HttpRequest, day: date) -> HttpResponse:
    """The picture of the brief."""
    _not_yet(day)
    return HttpResponse(_picture(day), content_type="image/png")


def _picture(day: date) -> bytes:
    city = evaluated_city()
    if city is None:
        raise Http404
    return charts.picture(f"city:{city.code}", moment_of(day))
