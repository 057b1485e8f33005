"""The form of 六个百分百, and what its newest answer says of a site."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from bihuan.domain.dust.flags import Score, score
from bihuan.kit.inspection.declared import Form, of_register
from bihuan.kit.inspection.measurements import said
from bihuan.kit.inspection.models import Answer
from bihuan.scenarios.dust_sites.registers import SITE, SITES

FORM = Form(
    "dust_check",
    "工地扬尘六个百分百检查",
    Path(__file__).parent / "forms" / "dust_check.xlsx",
    about=SITE,
    objects=of_register(SITES),
)


@dataclass(frozen=True)
class Seen:
    """What an inspection found: the six items; whether the monitor was tampered with; whether the site refused it."""

    answer: Answer
    score: Score
    falsified: bool
    refused: bool


def seen(answer: Answer) -> Seen:
    """What an answer says."""
    told = said(answer)
    return Seen(answer, score(told), told.get("box_real") == "no", told.get("open_door") == "no")


def newest(sites: Collection[str], at: datetime) -> Mapping[str, Seen]:
    """The newest inspection of each of some sites up to a moment."""
    rows = (
        Answer.objects.filter(form__form=FORM.key, target__in=sites, at__lte=at)
        .select_related("form", "by")
        .order_by("at", "pk")
    )
    return {answer.target: seen(answer) for answer in rows}
