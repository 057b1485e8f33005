"""Every address of the pages; a scenario's own pages are found in its folder."""

from django.urls import URLPattern, URLResolver, include, path

from bihuan.scenarios import rooms


def scenario_urls() -> list[URLPattern | URLResolver]:
    """The pages of every scenario folder that has some, at s/<name>/."""
    return [path(f"s/{name}/", include((pages, name))) for name, pages in rooms("pages").items()]


urlpatterns = [*scenario_urls(), path("", include("bihuan.web.urls"))]
handler400 = "bihuan.web.pages.errors.not_understood"
handler403 = "bihuan.web.pages.errors.refused"
handler404 = "bihuan.web.pages.errors.not_found"
handler500 = "bihuan.web.pages.errors.broken"
