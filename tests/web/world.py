"""One of everything that the pages of the core show, in one county."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bihuan.cases import actions
from bihuan.cases.findings import open_or_extend
from bihuan.cases.models import Case, Finding
from bihuan.registry.models import Emitter, Site
from tests.people import City

MINE = "140321"
NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)


@dataclass
class Objects:
    """One of everything in the county MINE."""

    site: Site
    finding: Finding
    case: Case


def make_objects(city: City) -> Objects:
    """A station, an emitter, a finding and a handed-over case in 平定县."""
    region = city.regions[MINE]
    site = Site.objects.create(code="X1", name="测试站", rank="national", region=region, lon=113.6, lat=37.8, evaluated=True, city=city.regions["140300"])  # fmt: skip
    Emitter.objects.create(
        code="E1", name="测试厂", kind="plant", region=region, industry="水泥", grade="C", lon=113.6, lat=37.8
    )

    def found(key: str) -> Finding:
        return open_or_extend(
            check_key=key, target_kind="site", target="X1", target_name="测试站", title="测试", region=region,
            started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={"a": 1},
        )[0]  # fmt: skip

    case = actions.hand_over([found("k1")], city.person("dispatcher", MINE), city.governments[MINE])
    return Objects(site, found("k2"), case)
