"""What waits for a person's decision and is no case: proposals of counties, and what the scenarios ask."""

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases import judging
from bihuan.cases.models import Proposal
from bihuan.english import told
from bihuan.registry.models import Person
from bihuan.scenarios.contract import Waiting
from bihuan.scenarios.resolved import waiting_for


def decisions_waiting(person: Person, at: datetime) -> list[Waiting]:
    """All of it, what waits longest first."""
    lines = [*waiting_for(person, at), *map(_proposed, judging.proposals_waiting(person))]
    return sorted(lines, key=lambda line: line.at)


def _proposed(proposal: Proposal) -> Waiting:
    finding = proposal.finding
    return Waiting(
        what=_("判定建议：%(verdict)s") % {"verdict": proposal.verdict_name},
        subject=f"{finding.target_name} {told(finding.title)}",
        by=str(proposal.by),
        reason=proposal.reason,
        at=proposal.at,
        url=reverse("finding", args=[finding.pk]),
        simulated=finding.simulated,
    )
