"""Every address of the pages; a scenario's own pages are found in its folder."""

from django.urls import URLPattern, URLResolver, include, path

from bihuan.scenarios.resolved import every_scenario


def scenario_urls() -> list[URLPattern | URLResolver]:
    """The pages of every scenario folder that has some, at s/<name>/."""
    return [
        path(f"s/{name}/", include((list(s.pages), name))) for name, s in every_scenario().items() if s.pages
    ]


urlpatterns = [*scenario_urls(), path("", include("bihuan.web.urls"))]
handler400 = "bihuan.web.pages.errors.not_understood"
handler403 = "bihuan.web.pages.errors.refused"
handler404 = "bihuan.web.pages.errors.not_found"
handler500 = "bihuan.web.pages.errors.broken"
