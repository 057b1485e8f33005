"""How quiet the centre is: new incidents of a fortnight of the practice city at full size, against the simulator's truth.

    python benchmarks/incidents.py DIR [--days 14] [--show] [--again CHECK ...] [--than FILE]

The first run builds the city in DIR and runs every check each hour (about an hour; fortnight.py); later runs file what
is kept there anew. Goals (after ISA-18.2 and EEMUA 191): on average <= 6 new incidents an hour, never more than 10 in
ten minutes (a round files at once, so: in a round), by six hours without our receiver <= 5, by four hours without the
platform of a vendor 1, <= 10 % rejected by truth, no true serious fault later than its finding. An officer confirms or
rejects by the truth whatever is an hour old. When each deed was first shown is written to DIR/found.json; `--than` prints
what an earlier such file had otherwise.

Beside each figure stands that of findings, as the list had them before. True is a finding of an outlet at which the
simulator does something wrong at that time or did within the hours after which a problem is another one (decision 12: what
falls back when a deed ends is its trace), or whose gas really was over the limit, and what speaks of data that did not come.
How many incidents are right by such a trace alone is printed. What stations report beyond that has no truth in the simulator: it is counted, but neither right nor wrong.
"""

import argparse
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

sys.path.insert(0, str(Path(__file__).parent.parent))

import fortnight
from fortnight import AT, DOWN, HOUR, OUTAGE, VENDOR_DOWN, VENDOR_OUTAGE, Told, say
from incident_truth import SERIOUS, Truth, by_trace, compared, first_shown

CALM = 2 * HOUR
"""After the receiver is up again: what is new until then is its own aftermath."""


@dataclass
class Hour:
    """What one round brought: findings and incidents that are new or wait again."""

    now: datetime
    findings: int = 0
    incidents: list[int] = field(default_factory=list)
    seconds: float = 0.0


def told(folder: Path) -> list[Told]:
    """The deeds that were kept beside the rounds."""
    times = ("start", "until")
    rows = json.loads((folder / "rounds" / "deeds.json").read_text())
    return [Told(**{**r, **{t: datetime.fromisoformat(r[t]) for t in times}}) for r in rows]


def copied(folder: Path) -> Path:
    """The installation without its archive: filing changes the database alone."""
    made = Path(tempfile.mkdtemp(prefix="incidents-"))
    for path in folder.iterdir():
        if path.is_file():
            shutil.copy(path, made)
    return made


def file_round(frame: pl.DataFrame, checks: dict[str, Any]) -> int:
    """File what every check found in one round; how many findings are new."""
    from bihuan.cases.filing import file_findings

    new = 0
    for (key,), rows in frame.partition_by("check", as_dict=True).items():
        new += file_findings(checks[str(key)], rows.drop("check")).new
    return new


def run(folder: Path, days: int, truth: Truth) -> list[Hour]:
    """File all rounds, one after the other, and let the officer judge."""
    fortnight.django_of(copied(folder))
    from django.core.management import call_command

    from bihuan import clock
    from bihuan.cases.models import Finding
    from bihuan.practice.people import CITY
    from bihuan.registry.models import prefix_of
    from bihuan.scenarios.catalogue import every_check

    call_command("migrate", verbosity=0)
    Finding.objects.filter(status="new").update(status="confirmed")
    checks = {e.check.key: e.check for e in every_check()}
    hours: list[Hour] = []
    waiting = set[int]()
    for n in range(1, days * 24 + 1):
        path = folder / "rounds" / f"{n:04d}.parquet"
        if not path.exists():
            break
        now = AT + n * HOUR
        clock.set_replay(now, 0)
        began = time.process_time()
        new = file_round(pl.read_parquet(path), checks)
        seconds = time.process_time() - began
        still = waiting_in(prefix_of(CITY))
        hours.append(Hour(now, new, sorted(still - waiting), seconds))
        judge(now - HOUR, truth)
        waiting = waiting_in(prefix_of(CITY))
    return hours


def waiting_in(prefix: str) -> set[int]:
    """The incidents of a city that wait for somebody."""
    from bihuan.cases.models import Finding

    new = Finding.objects.filter(status="new", region__code__startswith=prefix)
    return set(new.values_list("incident", flat=True))


def judge(before: datetime, truth: Truth) -> None:
    """The officer decides on incidents whose newest finding is an hour old: right when one of its findings is."""
    from django.db.models import Max

    from bihuan.cases import incident_judging
    from bihuan.cases.incident_models import Incident
    from bihuan.registry.access import visible
    from bihuan.registry.models import Person

    officer = Person.objects.get(username="diaodu")
    mine = visible(Incident.objects.all(), officer)  # not those of the neighbours' stations
    old = mine.filter(findings__status="new").annotate(newest=Max("findings__found_at"))
    for incident in old.filter(newest__lte=before):
        members = list(incident.findings.exclude(status="merged"))
        if any(truth.says(f) is not False for f in members):
            incident_judging.confirm(incident, officer)
        else:
            incident_judging.reject(incident, officer, "误报")


def nuisance(truth: Truth, since: datetime) -> tuple[int, list[Any]]:
    """Of the incidents with a truth: how many, and those that are wrong."""
    from bihuan.cases.incident_models import Incident

    known, wrong = 0, []
    for incident in Incident.objects.filter(opened_at__gt=since, root__isnull=False).select_related("root"):
        said = [truth.says(f) for f in incident.findings.exclude(status="merged")]
        known += any(s is not None for s in said)
        if False in said and True not in said:
            wrong.append(incident)
    return known, wrong


def of_vendor() -> list[str]:
    """Incidents of loggers whose vendor's platform was down, by their cause: those that its outage made."""
    from bihuan.cases.models import Finding

    up = VENDOR_DOWN + VENDOR_OUTAGE
    found = Finding.objects.filter(
        check_key__contains=".arrival.",
        found_at__gt=VENDOR_DOWN,
        found_at__lte=up + CALM,
        started_at__gte=VENDOR_DOWN - HOUR,
        started_at__lt=up,
    )
    mns = {mn.decode() for mn in fortnight.loggers_of_vendor()}
    mine = found.filter(target__in=_outlets_of(mns)).select_related("incident")
    return [i.cause for i in {f.incident for f in mine}]


def _outlets_of(mns: set[str]) -> list[str]:
    from bihuan.scenarios.plant_emissions.models import Channel

    return list(Channel.objects.filter(logger__in=mns).values_list("outlet", flat=True))


def hidden(truth: Truth) -> list[str]:
    """True serious findings that were not shown at once as new, and not with one as serious of the same matter."""
    from bihuan.cases.models import Finding

    rows = Finding.objects.filter(severity__in=SERIOUS, found_at__gt=AT, follows__isnull=False)
    found = rows.select_related("follows").exclude(status="merged")
    return [str(f) for f in found if truth.says(f) and f.follows.severity not in SERIOUS]


def report(hours: list[Hour], truth: Truth, *, show: bool) -> None:
    """Print the figures beside their goals."""
    from bihuan.cases.incident_models import Incident
    from bihuan.cases.models import Finding

    up = DOWN + OUTAGE
    counts = {h.now: len(h.incidents) for h in hours}
    usual = [h for h in hours if not DOWN < h.now <= up + CALM]
    window = {i for h in hours if DOWN < h.now <= up + CALM for i in h.incidents}
    ours = Finding.objects.filter(incident__in=window, cause__in=("line", "centre"), started_at__lt=up)
    after = set(ours.values_list("incident", flat=True))
    mean, worst = statistics.mean(counts.values()), max(counts.values())
    say(
        f"{len(hours)} rounds, {len(hours) / 24:.1f} days; filing {statistics.median(h.seconds for h in hours):.2f} s of processor a round"
    )
    say(
        f"new an hour          {mean:6.2f} incidents   goal 6    ({statistics.mean(h.findings for h in hours):.1f} findings)"
    )
    say(f"worst ten minutes    {worst:6d} incidents   goal 10   ({max(h.findings for h in hours)} findings)")
    share = sum(c > 10 for c in counts.values())
    say(f"rounds with over 10  {share:6d}")
    lost = sum(h.findings for h in hours if DOWN < h.now <= up + CALM)
    aside = 8 * statistics.mean(len(h.incidents) for h in usual)
    say(
        f"by our own outage    {len(after):6d} incidents   goal 5    ({lost} findings; of all kinds {len(window)}, as usual in so long {aside:.0f})"
    )
    say(f"by a vendor's outage {len(causes := of_vendor()):6d} incidents   goal 1    {dict(Counter(causes))}")
    known, wrong = nuisance(truth, AT)
    by = Counter(incident.root.check_key for incident in wrong)
    say(
        f"rejected by truth    {100 * len(wrong) / max(known, 1):6.1f} %           goal 10 %  ({len(wrong)} of {known}: {dict(by.most_common(8))}; {by_trace(truth)} right as the trace of what ended)"
    )
    late = hidden(truth)
    say(f"true serious, hidden {len(late):6d}             goal 0    {late[:5]}")
    made = Incident.objects.filter(opened_at__gt=AT, root__isnull=False)
    say(f"causes: {dict(Counter(made.values_list('cause', flat=True)))}")
    say(f"roots: {dict(Counter(made.values_list('root__check_key', flat=True)).most_common(14))}")
    if show:
        for incident in wrong:
            say(
                f"  wrong: {incident.root.check_key} {incident.root.target} {incident.root.started_at:%m-%d %H:%M} {incident.root.title}"
            )
        for hour in hours:
            if len(hour.incidents) > 6:
                roots = Finding.objects.filter(incident__in=hour.incidents, found_at=hour.now).values_list(
                    "check_key", flat=True
                )
                say(f"  {hour.now:%m-%d %H:%M} {len(hour.incidents)}: {dict(Counter(roots).most_common(8))}")


def main() -> None:
    """Build what is not there yet, file, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--days", type=int, default=14)
    parser.add_argument("--kept", action="store_true", help="file the rounds that are kept; run none")
    parser.add_argument(
        "--again", nargs="+", metavar="CHECK", help="run these checks again in the rounds that are kept"
    )
    parser.add_argument("--show", action="store_true", help="the rounds with many new incidents")
    parser.add_argument(
        "--than", type=Path, help="found.json of an earlier run, to compare when deeds are shown"
    )
    args = parser.parse_args()
    if args.again:
        fortnight.again(args.folder, args.again)
    elif not args.kept:
        if not (args.folder / "rounds").exists():
            fortnight.build(args.folder)
        fortnight.rounds(args.folder, args.days)
    truth = Truth(told(args.folder))
    hours = run(args.folder, args.days, truth)
    report(hours, truth, show=args.show)
    shown = first_shown(truth, hours[-1].now)
    (args.folder / "found.json").write_text(json.dumps(shown, indent=1))
    never = [deed for deed, hours_of in shown.items() if hours_of["shown"] is None]
    say(f"deeds shown {len(shown) - len(never)} of {len(shown)}; not: {never}")
    if args.than:
        for line in compared(shown, json.loads(args.than.read_text())):
            say(f"  {line}")


if __name__ == "__main__":
    main()
