"""A county with three plants and a form of two questions; a plant of another county; who plans, and who inspects."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.declared import Form
from bihuan.kit.inspection.models import Answer, FormVersion, Round, RoundTask
from bihuan.kit.inspection.rounds.planning import Wanted, make_round
from bihuan.kit.inspection.rounds.progress import Standing, standings
from bihuan.kit.inspection.workbook import read
from bihuan.registry.access import visible
from bihuan.registry.models import Emitter, Person
from tests.kit.inspection.made import asked, workbook
from tests.people import City

COUNTY, OTHER, CITY = "140321", "140322", "140300"
START = datetime(2019, 2, 25, 9, tzinfo=CST)
SURVEY = (
    asked(
        "select_one yn", "fence", problem=". = 'no'", severity="serious", basis="规定 1", requirement="修复"
    ),
    asked("select_one yn", "sign", problem=". = 'no'"),
)


@cache
def _read() -> Mapping[str, str]:
    """The form, read once for all tests; as it is taken in when a page is opened (kit.inspection.versions)."""
    with TemporaryDirectory() as folder:
        made: Mapping[str, str] = read(workbook(Path(folder) / "f.xlsx", SURVEY), "f", [])
    return made


def _plants(person: Person) -> Iterator[tuple[str, str]]:
    yield from visible(Emitter.objects.order_by("code"), person).values_list("code", "name")


@dataclass
class Field:
    """The form in force, and the clock."""

    city: City
    folder: Path
    form: Form = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        clock.set_replay(START, 0)
        for code in ("E1", "E2", "E3", "F1"):
            region = self.city.regions[OTHER if code == "F1" else COUNTY]
            Emitter.objects.create(code=code, name=f"厂{code}", kind="plant", region=region, lon=113.6, lat=37.8, industry="水泥", grade="C")  # fmt: skip
        self.form = Form(
            "f", "检查", workbook(self.folder / "f.xlsx", SURVEY), about="emitter", objects=_plants
        )
        made = _read()
        sha256 = hashlib.sha256(self.form.workbook.read_bytes()).hexdigest()
        FormVersion.objects.create(
            form="f",
            version="1",
            title=made["title"],
            file="f.xlsx",
            sha256=sha256,
            xform=made["xform"],
            html=made["html"],
            model=made["model"],
            at=START,
        )

    def at(self, days: int, hours: int = 0) -> None:
        """So long after the start."""
        clock.set_replay(START + timedelta(days=days, hours=hours), 0)

    def person(self, role: str = "ranger", region: str = COUNTY) -> Person:
        return self.city.person(role, region)

    def round(
        self, shares: Mapping[str, Person | None] | None = None, *, first: int = 0, days: int = 7, by: str = "chief",
        region: str = COUNTY, title: str = "春季检查",
    ) -> Round:  # fmt: skip
        """A round that begins `first` days after the start and takes so many."""
        since = START.date() + timedelta(days=first)
        given = {"E1": None, "E2": None, "E3": None} if shares is None else shares
        wanted = Wanted(
            title, self.form, self.city.regions[region], since, since + timedelta(days=days), given
        )
        return make_round(self.person(by, region), wanted)

    def inspected(
        self, code: str, fence: str = "yes", sign: str = "yes", said: datetime | None = None
    ) -> Answer:
        """An answer about a plant; an empty word leaves the question open."""
        self.sent += 1
        inside = f"<fence>{fence}</fence><sign>{sign}</sign>"
        xml = (
            f'<data id="f" version="1">{inside}<meta><instanceID>uuid:{self.sent}</instanceID></meta></data>'
        )
        who = self.person("ranger", OTHER if code == "F1" else COUNTY)
        return receive(self.form, who, place_for(self.form, who, code), Sent(xml.encode(), (), said))

    def standing(self, found: Round, code: str) -> Standing:
        return next(s for s in standings(found, self.person("chief")) if s.task.target == code)

    def task(self, found: Round, code: str) -> RoundTask:
        return found.tasks.get(target=code)
