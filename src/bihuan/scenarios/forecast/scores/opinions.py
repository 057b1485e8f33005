"""People and guidance beside the machine in the scores: by item and day ahead, on the same days of the same occasions."""

from typing import Any

from bihuan import clock
from bihuan.domain.quantities import BY_NAME
from bihuan.domain.verification.errors import error_scores
from bihuan.domain.verification.opinions import opinion_hours, opinion_pairs, opinion_scores
from bihuan.scenarios import resolved_forecasts
from bihuan.scenarios.forecast.scores.gathering import Gathered

VOICES = {"person": "会商预报", "guidance": "上级指导"}
ITEMS = ("aqi", *BY_NAME, "o3_8h")


def rows(g: Gathered) -> list[dict[str, Any]]:
    """voice, name, item, ahead, n, then `machine` and `theirs`: each mae, rmse, bias, inside, level_hit, primary_hit."""
    said = resolved_forecasts.opinions(g.place, g.span.first, g.span.last, clock.now())
    if said.is_empty():
        return []
    scores = opinion_scores(opinion_pairs(said, g.published)).to_dicts()
    found: dict[tuple[str, str, int], dict[str, Any]] = {}
    for score in scores:
        key = (score["voice"], score["item"], score["ahead"])
        row = found.setdefault(
            key, {"voice": key[0], "name": VOICES[key[0]], "item": key[1], "ahead": key[2]}
        )
        row["n"] = score["n"]
        row["machine" if score["model"] == "ours" else "theirs"] = score
    return sorted(found.values(), key=_place)


def hours(g: Gathered) -> list[dict[str, Any]]:
    """voice, name, item, block, n, then `machine` and `theirs`: each rmse, mae, bias of the hours that were adjusted or given."""
    said = resolved_forecasts.opinion_hours(g.place, g.span.first, g.span.last, clock.now())
    if said.is_empty():
        return []
    keys = ["voice", "item", "block", "model"]
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for score in error_scores(opinion_hours(said, g.measured), keys).to_dicts():
        key = (score["voice"], score["item"], score["block"])
        row = found.setdefault(
            key, {"voice": key[0], "name": VOICES[key[0]], "item": key[1], "block": key[2]}
        )
        row["n"] = score["n"]
        row["machine" if score["model"] == "ours" else "theirs"] = score
    return list(found.values())


def _place(row: dict[str, Any]) -> tuple[int, int, int]:
    return list(VOICES).index(row["voice"]), ITEMS.index(row["item"]), row["ahead"]
