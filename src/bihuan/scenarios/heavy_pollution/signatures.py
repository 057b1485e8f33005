"""Who proposes and who approves what concerns a warning level, as the table signatures.csv says."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bihuan.domain.control.warning import LEVELS
from bihuan.registry.access import may
from bihuan.registry.models import Person, Region
from bihuan.registry.roles import Role


@dataclass(frozen=True)
class Signature:
    """The rule of one level: roles that propose and approve, whose office that is by the plan, and where it stands."""

    propose: tuple[Role, ...]
    approve: tuple[Role, ...]
    office: str
    source: str


@cache
def signatures() -> dict[str, Signature]:
    """The rule of every level. Raises ValueError where the table names an unknown role."""
    text = Path(__file__).with_name("signatures.csv").read_text("utf-8")
    return {
        row["level"]: Signature(
            tuple(map(Role, row["propose"].split())),
            tuple(map(Role, row["approve"].split())),
            row["office"],
            row["source"],
        )
        for row in csv.DictReader(text.splitlines())
    }


def rule_of(*levels: str) -> Signature:
    """The rule for a step that touches these levels (the old and the new one): that of the highest."""
    return signatures()[max((lv for lv in levels if lv), key=LEVELS.index)]


def may_propose(person: Person, region: Region, *levels: str) -> bool:
    """May the person propose a step on these levels in the region?"""
    return may(person, *rule_of(*levels).propose, region=region)


def may_approve(person: Person, region: Region, *levels: str) -> bool:
    """May the person approve one; that it is not the person's own is for the caller to see to."""
    return may(person, *rule_of(*levels).approve, region=region)
