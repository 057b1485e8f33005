"""The addresses of ambient air, at the root of the house, where they have always been."""

from datetime import date

from django.urls import path, register_converter

from bihuan.scenarios.air import brief_pages, evaluation_pages, site_pages


class DayConverter:
    """A date as 2019-02-25."""

    regex = r"\d{4}-\d{2}-\d{2}"

    def to_python(self, value: str) -> date:
        """Raises ValueError (a 404) for a day that does not exist."""
        return date.fromisoformat(value)

    def to_url(self, value: date) -> str:
        """As ISO."""
        return value.isoformat()


register_converter(DayConverter, "day")

urlpatterns = [
    path("sites/", site_pages.index, name="sites"),
    path("sites/<str:code>/", site_pages.detail, name="site"),
    path("sites/<str:code>/series.json", site_pages.series, name="site_series"),
    path("evaluation/", evaluation_pages.index, name="evaluation"),
    path("evaluation/excel", evaluation_pages.excel, name="evaluation_excel"),
    path("evaluation/calendar/", evaluation_pages.calendar, name="calendar"),
    path("evaluation/target", evaluation_pages.target, name="target"),
    path("brief/", brief_pages.newest, name="newest_brief"),
    path("brief/<day:day>/", brief_pages.page, name="brief"),
    path("brief/<day:day>/word", brief_pages.word, name="brief_word"),
    path("brief/<day:day>/chart.png", brief_pages.chart, name="brief_chart"),
]
