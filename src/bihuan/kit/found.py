"""What was found about an object, as its page shows it."""

from typing import Any

from django.db.models import QuerySet

from bihuan.cases.before_after import pairs_of
from bihuan.cases.models import Case, Finding
from bihuan.registry.access import visible
from bihuan.registry.models import Person

SHOWN = 30


def found_about(rows: "QuerySet[Finding]", person: Person) -> dict[str, Any]:
    """`findings`: the newest of these that the person may see, with their cases; `pairs`: the pictures of the cases, before and after."""
    findings = visible(rows, person)
    cases = visible(Case.objects.filter(findings__in=findings).distinct(), person)
    newest = findings.prefetch_related("cases").order_by("-started_at", "-pk")
    return {"findings": newest[:SHOWN], "pairs": pairs_of(cases[:SHOWN], person)}
