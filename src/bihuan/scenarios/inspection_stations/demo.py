"""What the practice city has (all 模拟): eight stations, three days of tests through the importer, one that copies curves, a visit to it.

The checks find the copies in the first round; nothing here writes a finding but the visit's form.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import NAMESPACE_URL, uuid5

from bihuan import clock
from bihuan.cases.evidence import Upload
from bihuan.domain.timeaxis import CST
from bihuan.kit.inspection import versions
from bihuan.kit.inspection.answers import Sent, place_for, receive
from bihuan.kit.inspection.filled_in import filled_in
from bihuan.kit.inspection.rounds.planning import Wanted as Round
from bihuan.kit.inspection.rounds.planning import make_round
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Person, Region
from bihuan.scenarios.inspection_stations.inspections import FORM
from bihuan.scenarios.inspection_stations.models import Station
from bihuan.scenarios.inspection_stations.registers import INSPECTORS, LINES, STATIONS
from bihuan.scenarios.resolved import every_register
from bihuan.simulate.pictures import drawn
from bihuan.simulate.vehicle_tests.files import written
from bihuan.simulate.vehicle_tests.records import make
from bihuan.simulate.vehicle_tests.wanted import Wanted

COUNTY, RANGER, OFFICE = "140321", "pd-wangge", "diaodu"
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NAMES = (
    "平定县冠山",
    "城区桃南",
    "矿区赛鱼",
    "郊区荫营",
    "盂县秀水",
    "平定县冶西",
    "盂县路家村",
    "开发区义井",
)
COUNTIES = ("140321", "140302", "140303", "140311", "140322", "140321", "140322", "140302")
PLACES = (
    (113.63, 37.79), (113.58, 37.86), (113.51, 37.87), (113.60, 37.95), (113.41, 38.08), (113.70, 37.75), (113.30, 38.05), (113.56, 37.85),
)  # fmt: skip
COPIER = "SIM-JC01"
TESTS, SEED = 2400, 11
COMPANY = "{}机动车检测有限公司（模拟）"
QUESTIONS = ("licence_ok", "people_ok", "calib_ok", "gas_ok", "leak_ok", "version_ok", "trace_ok", "video_ok", "probe_ok", "method_ok")  # fmt: skip


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Station.objects.exists():
        return "机动车检验机构已有"
    try:
        _register(at)
        count = _tested(at)
        _visited(at)
    finally:
        clock.set_replay(at, 0)
    return f"机动车检验机构 {len(NAMES)} 家，检验 {count} 次（模拟）"


def _code(n: int) -> str:
    return f"SIM-JC{n + 1:02d}"


def _register(at: datetime) -> None:
    clock.set_replay(at - 60 * DAY, 0)
    companies = [
        {"name": COMPANY.format(name), "region": county, "kind": "enterprise", "simulated": True}
        for name, county in zip(NAMES, COUNTIES, strict=True)
    ]
    bring_rows(every_register()["organisations"], companies)
    bring_rows(STATIONS, _stations(at))
    bring_rows(LINES, [
        {
            "station": _code(n), "number": str(line), "kind": "petrol" if line < 3 else "diesel", "software": "V3.2.1",
            "dynamometer": "模拟测功机", "analyser": "模拟五气分析仪", "calibrated_until": f"{at + 200 * DAY:%Y-%m-%d}", "simulated": True,
        }
        for n in range(len(NAMES)) for line in (1, 2, 3)
    ])  # fmt: skip
    bring_rows(INSPECTORS, [
        {"station": _code(n), "number": f"J{n:03d}{line}", "name": f"检验员{n + 1}-{line}（模拟）", "certified_until": f"{at + 300 * DAY:%Y-%m-%d}", "simulated": True}
        for n in range(len(NAMES)) for line in (1, 2, 3)
    ])  # fmt: skip


def _stations(at: datetime) -> Iterator[dict[str, object]]:
    for n, (name, county, (lon, lat)) in enumerate(zip(NAMES, COUNTIES, PLACES, strict=True)):
        yield {
            "code": _code(n), "name": f"{name}检验站（模拟）", "region": county, "organisation": COMPANY.format(name), "lon": lon, "lat": lat,
            "licence": f"SIM2014{n:04d}", "licence_until": f"{at + 500 * DAY:%Y-%m-%d}", "linked": "yes", "contact": "模拟", "simulated": True,
        }  # fmt: skip


def _tested(at: datetime) -> int:
    """Two days of every line, the evening of the last day through the importer."""
    begin = (at.astimezone(CST) - 3 * DAY).replace(hour=8, minute=0, second=0, microsecond=0)
    wanted = Wanted(TESTS, len(NAMES), begin, SEED, share=0.005, deeds=("copied_noisy",))
    made = make(wanted)
    clock.set_replay(at - 2 * HOUR, 0)
    with TemporaryDirectory(prefix="bihuan-stations-") as folder:
        for report in import_files(archive(), written(made, Path(folder)), received=at - 2 * HOUR):
            if report.error or report.quarantined:
                raise RuntimeError(f"{report.file}: {report.error} {report.refused[:2]}")
    return made.tests.height


def _visited(at: datetime) -> None:
    """A round over the stations of the county; the ranger visits the first and finds that curves and videos do not fit."""
    codes = [_code(n) for n, county in enumerate(COUNTIES) if county == COUNTY]
    clock.set_replay(at - 6 * DAY, 0)
    office, ranger = (Person.objects.get(username=name) for name in (OFFICE, RANGER))
    first, last = (moment.astimezone(CST).date() for moment in (at - 6 * DAY, at + 20 * DAY))
    region = Region.objects.get(pk=COUNTY)
    make_round(
        office,
        Round("平定县检验机构监督检查（模拟）", FORM, region, first, last, dict.fromkeys(codes, ranger)),
    )
    when = at - HOUR
    clock.set_replay(when, 0)
    picture = Upload(*drawn(f"station {COPIER}"))
    instance = f"uuid:{uuid5(NAMESPACE_URL, f'{FORM.key} {COPIER} {when}')}"
    said = dict.fromkeys(QUESTIONS, "yes") | {
        "trace_ok": "no",
        "trace_photo": picture.name,
        "remark": "模拟检查",
    }
    xml = filled_in(versions.xform_of(versions.in_force(FORM)), instance, said)
    receive(FORM, ranger, place_for(FORM, ranger, COPIER), Sent(xml, (picture,), when))
