"""A city with one boiler whose hours the test makes, in an installation of its own, served by the real web process."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.browser.conftest import City, bihuan, free_port, web_process
from tests.servers.installed import migrated, run_python

CHECK = "cems.limits.hour_over"
TOOLS = f"""
import django; django.setup()
from datetime import timedelta
from bihuan import clock
from bihuan.scenarios import checking
from bihuan.scenarios.catalogue import every_check
from bihuan.scenarios.plant_emissions.tests.asking import at, six
from bihuan.scenarios.plant_emissions.tests.conftest import make_plants, receive
entries = tuple(e for e in every_check() if e.check.key == "{CHECK}")
checking.every_check = lambda: entries
def hours(first, last, nox=60.0):
    for n in range(first, last):
        receive(six("E1-1", at(2, 25) + timedelta(hours=n), nox))
def a_round(hour):
    now = at(2, 25) + timedelta(hours=hour)
    clock.set_replay(now, 0)
    print(checking.check(now, lambda _: None))
"""
BEGIN = """
from django.contrib.auth.hashers import make_password
from bihuan.registry.models import Person
from tests.people import build_city
make_plants(build_city())
Person.objects.update(password=make_password("Bihuan-2019"))
hours(0, 1, 150)
a_round(1.2)
"""


@dataclass
class LoopCity(City):
    """A served city in which the test says what the boiler emits and when its check looks."""

    def goes_on(self, code: str) -> str:
        """Let hours be measured and a round of the check be made; what the round says."""
        return run_python(self.folder, TOOLS + code, DJANGO_SETTINGS_MODULE="bihuan.settings")

    def cases(self, *words: object) -> "subprocess.CompletedProcess[str]":
        """The command on this installation."""
        told = bihuan("--data", str(self.folder), "cases", *map(str, words))
        return subprocess.run(told, capture_output=True, text=True, check=False)


def begin(folder: Path, database: Path) -> tuple[LoopCity, "subprocess.Popen[bytes]"]:
    """The boiler has been over its limit for an hour, and its check has found that; the web process is the caller's to end."""
    made = LoopCity(f"http://127.0.0.1:{free_port()}", migrated(folder, database))
    made.goes_on(BEGIN)
    return made, web_process(made)
