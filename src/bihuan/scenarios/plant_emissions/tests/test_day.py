"""A day of ten plants whose loggers of three editions talk to the real receiver: a cut, a wrong clock, a clipped sensor, a diluted night.

A day of history stands in the journal before; the day itself comes over TCP, minute by minute of the replayed clock.
"""

import asyncio
import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from bihuan import clock
from bihuan.cases.chain import verify_chains
from bihuan.cases.filing import file_findings
from bihuan.cases.models import Case, Finding
from bihuan.cases.transitions import State
from bihuan.installation.marker import make_installation
from bihuan.pipeline.packets import store_all
from bihuan.registry.hours import archive
from bihuan.registry.models import Emitter
from bihuan.scenarios.catalogue import checks_of
from bihuan.scenarios.plant_emissions import demo
from bihuan.scenarios.plant_emissions.demo_register import register
from bihuan.scenarios.plant_emissions.inputs import inputs
from bihuan.scenarios.plant_emissions.received import minutes_of
from bihuan.simulate.plants import client as clients
from bihuan.simulate.plants.client import Counts, Logger, Trouble
from bihuan.simulate.plants.deeds.catalogue import Deed
from bihuan.simulate.plants.register import make_plants
from bihuan.simulate.plants.world import World, chosen
from tests.cases.world import photo
from tests.people import City
from tests.servers.loggers import Receiver

pytestmark = pytest.mark.slow
HOUR, DAY, MINUTE = timedelta(hours=1), timedelta(days=1), timedelta(minutes=1)
MIDNIGHT = datetime(2019, 1, 9, 16, tzinfo=UTC)  # of 10 January in China
SITES = [f"P{n:03}-1" for n in (1, 2, 5, 6, 8, 9, 12, 13, 16, 24)]
CLIPPED, DILUTED, WRONG_CLOCK, HONEST = "P001-1", "P012-1", "P005-1", "P009-1"
CUT, BACK = MIDNIGHT + 10 * HOUR, MIDNIGHT + 10 * HOUR + 40 * MINUTE
DEEDS = (
    Deed(CLIPPED, "clipped", MIDNIGHT, MIDNIGHT + DAY, "nox"),
    Deed(DILUTED, "night_dilution", MIDNIGHT - HOUR, MIDNIGHT + DAY, "so2"),
    Deed(WRONG_CLOCK, "clock_drift", MIDNIGHT + 6 * HOUR, MIDNIGHT + 14 * HOUR, "so2"),
)


def world() -> World:
    """The ten stacks, all loggers sending every minute."""
    return World(chosen(make_plants(), dict.fromkeys(SITES, 1)), DEEDS)


async def settle(loggers: Sequence[Logger]) -> None:
    """Until everything that is due has been answered."""
    for _ in range(6000):
        if all(logger.idle for logger in loggers):
            return
        await asyncio.sleep(0.005)
    raise TimeoutError([logger.device.mn for logger in loggers if not logger.idle])


async def live(made: World, folder: Path, receivers: list[Receiver]) -> Counts:
    """The day: the clock goes on by a minute when all has been answered; the receiver is killed and comes back."""
    counts = Counts()
    trouble = Trouble(split=0.02, garbage=0.002)
    loggers = [
        Logger(
            made,
            o,
            MIDNIGHT,
            MIDNIGHT + DAY,
            counts=counts,
            clock=clock.now,
            trouble=trouble,
            with_realtime=o.site == WRONG_CLOCK,
        )
        for o in made.outlets
    ]
    port = receivers[0].port
    talking = asyncio.gather(*(logger.run("127.0.0.1", port) for logger in loggers))
    now = MIDNIGHT
    while now < MIDNIGHT + DAY + 15 * MINUTE:
        clock.set_replay(now, 0)
        if now == CUT:
            receivers[0].kill()
        if now == BACK:
            receivers.append(await asyncio.to_thread(Receiver, folder, "--port", str(port)))
        if not CUT <= now < BACK and not talking.done():
            await settle(loggers)
        now += MINUTE
    await talking
    return counts


@pytest.fixture
def lived(city: City, data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Counts:
    """The ten plants registered, with history, and the day lived through."""
    monkeypatch.setattr(clients, "TICK", 0.01)
    monkeypatch.setattr(clients, "RECONNECT", 0.05)
    made = world()
    make_installation(data_dir)
    clock.set_replay(MIDNIGHT, 0)
    for plant in made.plants:
        Emitter.objects.create(
            code=plant.code, name=f"模拟厂{plant.code}", kind="plant", region=city.regions["140321"], industry="水泥", grade="C",
            organisation=city.governments["140321"], lon=113.6, lat=37.8, simulated=True,
        )  # fmt: skip
    register(made, MIDNIGHT - DAY)
    demo.keep_loggers(made, MIDNIGHT)
    demo.send(made, MIDNIGHT - DAY, MIDNIGHT)
    receivers = [Receiver(data_dir)]
    try:
        counts = asyncio.run(live(made, data_dir, receivers))
    finally:
        for receiver in receivers:
            if receiver.process.poll() is None:
                assert receiver.stop() == 0
    store_all(archive())
    clock.set_replay(MIDNIGHT + DAY + 15 * MINUTE, 0)
    minutes_of.cache_clear()
    return counts


def judged() -> set[tuple[str, str]]:
    """Run all checks; (check, outlet) of what they filed."""
    (stacks,) = inputs(clock.now(), 2 * DAY)
    for check in checks_of("plant_emissions"):
        file_findings(check, check.run(stacks))
    return set(Finding.objects.values_list("check_key", "target"))


def raw_minutes(site: str, code: str) -> dict[str, dict[str, float]]:
    """DataTime -> numbers of a factor in the minute packets of an outlet, straight from the journal's bytes."""
    mn = world().by_site[site].device.mn
    found: dict[str, dict[str, float]] = {}
    for entry in archive().devices.journal.entries():
        text = entry.data.decode("latin-1")
        if f"MN={mn};" not in text or "CN=2051;" not in text:
            continue
        said = dict(part.split("=", 1) for part in re.findall(r"[\w-]+=[^;,&]*", text.partition("CP=&&")[2]))
        numbers = {
            k.partition("-")[2]: float(v)
            for k, v in said.items()
            if k.startswith(f"{code}-") and "Flag" not in k
        }
        flag = said.get(f"{code}-Flag", "N")
        found.setdefault(said["DataTime"], {}).update(numbers if flag == "N" else {})
    return found


def test_what_the_loggers_sent_is_found_judged_closed_and_accounted(
    lived: Counts, city: City, client: Client
) -> None:
    assert lived.answers == lived.packets - lived.resent
    everything_is_there()
    found = judged()
    assert ("cems.shape.clipped", CLIPPED) in found
    assert {key for key, target in found if target == DILUTED} & {"cems.oxygen.leak", "cems.oxygen.night"}
    assert {key for key, target in found if target == WRONG_CLOCK} & {
        "cems.arrival.clock",
        "cems.recomputed.hour_mean",
    }
    assert not {key for key, target in found if target == HONEST} - {"cems.limits.ultra_low_hour"}
    the_pages_show_them(client, city)
    one_becomes_a_case_and_is_closed(client, city)
    every_kilogram_leads_to_packets(client, city)


def everything_is_there() -> None:
    """Of every outlet all minutes of the day are stored, those of the cut too, and each packet once."""
    rows = (
        archive().devices.current(MIDNIGHT, MIDNIGHT + DAY - MINUTE).filter(pl.col("cn") == "2051").collect()
    )
    minutes = dict(rows.group_by("site").agg(pl.col("start").n_unique()).iter_rows())
    for outlet in world().outlets:
        lost = 24 * 60 - minutes[outlet.device.mn]
        # Honest loggers lose one in 2,500; the wrong clock labels minutes twice and leaves others out.
        assert lost <= (30 if outlet.site == WRONG_CLOCK else 4), outlet.site
    right = pl.col("site") != world().by_site[WRONG_CLOCK].device.mn
    cut = rows.filter(right, pl.col("start").is_between(CUT, BACK - MINUTE, closed="left"))
    assert cut["site"].n_unique() == len(SITES) - 1
    assert cut["received"].min() >= BACK  # type: ignore[operator]


def signed_in(client: Client, city: City, role: str, region: str = "140300") -> Client:
    """The client, signed in as somebody."""
    client.force_login(city.person(role, region), backend="django.contrib.auth.backends.ModelBackend")
    return client


def the_pages_show_them(client: Client, city: City) -> None:
    """The list, the outlet's page, the page of loggers."""
    signed_in(client, city, "dispatcher")
    listed = client.get(reverse("plant_emissions:index")).content.decode()
    assert all(site in listed for site in SITES)
    assert (
        "恰在限值 150 之下" in client.get(reverse("plant_emissions:outlet", args=[CLIPPED])).content.decode()
    )
    assert "疑似漏气或稀释" in client.get(reverse("plant_emissions:outlet", args=[DILUTED])).content.decode()
    devices = client.get(reverse("loggers")).content.decode()
    assert all(o.device.mn in devices for o in world().outlets)


def one_becomes_a_case_and_is_closed(client: Client, city: City) -> None:
    """Handed to the county, signed, answered with a photo, verified by somebody else, closed."""
    finding = Finding.objects.filter(target=CLIPPED, check_key="cems.shape.clipped").first()
    assert finding is not None
    county = city.governments["140321"]
    client.post(
        reverse("finding_judge", args=[finding.pk, "hand"]),
        {"organisation": county.pk, "reason": "核实上限设置"},
    )
    case = Case.objects.get()

    def step(role: str, action: str, region: str = "140321", **said: Any) -> None:
        signed_in(client, city, role, region)
        client.post(reverse("case_step", args=[case.number, action]), said)
        case.refresh_from_db()

    step("handler", "sign")
    step("handler", "plan", note="派人到现场核对数采仪")
    step(
        "handler", "apply_close", note="上限设置已删除", files=SimpleUploadedFile("现场.jpg", photo().content)
    )
    step("handler", "pass", note="自己核查", companion="某人")
    assert case.state == State.VERIFYING  # nobody verifies the own answer
    step("verifier", "pass", "140300", note="现场核实", companion="周核查")
    step("dispatcher", "close", "140300")
    assert case.state == State.PASSED  # no round of checks has seen it normal
    step("chief", "close_unproven", "140300", note="数采仪已更换，旧设备不再上传")
    assert case.state == State.CLOSED
    assert verify_chains().broken == []


def every_kilogram_leads_to_packets(client: Client, city: City) -> None:
    """The month report's amount of an outlet is what its minute packets in the journal give."""
    signed_in(client, city, "dispatcher")
    answer = client.get(reverse("plant_emissions:ledger"), {"month": "2019-01", "as": "xlsx"})
    head, *rows = list(
        load_workbook(io.BytesIO(answer.content))["按排放口"].iter_rows(min_row=2, values_only=True)
    )
    table = [dict(zip(head, r, strict=True)) for r in rows]
    (row,) = [r for r in table if r["编码"] == HONEST and r["污染物"] == "氮氧化物"]
    nox, flow = raw_minutes(HONEST, "a21002"), raw_minutes(HONEST, "a00000")
    hours: dict[str, list[float]] = {}
    for minute in nox.keys() & flow.keys():
        if "Avg" in nox[minute] and "Avg" in flow[minute]:
            hours.setdefault(minute[:10], []).append(nox[minute]["Avg"] * flow[minute]["Avg"] * 3600 / 1e6)
    full = {hour: kg for hour, kg in hours.items() if len(kg) >= 45}
    page = client.get(reverse("plant_emissions:hour", args=[HONEST, "2019011015"])).content.decode()
    assert "全部报文的校验值重新计算后相符" in page
    assert row["有效小时"] == len(full) > 30
    assert row["其中实测 kg"] == pytest.approx(sum(sum(kg) / len(kg) for kg in full.values()), rel=2e-3)
