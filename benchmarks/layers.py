"""How long does a map layer of many objects take?  python benchmarks/layers.py [--objects 50000] [--rounds 9]

Makes an empty installation with a register of so many plants in one city, and asks for the layer as the map element does: the
whole city, a quarter of it, a street; each beside a named reference in the same run: the same objects read by Django and
written as GeoJSON one by one, which is what a map without clusters would need. Milliseconds of the processor, which other
work on the machine does not lengthen, and of the wall clock. Bar: 500 ms of the processor for every view.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

BAR = 500
"""Milliseconds."""
VIEWS = {
    "the whole city": ("112.9,37.3,114.3,38.7", "9.5"),
    "a quarter of it": ("113.2,37.6,113.9,38.2", "11"),
    "a street": ("113.57,37.85,113.59,37.87", "16"),
}


def prepare(folder: Path, objects: int) -> None:
    """The database with a city, a person who sees all of it, and its plants, half of them in a crowd."""
    os.environ |= {"BIHUAN_DATA": str(folder), "DJANGO_SETTINGS_MODULE": "bihuan.settings"}
    os.environ.setdefault("BIHUAN_SECRET_KEY", "benchmark")
    import django
    import numpy as np

    django.setup()
    from django.core.management import call_command

    from bihuan.registry.models import Emitter, Organisation, Person, Post, Region

    call_command("migrate", verbosity=0)
    region = Region.objects.create(code="140300", name="阳泉市")
    unit = Organisation.objects.create(name="中心", kind="centre", region=region)
    Post.objects.create(person=Person.objects.create(username="officer"), role="dispatcher", region=region, organisation=unit)  # fmt: skip
    draw = np.random.default_rng(7)
    wide = draw.uniform([113.0, 37.4], [114.2, 38.6], (objects // 2, 2))
    crowd = draw.normal([113.58, 37.86], 0.05, (objects - objects // 2, 2))
    Emitter.objects.bulk_create(
        [
            Emitter(code=f"E{i}", name=f"企业{i}", kind="plant", region=region, industry="水泥", grade="C", lon=x, lat=y)
            for i, (x, y) in enumerate(np.concatenate([wide, crowd]).tolist())
        ],
        batch_size=5000,
    )  # fmt: skip


def milliseconds(work: Callable[[], object], rounds: int) -> tuple[float, float]:
    """(of the processor, of the wall clock): medians of some rounds, after one that is not counted."""
    work()
    spent = []
    for _ in range(rounds):
        begun = time.process_time(), time.perf_counter()
        work()
        spent.append((time.process_time() - begun[0], time.perf_counter() - begun[1]))
    processor, wall = zip(*spent, strict=True)
    return statistics.median(processor) * 1000, statistics.median(wall) * 1000


def one_by_one() -> str:
    """The reference: every object as a feature."""
    from bihuan.registry.models import Emitter

    features = [
        {"type": "Feature", "geometry": {"type": "Point", "coordinates": [e.lon, e.lat]}, "properties": {"name": e.name}}
        for e in Emitter.objects.all()
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features})


def measure(rounds: int) -> bool:
    """Print the table; is the bar met?"""
    from django.test import Client

    from bihuan.registry.models import Person

    client = Client()
    client.force_login(Person.objects.get(username="officer"))
    reference, wall = milliseconds(one_by_one, rounds)
    sys.stdout.write(
        f"{'reference: all as GeoJSON, one by one':40}{reference:8.0f} ms ({wall:.0f} on the wall)\n"
    )
    met = True
    for layer in ("emitters", "register-benchmark"):
        for name, (box, zoom) in VIEWS.items():
            address = f"/map/layers/{layer}.json?bbox={box}&zoom={zoom}"
            answer = client.get(address)
            assert answer.status_code == 200, answer.content
            shown = len(answer.json()["features"])
            spent, wall = milliseconds(lambda: client.get(address), rounds)  # noqa: B023 - called at once
            met &= spent < BAR
            sys.stdout.write(
                f"{layer + ', ' + name:40}{spent:8.0f} ms ({wall:.0f} on the wall), {spent / reference:.2f} of the reference, "
                f"{answer.json()['count']} objects as {shown} signs, {len(answer.content) // 1024} kB\n"
            )
    return met


def with_register() -> None:
    """A register of the plants asks for a layer, as a line of business would."""
    from dataclasses import replace

    from bihuan.kit.registers.map_layer import layer_of
    from bihuan.scenarios.city.registers import EMITTERS
    from bihuan.web import core_layers

    register = replace(EMITTERS, kind="benchmark", layer="企业")
    core_layers.LAYERS = (*core_layers.LAYERS, layer_of(register))


def main() -> None:
    """Read the options, measure, fail above the bar."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--objects", type=int, default=50_000)
    options.add_argument("--rounds", type=int, default=9)
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="bihuan-layers-") as folder:
        prepare(Path(folder), asked.objects)
        with_register()
        sys.exit(0 if measure(asked.rounds) else 1)


if __name__ == "__main__":
    main()
