"""Every address of the pages; a scenario's own pages are found in its folder."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

from bihuan.scenarios import FOLDER, scenario_names


def scenario_urls() -> list[URLPattern | URLResolver]:
    """The pages of every scenario folder that has some, at s/<name>/."""
    return [
        path(f"s/{name}/", include((import_module(f"bihuan.scenarios.{name}.pages"), name)))
        for name in scenario_names()
        if (FOLDER / name / "pages.py").exists()
    ]


urlpatterns = [*scenario_urls(), path("", include("bihuan.web.urls"))]
handler400 = "bihuan.web.pages.errors.not_understood"
handler403 = "bihuan.web.pages.errors.refused"
handler404 = "bihuan.web.pages.errors.not_found"
handler500 = "bihuan.web.pages.errors.broken"
