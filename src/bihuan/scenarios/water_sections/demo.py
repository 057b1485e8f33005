"""What the practice city has: sections of its five rivers, two years of invented monthly results, and one real event moved in time.

白羊墅 is real, and so are its readings of 2021-04-01 to 05 (data/README.md); where exactly it lies on the drawn river, and the targets, are
invented. All other sections with their results are 模拟.
"""

import csv
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import cos, pi
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from bihuan.domain.timeaxis import CST
from bihuan.kit.registers.made import bring_rows
from bihuan.pipeline.files import import_files
from bihuan.registry.hours import archive
from bihuan.registry.models import Reach
from bihuan.scenarios.water_sections.models import Section
from bihuan.scenarios.water_sections.registers import SECTIONS, TARGETS
from bihuan.simulate.rivers import point

BAIYANGSHU = "山西省·白羊墅"
REAL = Path(__file__).parent / "data" / "baiyangshu_2021-04.csv"
YEAR, MOVED = 2021, timedelta(days=813)
"""The real readings are so much later than they stand in the practice city: 2021-04-03 is 2019-01-11, and hours stay hours."""
REMARK = "实测值，时间平移：2021年4月1日至5日的监测值前移 813 天，显示为 2019年1月9日至13日；位置为示意"
RECEIVED = datetime(2019, 10, 1, tzinfo=UTC)
"""When the file came; each reading counts as received soon after it was taken."""
# code, name, rank, reach, share of its length, target class, how clean: 1 = about class II
PLACES = (
    (BAIYANGSHU, "白羊墅", "nation", "SIM-TH-4", 0.8, 4, 0.0),
    ("SIM-DM1", "桃河上游断面（模拟）", "city", "SIM-TH-1", 0.6, 3, 1.1),
    ("SIM-DM2", "绵河出境断面（模拟）", "nation", "SIM-MH-1", 0.9, 3, 1.3),
    ("SIM-DM3", "温河下游断面（模拟）", "nation", "SIM-WH-3", 0.7, 3, 1.0),
    ("SIM-DM4", "龙华河断面（模拟）", "nation", "SIM-LH-1", 0.9, 2, 0.6),
    ("SIM-DM5", "香河断面（模拟）", "nation", "SIM-XH-1", 0.8, 3, 1.6),
)
COUNTIES = {"SIM-TH-1": "140311", "SIM-TH-4": "140311", "SIM-MH-1": "140321", "SIM-WH-3": "140321", "SIM-LH-1": "140322", "SIM-XH-1": "140322"}  # fmt: skip
HEADS = ("断面", "月份", "水温(℃)", "pH(无量纲)", "溶解氧(mg/L)", "高锰酸盐指数(mg/L)", "化学需氧量(mg/L)", "氨氮(mg/L)", "总磷(mg/L)", "总氮(mg/L)")  # fmt: skip
MONTHS = 24


def build(at: datetime) -> str:
    """Make it once; one line about it."""
    if Section.objects.exists():
        return "断面已有"
    today = at.astimezone(CST).date()
    bring_rows(SECTIONS, map(_section, PLACES))
    bring_rows(TARGETS, _targets(today.year))
    with TemporaryDirectory(prefix="bihuan-sections-") as folder:
        _import(_moved(Path(folder) / "baiyangshu.csv"), RECEIVED)
        _import(_monthly(Path(folder) / "simulated_monthly.xlsx", today), at.astimezone(UTC))
    return f"断面 {len(PLACES)} 个，其中白羊墅为实测值，时间平移"


def _section(place: tuple[str, str, str, str, float, int, float]) -> dict[str, object]:
    code, name, rank, reach, share, *_ = place
    lon, lat, km = point(reach, share)
    there = Reach.objects.filter(pk=reach).exists()
    real = code == BAIYANGSHU
    return {
        "code": code, "name": name, "region": COUNTIES[reach], "lon": lon, "lat": lat, "kind": "river", "rank": rank,
        "reach": reach if there else "", "km": km if there else "", "remark": REMARK if real else "", "simulated": not real,
    }  # fmt: skip


def _targets(year: int) -> Iterator[dict[str, object]]:
    for code, *_, water_class, _clean in PLACES:
        for on in range(year - MONTHS // 12, year + 1):
            yield {"section": code, "year": on, "water_class": water_class, "source": "模拟"}


def _moved(place: Path) -> Path:
    """The real readings as they were published, each moved by MOVED."""
    with (
        REAL.open(encoding="utf-8", newline="") as source,
        place.open("w", encoding="utf-8", newline="") as file,
    ):
        head, *rows = csv.reader(source)
        at = head.index("监测时间")
        writer = csv.writer(file)
        writer.writerow(head)
        for row in rows:
            taken = datetime.strptime(f"{YEAR}-{row[at]}", "%Y-%m-%d %H:%M") - MOVED  # noqa: DTZ007 # as published
            writer.writerow([*row[:at], f"{taken:%Y-%m-%d %H:%M}", *row[at + 1 :]])
    return place


def _monthly(place: Path, today: date) -> Path:
    """Two years of a laboratory's results of the simulated sections as an office sends them."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["地表水手工监测结果（模拟）"])
    sheet.append(HEADS)
    for back in range(MONTHS, 0, -1):
        year, month = divmod(today.year * 12 + today.month - 1 - back, 12)
        for number, (code, *_, dirt) in enumerate(PLACES[1:]):
            sheet.append([code, f"{year}-{month + 1:02}", *_results(dirt, month, back + 5 * number)])
    book.save(place)
    return place


def _results(dirt: float, month: int, seed: int) -> list[object]:
    """Invented: warm in July, ammonia and phosphorus high in winter, each month a little else."""
    summer = -cos(2 * pi * month / 12)
    some = 1 + 0.25 * ((seed * 37 % 19) / 9 - 1)
    cold = dirt * some * (1 - 0.3 * summer)
    ammonia = round(0.42 * cold, 3)
    return [
        round(12 + 10 * summer, 1), round(8 + 0.1 * summer, 2), round(9.5 - 2 * summer - dirt * 0.4, 2), round(3.2 * dirt * some, 2),
        round(13 * dirt * some, 1), ammonia if ammonia > 0.2 else "0.025L", round(0.11 * cold, 3), round(3.5 + dirt * some, 2),
    ]  # fmt: skip


def _import(path: Path, received: datetime) -> None:
    (report,) = import_files(archive(), [path], received=received)
    if report.error or report.quarantined or not report.new:
        raise RuntimeError(f"{report.file}: {report.error}, {report.quarantined} refused")
