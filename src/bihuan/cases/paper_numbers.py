"""文号: the numbers of papers. A pattern for each kind of paper; the running number goes by kind and year, without gaps.

A number is given in the transaction of the step that issues the paper: what is refused takes none, and of two that come at
once one waits.
"""

import re
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.deadlines import local_day
from bihuan.cases.errors import IllegalMove
from bihuan.cases.models import Case, Step
from bihuan.cases.paper_models import IssuedPaper, NumberRule, PaperCounter, TemplateVersion
from bihuan.cases.paper_rights import demand_setter
from bihuan.cases.texts import needed
from bihuan.cases.transitions import BY_KEY, Paper, State
from bihuan.registry.audit import record
from bihuan.registry.installation import number_prefix
from bihuan.registry.models import Person

YEAR, COUNT = "{年}", "{序号}"
LONGEST, LONGEST_REASON = 60, 400
PATTERN = re.compile(r"[\w〔〕\[\]()（）\- ]*")
WORDS = {
    Paper.DISPATCH: "交办", Paper.URGE: "督", Paper.OPINION: "核", Paper.TRANSFER: "移", Paper.SUGGESTION: "检建",
}  # fmt: skip
"""What a bureau's own papers are called in their numbers until it sets a pattern; papers of the units have their own numbers."""


def versions(kind: Paper) -> "QuerySet[NumberRule]":
    """All patterns that were set for a kind of paper as of the clock, the newest first."""
    return NumberRule.objects.filter(kind=kind, at__lte=clock.now()).select_related("by")


def pattern(kind: Paper) -> str:
    """How papers of this kind are numbered now; empty: they are not."""
    newest = versions(kind).first()
    if newest is not None:
        return newest.pattern
    if kind not in WORDS:
        return ""
    return f"{number_prefix().removesuffix('交')}{WORDS[kind]}〔{YEAR}〕{COUNT}号"


@transaction.atomic
def change(by: Person, kind: Paper, text: str, reason: str) -> NumberRule:
    """Set the pattern of a kind; empty: no numbers. Those that are given stay. Raises NotAllowed, IllegalMove."""
    demand_setter(by)
    text = text.strip()
    _demand(kind, text)
    why = needed(reason, "理由", LONGEST_REASON, _("请写明理由"), "reason")
    made = NumberRule.objects.create(kind=kind, pattern=text, reason=why, by=by, at=clock.now())
    record(by, "paper.number", kind, reason=why)
    return made


def _demand(kind: Paper, text: str) -> None:
    if text == pattern(kind):
        raise IllegalMove(_("没有改动"), "pattern")
    if not text:
        return
    bare = text.replace(YEAR, "").replace(COUNT, "")
    if text.count(YEAR) != 1 or text.count(COUNT) != 1 or len(text) > LONGEST or not PATTERN.fullmatch(bare):
        raise IllegalMove(
            _(
                "文号规则写成“阳环督〔%(year)s〕%(count)s号”的样子：%(year)s 和 %(count)s 各一次，最多 %(most)d 字"
            )
            % {"year": YEAR, "count": COUNT, "most": LONGEST},
            "pattern",
        )
    for other in Paper:
        if other != kind and pattern(other) == text:
            raise IllegalMove(
                _("%(paper)s已用这个规则，两种文书会得到相同的文号") % {"paper": _(str(other.label))},
                "pattern",
            )


def kinds_of(case: Case, step: Step) -> list[Paper]:
    """The papers that a step issues: the one of the table, and for a suggestion of the procuratorate that one too."""
    row = BY_KEY.get((State(step.from_state) if step.from_state else None, step.action))
    found = [row.paper] if row is not None and row.paper is not None else []
    if Paper.DISPATCH in found and case.source == Case.Source.PROCURATORATE:
        found.append(Paper.SUGGESTION)
    return found


def issue(case: Case, step: Step) -> list[IssuedPaper]:
    """Give the papers of a step their numbers and the templates in force; it needs the transaction of the step."""
    return [_issue(kind, step) for kind in kinds_of(case, step)]


def issued(case: Case, kind: Paper, step: Step) -> IssuedPaper:
    """The paper of a step as it was issued; one of a step of before is issued now."""
    found = IssuedPaper.objects.filter(step=step, kind=kind).select_related("template").first()
    if found is not None:
        return found
    with transaction.atomic():
        Case.objects.select_for_update().get(pk=case.pk)  # of two who print at once, one waits
        again = IssuedPaper.objects.filter(step=step, kind=kind).first()
        return again or _issue(kind, step)


def _issue(kind: Paper, step: Step) -> IssuedPaper:
    rule, at = pattern(kind), clock.now()
    year = local_day(at).year
    count = _next(kind, year) if rule else None
    return IssuedPaper.objects.create(
        step=step, kind=kind, year=year, count=count, number=written(rule, year, count) if count else "",
        template=TemplateVersion.in_force(kind, at), at=at,
    )  # fmt: skip


def _next(kind: Paper, year: int) -> int:
    PaperCounter.objects.get_or_create(kind=kind, year=year)
    PaperCounter.objects.filter(kind=kind, year=year).update(last=F("last") + 1)
    return PaperCounter.objects.get(kind=kind, year=year).last


def written(rule: str, year: int, count: int) -> str:
    """A number by its pattern: 阳环督〔2019〕12号."""
    return rule.replace(YEAR, str(year)).replace(COUNT, str(count))


def example(rule: str, at: datetime) -> str:
    """What the pattern makes of the twelfth paper of the year."""
    return written(rule, local_day(at).year, 12) if rule else ""
