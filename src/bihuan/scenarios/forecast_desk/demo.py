"""What the practice city has: three days of consultation (simulated people over real runs), and a simulated guidance file."""

import csv
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bihuan import clock
from bihuan.archive.forecasts import Run
from bihuan.domain.timeaxis import CST
from bihuan.registry.forecast_places import Place, every_place
from bihuan.registry.models import Person
from bihuan.scenarios.forecast_desk import actions, after_forecast
from bihuan.scenarios.forecast_desk.bulletin_form import read
from bihuan.scenarios.forecast_desk.guidance import take_in
from bihuan.scenarios.forecast_desk.items import LABELS
from bihuan.scenarios.forecast_desk.machine import machine_days
from bihuan.scenarios.forecast_desk.models import Bulletin, Guidance
from bihuan.scenarios.forecast_desk.run_view import run_of
from bihuan.scenarios.forecast_desk.settings import may_approve, may_make

SOURCE = "省级指导预报（模拟）"
# hours before the start, factor of the machine's AQI and PM2.5, why
TALKS = (
    (48, 1.0, "与机器预报一致，静稳形势维持。（模拟）"),
    (24, 1.1, "本地逆温偏强，机器对夜间累积估计偏低，上调一成。（模拟）"),
    (0, 0.95, "预计后半夜北风渗透，下调半成。（模拟）"),
)


def build(now: datetime) -> str:
    """Keep the newest run's parts, and hold the talks once; one line about it."""
    said = after_forecast.run(now)
    place = next((p for p in every_place() if p.key.startswith("city:")), None)
    makers = _people(place) if place else None
    if place is None or makers is None or Bulletin.objects.exists():
        return said
    made = 0
    try:
        for hours, factor, reason in TALKS:
            clock.set_replay(now - timedelta(hours=hours), 0)
            run = run_of("")
            if run is not None:
                _talk(place, run, makers, factor, reason)
                made += 1
    finally:
        clock.set_replay(now, 0)
    return f"{said}；模拟会商 {made} 次"


def _people(place: Place) -> tuple[Person, Person] | None:
    """Somebody who makes and another who approves."""
    people = list(Person.objects.filter(posts__isnull=False).order_by("id").distinct())
    maker = next((p for p in people if may_make(p, place.region)), None)
    second = next((p for p in people if may_approve(p, place.region) and p != maker), None)
    return (maker, second) if maker and second else None


def _talk(place: Place, run: Run, people: tuple[Person, Person], factor: float, reason: str) -> None:
    """Guidance comes in, a version is proposed, approved and published, all at the time that the clock shows."""
    maker, second = people
    machine = machine_days(run, place.key)
    if not Guidance.objects.filter(issued=clock.now()).exists():
        _guidance(place, machine, maker)
    content = read(_form(machine, factor), run, place.key)
    made = actions.propose(place, run, content, maker, reason, simulated=True)
    actions.act(made, "approved", second)
    actions.act(made, "published", maker)


def _form(machine: list[dict[str, Any]], factor: float) -> dict[str, str]:
    """What a forecaster would type: three days of AQI with a range inside two levels, PM2.5 and ozone."""
    form = {}
    days = sorted({r["date"] for r in machine})[:3]
    for row in machine:
        if row["date"] in days and row["item"] in ("aqi", "pm25", "o3_8h"):
            moved = 1.0 if row["item"] == "o3_8h" else factor
            value = round(row["q50"] * moved)
            form[f"v_{row['item']}_{row['date']}"] = str(value)
            if row["item"] == "aqi":
                form[f"r_aqi_{row['date']}"] = f"{max(value - 12, 0)}-{min(value + 12, 500)}"
                form[f"v_aqi_{row['date']}"] = str(min(value, 500))
    return form


def _guidance(place: Place, machine: list[dict[str, Any]], by: Person) -> None:
    local = clock.now().astimezone(CST)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"shengji-{local:%Y%m%d%H}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["城市", "因子", "日期", "下限", "上限"])
            for row in machine:
                if row["item"] in ("aqi", "pm25", "o3_8h"):
                    low, high = round(row["q50"] * 0.85), round(row["q50"] * 1.05)
                    writer.writerow([place.name, LABELS[row["item"]], row["date"], low, high])
        take_in(path, by, source=SOURCE, issued=clock.now(), simulated=True)
