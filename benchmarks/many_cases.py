"""The case engine at 100,000 cases with a million steps: lists, statistics, hand-over, and the walk over all chains.

    python benchmarks/many_cases.py [--cases 100000] [--data DIR]

Walks some cases through the real actions, makes the others from them with chains and log of their own (kept in DIR for a
second run), then asks each page of a list 40 times. Prints median, 95th percentile, and the ratio to reading as many
rows of steps by sqlite3 itself in the same run. Goals: lists below 200 ms and hand-over below 100 ms at the 95th
percentile, statistics below 1 s, verifying below 60 s for a million steps.
"""

import argparse
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parent.parent))

if TYPE_CHECKING:
    from bihuan.cases.models import Case, Step
    from tests.cases.world import World

START = datetime(2018, 3, 1, 6, 0, tzinfo=UTC)
END = START + timedelta(days=400)
ROUNDS = 40
LONG = (
    "submit",
    "dispatch",
    "sign",
    "plan",
    "progress",
    "apply_close",
    "fail",
    "apply_close",
    "pass",
    "close",
)
WAYS = (
    LONG, LONG, (*LONG, "recheck", "confirm"), (*LONG, "reopen", "sign", "plan", "apply_close"), LONG[:-1], LONG[:6],
    ("submit", "dispatch", "return", "insist", "sign", "plan", "ask_extension", "grant", "apply_close", "pass", "close"),
    ("submit", "dispatch", "sign", "plan", "progress", "progress", "progress", "apply_close", "pass", "close"),
)  # fmt: skip
LISTS = (
    "/cases/?tab=all", "/cases/?tab=open", "/cases/?tab=overdue", "/cases/?tab=closed&page=2", "/cases/?tab=mine",
    "/cases/?tab=all&q=料场", "/cases/?tab=reopened&q=平定",
)  # fmt: skip
FIGURES = ("/cases/figures/", "/cases/figures/?by=unit", "/cases/figures/?by=source&period=quarter")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00")


def installation(folder: Path) -> None:
    """Django on an installation in this folder."""
    folder.mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "BIHUAN_DATA": str(folder),
        "DJANGO_SETTINGS_MODULE": "bihuan.settings",
        "BIHUAN_LOG": "ERROR",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def templates(folder: Path) -> "tuple[World, list[Case]]":
    """Cases that went their ways by the real actions, of every source and level."""
    from bihuan.cases.models import Case, Level
    from bihuan.cases.transitions import State
    from tests.cases.world import World
    from tests.people import build_city

    world, made = World(build_city(), folder, START), list[Case]()
    for n, way in enumerate(WAYS * 2):
        level = Level.values[n % 4]
        case = world.case(State.DRAFT, level, title=f"料场未苫盖 {n}")
        for hours, action in enumerate(way):
            world.wait(hours=3 + 5 * hours)
            world.go(case, action)
        made.append(Case.objects.get(pk=case.pk))
    return world, made


def copies(sources: "list[Case]", wanted: int) -> None:
    """As many cases again, each on another day, with steps, files and log entries as the actions write them."""
    from django.db import transaction

    from bihuan.cases.models import Attachment, Case, Counter, Step
    from bihuan.registry.log import LogEntry

    chains = {c.pk: list(c.steps.prefetch_related("files").order_by("seq")) for c in sources}
    ends = {name: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for name, model in
            (("case", Case), ("step", Step), ("file", Attachment))}  # fmt: skip
    log = LogEntry.objects.order_by("-seq").first()
    assert log is not None
    years = dict(Counter.objects.values_list("year", "last"))
    entries = Entries(log.seq, log.hash)
    for first in range(0, wanted - len(sources), 2000):
        numbers = range(first, min(first + 2000, wanted - len(sources)))
        made = [
            copy(sources[n % len(sources)], chains, timedelta(days=n % 350 + 1, minutes=n % 480), years, ends)
            for n in numbers
        ]
        with transaction.atomic():
            Case.objects.bulk_create([case for case, _ in made])
            Step.objects.bulk_create([step for _, steps in made for step, _ in steps])
            Attachment.objects.bulk_create([f for _, steps in made for _, files in steps for f in files])
            LogEntry.objects.bulk_create(entries.of(made))
        sys.stderr.write(f"\r{numbers[-1] + 1} cases")
    for year, last in years.items():
        Counter.objects.update_or_create(year=year, defaults={"last": last})
    sys.stderr.write("\n")


Copied = tuple["Case", "list[tuple[Step, list[Any]]]"]


def copy(
    source: "Case",
    chains: "dict[int, list[Step]]",
    span: timedelta,
    years: dict[int, int],
    ends: dict[str, int],
) -> Copied:
    """One case with its steps and their files, `span` later, with the next number of its year."""
    from bihuan.cases.deadlines import number_of
    from bihuan.cases.models import Attachment, Case, Step
    from bihuan.cases.records import step_hash
    from bihuan.registry.installation import number_prefix

    year = (source.opened_at + span).year
    years[year] = years.get(year, 0) + 1
    number = number_of(number_prefix(), year, years[year])
    ends["case"] += 1
    case = Case(**moved(fields_of(source), span) | {"id": ends["case"], "number": number})
    previous, steps = "", []
    for of in chains[source.pk]:
        ends["step"] += 1
        data = moved(of.data, span)
        if "number" in data.get("case", {}):
            data["case"] |= {"number": number, "id": case.pk}
        step = Step(
            **moved(fields_of(of), span)
            | {"id": ends["step"], "case": case, "data": data, "previous_hash": previous}
        )
        files = []
        for file in of.files.all():
            ends["file"] += 1
            files.append(Attachment(**fields_of(file) | {"id": ends["file"], "step": step}))
        step.hash = previous = step_hash(step, number, files)
        steps.append((step, files))
    return case, steps


def fields_of(row: Any) -> dict[str, Any]:
    """The columns of a row."""
    return {
        f.attname: getattr(row, f.attname)
        for f in row._meta.concrete_fields
        if f.name not in ("case", "step")
    }


def moved(value: Any, span: timedelta) -> Any:
    """A value with all moments in it `span` later."""
    if isinstance(value, dict):
        return {k: moved(v, span) for k, v in value.items()}
    if isinstance(value, list):
        return [moved(v, span) for v in value]
    if isinstance(value, datetime):
        return value + span
    if isinstance(value, str) and MOMENT.fullmatch(value):
        return (datetime.fromisoformat(value) + span).isoformat(timespec="microseconds")
    return value


class Entries:
    """The entries of the log for what was copied, each with the hash of the one before."""

    def __init__(self, seq: int, before: str) -> None:
        self.seq, self.before = seq, before

    def of(self, made: list[Copied]) -> Iterator[Any]:
        """The entries of cases, in order."""
        for _case, steps in made:
            for step, files in steps:
                yield self._entry("cases.step", step)
                yield from (self._entry("cases.attachment", file) for file in files)

    def _entry(self, kind: str, row: Any) -> Any:
        from bihuan.registry.hashing import digest
        from bihuan.registry.log import LogEntry, content_of, said

        self.seq += 1
        entry = LogEntry(
            seq=self.seq,
            at=START,
            kind=kind,
            key=row.log_key,
            digest=digest(content_of(row)),
            previous=self.before,
        )
        entry.hash = self.before = digest(said(entry))
        return entry


def plain_read(folder: Path) -> float:
    """Seconds of sqlite3 itself for all rows of steps: the reference."""
    began = time.perf_counter()
    with sqlite3.connect(folder / "db.sqlite3") as database:
        database.execute("SELECT * FROM cases_step ORDER BY case_id, seq").fetchall()
    return time.perf_counter() - began


def timed(work: Callable[[], Any], rounds: int) -> list[float]:
    """Sorted seconds of each call."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return sorted(took)


def told(name: str, took: list[float], goal: float, reference: float) -> None:
    """A line: median, 95th percentile, ratio, and whether the goal is missed."""
    high = took[int(len(took) * 0.95)]
    mark = "" if high < goal else f"   OVER {goal:g} s"
    sys.stdout.write(
        f"{name:<44} median {took[len(took) // 2]:7.3f}  p95 {high:7.3f} s  {high / reference:6.3f} x the reading{mark}\n"
    )


def pages(reference: float) -> None:
    """Lists and statistics as the city's dispatcher asks for them."""
    from django.test import Client

    from bihuan.registry.models import Person
    from bihuan.servers.small_tables import expect_small_tables

    expect_small_tables()
    client = Client()
    client.force_login(
        Person.objects.get(username="dispatcher_140300"), backend="django.contrib.auth.backends.ModelBackend"
    )

    def get(path: str) -> None:
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"

    get("/cases/")
    for path in LISTS:
        told(path, timed(lambda path=path: get(path), ROUNDS), 0.2, reference)
    for path in FIGURES:
        told(path, timed(lambda path=path: get(path), ROUNDS // 4), 1, reference)
    days = iter(range(1, ROUNDS))
    told(
        "/cases/figures/ as of another day",
        timed(
            lambda: get(f"/cases/figures/?as_of={END - timedelta(days=next(days)):%Y-%m-%dT12:00}"),
            ROUNDS // 4,
        ),
        1,
        reference,
    )


def hand_overs(world: "World", reference: float) -> None:
    """A finding becomes a case of a unit."""
    from bihuan.cases.actions import hand_over
    from bihuan.cases.models import Case

    there = Case.objects.count()  # of an earlier run on the same data
    found = iter([world.finding(target=f"S{there + n}") for n in range(ROUNDS)])
    by, unit = world.person("dispatcher"), world.city.governments["140321"]
    told("hand-over of a finding", timed(lambda: hand_over([next(found)], by, unit), ROUNDS), 0.1, reference)


def verify(reference: float) -> None:
    """The walk over all chains and the log."""
    from bihuan.cases.chain import verify_chains

    began = time.perf_counter()
    report = verify_chains()
    took = time.perf_counter() - began
    assert not report.broken, report.broken[:5]
    told(f"verify {report.steps} steps of {report.cases} cases", [took], 60 * report.steps / 1e6, reference)


def world_of(folder: Path) -> "World":
    """The world of an installation that was filled before."""
    from bihuan.registry.models import Organisation, Person, Post, Region
    from tests.cases.world import World
    from tests.people import City

    regions = {r.code: r for r in Region.objects.all()}
    people = {(p.role, p.region_id): p.person for p in Post.objects.select_related("person")}
    units = {o.region_id: o for o in Organisation.objects.all()}
    assert Person.objects.exists()
    return World(City(regions, units, people), folder, END)


def main() -> None:
    """Fill what is missing, then measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--data", type=Path)
    args = parser.parse_args()
    folder = (args.data or Path(tempfile.mkdtemp())).resolve()
    fresh = not (folder / "db.sqlite3").exists()
    installation(folder)
    if fresh:
        _world, sources = templates(folder)
        copies(sources, args.cases)
    world = world_of(folder)
    reference = plain_read(folder)
    sys.stdout.write(f"reference: sqlite3 reads all steps in {reference:.2f} s\n")
    hand_overs(world, reference)
    pages(reference)
    verify(reference)
    if args.data is None:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
