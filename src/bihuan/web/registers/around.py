"""What the house knows around one object: its findings, their cases and photos, and what else is registered with it."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Model, QuerySet
from django.urls import reverse

from bihuan.cases.models import Attachment, Case, Finding
from bihuan.kit.registers.declared import Register
from bihuan.registry.access import visible
from bihuan.registry.models import Organisation, Person
from bihuan.scenarios import resolved
from bihuan.web.registers.filters import PREFIX
from bihuan.web.registers.kinds import objects_of

SHOWN = 20
PHOTOS = 12


@dataclass(frozen=True)
class Others:
    """How many objects of another register name this one in a column, and the list of them; without `url`, no list."""

    title: str
    column: str
    count: int
    url: str


def findings_of(register: Register, target: Model, person: Person) -> "QuerySet[Finding]":
    """The findings about the object that the person may see, newest first."""
    about = Finding.objects.none()
    if register.target:
        about = Finding.objects.filter(target_kind=register.target, target=str(target.pk))
    elif isinstance(target, Organisation):
        about = Finding.objects.filter(organisation=target)
    return visible(about.order_by("-started_at", "-pk"), person)


def cases_of(target: Model, findings: "QuerySet[Finding]", person: Person) -> "QuerySet[Case]":
    """The cases of these findings, or of the unit that the object is."""
    if isinstance(target, Organisation):
        return visible(Case.objects.filter(organisation=target), person)
    return visible(Case.objects.filter(findings__in=findings.order_by()).distinct(), person)


def photos_of(cases: "QuerySet[Case]", person: Person) -> list[Attachment]:
    """The newest pictures of these cases."""
    files = Attachment.objects.filter(step__case__in=cases.order_by(), media_type__startswith="image/")
    rows = visible(files, person).select_related("step__case").order_by("-pk")[:PHOTOS]
    return [each for each in rows if each.is_image]


def others_of(target: Model, person: Person) -> list[Others]:
    """Registers whose objects name this one, with how many of them the person sees."""
    found = []
    for relation in type(target)._meta.related_objects:
        other = resolved.every_register().of_model(relation.related_model._meta.label_lower)
        if other is None or relation.field.name not in other.named:
            continue
        name = relation.field.name
        count = objects_of(other, person).filter(**{name: target.pk}).count()
        if count:
            found.append(Others(other.title, other.title_of(name), count, _list(other, name, target)))
    return found


def _list(other: Register, name: str, target: Model) -> str:
    if not other.named[name].filtered:
        return ""
    return f"{reverse('register', args=[other.kind])}?{urlencode({PREFIX + name: target.pk, 'state': 'all'})}"
