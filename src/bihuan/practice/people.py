"""The people of the practice city: one account per duty, all with the same password, all invented."""

from collections.abc import Iterator

from bihuan.registry.models import Organisation, Person, Post, Region

PASSWORD = "Bihuan-2019"
CITY = "140300"
COUNTIES = {"140302": "cq", "140303": "kq", "140311": "jq", "140321": "pd", "140322": "yx"}
VENDORS = ("晋清", "蓝测", "华源", "三晋")
Role = Post.Role
CENTRE_PEOPLE = (
    ("diaodu", "李调度", Role.DISPATCHER),
    ("hecha", "王核查", Role.VERIFIER),
    ("hecha2", "周核查", Role.VERIFIER),
    ("lingdao", "赵主任", Role.CHIEF),
    ("shenji", "孙审计", Role.AUDITOR),
    ("admin", "系统管理员", Role.ADMIN),
)


def organisations() -> Iterator[dict[str, object]]:
    """The centre, five county bureaus, two departments, and the companies that run the plants' loggers."""
    city, counties = Region.objects.get(pk=CITY), Region.objects.filter(pk__in=COUNTIES)
    rows = [("阳泉市大气污染防治指挥中心", "centre", city)]
    rows += [("阳泉市住房和城乡建设局", "department", city), ("阳泉市交通运输局", "department", city)]
    rows += [(f"{r.name}生态环境分局", "county", r) for r in counties]
    rows += [(f"{name}环境监测运维有限公司（模拟）", "vendor", city) for name in VENDORS]
    for name, kind, region in rows:
        yield {"name": name, "kind": kind, "region": region.pk, "simulated": True}


def _person(username: str, full_name: str, role: str, region: Region, unit: Organisation | None) -> Person:
    person = Person(username=username, full_name=full_name)
    person.password = _hashed()
    person.save()
    Post.objects.create(person=person, role=role, region=region, organisation=unit)
    return person


_hash: list[str] = []


def _hashed() -> str:
    """The password's hash, made once: hashing is slow by design and all practice accounts share it."""
    if not _hash:
        probe = Person(username="probe")
        probe.set_password(PASSWORD)
        _hash.append(probe.password)
    return _hash[0]


def people() -> None:
    """Centre, county and department accounts, and one enterprise contact."""
    city = Region.objects.get(pk=CITY)
    centre = Organisation.objects.get(kind="centre")
    for username, name, role in CENTRE_PEOPLE:
        _person(username, name, role, city, centre)
    for code, short in COUNTIES.items():
        region = Region.objects.get(pk=code)
        unit = Organisation.objects.get(region=region, kind="county")
        handler = _person(f"{short}-banli", f"{region.name}承办", Role.HANDLER, region, unit)
        # In small counties one person holds both posts; the rule that nobody verifies their own work is what counts.
        Post.objects.create(person=handler, role=Role.VERIFIER, region=region, organisation=unit)
        _person(f"{short}-hecha", f"{region.name}核查", Role.VERIFIER, region, unit)
        _person(f"{short}-wangge", f"{region.name}网格员", Role.RANGER, region, unit)
    for unit, short in zip(
        Organisation.objects.filter(kind="department").order_by("name"), ("jiaotong", "zhujian"), strict=True
    ):
        _person(f"{short}-banli", f"{unit.name[3:7]}承办", Role.HANDLER, city, unit)
    plant = Organisation.objects.filter(kind="enterprise").order_by("pk").first()
    assert plant is not None
    _person("qiye", "企业联系人", Role.ENTERPRISE, plant.region, plant)
