"""What a round of checks cost: seconds of each check and of what was prepared for them, the longest first."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from bihuan.cases.models import CheckRun
from bihuan.english import told
from bihuan.scenarios.catalogue import Entry, every_check


@dataclass(frozen=True)
class Cost:
    """Seconds of a check, or (`key` empty) of preparing what the checks of a scenario look at."""

    title: str
    key: str
    scenario: str
    seconds: float


@dataclass(frozen=True)
class RoundTimes:
    """The costs of the last run of every check, the longest first."""

    costs: tuple[Cost, ...]

    @property
    def total(self) -> float:
        """Seconds of all of it."""
        return sum(c.seconds for c in self.costs)

    @property
    def prepared(self) -> float:
        """Seconds of reading and preparing data."""
        return sum(c.seconds for c in self.costs if not c.key)


def round_times(last: Mapping[str, CheckRun]) -> RoundTimes:
    """last: the newest run of each check by its key. A scenario prepares once for all its checks."""
    ran = [(entry, last[entry.check.key]) for entry in every_check() if entry.check.key in last]
    costs = [Cost(told(e.check.title), e.check.key, _(e.scenario.title), run.seconds) for e, run in ran]
    costs += [_preparing(entry, run) for entry, run in _newest_of_each_scenario(ran)]
    return RoundTimes(tuple(sorted(costs, key=lambda c: -c.seconds)))


def _newest_of_each_scenario(ran: list[tuple[Entry, CheckRun]]) -> list[tuple[Entry, CheckRun]]:
    by_age = sorted(ran, key=lambda pair: pair[1].pk)
    return list({entry.folder: (entry, run) for entry, run in by_age}.values())


def _preparing(entry: Entry, run: CheckRun) -> Cost:
    return Cost(_("准备数据"), "", _(entry.scenario.title), run.inputs_seconds)
