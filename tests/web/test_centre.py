"""The centre is made of panels: those of the house and of the lines of business stand in each column by their place."""

from collections.abc import Mapping
from typing import Any, Literal

import pytest
from django.test import RequestFactory

from bihuan.registry.access import Asked
from bihuan.scenarios.contract import Panel, Scenario
from bihuan.web.pages import centre


def panel(name: str, place: int, column: Literal["left", "middle", "right"] = "left") -> Panel:
    """A panel that is known by the name of its template."""
    nothing: Mapping[str, Any] = {}
    return Panel(column, name, lambda _: nothing, place)


def test_panels_stand_in_their_column_by_place_whoever_gives_them(
    monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    given = {
        "a": Scenario("a", "试", "1", panels=(panel("last", 50), panel("first", 10))),
        "b": Scenario("b", "试", "1", panels=(panel("between", 25), panel("beside", 10, "right"))),
    }
    monkeypatch.setattr(centre, "OWN", (panel("own", 20), panel("own too", 30)))
    monkeypatch.setattr(centre, "every_scenario", lambda: given)
    monkeypatch.setattr(centre, "render_to_string", lambda template, *_: template)
    request: Asked = rf.get("/")  # type: ignore[assignment]  # no panel here asks who reads
    assert centre.panels(request) == {
        "left": ["first", "own", "between", "own too", "last"],
        "right": ["beside"],
    }


def test_a_house_without_lines_of_business_has_its_own_panels_alone(
    monkeypatch: pytest.MonkeyPatch, rf: RequestFactory
) -> None:
    monkeypatch.setattr(centre, "every_scenario", dict)
    monkeypatch.setattr(centre, "OWN", (panel("own", 20),))
    monkeypatch.setattr(centre, "render_to_string", lambda template, *_: template)
    request: Asked = rf.get("/")  # type: ignore[assignment]  # no panel here asks who reads
    assert centre.panels(request) == {"left": ["own"]}
