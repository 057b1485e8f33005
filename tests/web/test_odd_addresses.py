"""No address breaks, whatever stands in its parameters, its form or its path: it answers with a page, a sentence or 404."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from bihuan import clock
from bihuan.cases import actions
from bihuan.cases.findings import open_or_extend
from bihuan.registry.models import Site
from tests.odd import broken, broken_paths
from tests.people import City, with_every_role
from tests.web.measured import MORNING

pytestmark = pytest.mark.slow

NOW = MORNING


@pytest.fixture
def officer(client: Client, city: City, data_dir: Path) -> Client:
    """Somebody with every role in the city, and one of everything there."""
    clock.set_replay(NOW, 0)
    top = city.regions["140300"]
    Site.objects.create(code="X1", name="测试站", rank="national", region=city.regions["140321"], lon=113.6, lat=37.8, evaluated=True, city=top)  # fmt: skip
    client.force_login(with_every_role(city))
    return client


@pytest.fixture
def known(city: City, officer: Client) -> dict[str, Any]:
    """A station, a finding and a case that exist."""
    made = [
        open_or_extend(
            check_key=key, target_kind="site", target="X1", target_name="测试站", title="测试", region=city.regions["140321"],
            started_at=NOW, until=NOW + timedelta(hours=1), magnitude=1.0, unit="", severity="minor", evidence={"a": 1},
        )[0]
        for key in ("k1", "k2")
    ]  # fmt: skip
    case = actions.hand_over(made[:1], city.person("dispatcher", "140300"), city.governments["140321"])
    return {"code": "X1", "pk": made[1].pk, "number": case.number, "verdict": "confirm", "action": "sign", "kind": "dispatch", "day": datetime(2019, 2, 24, tzinfo=UTC).date(), "how": "mend", "register_kind": "stations", "key": "X1", "form": "csv"}  # fmt: skip


def test_no_question_breaks_a_page(officer: Client, known: dict[str, Any]) -> None:
    assert broken(officer, None, known) == []


def test_no_form_breaks_a_page(officer: Client, known: dict[str, Any]) -> None:
    assert broken(officer, None, known, post=True) == []


def test_no_path_breaks_a_page(officer: Client) -> None:
    assert broken_paths(officer, None) == []
