"""The register of the practice city's plants: outlets of both media with all that hangs on them, brought in as files."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bihuan.domain.emissions.tables import POLLUTANTS
from bihuan.kit.registers.made import bring_rows
from bihuan.registry.models import Emitter
from bihuan.scenarios.plant_emissions.demo_vendors import vendor_of
from bihuan.scenarios.plant_emissions.items import GAS
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.registers import REGISTERS
from bihuan.simulate.plants.dialects import access_of
from bihuan.simulate.plants.records import LOAD_CODE
from bihuan.simulate.plants.register import Outlet as Stack
from bihuan.simulate.plants.register import Plant
from bihuan.simulate.plants.sending import AnyOutlet
from bihuan.simulate.plants.sewage import paperwork
from bihuan.simulate.plants.sewage.deeds import range_of
from bihuan.simulate.plants.sewage.register import Sewer
from bihuan.simulate.plants.sewage.world import SewageWorld
from bihuan.simulate.plants.world import World

BASIS = {True: "超低排放限值（模拟排污许可）", False: "国家排放标准限值（模拟排污许可）"}
BY_PERMIT = "by_permit"
"""The process of an outlet for which the law names no reference oxygen."""
SOURCE_OF_LIMITS = "（模拟排污许可）"
IN_FORCE, PERMITTED_UNTIL = date(2018, 1, 1), date(2022, 12, 31)
Row = dict[str, Any]
Rows = Mapping[str, list[Row]]
"""By the kind of the register."""


def register(world: World, since: datetime, sewage: SewageWorld | None = None) -> None:
    """All registers of the plants that the city has."""
    known = set(Emitter.objects.values_list("code", flat=True))
    plants = [plant for plant in world.plants if plant.code in known]
    sewers = [s for s in (sewage.outlets if sewage else ()) if _plant_of(s) in known]
    rows: dict[str, list[Row]] = {kind.kind: [] for kind in REGISTERS}
    for plant in plants:
        own = [s for s in sewers if _plant_of(s) == plant.code]
        rows["permits"].append(_permit(plant, own))
        for stack in plant.outlets:
            _add(rows, plant.code, stack, _stack(stack, since))
        for sewer in own:
            _add(rows, plant.code, sewer, _sewer(sewage, sewer, since))
    for each in REGISTERS:
        bring_rows(each, rows[each.kind])


def _plant_of(outlet: AnyOutlet) -> str:
    return outlet.site.partition("-")[0]


def _add(rows: Rows, plant: str, outlet: AnyOutlet, own: Rows) -> None:
    """An outlet with its logger, and what its medium adds."""
    device, vendor = outlet.device, vendor_of(plant)
    common = {"code": outlet.site, "name": outlet.name, "emitter": plant, "simulated": True}
    rows["outlets"] += [common | row for row in own["outlets"]]
    logger = {
        "mn": device.mn,
        "emitter": plant,
        "edition": device.edition,
        "interval": device.interval,
        "vendor": vendor or "",
    }
    rows["loggers"] += [logger | row | access_of(device) for row in own["loggers"]]
    rows["channels"].append({"logger": device.mn, "outlet": outlet.site})
    for kind in ("limits", "spans"):
        rows[kind].extend({"outlet": outlet.site, **row} for row in own[kind])


def _stack(stack: Stack, since: datetime) -> Rows:
    kinds = sorted({"gb", stack.limits_kind})
    known = stack.process.key in MEDIA[GAS].processes
    outlet = {
        "kind": "gas", "process": stack.process.key if known else BY_PERMIT, "ref_o2": stack.process.ref_o2, "rated_flow": stack.rated_flow,
        "duct_area": stack.area, "since": since.isoformat(),
    }  # fmt: skip
    return {
        "outlets": [outlet],
        "loggers": [{"load_code": LOAD_CODE if stack.has_load else ""}],
        "limits": [
            _limit(item, limit, "hour", BASIS[kind == "ultra_low"], ultra_low=kind == "ultra_low")
            for kind in kinds
            for item, limit in stack.process.limits[kind].items()
        ],
        "spans": _spans(stack.span.items()),
    }


def _sewer(world: SewageWorld | None, sewer: Sewer, since: datetime) -> Rows:
    assert world is not None
    basis = f"{sewer.kind.basis}{SOURCE_OF_LIMITS}"
    outlet = {
        "kind": "sewage",
        "process": sewer.kind.key,
        "rated_flow": sewer.rated,
        "since": since.isoformat(),
    }
    acid = _limit("ph", paperwork.PH[1], "day", basis) | {"low": paperwork.PH[0]}
    return {
        "outlets": [outlet],
        "loggers": [{}],
        "limits": [*(_limit(item, limit, "day", basis) for item, limit in sewer.limits.items()), acid],
        "spans": _spans((item, range_of(sewer, item, since, world.deeds)) for item in sewer.items),
    }


def _limit(item: str, limit: float, period: str, basis: str, *, ultra_low: bool = False) -> Row:
    return {
        "item": item, "limit": limit, "period": period, "ultra_low": ultra_low, "valid_from": IN_FORCE.isoformat(),
        "basis": basis,
    }  # fmt: skip


def _spans(ranges: Iterable[tuple[str, float]]) -> list[Row]:
    return [{"item": item, "low": 0, "high": high} for item, high in ranges]


def _permit(plant: Plant, sewers: Sequence[Sewer]) -> Row:
    """A permit of five years whose amounts are what the strictest limits allow at full load all year."""
    gas = {
        item: round(sum(_most(s, item) for s in plant.outlets), 1)
        for item in POLLUTANTS
        if any(item in s.process.limits["gb"] for s in plant.outlets)
    }
    water = {item: round(limit * s.rated * 8760 / 1e6, 2) for s in sewers for item, limit in s.limits.items()}
    return {
        "number": f"9114030000{plant.code}001V", "emitter": plant.code, "valid_from": IN_FORCE.isoformat(),
        "valid_until": PERMITTED_UNTIL.isoformat(), "simulated": True, **gas, **water,
    }  # fmt: skip


def _most(stack: Stack, item: str) -> float:
    """t/a of an outlet at its strictest limit, with rated flow all hours of a year."""
    strict = min(stack.process.limits[kind].get(item, 0.0) for kind in {"gb", stack.limits_kind})
    return strict * stack.rated_flow * 8760 / 1e9
