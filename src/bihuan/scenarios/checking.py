"""Every check of every scenario on what had been received by now; each leaves a record, and none stops another."""

import logging
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.utils import timezone

from bihuan import clock
from bihuan.cases import alarm_rules, raising, relapses
from bihuan.cases.filing import file_findings
from bihuan.cases.models import CheckRun
from bihuan.domain.alarm_rules import NO_RULE, shaped
from bihuan.errors import BihuanError
from bihuan.jobs import Say, error_sentence
from bihuan.scenarios.catalogue import Entry, every_check, titles_of_checks
from bihuan.scenarios.contract import Scenario

log = logging.getLogger(__name__)
GONE_BACK = "回放已退回到此前的时刻"
# Runs that found nothing new and went well are kept for so long, all others for longer.
KEEP_QUIET, KEEP_TOLD = timedelta(days=7), timedelta(days=90)


class ChecksFailed(BihuanError):
    """Some checks failed; all others have run."""


def gone_back(now: datetime) -> bool:
    """Was the replay set to an earlier time while a job worked as of `now`? What it found is not known then."""
    return clock.now() < now


def check(now: datetime, say: Say, *, looks_at: str = "") -> str:
    """Run all checks (or those that look at one thing), file what they find, reopen what is there again, raise cases; one line.

    Raises ChecksFailed, after all have run, when some could not.
    """
    entries = [e for e in every_check() if looks_at in ("", e.check.looks_at)]
    runs: list[CheckRun] = []
    for folder, of_scenario in groupby(entries, key=lambda e: e.folder):
        runs += _run_scenario(folder, list(of_scenario), now, say)
    _thin(now)
    reopened, raised = relapses.Reopened(), 0
    if not gone_back(now):
        reopened = relapses.reopen(now)
        raised = raising.raise_cases({e.check.key: e.check.title for e in every_check() if e.check.raises})
    parts = [summary(runs)]
    if reopened.cases:
        parts.append(f"监测反弹 {reopened.cases} 件")
    if raised:
        parts.append(f"自动立案 {raised} 件")
    parts += [f"未能自动反弹：{why}" for why in reopened.troubles]
    return "；".join(parts)


def summary(runs: list[CheckRun]) -> str:
    """One line about a round. Raises ChecksFailed when a check of it failed."""
    parts = [f"新发现 {sum(r.new for r in runs)} 条，延续 {sum(r.extended for r in runs)} 条"]
    unknown = {code for r in runs for code in r.unknown}
    if unknown:
        parts.append(f"{len(unknown)} 个对象未登记")
    if any(r.skipped == GONE_BACK for r in runs):
        parts.insert(0, f"{GONE_BACK}，其余不再检查")
    titles = titles_of_checks()
    failed = [f"{titles.get(r.check_key, r.check_key)}（{r.check_key}）{r.error}" for r in runs if r.error]
    if failed:
        raise ChecksFailed("；".join([f"{len(failed)} 条规则出错：{failed[0]}", *parts]))
    return "；".join(parts)


def _run_scenario(folder: str, entries: list[Entry], now: datetime, say: Say) -> Iterator[CheckRun]:
    """Run the checks of one scenario. What they look at is let go of with the last of them."""
    began = time.perf_counter()
    try:
        given = inputs_of(entries[0].scenario, now)
    except Exception as error:
        log.exception("inputs of %s failed", folder)
        said = error_sentence(error, f"inputs of {folder} as of {now:%Y-%m-%dT%H:%MZ}")
        for entry in entries:
            yield _record(entry, now, error=f"输入数据未能准备：{said}"[:500])
        return
    inputs_seconds = time.perf_counter() - began
    for entry in entries:
        say(entry.check.title)
        yield _record(entry, now, inputs_seconds=inputs_seconds, **_run(entry, given, now))


def inputs_of(scenario: Scenario, now: datetime) -> tuple[Any, ...]:
    """What the checks of a scenario take."""
    assert scenario.inputs is not None, "the catalogue refuses checks without inputs"
    return scenario.inputs(now, scenario.look_back)


def _run(entry: Entry, given: tuple[Any, ...], now: datetime) -> dict[str, Any]:
    """Run one check by the rule that is set for it and file what that shows; its record.

    Nothing is filed when the replay has left the time that it looked at.
    """
    if gone_back(now):
        return {"skipped": GONE_BACK}
    began = time.perf_counter()
    try:
        rule = alarm_rules.rule_at(entry.check.key, now)
        found = entry.check.run(*given, **rule.parameters)
        if gone_back(now):
            return {"skipped": GONE_BACK}
        if rule != NO_RULE:
            found = shaped(found, rule, entry.check.severity, alarm_rules.places_of(found), now)
        filed = file_findings(entry.check, found)
    except Exception as error:
        log.exception("check %s failed", entry.check.key)
        said = error_sentence(error, f"check {entry.check.key} as of {now:%Y-%m-%dT%H:%MZ}")
        return {"seconds": time.perf_counter() - began, "error": said[:500]}
    return {
        "seconds": time.perf_counter() - began,
        "found": found.height,
        "new": filed.new,
        "extended": filed.extended,
        "unknown": list(filed.unknown),
    }


def _record(entry: Entry, now: datetime, **result: Any) -> CheckRun:
    return CheckRun.objects.create(check_key=entry.check.key, as_of=now, started=timezone.now(), **result)


def _thin(now: datetime) -> None:
    old = CheckRun.objects.filter(as_of__lt=now - KEEP_QUIET, new=0, error="", unknown=[])
    old.delete()
    CheckRun.objects.filter(as_of__lt=now - KEEP_TOLD).delete()
