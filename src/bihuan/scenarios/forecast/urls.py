"""The addresses of the forecast, at the root of the house, where they have always been."""

from django.urls import path

from bihuan.scenarios.forecast import centre, model_pages, pages, score_pages

urlpatterns = [
    path("timeline.json", centre.timeline, name="timeline"),
    path("forecast/", pages.index, name="forecast"),
    path("forecast/series.json", pages.series, name="forecast_series"),
    path("forecast/scores/", score_pages.index, name="forecast_scores"),
    path("forecast/scores/reliability.json", score_pages.reliability, name="forecast_reliability"),
    path("forecast/scores/daily.json", score_pages.daily, name="forecast_daily"),
    path("forecast/scores/word", score_pages.report, name="forecast_report"),
    path("forecast/models/", model_pages.index, name="models"),
    path("forecast/models/appoint", model_pages.appoint, name="model_appoint"),
]
