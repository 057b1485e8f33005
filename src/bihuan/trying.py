"""A rule of a check is tried: the check runs again as of many moments of the last 30 days, by this rule and by the one in force.

Each moment sees what had been received by then, as the rounds of checks did. What it costs is bounded: one moment lies in
memory at a time, and as many moments are looked at as fit into `BUDGET`. Where not every hour does, they lie further apart,
at most as far as the checks look back; where even that is too much, the older ones are left out. The result says which.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import polars as pl

from bihuan.cases import alarm_rules, rule_tries
from bihuan.cases.grouping import GAP
from bihuan.cases.rule_models import RuleTry
from bihuan.cases.rule_tries import Result
from bihuan.domain.alarm_rules import NO_RULE, Rule, shaped
from bihuan.domain.rule_tryouts import PROBLEMS, problems, tried_against
from bihuan.domain.timeaxis import HOUR
from bihuan.errors import BihuanError
from bihuan.jobs import Say, error_sentence
from bihuan.scenarios.catalogue import Entry, every_check
from bihuan.scenarios.checking import inputs_of

log = logging.getLogger(__name__)
BUDGET = 300.0
"""Seconds that a try may take."""
MEASURED = 2
"""Moments that are looked at before it is known how many fit; the first reads what the others find at hand."""
Progress = Callable[[int, int], None]


def try_waiting(now: datetime, say: Say) -> str:
    """Compute the try that was asked for first; one line about it."""
    tried = rule_tries.begin()
    if tried is None:
        return "没有待试算的规则"
    say(tried.check_key)
    try:
        result = _computed(tried, now)
    except Exception as error:
        # A parameter within its range may still be too much for a check: who asked is told, and the next is tried.
        log.exception("try %s of %s failed", tried.pk, tried.check_key)
        said = str(error) if isinstance(error, BihuanError) else error_sentence(error, f"try {tried.pk}")
        rule_tries.end(tried, None, said)
        return f"{tried.check_key} 试算出错：{said}"
    rule_tries.end(tried, result)
    return f"{tried.check_key} 试算 {result.looks} 个时刻"


class NoSuchCheck(BihuanError):
    """The check whose rule is tried is not there any more."""


def _computed(tried: RuleTry, now: datetime) -> Result:
    entry = next((e for e in every_check() if e.check.key == tried.check_key), None)
    if entry is None:
        raise NoSuchCheck(f"没有检查规则 {tried.check_key}")
    rules = alarm_rules.rule_at(entry.check.key, now), alarm_rules.read(tried.content)
    return try_out(entry, *rules, now, lambda done, total: rule_tries.say(tried, done, total))


def try_out(
    entry: Entry, in_force: Rule, tried: Rule, now: datetime, progress: Progress, budget: float = BUDGET
) -> Result:
    """What both rules show of the last 30 days before `now`; budget: seconds that it may take."""
    looks = _Looks(entry, (in_force, tried))
    began = time.monotonic()
    plan = _plan(now, 1)
    for number, moment in enumerate(plan[:MEASURED], 1):
        looks.look(moment)
        progress(number, len(plan))
    each = (time.monotonic() - began) / MEASURED
    step = _step(entry, each, budget)
    reached, rest = plan[MEASURED - 1], [m for m in _plan(now, step) if m < plan[MEASURED - 1]]
    for number, moment in enumerate(rest, MEASURED + 1):
        if time.monotonic() - began > budget:
            break
        looks.look(moment)
        reached = moment
        progress(number, MEASURED + len(rest))
    # Who looks at a moment sees what began before it: the oldest look reaches back as far as checks do.
    since = max(now - alarm_rules.PERIOD, reached - entry.scenario.look_back)
    return looks.result(since, now, step)


def _plan(now: datetime, step: int) -> list[datetime]:
    """The moments of the last 30 days, the newest first; step: hours between them."""
    count = alarm_rules.PERIOD // (step * HOUR)
    return [now - n * step * HOUR for n in range(count)]


def _step(entry: Entry, each: float, budget: float) -> int:
    """Hours between two moments so that all fit: never so many that something would lie between what two of them see."""
    hours = alarm_rules.PERIOD / HOUR
    wanted = math.ceil(hours * each / budget)
    return max(1, min(wanted, int(entry.scenario.look_back_hours)))


class _Looks:
    """What two rules of a check show, gathered over many moments."""

    def __init__(self, entry: Entry, rules: tuple[Rule, Rule]) -> None:
        self.entry = entry
        # What waits for the morning is shown all the same.
        self.rules = [replace(rule, duty=None) for rule in rules]
        self.found = [pl.DataFrame(schema=PROBLEMS) for _rule in rules]
        self.count = 0

    def look(self, moment: datetime) -> None:
        given = inputs_of(self.entry.scenario, moment)
        check = self.entry.check
        for place, rule in enumerate(self.rules):
            rows = check.run(*given, **rule.parameters)
            if rule != NO_RULE:
                rows = shaped(rows, rule, check.severity, alarm_rules.places_of(rows), moment)
            if rows.height:
                known = self.found[place]
                self.found[place] = problems(pl.concat([known, rows.select(list(PROBLEMS))]), GAP)
        self.count += 1

    def result(self, since: datetime, until: datetime, step: int) -> Result:
        recorded = alarm_rules.recorded(self.entry.check.key, until)
        counted = (tried_against(rows.filter(pl.col("until") > since), recorded, GAP) for rows in self.found)
        return Result(since, until, step, self.count, *counted)
