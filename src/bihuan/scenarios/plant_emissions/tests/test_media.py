"""A kind of outlet is one `Medium`: whoever shows, counts or registers outlets asks it and knows no kind."""

import re
from datetime import date
from pathlib import Path

import pytest
from django.template.loader import get_template

from bihuan.domain.outlets.tables import LIMITS, Watched
from bihuan.scenarios import plant_emissions
from bihuan.scenarios.plant_emissions.items import LABELS, UNITS
from bihuan.scenarios.plant_emissions.media import MEDIA, medium_of
from bihuan.scenarios.plant_emissions.medium import Medium
from bihuan.scenarios.plant_emissions.models import Outlet

FOLDER = Path(plant_emissions.__file__).parent
ASKS_FOR_A_KIND = re.compile(r"kind\s*[!=]=\s*(GAS|SEWAGE|['\"](gas|sewage)['\"])|\bif .*\b(GAS|SEWAGE)\b")

every_medium = pytest.mark.parametrize("medium", MEDIA.values(), ids=list(MEDIA))


def test_every_kind_of_the_register_has_a_medium() -> None:
    assert set(MEDIA) == set(Outlet.Kind.values)
    assert all(medium_of(Outlet(kind=kind)) is medium for kind, medium in MEDIA.items())


def test_nothing_but_the_media_themselves_asks_for_a_kind() -> None:
    """A branch by kind anywhere else is a place that the next medium would have to find."""
    files = [p for p in FOLDER.rglob("*") if p.suffix in (".py", ".html")]
    outside = [p for p in files if not {"media", "tests", "migrations"} & set(p.relative_to(FOLDER).parts)]
    assert len(outside) > 40
    found = [
        f"{path.relative_to(FOLDER)}: {line.strip()}"
        for path in outside
        for line in path.read_text("utf-8").splitlines()
        if ASKS_FOR_A_KIND.search(line)
    ]
    assert found == []


@every_medium
def test_its_quantities_have_names_and_units_and_columns(medium: Medium) -> None:
    for item in (*medium.pollutants, *medium.items, *medium.spanned, *medium.ranged, medium.flow):
        assert LABELS[item]
        assert item in UNITS
    for pollutant in medium.pollutants:
        assert {pollutant, f"n_{pollutant}", f"valid_{pollutant}", f"{pollutant}_flag"} <= set(
            medium.tables.hours
        )
        assert {f"{pollutant}_kg", f"{pollutant}_kg_basis"} <= set(medium.tables.amounts)
    assert medium.flow in medium.tables.minutes
    assert set(medium.tables.logged) >= set(medium.tables.minutes)


@every_medium
def test_its_pages_are_there(medium: Medium) -> None:
    for name in (medium.page, medium.hour_page):
        assert get_template(name)


@every_medium
def test_its_tables_of_nothing_fit_together(medium: Medium) -> None:
    """Hours of no minutes have their columns, and what checks look at takes them."""
    assert issubclass(medium.watched, Watched)
    assert set(medium.limits([]).columns) >= set(LIMITS)
    assert medium.rules(date(2026, 6, 1)) == medium.rules(date(2026, 6, 2))


@every_medium
def test_a_process_that_nobody_knows_is_shown_by_its_key(medium: Medium) -> None:
    assert medium.process("moonshine")["label"] == "moonshine"
    for key, label in medium.processes.items():
        assert medium.process(key)["label"] == label


@every_medium
def test_what_it_has_not_are_fields_of_the_register(medium: Medium) -> None:
    fields = {field.name for field in Outlet._meta.get_fields()}
    assert set(medium.without) <= fields
    assert set(medium.conditions)
