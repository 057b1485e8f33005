"""Events of sections become findings, told in English too, and their cases close when the water is back in its class."""

import json
import re
from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest
from django.utils import translation

from bihuan.cases.models import Finding
from bihuan.domain.checks import FINDINGS
from bihuan.english import told
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios.checking import check
from bihuan.scenarios.water_sections.closing import measured
from bihuan.scenarios.water_sections.events import event
from bihuan.scenarios.water_sections.quality.frames import READINGS
from bihuan.scenarios.water_sections.tests.test_quality import BEGIN, STEP, changed
from bihuan.scenarios.water_sections.tests.world import section
from tests.people import City
from tests.web.world import NOW

KINDS = pl.DataFrame({"site": ["甲", "乙"], "kind": ["river", "river"]})
PLACE = [("water_section", "山西省·甲", "")]


def test_an_episode_is_one_finding_with_values_and_classes() -> None:
    (row,) = event.run(changed("episode", "event"), KINDS).to_dicts()
    assert (row["target_kind"], row["target"], row["item"]) == ("water_section", "甲", "")
    assert (row["start"], row["until"]) == (BEGIN + 20 * STEP, BEGIN + 24 * STEP)
    # TP a little above 0.1 mg/L is class III, NH3-N of 3 mg/L is worse than V.
    assert (row["magnitude"], row["unit"]) == (3.0, "类")
    assert row["title"] == "氨氮 3 mg/L（平时 0.299），水质由 Ⅲ 类变为 劣Ⅴ 类"
    said = json.loads(row["evidence"])
    assert (said["变差的项目"], said["最差值"], said["读数个数"]) == ("氨氮、总磷", "3、0.5", 4)
    with translation.override("en"):
        texts = [told(t) for t in (row["title"], *said, *map(str, said.values()))]
    assert not [t for t in texts if re.search("[\u3400-\u9fff]", t)]


def test_a_near_miss_says_nothing() -> None:
    for readings in (changed("near_miss", "event"), pl.DataFrame(schema=READINGS)):
        found = event.run(readings, KINDS)
        assert (found.height, dict(found.schema)) == (0, dict(FINDINGS))
    maintained = changed("episode", "event").with_columns(state=pl.lit("M"))
    assert event.run(maintained, KINDS).is_empty()


@pytest.fixture
def spilt(place: City, tmp_path: Path) -> City:
    """A section with 24 readings: usual ones, four that are worse than V, then one in class V and three as usual."""
    section(place, "山西省·甲")
    values = [0.3 + n % 2 / 100 for n in range(16)] + [3.0] * 4 + [1.8, 0.3, 0.31, 0.3]
    first = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=4)
    table = [
        {"site": "山西省·甲", "time": f"{first + n * STEP + timedelta(hours=8):%Y-%m-%d %H:%M}", "code": code, "period": "4h", "value": value}
        for n, nh3n in enumerate(values) for code, value in (("w21003", nh3n), ("w21011", 0.1), ("w01009", 9.0))
    ]  # fmt: skip
    pl.DataFrame(table).write_csv(tmp_path / "water.csv")
    import_files(archive(), [tmp_path / "water.csv"], received=first, delay=None)
    return place


def test_a_round_of_checks_files_one_event_and_only_hours_back_in_its_class_count(spilt: City) -> None:
    first = NOW.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=4)
    for later in (65, 73, 96):
        check(first + timedelta(hours=later), lambda *_: None, looks_at="readings")
    finding = Finding.objects.get(check_key=event.key)
    assert (finding.started_at, finding.target) == (first + 16 * STEP, "山西省·甲")
    # Of the readings after the event's first one, those from the 21st on are in class II: three of four hours each.
    hours = measured(event, PLACE, first + 16 * STEP, first + 24 * STEP)
    assert hours["start"].sort().to_list() == [first + 21 * STEP + n * timedelta(hours=1) for n in range(12)]
