"""What waits for a person's decision and is no case: proposals of counties, and what the scenarios ask."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.cases import handovers, judging
from bihuan.cases.models import Proposal
from bihuan.english import told
from bihuan.registry.models import Person
from bihuan.scenarios.contract import Waiting
from bihuan.scenarios.resolved import waiting_for
from bihuan.web import rule_proposals
from bihuan.web.inspection import rounds_waiting


def decisions_waiting(person: Person, at: datetime) -> list[Waiting]:
    """All of it, what waits longest first."""
    lines = [
        *waiting_for(person, at),
        *map(_proposed, judging.proposals_waiting(person)),
        *_handed_over(person),
        *rule_proposals.proposals_waiting(person, at),
        *rounds_waiting.rounds_waiting(person),
    ]
    return sorted(lines, key=lambda line: line.at)


def _handed_over(person: Person) -> Iterator[Waiting]:
    """A shift that nobody has taken over yet."""
    handover = handovers.waiting_to_be_taken(person)
    if handover is not None:
        yield Waiting(
            what=_("接班签字"),
            subject=_("交接班记录"),
            by=str(handover.by),
            reason=handover.note,
            at=handover.at,
            url=reverse("handover", args=[handover.pk]),
        )


def _proposed(proposal: Proposal) -> Waiting:
    finding = proposal.finding
    return Waiting(
        what=_("判定建议：%(verdict)s") % {"verdict": proposal.verdict_name},
        subject=f"{finding.target_name} {told(finding.title)}",
        by=str(proposal.by),
        reason=proposal.reason,
        at=proposal.at,
        url=reverse("incident", args=[finding.incident_id]),
        simulated=finding.simulated,
    )
