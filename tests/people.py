"""The standing people of the tests: plain functions, no factory library.

Regions are the five counties of Yangquan (GB/T 2260). Every county has a government and one person per role whose
user name is `<role>_<county code>`; the city centre has the same with 140300.
"""

from dataclasses import dataclass, field

from django.contrib.auth.hashers import make_password

from bihuan.registry.models import Organisation, Person, Post, Region

CITY_CODE = "140300"
COUNTIES = {"140302": "城区", "140303": "矿区", "140311": "郊区", "140321": "平定县", "140322": "盂县"}
ROLES = tuple(Post.Role.values)
UNUSABLE = make_password(None)


@dataclass
class City:
    """What `build_city` made; look people up by role and region."""

    regions: dict[str, Region] = field(default_factory=dict)
    governments: dict[str, Organisation] = field(default_factory=dict)
    people: dict[tuple[str, str], Person] = field(default_factory=dict)

    def person(self, role: str, region: str = "140321") -> Person:
        """A freshly loaded person with this role in this region."""
        return Person.objects.get(pk=self.people[role, region].pk)


def person(username: str, *posts: tuple[str, Region, Organisation | None]) -> Person:
    """A person with these posts; the password cannot be used (use `client.force_login`)."""
    made = _account(username)
    made.save()
    for role, region, organisation in posts:
        Post.objects.create(person=made, role=role, region=region, organisation=organisation)
    return made


def build_city() -> City:
    """Yangquan with its counties, one organisation each, and one person per role and region."""
    city = City()
    province = Region.objects.create(code="140000", name="山西省")
    top = Region.objects.create(code=CITY_CODE, name="阳泉市", parent=province)
    city.regions = {CITY_CODE: top}
    for code, name in COUNTIES.items():
        city.regions[code] = Region.objects.create(code=code, name=name, parent=top)
    posts = []
    for code, region in city.regions.items():
        kind = Organisation.Kind.CENTRE if code == CITY_CODE else Organisation.Kind.COUNTY
        name = "阳泉市生态环境指挥中心" if code == CITY_CODE else f"{region.name}人民政府"
        unit = Organisation.objects.create(name=name, kind=kind, region=region)
        city.governments[code] = unit
        made = [_account(f"{role}_{code}") for role in ROLES]
        for role, someone in zip(ROLES, Person.objects.bulk_create(made), strict=True):
            own = unit if role in (Post.Role.HANDLER, Post.Role.ENTERPRISE) else None
            posts.append(Post(person=someone, role=role, region=region, organisation=own))
            city.people[role, code] = someone
    Post.objects.bulk_create(posts)
    return city


def _account(username: str) -> Person:
    return Person(username=username, full_name=username, password=UNUSABLE)


def with_every_role(city: City) -> Person:
    """Somebody with every role in the whole city: no page refuses this person for want of a post."""
    top = city.regions[CITY_CODE]
    return person("all", *((role, top, city.governments[CITY_CODE]) for role in ROLES))
