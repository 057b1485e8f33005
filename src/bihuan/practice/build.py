"""Build the practice city (阳泉) in an empty folder, step by step, with progress."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from importlib import import_module
from pathlib import Path

from django.core.management import call_command

from bihuan import clock, heartbeat, replays
from bihuan.archive import Archive
from bihuan.feeds.ambient_table import as_table
from bihuan.pipeline.files import import_files
from bihuan.practice import city, listed, people, stories
from bihuan.practice.episodes import ABOUT
from bihuan.scenarios import FOLDER, scenario_names
from bihuan.simulate.township import resample_sites

Say = Callable[[str, int, int], None]


def _import(archive: Archive, paths: list[Path], say: Say) -> None:
    reports = import_files(archive, paths, received=datetime(2019, 10, 1, tzinfo=UTC), progress=None)
    for report in reports:
        if report.error:
            raise RuntimeError(f"{report.file}: {report.error}")
        say(f"  {report.file}: {report.new} hours", 0, 0)


def _townships(archive: Archive, folder: Path, say: Say) -> None:
    """Stored through the same importer as real files, from a table that is made and removed again."""
    real = archive.ambient.current(sites=city.OWN_SITES).collect().sort("site", "start")
    codes = city.township_codes()
    for first in range(0, len(codes), 100):
        say("simulating provincial and township stations", first, len(codes))
        made = resample_sites(real, codes[first : first + 100], seed=first)
        path = folder / f"township_{first:04d}.parquet"
        as_table(made.lazy()).write_parquet(path)
        try:
            _import(archive, [path], lambda *_: None)
        finally:
            path.unlink()


def demos() -> list[Callable[[datetime], str]]:
    """What the scenarios have in the practice city. No part of their contract: no page may import the simulator."""
    return [
        import_module(f"bihuan.scenarios.{name}.demo").build
        for name in scenario_names()
        if (FOLDER / name / "demo.py").exists()
    ]


def build(folder: Path, *, size: str, at: datetime, speed: float, say: Say) -> None:
    """Everything, in order. Django is set up and the folder is an empty installation."""
    say("[1/6] database", 0, 0)
    call_command("migrate", verbosity=0)
    say("[2/6] regions, stations, simulated plants and people", 0, 0)
    city.build_registry(size)
    replays.write(folder, ABOUT)
    (folder / "city.json").write_text(json.dumps({"code": people.CITY, "sites": city.OWN_SITES}))
    say("[3/6] real measurements of 2019", 0, 0)
    archive = Archive(folder / "archive")
    _import(
        archive, [city.data_file("yangquan_2019.parquet"), city.data_file("neighbours_2019.parquet")], say
    )
    if size == "full":
        _townships(archive, folder, say)
    archive.compact()
    say("[4/6] checks and forecasts of the days before", 0, 0)
    stories.judge_days(at, timedelta(days=3), say)
    say("[5/6] simulated problems and their cases", 0, 0)
    stories.cases(at)
    listed.build(at)
    clock.set_replay(at, 0)
    for build_demo in demos():
        build_demo(at)
    say("[6/6] ready", 0, 0)
    clock.set_replay(at, speed)
    heartbeat.begin(folder)
