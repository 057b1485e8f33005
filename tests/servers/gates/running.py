"""The entrance as a child process on an installation of its own, with two units, their gates and keys."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType

from bihuan.simulate.gates.link import Link
from tests.servers.installed import migrated, run_python

FILL = """
import json
import django
django.setup()
from bihuan.registry import gate_secrets
from bihuan.registry.models import Gate, Region, VehicleUser
county = Region.objects.create(code="140321", name="平定县")
keys = {}
for unit, dialect in zip(("V001", "V002"), DIALECTS, strict=True):
    user = VehicleUser.objects.create(code=unit, name=f"{unit}钢厂", region=county, lon=113.6, lat=37.8, industry="钢铁")
    for n in (1, 2):
        Gate.objects.create(code=f"{unit}-G{n}", name=f"{n}号门", region=county, lon=113.6, lat=37.8, unit=user)
    keys[unit] = gate_secrets.make(user, dialect)
print(json.dumps(keys))
"""
STORE = """
import django
django.setup()
from bihuan.pipeline.passages import store_all
from bihuan.registry.hours import archive
print(store_all(archive()))
"""


class Entrance:
    """`bihuan gates serve` as a child process."""

    def __init__(self, folder: Path, keys: dict[str, str], *words: str) -> None:
        self.folder, self.keys, self._words = folder, keys, words
        self._links: list[Link] = []
        self.start()

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "bihuan.cli",
            "--data",
            str(self.folder),
            "gates",
            "serve",
            "--port",
            "0",
        ]
        self.process = subprocess.Popen([*command, *self._words], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout
        ready = re.search(r"127\.0\.0\.1:(\d+)", self.process.stdout.readline())
        assert ready
        self.port = int(ready[1])

    def link(self, unit: str = "V001", **other: object) -> Link:
        self._links.append(Link("127.0.0.1", self.port, unit, self.keys[unit], **other))  # type: ignore[arg-type]
        return self._links[-1]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        code = self.process.wait(60)
        assert self.process.stdout
        self.process.stdout.close()
        return code

    def stored(self) -> int:
        """Store what is pending, in a process of its own; how many new rows."""
        return int(run_python(self.folder, STORE))

    def __enter__(self) -> "Entrance":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for link in self._links:
            link.close()
        if self.process.poll() is None:
            self.end(signal.SIGKILL)


def installed(
    folder: Path, database: Path, dialects: tuple[str, str] = ("bihuan", "huanmen")
) -> dict[str, str]:
    """Make the installation; the keys of its units."""
    keys: dict[str, str] = json.loads(
        run_python(migrated(folder, database), FILL.replace("DIALECTS", repr(dialects)))
    )
    return keys
