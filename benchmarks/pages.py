"""Server time of every page at the size of a real centre: about 1,000 stations, two years stored, 10,000 cases.

    python benchmarks/pages.py [--data DIR] [--rounds 20]

Builds the full practice city in DIR when it is not there (some minutes), adds a second year and the cases, then asks each
page `rounds` times as the duty officer. Prints median and 95th percentile, and the ratio to the login page of the same run.
Goal: every page below 200 ms at the 95th percentile. Processor time stands beside, for
machines that others use too. Also prints the idle memory of `bihuan serve` (goal below 800 MB).
"""

import argparse
import os
import random
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.test import Client

PAGES = (
    "/login/", "/", "/timeline.json", "/map/layers/stations.json", "/map/layers/cases.json", "/sites/", "/sites/1738A/", "/sites/1738A/series.json",
    "/sites/1738A/?tab=evaluation", "/sites/1738A/?tab=quality", "/sites/1738A/?tab=neighbours", "/sites/1738A/?tab=raw",
    "/evaluation/", "/evaluation/calendar/", "/brief/2019-01-10/", "/forecast/", "/forecast/scores/", "/forecast/series.json",
    "/s/heavy_pollution/", "/s/station_quality/", "/findings/", "/cases/", "/cases/?tab=all", "/cases/figures/", "/checks/",
    "/s/plant_emissions/?kind=sewage", "/s/plant_emissions/P001-W1/", "/s/plant_emissions/", "/map/layers/emissions.json", "/s/plant_emissions/P010-1/", "/s/plant_emissions/P010-1/series.json",
    "/s/plant_emissions/ledger/", "/s/plant_emissions/ledger/?kind=sewage", "/loggers/", "/quarantine/", "/system/", "/search/?q=赛鱼",
)  # fmt: skip
YEAR = timedelta(days=364)
CASES = 10_000
GOAL = 200
"""ms."""
REST = 60
"""Seconds."""


def add_year_before(folder: Path) -> None:
    """The same hours once more, 52 weeks earlier, through the importer."""
    import polars as pl

    from bihuan.archive import Archive
    from bihuan.feeds.ambient_table import as_table
    from bihuan.pipeline.files import import_files

    archive = Archive(folder / "archive")
    sites = archive.ambient.current(columns=["site"]).select("site").unique().collect()["site"].sort()
    for first in range(0, len(sites), 200):
        hours = archive.ambient.current(
            sites=sites[first : first + 200].to_list(), start=datetime(2018, 12, 31, tzinfo=UTC)
        )
        path = folder / f"year_before_{first}.parquet"
        as_table(hours.with_columns(pl.col("start") - YEAR)).write_parquet(path)
        import_files(archive, [path], received=datetime(2019, 10, 1, tzinfo=UTC))
        path.unlink()
    archive.compact()


def add_cases() -> None:
    """10,000 cases in every state, each with its first step in the chain."""
    from bihuan.cases.models import Case, Step
    from bihuan.cases.records import step_hash
    from bihuan.cases.transitions import State
    from bihuan.registry.models import Organisation, Person

    rng = random.Random(1)
    units = list(Organisation.objects.filter(kind="county").select_related("region"))
    officer = Person.objects.get(username="diaodu")
    start = datetime(2018, 3, 1, tzinfo=UTC)
    states = [s for s in State if s not in (State.DRAFT, State.PENDING)]
    made = []
    for i in range(CASES):
        unit, opened = rng.choice(units), start + timedelta(minutes=rng.randrange(360 * 1440))
        due = opened + timedelta(days=7)
        state = State.CLOSED if rng.random() < 0.9 else rng.choice(states)
        made.append(
            Case(
                number=f"压测〔2018〕{i:05d}",
                title=f"压测问题 {i}",
                source="patrol",
                level="minor",
                region=unit.region,
                organisation=unit,
                state=state,
                opened_at=opened,
                dispatched_at=opened,
                signed_at=opened,
                due=due,
                original_due=due,
                term_days=7,
                version=1,
                simulated=True,
                closed_at=due if state == State.CLOSED else None,
                stopped_at=due if state == State.CLOSED else None,
            )
        )
    Case.objects.bulk_create(made, batch_size=500)
    steps = []
    for case in Case.objects.filter(number__startswith="压测").select_related("organisation"):
        step = Step(
            case=case, seq=1, action="dispatch", from_state="pending", to_state=case.state, actor=officer, post="调度岗",
            by_unit=False, at=case.opened_at, organisation=case.organisation, due=case.due, original_due=case.due,
        )  # fmt: skip
        step.hash = step_hash(step, case.number, [])
        steps.append(step)
    Step.objects.bulk_create(steps, batch_size=500)


def ask(rounds: int) -> None:
    """Print the times of every page."""
    from django.test import Client

    from bihuan.registry.models import Person
    from bihuan.servers.memory import search_cycles_rarely
    from bihuan.servers.small_tables import expect_small_tables

    client = Client()
    client.get("/login/")  # loads all pages
    search_cycles_rarely()  # as the web process does when it has loaded them
    expect_small_tables()
    reference = 0.0
    for page in PAGES:
        if page != "/login/":
            client.force_login(
                Person.objects.get(username="diaodu"), backend="django.contrib.auth.backends.ModelBackend"
            )
        first, *rest = [timed(client, page) for _ in range(rounds + 1)]
        walls, works = (sorted(ms) for ms in zip(*rest, strict=True))
        middle, high, work = statistics.median(walls), of_95(walls), of_95(works)
        reference = reference or middle
        mark = "" if high < GOAL else f"   OVER {GOAL} ms"
        sys.stdout.write(
            f"{page:<34} first {first[0]:7.0f}  median {middle:6.0f}  p95 {high:6.0f} ms (processor {work:4.0f})  "
            f"{middle / reference:6.1f} x login{mark}\n"
        )


def timed(client: "Client", page: str) -> tuple[float, float]:
    """Milliseconds of an answer, by the clock and of the processor."""
    began, worked = time.perf_counter(), time.process_time()
    answer = client.get(page)
    took = time.perf_counter() - began, time.process_time() - worked
    assert answer.status_code == 200, f"{page}: {answer.status_code}"
    return took[0] * 1000, took[1] * 1000


def of_95(times: list[float]) -> float:
    """The 95th percentile of sorted times."""
    return times[int(len(times) * 0.95)]


def memory(folder: Path, port: int = 8377) -> None:
    """Resident memory of all processes of `bihuan serve` after a minute without a long job."""
    import psutil

    server = subprocess.Popen(
        [sys.executable, "-m", "bihuan.cli", "--data", str(folder), "serve", "--port", str(port)],
        stdout=subprocess.DEVNULL,
    )
    try:
        family, rested = [psutil.Process(server.pid)], 0
        while rested < REST:  # the long jobs of a fresh start are no rest
            time.sleep(1)
            family = [psutil.Process(server.pid), *psutil.Process(server.pid).children(recursive=True)]
            family = [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
            rested = 0 if any("bihuan.servers.long_job" in p.cmdline() for p in family) else rested + 1
        total = sum(p.memory_info().rss for p in family) / 2**20
        sys.stdout.write(
            f"idle memory of {len(family)} processes: {total:.0f} MB ({total / 800:.2f} of the 800 MB goal)\n"
        )
    finally:
        server.terminate()
        server.wait(30)


def main() -> None:
    """Build what is missing, then measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path, default=Path("build/bench-city"))
    parser.add_argument("--rounds", type=int, default=20)
    args = parser.parse_args()
    folder = args.data.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = not folder.exists()
    if fresh:
        began = time.monotonic()
        subprocess.run(
            [
                sys.executable,
                "-m",
                "bihuan.cli",
                "--data",
                str(folder),
                "demo",
                "--size",
                "full",
                "--speed",
                "0",
            ],
            check=True,
        )
        sys.stdout.write(f"full city built in {time.monotonic() - began:.0f} s\n")
    os.environ |= {
        "BIHUAN_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        "BIHUAN_LOG": "ERROR",
    }
    import django

    django.setup()
    if fresh:
        add_year_before(folder)
        add_cases()
    ask(args.rounds)
    memory(folder)


if __name__ == "__main__":
    main()
