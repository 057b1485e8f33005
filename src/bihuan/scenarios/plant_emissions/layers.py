"""Plants on the map: those in need of a look with their state as text, the others as plain signs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import Layer, Mark, View
from bihuan.scenarios.plant_emissions.overview import everyone, outlets_of
from bihuan.scenarios.plant_emissions.standings import NORMAL, STATES, STOPPED, Standing

CALM = {STATES[NORMAL], STATES[STOPPED]}


@dataclass(frozen=True)
class Plant:
    """A plant with its outlets, the worst first."""

    standings: tuple[Standing, ...]

    @property
    def worst(self) -> Standing:
        """The outlet that its sign shows."""
        return self.standings[0]

    @property
    def lon(self) -> float:
        """Degrees, WGS-84."""
        return self.worst.outlet.emitter.lon

    @property
    def lat(self) -> float:
        """Degrees, WGS-84."""
        return self.worst.outlet.emitter.lat

    @property
    def tone(self) -> str:
        """Of the worst outlet."""
        return "" if self.worst.label in CALM else self.worst.tone


def _plants(view: View) -> list[Plant]:
    worst: dict[str, list[Standing]] = {}
    for standing in everyone(
        view.inside(outlets_of(view.person, view.asked), "emitter__lon", "emitter__lat"), view.now
    ):
        worst.setdefault(standing.outlet.emitter_id, []).append(standing)
    return [Plant(tuple(rows)) for rows in worst.values()]


def _marks(view: View, plants: Sequence[Plant]) -> Iterator[Mark]:
    for plant in plants:
        emitter, outlet, label = plant.worst.outlet.emitter, plant.worst.outlet, _(plant.worst.label)
        yield Mark(
            emitter.lon, emitter.lat, f"{label} · {emitter.name}",
            "；".join(f"{s.outlet.name} {_(s.label)}" for s in plant.standings),
            f"{reverse('plant_emissions:index')}?emitter={emitter.code}&kind={outlet.kind}", plant.tone,
            text="" if plant.worst.label in CALM else label, simulated=any(s.outlet.simulated for s in plant.standings),
        )  # fmt: skip


def _note(view: View) -> str:
    return f"{view.now.astimezone(CST):%m-%d %H:%M}"


LAYERS = (
    Layer("emissions", gettext_lazy("排放状态"), _plants, _marks, "triangle", gettext_lazy("打开排放口"), _note, shown=False),
)  # fmt: skip
