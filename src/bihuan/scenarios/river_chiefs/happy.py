"""幸福河: what the form gave a river in a year, by group, against the year before."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer
from bihuan.registry.access import visible
from bihuan.registry.models import Person
from bihuan.registry.rivers import River
from bihuan.registry.subjects import there_on

KEY = "happy_river"
GROUPS = {
    "safe_score": gettext_noop("安全"),
    "water_score": gettext_noop("水质"),
    "life_score": gettext_noop("生态"),
    "people_score": gettext_noop("宜居"),
    "culture_score": gettext_noop("文化"),
    "manage_score": gettext_noop("管护"),
}
"""The calculations of the form that hold the points of a group, and what each group is called."""


def rivers(person: Person) -> Iterable[tuple[str, str]]:
    """(code, name) of the rivers that can be scored today."""
    day = clock.now().astimezone(CST).date()
    yield from visible(River.objects.filter(there_on(day)), person).values_list("pk", "name")


FORM = Form(KEY, "幸福河评分", Path(__file__).parent / "forms" / f"{KEY}.xlsx", about="river", objects=rivers)


@dataclass(frozen=True)
class Score:
    """The newest scoring of a river in a year. groups: points by group; before: of the year before, None where there was none."""

    year: int
    answer: Answer
    groups: Mapping[str, float]
    before: float | None

    @property
    def total(self) -> float | None:
        """All groups together [0..100]."""
        return self.answer.score

    @property
    def change(self) -> float | None:
        """Against the year before."""
        both = self.total is not None and self.before is not None
        return self.total - self.before if both else None  # type: ignore[operator]  # both are numbers


def year_of(answer: Answer) -> int:
    """The year that an answer is of: that in which it was filled in, in China."""
    return (answer.said_at or answer.at).astimezone(CST).year


def scores_of(person: Person) -> dict[str, Score]:
    """The score of each river in the newest year in which it was scored, as far as the person may see it, as of the clock."""
    rows = visible(Answer.objects.filter(form__form=KEY, at__lte=clock.now()), person)
    newest: dict[tuple[int, str], Answer] = {}
    for answer in rows.defer("xml").order_by("at", "pk"):
        newest[year_of(answer), answer.target] = answer
    return {
        river: Score(year, answer, groups_of(answer), _total(newest.get((year - 1, river))))
        for (year, river), answer in sorted(newest.items())
    }


def _total(answer: Answer | None) -> float | None:
    return None if answer is None else answer.score


def groups_of(answer: Answer) -> dict[str, float]:
    """Points by group; one in which nothing applies has none."""
    said = {v["path"].rpartition("/")[2]: v["text"] for v in answer.values}
    return {GROUPS[name]: float(said[name]) for name in GROUPS if said.get(name)}
