"""The parts that each member of the combination adds to what is usual, at one origin and lead (see `why`)."""

from functools import cache

import numpy as np

from bihuan.domain.forecast import features, trees
from bihuan.domain.forecast.combining import without_weather
from bihuan.domain.forecast.features import COMPANIONS, PAST_WEATHER, Bank
from bihuan.domain.forecast.grid import DAY, Array
from bihuan.domain.forecast.linear import Linear, block_of, knot_of
from bihuan.domain.forecast.model import Model, View, lately_missed
from bihuan.domain.forecast.training import ItemModel
from bihuan.domain.forecast.trees import Trees

GROUPS = ("here", "region", "similar", "time", "season", "weather", "items", "missed", "other")
"""Recent level here; neighbours and upstream; similar days; hour, calendar and the model's norm; season; weather; other items; what was
lately missed; rest."""
HERE, SIMILAR, TIME, MISSED = (GROUPS.index(g) for g in ("here", "similar", "time", "missed"))
OWN = {"value", "mean24", "a0", "a3", "a6", "a24", "a72", "a168", "lately", "same_hour"}
REGION = {"near", "near24", "later", "upwind", "region", "region24"}
CLOCK = {"one", "level", "usual", "lead", *trees.DATES}
WAVES = ("s1", "c1", "s2", "c2")
PAST_DAYS = 30  # what weather was usual is taken from this many days before the origin


@cache
def group_of(name: str) -> str:
    """The group of a column of the linear members or the trees; `other` for one that is not known here."""
    head, _, tail = name.partition("_")
    if head in WAVES and tail:
        return "time" if tail == "level" else group_of(tail)
    if name.removesuffix("_level") in features.SEASON:
        return "season"
    if head in ("w", "s") and tail:
        return "weather"
    if tail in ("a0", "a24") and head in PAST_WEATHER:
        return "weather"
    if tail in ("a0", "a24") and head in COMPANIONS:
        return "items"
    found = {"here": OWN, "region": REGION, "time": CLOCK}
    return next((group for group, names in found.items() if name in names), "other")


def contributions(
    model: Model, seen: View, item: str, origin: int, lead: int, at: list[int]
) -> tuple[Array, Array]:
    """The usual value [site] and what each group adds to it [group, site], at the columns `at` of the view."""
    fitted, banks = model.items[item], seen.banks[item]
    block = block_of(lead)
    weights = without_weather(fitted.members, block) if seen.blind else fitted.weights[block]
    wanted = {m: float(w) for m, w in zip(fitted.members, weights, strict=True) if w > 0}
    usual = banks["raw"].slow[_same(origin, lead)][at]
    parts = np.zeros((len(GROUPS), len(at)))
    for member, weight in wanted.items():
        parts += weight * _member(fitted, banks["raw"], banks["root"], member, origin, lead, at)
    mixed = usual + parts.sum(axis=0)
    missed = float(lately_missed(seen, item, np.array([origin]), lead)[0])
    parts[MISSED] += np.maximum(mixed + missed, 0.0) - mixed
    measured = np.isfinite(seen.grid.values[item][: origin + 1, at]).any(axis=0)
    return np.where(measured, usual, np.nan), parts


def _same(origin: int, lead: int) -> int:
    """The last known row of the target's hour of the day."""
    return max(origin + lead - DAY * -(-lead // DAY), 0)


def _member(
    fitted: ItemModel, raw: Bank, root: Bank, member: str, origin: int, lead: int, at: list[int]
) -> Array:
    """What each group adds to the usual value in one member [group, site]; their sum is its value - usual."""
    usual = raw.slow[_same(origin, lead)][at]
    if member in ("persistence", "same_hour", "usual"):
        return _simple(raw, member, origin, lead, at)
    if member.startswith("raw_"):
        value, parts = _linear(raw, fitted.linear["raw"], member.removeprefix("raw_"), origin, lead, at)
        parts[TIME] += np.maximum(value, 0.0) - value - usual
        return parts
    if member == "similar":
        value, parts = _followed(root, origin, lead, at)
    elif member in fitted.trees:
        value, parts = _boosted(root, fitted.linear["root"], fitted.trees[member], origin, lead, at)
    else:
        value, parts = _linear(root, fitted.linear["root"], member.removeprefix("root_"), origin, lead, at)
    before = root.slow[_same(origin, lead)][at]
    parts[TIME] += np.maximum(value, 0.0) - value - before
    parts *= np.maximum(value, 0.0) + before
    variance = fitted.variance[member][knot_of(lead)] if member in fitted.variance else 0.0
    parts[TIME] += before**2 + variance - usual
    return parts


def _simple(raw: Bank, member: str, origin: int, lead: int, at: list[int]) -> Array:
    parts, same = np.zeros((len(GROUPS), len(at))), _same(origin, lead)
    usual = raw.slow[same][at]
    if member == "same_hour":
        parts[HERE] = raw.known["value"][same][at] - usual
    if member == "persistence":
        expected = _expected(raw, origin)[at]
        parts[HERE] = raw.known["value"][origin][at] - expected
        parts[TIME] = expected - usual
    return parts


def _followed(root: Bank, origin: int, lead: int, at: list[int]) -> tuple[Array, Array]:
    """What similar days make of what is usual, in root space [site] (it may be below 0), and its parts."""
    parts = np.zeros((len(GROUPS), len(at)))
    parts[TIME] = root.slow[_same(origin, lead)][at]
    if root.similar is not None:
        parts[SIMILAR] = root.similar.after(np.array([origin]), lead)[0, at]
    return parts.sum(axis=0), parts


def _expected(bank: Bank, origin: int) -> Array:
    """What was usual at the origin's hour before it was seen."""
    return np.asarray(bank.slow[max(origin - DAY, 0)])


def _linear(
    bank: Bank, linear: Linear, member: str, origin: int, lead: int, at: list[int]
) -> tuple[Array, Array]:
    """A linear member's value [site] (it may be below 0) and its parts [group, site], which sum to the value."""
    names, block = features.assemble(bank, np.array([origin]), lead)
    x = block[:, 0, at]
    base = _unmoved(bank, names, x, origin, lead, at)
    place = {name: k for k, name in enumerate(linear.names)}
    held = linear.coefficients[member][knot_of(lead)]
    factor = np.array([held[place[n]] if n in place else 0.0 for n in names])[:, None]
    parts = np.zeros((len(GROUPS), len(at)))
    np.add.at(parts, [GROUPS.index(group_of(n)) for n in names], factor * (x - base))
    parts[TIME] += (factor * base).sum(axis=0)
    return (factor * x).sum(axis=0), parts


def _unmoved(bank: Bank, names: list[str], x: Array, origin: int, lead: int, at: list[int]) -> Array:
    """The columns as they are when nothing is unusual [column, site]; clock columns as they are."""
    same, level = _same(origin, lead), bank.known["level"][origin][at]
    noon = bank.past_sun[same - same % DAY + DAY // 2]
    known = {
        "value": _expected(bank, origin)[at],
        "mean24": level,
        "lately": bank.slow[same][at],
        "sun_level": bank.past_sun[same] * level,
        "noon_level": noon * level,
    } | _past_weather(bank, origin, lead, at)
    base = np.zeros_like(x)
    for k, name in enumerate(names):
        if name in known:
            base[k] = known[name]
        elif group_of(name) in ("time", "other"):
            base[k] = x[k]
    return base


def _past_weather(bank: Bank, origin: int, lead: int, at: list[int]) -> dict[str, Array]:
    """The mean of each column of the outlook over targets of the same hour in the days before the origin."""
    if bank.outlook is None:
        return {}
    first = -(-lead // DAY)  # days back from which the target was known at the origin
    rows = origin - DAY * np.arange(first, first + PAST_DAYS)
    rows = rows[rows >= 0]
    if not len(rows):
        return {}
    found = bank.outlook.columns(rows, lead)
    return {name: _mean(block)[at] for name, block in found.items()}


def _mean(block: Array) -> Array:
    seen = np.isfinite(block)
    return np.asarray(np.where(seen, block, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1))


def _boosted(
    bank: Bank, linear: Linear, boosted: Trees, origin: int, lead: int, at: list[int]
) -> tuple[Array, Array]:
    """A tree member's value in root space [site] and its parts [group, site], which sum to the value.

    What the trees make of the linear member's value goes to the groups that made that value, in proportion.
    """
    parts, start = np.zeros((len(GROUPS), len(at))), np.zeros(len(at))
    if boosted.base:
        start, parts = _linear(bank, linear, boosted.base, origin, lead, at)
    everywhere = np.zeros((1, bank.slow.shape[1]))
    everywhere[0, at] = start
    found = trees.columns(bank, np.array([origin]), lead, everywhere)
    table = np.full((len(at), len(boosted.names)), np.nan, dtype=np.float32)
    for k, name in enumerate(boosted.names):
        if name in found:
            table[:, k] = np.broadcast_to(found[name], everywhere.shape)[0, at]
    each = np.asarray(boosted.booster.predict(table, pred_contrib=True, num_threads=1)).T
    moved = np.delete(np.abs(parts), TIME, axis=0)
    share = np.insert(moved / np.maximum(moved.sum(axis=0), 1e-9), TIME, 0.0, axis=0)
    rest = 1.0 - share.sum(axis=0)
    added = np.zeros_like(parts)
    for k, name in enumerate(boosted.names):
        if name == "base":
            added += share * each[k]
            added[TIME] += rest * each[k]
        else:
            added[GROUPS.index(group_of(name))] += each[k]
    added[TIME] += each[-1]
    return start + each.sum(axis=0), parts + added
