"""What a photo says of its time and place, against the case that it belongs to."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from bihuan.cases.deadlines import CHINA, span_text
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import Kept, fault
from bihuan.cases.models import Attachment, Case, Step
from bihuan.cases.transitions import Need
from bihuan.feeds.weather.rows import distance_km

FAR_METRES = 500  # a plant with its yard; a telephone's place is right to some tens of metres
OLD = timedelta(days=1)
CLOCKS = timedelta(minutes=10)
"""So far a camera's clock may go wrong before its word is held against a case."""


def refuse_older(files: Iterable[Kept], case: Case) -> None:
    """What was taken before a case began shows nothing of what was done in it. Raises IllegalMove for the first such file."""
    for file in files:
        if file.taken_at is not None and file.taken_at < case.opened_at - CLOCKS:
            said = {
                "name": file.name,
                "at": f"{file.taken_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
                "span": span_text(case.opened_at - file.taken_at),
            }
            raise IllegalMove(
                _("%(name)s 拍摄于 %(at)s，早于立案 %(span)s；请拍摄现状，旧材料请用 PDF 上传") % said,
                Need.PHOTO.key,
            )


@dataclass(frozen=True)
class Shown:
    """A file as the page shows it: `said` is what the camera wrote, `doubts` what a verifier should look at."""

    file: Attachment
    said: str
    doubts: tuple[str, ...]
    fault: str


def shown(file: Attachment, step: Step, case: Case) -> Shown:
    """The file of a step with what it says of itself, and what is wrong with its stored content."""
    metres = _metres(file, case)
    said = [
        _("拍摄于 %(at)s") % {"at": f"{file.taken_at.astimezone(CHINA):%Y-%m-%d %H:%M}"}
        if file.taken_at
        else "",
        _("距点位 %(n)d 米") % {"n": metres} if metres is not None else "",
    ]
    return Shown(file, _("，").join(filter(None, said)), tuple(_doubts(file, step, metres)), fault(file))


def _metres(file: Attachment, case: Case) -> float | None:
    if file.lat is None or file.lon is None or case.lat is None or case.lon is None:
        return None
    return distance_km(file.lon, file.lat, case.lon, case.lat) * 1000


def _doubts(file: Attachment, step: Step, metres: float | None) -> list[str]:
    found = []
    if metres is not None and metres > FAR_METRES:
        found.append(_("离点位较远"))
    if file.taken_at is not None and step.at - file.taken_at > OLD:
        found.append(_("拍摄早于提交 %(span)s") % {"span": span_text(step.at - file.taken_at)})
    if file.taken_at is not None and file.taken_at - step.at > OLD:
        found.append(_("拍摄时间晚于提交, 相机时钟有误"))
    return found
