"""The practice city's roads (all 模拟): three points with three days of records, lorries, captures of smoke, terminals; through the real entrances.

One lorry exceeds twice in a row, smokes, and drives without reagent; another exceeds once only; the terminal of a third never changes; a point's NO stands still.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from bihuan import clock
from bihuan.domain.timeaxis import CST
from bihuan.domain.vehicles.vin import check_digit
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Region
from bihuan.scenarios.resolved import every_register
from bihuan.scenarios.roadside_checks.models import SensingPoint
from bihuan.scenarios.roadside_checks.registers import POINTS, SMOKE

DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)
LORRIES, PASSED = 12, 40
SENSED = "点位编码,检测时间,车道,号牌号码,号牌颜色,速度,比功率,CO,HC,NO,不透光烟度,燃料,天气,有效"
TERMINAL = "VIN,时间,车速,下游NOx,反应剂余量,DPF压差,SCR入口温度,MIL,累计里程"


PLACES = ((113.5976, 37.852), (113.5145, 37.8825), (113.5534, 37.9197))
"""In 城区, 矿区 and 郊区."""


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if SensingPoint.objects.exists():
        return "遥感监测点位已有"
    try:
        return _built(at)
    finally:
        clock.set_replay(at, 0)


def _built(at: datetime) -> str:
    counties = list(Region.objects.filter(parent="140300").order_by("code")[:3])
    if len(counties) < 3:
        return "没有区县，不造遥感监测"
    clock.set_replay(at - 4 * DAY, 0)
    bring_rows(POINTS, [
        {"code": f"SIM-YG{n}", "name": f"{c.name}遥感点位（模拟）", "region": c.code, "lon": PLACES[n - 1][0], "lat": PLACES[n - 1][1], "kind": "horizontal", "road": "G207",
         "lanes": 2, "simulated": True} for n, c in enumerate(counties, 1)
    ])  # fmt: skip
    bring_rows(every_register()["vehicles"], [
        {"plate": plate(n), "colour": "黄", "region": counties[n % 3].code, "vin": vin(n), "fuel": "柴油", "stage": f"国{'四五六'[n % 3]}", "stage_source": "国家车辆名录",
         "vehicle_type": "重型半挂牵引车", "owner": "晋东运输公司（模拟）", "source": "演示（模拟）", "simulated": True} for n in range(LORRIES)
    ])  # fmt: skip
    clock.set_replay(at, 0)
    bring_rows(SMOKE, [
        {"number": f"SIM-HY{n}", "region": counties[0].code, "at": _written(at - n * DAY), "place": "G207 模拟抓拍点", "plate": plate(n), "colour": "黄", "ringelmann": n,
         "picture": f"SIM-HY{n}.jpg", "simulated": True} for n in (1, 2, 3)
    ])  # fmt: skip
    records = _brought(at, SENSED, _records(at))
    minutes = _brought(at, TERMINAL, _minutes(at))
    return f"遥感监测点位 3 个、检测记录 {records} 条、终端 {minutes} 分钟、黑烟抓拍 3 条（模拟）"


def plate(n: int) -> str:
    """The plate of a lorry."""
    return f"晋CM{n:03d}N"


def vin(n: int) -> str:
    """Its VIN, with a right check digit."""
    plain = f"LSIMEXSD0KA{n:06d}".replace("I", "J")
    return f"{plain[:8]}{check_digit(plain)}{plain[9:]}"


def _written(at: datetime) -> str:
    return f"{at.astimezone(CST):%Y-%m-%d %H:%M:%S}"


def _brought(at: datetime, head: str, lines: Iterable[str]) -> int:
    with TemporaryDirectory(prefix="bihuan-road-") as folder:
        path = Path(folder) / "simulated_road.csv"
        path.write_text("\n".join([head, *lines]), encoding="utf-8")
        (report,) = import_files(archive(), [path], received=at)
    if report.error or report.refused or not report.new:
        raise RuntimeError(f"{report.file}: {report.error} {report.refused[:3]}")
    return report.new


def _records(at: datetime) -> Iterator[str]:
    dice = Random("road")
    for point in (1, 2, 3):
        for n in range(3 * PASSED):
            start = at - (n // PASSED + 1) * DAY + (n % PASSED) * 7 * MINUTE
            lorry = n % LORRIES
            opacity = (
                46.0
                if lorry == 1 or (lorry == 2 and n == 2 and point == 1)
                else round(dice.uniform(1, 18), 1)
            )
            no = 388 if point == 3 and n < PASSED else round(dice.uniform(120, 900))
            yield f"SIM-YG{point},{_written(start)},1,{plate(lorry)},黄,{dice.randint(25, 60)},{dice.uniform(2, 17):.1f},{dice.uniform(0.02, 0.6):.2f},{dice.randint(5, 60)},{no},{opacity},柴油,晴,是"  # fmt: skip


def _minutes(at: datetime) -> Iterator[str]:
    dice = Random("terminal")
    for lorry in (1, 3, 4):
        for n in range(90):
            speed, nox = dice.randint(20, 80), 55 if lorry == 3 else dice.randint(40, 140)
            reagent = 0 if lorry == 1 else round(70 - n * 0.05, 2)
            yield f"{vin(lorry)},{_written(at - DAY + n * MINUTE)},{speed},{nox},{reagent},{dice.uniform(4, 7):.1f},290,0,{20000 + n}"
