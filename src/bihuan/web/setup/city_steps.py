"""The steps about what is registered: regions and boundaries, stations, organisations and people, papers."""

from collections.abc import Iterator

from django.db.models import Count, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan import clock
from bihuan.cases.deadlines import local_day
from bihuan.registry.city import own_city
from bihuan.registry.installation import Installation, number_prefix
from bihuan.registry.models import Organisation, Person, Post, Region, Site
from bihuan.registry.outlines import TOLERANCE, Outlines
from bihuan.registry.roles import OFFICE, UNIT, VERIFIERS, Role
from bihuan.web.setup.step import Link, Step, register_links, said, some

COUNTY = r"^\d{4}(0[1-9]|[1-9]\d)$"
"""Codes of counties and districts (GB/T 2260)."""
PARTS = (Organisation.Kind.COUNTY, Organisation.Kind.DEPARTMENT)


def regions() -> Step:
    """The city's counties, each with its boundary."""
    city = own_city()
    inside = Region.objects.filter(code__startswith=city.prefix) if city else Region.objects.none()
    counties = inside.filter(code__regex=COUNTY)
    bare = list(counties.filter(geometry__isnull=True))
    facts = (
        _("县区 %(n)d 个，有边界 %(bounded)d 个")
        % {"n": counties.count(), "bounded": counties.count() - len(bare)},
    )
    missing = said(
        (not counties.exists(), _("还没有登记本市的县区")),
        (counties.exists() and len(bare) == counties.count(), _("还没有任何县区的边界")),
    )
    doubts = said((bool(bare) and not missing, _("没有边界的县区：%(names)s") % {"names": some(bare)}))
    return Step("regions", _("区划和边界"), facts, missing, lambda: doubts, register_links("regions"))


def stations() -> Step:
    """The stations of the city's evaluation, where they belong."""
    today = local_day(clock.now())
    there = [s for s in Site.objects.select_related("region") if s.in_force(today)]
    own = [s for s in there if not s.neighbour]
    evaluated = [s for s in own if s.evaluated]
    facts = (
        _("本市点位 %(n)d 个，参与评价 %(evaluated)d 个，周边参考 %(near)d 个")
        % {"n": len(own), "evaluated": len(evaluated), "near": len(there) - len(own)},
    )
    missing = said((not evaluated, _("还没有参与城市评价的点位")))
    return Step(
        "stations",
        _("监测点位"),
        facts,
        missing,
        lambda: _doubts_of_stations(own),
        register_links("stations"),
    )


def _doubts_of_stations(own: list[Site]) -> tuple[str, ...]:
    outside = list(_outside(own))
    homeless = [s for s in own if s.evaluated and s.city_id is None]
    return said(
        (bool(outside), _("在所属区划边界以外：%(names)s") % {"names": some(outside)}),
        (bool(homeless), _("参与评价、但没有写明所属城市：%(names)s") % {"names": some(homeless)}),
    )


def _outside(sites: list[Site]) -> Iterator[Site]:
    outlines = Outlines()
    for site in sites:
        outline = outlines.of(site.region_id)
        point = {"type": "Point", "coordinates": [site.lon, site.lat]}
        if outline and outline.metres_outside(point) > TOLERANCE:
            yield site


def people() -> Step:
    """Who hands over, who works, who verifies."""
    posts = Post.objects.in_force().filter(person__is_active=True)
    parts = Organisation.objects.filter(kind__in=PARTS)
    facts = (
        _("单位 %(units)d 个，其中县区和部门 %(parts)d 个") % {"units": Organisation.objects.count(), "parts": parts.count()},
        _("在用账号 %(people)d 个，在任职务 %(posts)d 个") % {"people": Person.objects.filter(is_active=True).count(), "posts": posts.count()},
    )  # fmt: skip
    missing = said(
        (not parts.exists(), _("还没有可以承办问题的县区或部门")),
        (not posts.filter(role__in=OFFICE).exists(), _("没有人交办：还没有调度岗或负责人")),
        (not posts.filter(role=Role.HANDLER).exists(), _("没有人承办：还没有承办岗")),
        (not posts.filter(role__in=VERIFIERS).exists(), _("没有人核查：还没有核查岗")),
    )
    links = (*register_links("organisations", "people"), Link(_("人员"), reverse("people")))
    return Step("people", _("单位和人员"), facts, missing, lambda: _doubts_of_people(posts, parts), links)


def _doubts_of_people(posts: "QuerySet[Post]", parts: "QuerySet[Organisation]") -> tuple[str, ...]:
    homeless = posts.filter(role__in=UNIT, organisation=None).select_related("person")
    idle = parts.exclude(posts__in=posts.filter(role=Role.HANDLER))
    several = posts.values("role").filter(role=Role.ADMIN).annotate(n=Count("person", distinct=True))
    return said(
        (homeless.exists(), _("职务没有写明单位：%(names)s") % {"names": some(p.person for p in homeless)}),
        (idle.exists(), _("没有承办人的单位：%(names)s") % {"names": some(idle)}),
        (all(row["n"] < 2 for row in several), _("只有一位系统管理员：离岗时没有人能办理账号")),
    )


def papers() -> Step:
    """What papers bear: the name of the centre, the numbers of cases."""
    row = Installation.objects.first()
    centres = list(Organisation.objects.filter(kind=Organisation.Kind.CENTRE))
    facts = (
        _("下一个问题的编号：%(prefix)s〔%(year)d〕…") % {"prefix": number_prefix(), "year": local_day(clock.now()).year},
        _("指挥中心：%(names)s") % {"names": some(centres) or "—"},
    )  # fmt: skip
    missing = said(
        (row is None or not row.number_prefix, _("还没有设定本单位的文号代字")),
        (not centres, _("还没有登记指挥中心")),
    )
    return Step("papers", _("文书"), facts, missing, links=register_links("organisations"))
