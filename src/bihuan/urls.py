"""Every address of the pages; a scenario's own pages are found in its folder."""

from django.urls import URLPattern, URLResolver, include, path

from bihuan.scenarios.resolved import every_scenario


def scenario_urls() -> list[URLPattern | URLResolver]:
    """The pages of every scenario folder, at s/<name>/ or, where they have always been there, at the root."""
    every = every_scenario()
    apart = [path(f"s/{name}/", include((list(s.pages), name))) for name, s in every.items() if s.pages]
    return [*apart, *(page for s in every.values() for page in s.root_pages)]


urlpatterns = [*scenario_urls(), path("", include("bihuan.web.urls"))]
handler400 = "bihuan.web.pages.errors.not_understood"
handler403 = "bihuan.web.pages.errors.refused"
handler404 = "bihuan.web.pages.errors.not_found"
handler500 = "bihuan.web.pages.errors.broken"
