"""The map: reaches coloured by what is wrong there, or by a duty that is late."""

from collections.abc import Iterator, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.domain.timeaxis import CST
from bihuan.kit.layers import TONES, Keyed, Layer, Mark, View
from bihuan.registry.access import visible
from bihuan.registry.rivers import Reach
from bihuan.registry.subjects import there_on
from bihuan.scenarios.river_chiefs.duties import STATES, State, duties_of, standings_of
from bihuan.scenarios.river_chiefs.troubles import troubles_seen


def late_reaches(view: View) -> dict[str, int]:
    """How many duties that the person may see are late, by the reach."""
    late: dict[str, int] = {}
    for standing in standings_of(list(duties_of(view.person, view.now.astimezone(CST).date()))).values():
        if standing.state is State.LATE:
            late[standing.duty.reach_id] = late.get(standing.duty.reach_id, 0) + 1
    return late


def rows(view: View) -> list[Keyed]:
    """Every reach with the worse of its two colours."""
    found, late = troubles_seen(view.person, view.now).reaches, late_reaches(view)
    reaches = Reach.objects.filter(there_on(view.now.astimezone(CST).date()))
    shown = view.inside(visible(reaches, view.person)).order_by().values_list("pk", "lon", "lat")
    return [
        Keyed(pk, lon, lat, _tone(found[pk].tone if pk in found else "good", pk in late))
        for pk, lon, lat in shown
    ]


def _tone(tone: str, late: bool) -> str:
    return max(tone, STATES[State.LATE][1] if late else "good", key=TONES.index)


def marks(view: View, spots: Sequence[Keyed]) -> Iterator[Mark]:
    """The reaches with what is wrong in one line."""
    known = Reach.objects.select_related("river").in_bulk([spot.pk for spot in spots])
    found, late = troubles_seen(view.person, view.now).reaches, late_reaches(view)
    for spot in spots:
        reach = known.get(spot.pk)
        if reach is not None:
            trouble = found.get(spot.pk)
            said = {"open": len(trouble.cases) if trouble else 0, "late": late.get(spot.pk, 0)}
            yield Mark(
                spot.lon, spot.lat, reach.name, _("未销号问题 %(open)s 件，超期巡河职责 %(late)s 项") % said,
                reverse("river_chiefs:river", args=[reach.river_id]), tone=spot.tone, simulated=reach.simulated, shape=reach.geometry,
            )  # fmt: skip


LAYER = Layer("river-chiefs", "河长制河段", rows, marks, opens="河流", shown=False)
