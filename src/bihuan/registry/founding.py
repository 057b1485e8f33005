"""建城: the first account of an installation, with the city and the centre that it belongs to; and what it settles later."""

from dataclasses import dataclass

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _

from bihuan.errors import BihuanError
from bihuan.registry import accounts
from bihuan.registry.access import CITY, may
from bihuan.registry.accounts import NotChanged
from bihuan.registry.audit import record
from bihuan.registry.installation import PREFIX, held
from bihuan.registry.models import Organisation, Person, Region
from bihuan.registry.roles import ADMINS, Role

PROVINCES = frozenset(
    {
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
    }
)
"""First two digits of GB/T 2260."""


class Founded(BihuanError):
    """There is an account already: nobody makes a first one any more."""


class NotFounded(BihuanError):
    """The city stays as it is; `field` is what to mend (Chinese)."""

    def __init__(self, field: str, why: str) -> None:
        super().__init__(why)
        self.field = field


@dataclass(frozen=True)
class City:
    """What the first page asks for: the city, its centre, and who runs the accounts."""

    name: str
    code: str
    centre: str
    username: str
    full_name: str


def is_founded() -> bool:
    """Whether there is an account; accounts are closed, never deleted."""
    return Person.objects.exists()


def why_no_city(code: str) -> str:
    """What is wrong with a code as that of a city; empty: nothing."""
    if not (len(code) == 6 and code.isascii() and code.isdecimal()):
        return _("区划代码是六位数字，如 140100")
    if not code.endswith("00") or code[2:4] == "00":
        return _("城市的区划代码是四位加 00，如 140100；省和县区的代码不行")
    if int(code[:2]) not in PROVINCES:
        return _("没有以 %(first)s 开头的省份代码（GB/T 2260）") % {"first": code[:2]}
    return ""


@transaction.atomic
def found(city: City, password: str, request: HttpRequest | None = None) -> Person:
    """Register the city and its centre and make the first account, its administrator. All or nothing, with an audit entry.

    Raises Founded when somebody was faster, NotFounded for a name that is taken, NotChanged for a name or a password
    that is refused.
    """
    held()
    if is_founded():
        raise Founded(_("已经建城，请登录"))
    if why := why_no_city(city.code):
        raise NotFounded("code", why)
    region = _region(city)
    centre = _centre(city.centre, region)
    person = accounts.add(
        None, city.username, password, name=city.full_name, role=Role.ADMIN, region=region, organisation=centre,
        temporary=False, request=request,
    )  # fmt: skip
    record(person, "city.found", city.code, request, name=city.name, centre=city.centre)
    return person


def _region(city: City) -> Region:
    """The city as it is registered; a register that was filled before keeps its name."""
    region, _made = Region.objects.get_or_create(pk=city.code, defaults={"name": city.name})
    if region.name != city.name:
        raise NotFounded("name", _("%(code)s 已登记为%(name)s") % {"code": city.code, "name": region.name})
    return region


def _centre(name: str, region: Region) -> Organisation:
    kind = Organisation.Kind.CENTRE
    unit, _made = Organisation.objects.get_or_create(name=name, defaults={"kind": kind, "region": region})
    if (unit.kind, unit.region_id) != (kind, region.pk):
        raise NotFounded("centre", _("%(name)s已登记为别的单位，不是本市的指挥中心") % {"name": name})
    return unit


@transaction.atomic
def set_number_prefix(by: Person, text: str, request: HttpRequest | None = None) -> None:
    """What the numbers of cases begin with from the next one on; those that were given stay. Raises NotChanged."""
    if not may(by, *ADMINS, region=CITY):
        raise NotChanged(_("文号代字由全市的系统管理员设定"))
    if not PREFIX.fullmatch(text):
        raise NotChanged(_("文号代字写 1 至 12 个汉字、字母或数字，如 并环交"))
    row = held()
    old, row.number_prefix = row.number_prefix, text
    row.save(update_fields=["number_prefix"])
    record(by, "installation.number_prefix", text, request, old=old)
