"""The city's forecast: what it gives to the rest of the house."""

from bihuan.scenarios.contract import AIR, MenuEntry, Panel, Scenario
from bihuan.scenarios.forecast import centre, model_pages, urls
from bihuan.scenarios.forecast.jobs import JOBS
from bihuan.scenarios.forecast.scores import gathering, opinions, splits

SCENARIO = Scenario(
    title="空气质量预报",
    owner="指挥中心预报",
    version="1.0",
    menu=(MenuEntry(AIR, 20, "forecast", "预报"),),
    jobs=JOBS,
    root_pages=urls.urlpatterns,
    panels=(
        Panel("middle", "forecast/_centre_line.html", centre.line_panel, 20),
        Panel("right", "forecast/_centre_days.html", centre.days_panel, 10),
    ),
    labels=(
        gathering.MODELS,
        model_pages.MEMBERS,
        model_pages.COLUMNS,
        opinions.VOICES,
        splits.KINDS,
        splits.SEASONS,
        splits.SORTS,
    ),
)
