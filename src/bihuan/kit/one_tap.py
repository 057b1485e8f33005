"""From what a person in the field found to a case, in one step: the office hands it over, from anybody else it waits for the office."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from bihuan.cases.actions import hand_over, open_case, take
from bihuan.cases.evidence import Kept
from bihuan.cases.models import Case, Finding, KeptFile
from bihuan.domain.places.coordinates import Place
from bihuan.registry.access import may
from bihuan.registry.models import Person
from bihuan.registry.roles import OFFICE


def to_case(
    finding: Finding, by: Person, photos: Sequence[KeptFile], place: Place | None, requirement: str = ""
) -> Case:
    """The case of a finding with its photos. place: where it was seen, None where the register's place of the target counts.

    Raises IllegalMove where it was handed over before, was rejected, or the person may not register it.
    """
    if finding.status == Finding.Status.MERGED and finding.merged_into:
        finding = finding.merged_into
    files = [as_kept(photo) for photo in photos]
    fields: dict[str, Any] = {"source": Case.Source.PATROL, "requirement": requirement}
    if place is not None:
        fields |= {"lon": place[0], "lat": place[1]}
    if finding.organisation is not None and may(by, *OFFICE, region=finding.region_id):
        return hand_over([finding], by, finding.organisation, files=files, **fields)
    with transaction.atomic():
        case = open_case([finding], by, files=files, **fields)
        take(case, "submit", by)
    return case


def as_kept(file: KeptFile) -> Kept:
    """A file that lies in the store already, for another row."""
    return Kept(file.name, file.sha256, file.media_type, file.size, file.taken_at, file.lat, file.lon)
