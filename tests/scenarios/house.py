"""A copy of the house with folders of business added or taken out, and questions to it from a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from pathlib import Path
from typing import Any

import bihuan

SOURCE = Path(bihuan.__file__).resolve().parent
ROOT = Path(__file__).resolve().parents[2]


def copied(folder: Path, *, added: Collection[Path] = (), without: Collection[str] = ()) -> Path:
    """A source folder with all of the house, the added folders, and not those left out."""
    house = folder / "src" / "bihuan"
    (house / "scenarios").mkdir(parents=True)
    for part in SOURCE.iterdir():
        if part.name not in ("scenarios", "__pycache__"):
            (house / part.name).symlink_to(part)
    for part in (SOURCE / "scenarios").iterdir():
        if part.suffix == ".py":
            shutil.copy(part, house / "scenarios" / part.name)
        elif part.is_dir() and part.name not in ("__pycache__", *without):
            (house / "scenarios" / part.name).symlink_to(part)
    for part in added:
        shutil.copytree(part, house / "scenarios" / part.name)
    return house.parent


def asked(house: Path, data: Path, script: str) -> Any:
    """What a script prints as JSON when it is run in a copy of the house, on an empty installation with one city."""
    data.mkdir(exist_ok=True)
    env = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "BIHUAN_DATA")}
    env |= {
        "PYTHONPATH": f"{house}:{ROOT}",
        "BIHUAN_DATA": str(data),
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
    }
    code = f"{SET_UP}\n{script}"
    ran = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout.splitlines()[-1])


SET_UP = """
import json
import django
django.setup()
from datetime import UTC, datetime
from django.core.management import call_command
from django.test import Client
from bihuan import clock
from bihuan.registry.models import Organisation, Person, Post, Region
call_command("migrate", verbosity=0)
NOW = datetime(2019, 2, 25, 6, tzinfo=UTC)
clock.set_replay(NOW, 0)
city = Region.objects.create(code="140300", name="阳泉市")
county = Region.objects.create(code="140321", name="平定县", parent=city)
centre = Organisation.objects.create(name="指挥中心", kind="centre", region=city)
def signed_in(name, role, region):
    person = Person.objects.create(username=name, full_name=name)
    Post.objects.create(person=person, role=role, region=region, organisation=centre)
    client = Client()
    client.force_login(person)
    return client
other = Region.objects.create(code="140322", name="盂县", parent=city)
officer, ranger = signed_in("officer", "dispatcher", city), signed_in("ranger", "ranger", county)
chief, elsewhere = signed_in("chief", "chief", county), signed_in("elsewhere", "chief", other)
"""
