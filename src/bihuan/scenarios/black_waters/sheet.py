"""The sheet of a round (Excel): a row for each point and day to be filled in; it comes back by the import of manual results."""

from bihuan.english import Written
from bihuan.kit.tables import Table
from bihuan.scenarios.black_waters.bodies import Standing
from bihuan.scenarios.black_waters.reading import items_of
from bihuan.scenarios.black_waters.settings import in_force
from bihuan.scenarios.black_waters.words import NAMES, UNITS

ABOUT = ("水体", "点位", "点位编码")


def to_fill_in(standing: Standing) -> Table:
    """The points of a body in order, as often as a round asks for; the heads are those that the import knows, so in Chinese alone."""
    items = [f"{NAMES[item]}({UNITS[item]})" for item in ("depth", *items_of(standing.body))]
    heads = [*ABOUT, "采样日期", *items]
    points = standing.points * in_force().least_times
    rows = [[Written(text) for text in (standing.body.name, point.name, point.pk)] for point in points]
    return Table([Written(head) for head in heads], rows)
