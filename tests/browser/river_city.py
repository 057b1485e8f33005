"""The rivers, sections and outfalls of the practice city in an installation of its own, whose clock the test moves; served by the real web process."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.browser.conftest import City, free_port, web_process
from tests.servers.installed import migrated, run_python

TOOLS = """
import django; django.setup()
from datetime import UTC, datetime
from pathlib import Path
from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.scenarios import checking
from bihuan.scenarios.catalogue import every_check
entries = tuple(e for e in every_check() if e.folder in ("water_sections", "outfalls"))
checking.every_check = lambda: entries
def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=CST).astimezone(UTC)
def a_round(text):
    clock.set_replay(at(text), 0)
    print(checking.check(at(text), lambda _: None))
"""
BEGIN = """
from django.contrib.auth.hashers import make_password
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.models import Person
from bihuan.scenarios.outfalls import demo as outfalls
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.water_sections import demo as sections
from bihuan.simulate import rivers
from tests.people import build_city, person
begin = at("2019-01-11T07:00")
clock.set_replay(begin, 0)
city = build_city()
top, county = city.regions["140300"], city.regions["140321"]
for name, role in (("lingdao", "chief"), ("diaodu", "dispatcher"), ("hecha", "verifier"), ("hecha2", "verifier")):
    person(name, (role, top, None))
person("pd-wangge", ("ranger", county, None))
bring_rows(every_register()["rivers"], rivers.rivers())
for reach in rivers.reaches():
    bring_rows(every_register()["reaches"], [reach])
outfalls.build(begin)
sections.build(begin)
Person.objects.update(password=make_password("Bihuan-2019"))
a_round("2019-01-11T07:00")
"""


@dataclass
class RiverCity(City):
    """A served city in which the test says what time it is and when the checks look."""

    def goes_on(self, code: str) -> str:
        """What a piece of Python with TOOLS prints there."""
        return run_python(self.folder, TOOLS + code, DJANGO_SETTINGS_MODULE="bihuan.settings")


def begin(folder: Path, database: Path) -> tuple[RiverCity, "subprocess.Popen[bytes]"]:
    """The morning of the event of 白羊墅, before it shows; the web process is the caller's to end."""
    made = RiverCity(f"http://127.0.0.1:{free_port()}", migrated(folder, database))
    made.goes_on(BEGIN)
    return made, web_process(made)
