"""Who may import whom is held by contracts: an import that breaks one, or a module that says no place, is refused."""

import tomllib
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter import configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

SETTINGS = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["tool"][
    "importlinter"
]
TYPES = {"layers": LayersContract, "forbidden": ForbiddenContract}


@pytest.fixture(scope="module")
def built() -> grimp.ImportGraph:
    configuration.configure()
    return grimp.build_graph("bihuan", include_external_packages=True)


def broken(graph: grimp.ImportGraph) -> list[str]:
    """Names of the contracts that a graph does not keep."""
    session = {"root_packages": ["bihuan"], "include_external_packages": "True"}
    names = []
    for options in SETTINGS["contracts"]:
        given: dict[str, Any] = {
            k: str(v) if isinstance(v, bool) else v for k, v in options.items() if k not in ("name", "type")
        }
        contract = TYPES[options["type"]](options["name"], session, given)
        if not contract.check(graph=graph.__deepcopy__({}), verbose=False).kept:
            names.append(options["name"])
    return names


def with_import(graph: grimp.ImportGraph, importer: str, imported: str) -> grimp.ImportGraph:
    changed = graph.__deepcopy__({})
    assert importer in changed.modules
    changed.add_import(importer=importer, imported=imported)
    return changed


LAYERS = "The layers of the house"
PRACTICE = "No page, process or part of the house knows the practice city or its outside devices"
PLAIN = "Domain, feeds, archive and forecasting know nothing of Django"
MEDIA = "A medium knows no other, and outlets know no medium"


def test_the_house_keeps_all_of_them(built: grimp.ImportGraph) -> None:
    assert broken(built) == []


def test_a_module_that_no_layer_names_is_refused(built: grimp.ImportGraph) -> None:
    stray = built.__deepcopy__({})
    stray.add_module("bihuan.stray")
    assert broken(stray) == [LAYERS]


@pytest.mark.parametrize(
    ("importer", "imported", "names"),
    [
        ("bihuan.cases.models", "bihuan.web.urls", [LAYERS]),
        ("bihuan.domain.checks", "bihuan.archive.journal", [LAYERS]),
        ("bihuan.forecasting.champions", "django", [PLAIN]),
        ("bihuan.web.pages.frame", "bihuan.simulate.economy", [PRACTICE]),
        ("bihuan.web.context", "bihuan.practice.episodes", [LAYERS, PRACTICE]),
        ("bihuan.scenarios.plant_emissions.pages", "bihuan.simulate.economy", [PRACTICE]),
        (
            "bihuan.simulate.economy",
            "bihuan.registry.models",
            [LAYERS, "Outside devices know what a device would know"],
        ),
        ("bihuan.domain.sewage.hours", "bihuan.domain.emissions.hours", [MEDIA]),
        ("bihuan.domain.outlets.tables", "bihuan.domain.emissions.tables", [MEDIA]),
    ],
)
def test_an_import_that_breaks_one_is_refused(
    built: grimp.ImportGraph, importer: str, imported: str, names: list[str]
) -> None:
    assert broken(with_import(built, importer, imported)) == names
