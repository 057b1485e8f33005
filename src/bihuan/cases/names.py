"""The names that papers print: each step keeps them as they were; those of the register now must be the same.

People are renamed by an action, which leaves an audit entry; regions and organisations in the register, which keeps the
history of every change.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from bihuan.cases.models import Case, Step
from bihuan.cases.records import StepRow
from bihuan.registry.models import AuditEntry, Change, Organisation, Person, Region

NAMES = "names"
"""Key of `Step.data` under which they are kept; steps of before have none."""
KINDS = {"region": "the region", "organisation": "the unit", "person": "the person"}


def names_of(case: Case, by: Person | None, unit: Organisation | None) -> dict[str, str]:
    """What a step keeps: the names of the region, of the unit after it, and of who took it, with the telephone number."""
    person = {"person": str(by), "phone": by.phone} if by else {}
    return {"region": case.region.name} | person | ({"organisation": unit.name} if unit else {})


def kept(step: Step | StepRow) -> dict[str, str]:
    """The names that a step kept; none where its data were made into something else."""
    return _texts(step.data.get(NAMES)) if isinstance(step.data, dict) else {}


def _texts(found: object) -> dict[str, str]:
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def called(names: dict[str, str]) -> str:
    """A person as papers name one who can be asked."""
    return f"{names.get('person', '')} {names.get('phone', '')}".strip()


def _renamed_in_the_register() -> dict[tuple[str, Any], str]:
    """The last name that a change of the register gave to each region and organisation."""
    found: dict[tuple[str, Any], str] = {}
    for kind, model in (("region", Region), ("organisation", Organisation)):
        changes = Change.objects.filter(kind=model._meta.label_lower, action="changed", after__has_key="name")
        for key, after in changes.order_by("pk").values_list("key", "after"):
            found[kind, model._meta.pk.to_python(key)] = str(after["name"])
    return found


class Register:
    """The names of now, read once; `renamed`: what each was last called by a change that the log holds."""

    def __init__(self) -> None:
        people = list(Person.objects.all())
        self.now: dict[tuple[str, Any], str] = {
            **{("region", pk): name for pk, name in Region.objects.values_list("pk", "name")},
            **{("organisation", pk): name for pk, name in Organisation.objects.values_list("pk", "name")},
            **{("person", p.pk): f"{p} {p.phone}".strip() for p in people},
        }
        edits = AuditEntry.objects.filter(action="person.edit").order_by("pk").values_list("target", "detail")
        new = {name: _texts(detail.get("new")) for name, detail in edits if isinstance(detail, dict)}
        self.renamed = {
            ("person", p.pk): f"{new[p.username].get('name')} {new[p.username].get('phone')}".strip()
            for p in people
            if p.username in new
        } | _renamed_in_the_register()

    def differences(self, region: str, steps: Sequence[StepRow]) -> Iterator[str]:
        """Names of a case of that region that are others now than its last step with them kept, though nobody was renamed so."""
        last: dict[tuple[str, Any], str] = {}
        for step in steps:
            names = kept(step)
            said = {**names, "person": called(names)} if names else {}
            keys = {"region": region, "organisation": step.organisation_id, "person": step.actor_id}
            last |= {
                (kind, key): said[kind] for kind, key in keys.items() if kind in said and key is not None
            }
        for key, name in last.items():
            now = self.now.get(key)
            if now not in (name, self.renamed.get(key, name)):
                yield f"{KINDS[key[0]]} {name} is called {now!r} now, and nobody renamed it"
