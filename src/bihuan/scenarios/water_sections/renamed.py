"""Names of sections in files: today's codes and former names, and what an import says of the latter."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime

from bihuan import clock
from bihuan.archive.observations import Asked
from bihuan.domain.timeaxis import CST
from bihuan.reasons import Reason
from bihuan.registry.hours import archive
from bihuan.scenarios.water_sections.models import FormerName, Section


def names() -> dict[str, str]:
    """Codes and former names, under which values are kept as they come, and names of one section alone, which mean its code."""
    sections = list(Section.objects.values_list("name", "code"))
    count = Counter(name for name, _code in sections)
    kept = [*(code for _name, code in sections), *FormerName.objects.values_list("site", flat=True)]
    return {name: code for name, code in sections if count[name] == 1} | dict(zip(kept, kept, strict=True))


def told(sites: Collection[str]) -> Sequence[Reason]:
    """To which section a former name goes and until when; that a point ended and its name still delivers."""
    former = FormerName.objects.filter(site__in=list(sites)).order_by("site")
    ended = Section.objects.filter(code__in=list(sites), until__isnull=False).order_by("code")
    newest = _newest([*(one.site for one in former), *(one.code for one in ended)])
    return [*(_former(one, newest.get(one.site)) for one in former), *_ended(ended, newest)]


def _former(one: FormerName, newest: date | None) -> Reason:
    if one.renamed is None:
        return Reason("former_name", site=one.site, section=one.section_id)
    day = one.renamed.isoformat()
    if newest and newest >= one.renamed:
        return Reason("former_name_after", site=one.site, section=one.section_id, day=day)
    return Reason("former_name_until", site=one.site, section=one.section_id, day=day)


def _ended(sections: Collection[Section], newest: dict[str, date]) -> list[Reason]:
    return [
        Reason("section_ended", site=one.code, day=one.until.isoformat())
        for one in sections
        if one.until and one.code in newest and newest[one.code] >= one.until
    ]


def _newest(sites: Sequence[str]) -> dict[str, date]:
    """The day of China of the newest value under each name."""
    if not sites:
        return {}
    rows = archive().observations.latest(Asked(sites, as_of=clock.now()))
    found: dict[str, date] = {}
    for site, start in rows.select("site", "start").sort("start").iter_rows():
        assert isinstance(start, datetime)
        found[site] = start.astimezone(CST).date()
    return found
