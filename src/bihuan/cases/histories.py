"""How each case went until a moment, folded from its steps: what the statistics count."""

from datetime import datetime

import polars as pl
from django.db.models import QuerySet

from bihuan.cases.deadlines import CHINA, DAY, TERMS
from bihuan.cases.models import Case, Finding
from bihuan.cases.step_table import Epoch, all_steps
from bihuan.cases.transitions import CLOSINGS, FINISHED, OPENINGS, REOPENINGS, RUNNING, State
from bihuan.registry.models import Organisation, Person

REBOUND_WITHIN = 183 * DAY.total_seconds()  # 反弹率: "within N months"; N = 6
OF_CASES = {
    "case": pl.Int64, "region": pl.String, "level": pl.String, "source": pl.String, "immediate": pl.Boolean,
    "simulated": pl.Boolean, "sign_due": pl.Float64,
}  # fmt: skip
MILLISECOND = 0.001
"""Instants of steps are known to that."""
_NONE = -1.0
"""Stands for "none" where a value is carried on from step to step."""

_action, _at, _running = (
    pl.col("action").cast(pl.String),
    pl.col("at"),
    pl.col("to").cast(pl.String).is_in([s.value for s in RUNNING]),
)
_follows = (pl.col("case") == pl.col("case").shift()).fill_null(False)
"""Is the row before a step of the same case?"""
_ran = _follows & _running.shift().fill_null(False)
"""Was it the unit's turn before this step?"""


def _carried(value: pl.Expr) -> pl.Expr:
    """A value from the step that has it on to later ones of its case; empty before."""
    filled = pl.when(value.is_null() & ~_follows).then(_NONE).otherwise(value).forward_fill()
    return pl.when(filled != _NONE).then(filled)


def _moment(*actions: str) -> pl.Expr:
    return pl.when(_action.is_in(list(actions))).then(_at)


def folded(steps: pl.DataFrame) -> pl.DataFrame:
    """One row for each case of these steps, which are in the order of their chains. Instants are Unix seconds.

    worked: seconds that it was the unit's turn, until its last step. stopped: since when it is not. late_at_closing: it
    was past its deadline (with granted extension) then. without_proof: its last closing was one without proof (特批销号).
    relapses: reopenings by the machine. rebounded: reopened within six months of a closing. handler: who acted last for
    the unit.
    """
    marked = steps.with_columns(
        stop=_carried(pl.when(_running).then(_NONE).when(_ran).then(_at)),
        worked=pl.when(_ran).then(_at - _at.shift()).otherwise(0.0),
        closing=_moment(*CLOSINGS),
        handler=pl.when(pl.col("by_unit")).then(pl.col("actor")),
    ).with_columns(closed=_carried(pl.col("closing")))
    ended = pl.coalesce("stop", "at")
    soon = (pl.col("closed") < _at) & (_at <= pl.col("closed") + REBOUND_WITHIN)
    by_case = marked.with_columns(
        late=pl.col("closing").is_not_null() & (ended > pl.col("due")).fill_null(False),
        rebound=_action.is_in(list(REOPENINGS)) & soon.fill_null(False),
        **{f"is_{name}": _action == name for name in ("pass", "fail", "relapse", "close_unproven")},
        is_reopening=_action.is_in(list(REOPENINGS)),
        at_open=_moment(*OPENINGS),
        at_dispatch=_moment("dispatch", "accept"),
        at_sign=_moment("sign", "accept"),
    ).group_by("case", maintain_order=True)
    return by_case.agg(
        pl.col("unit").last(),
        pl.col("handler").drop_nulls().last(),
        state=pl.col("to").last().cast(pl.String),
        deadline=pl.col("due").last(),
        first_deadline=pl.col("original_due").last(),
        opened=pl.col("at_open").max(),
        first_dispatch=pl.col("at_dispatch").min(),
        first_sign=pl.col("at_sign").min(),
        stopped=pl.col("stop").last(),
        worked=pl.col("worked").sum(),
        passed=pl.col("is_pass").sum(),
        failed=pl.col("is_fail").sum(),
        closings=pl.col("closing").is_not_null().sum(),
        reopenings=pl.col("is_reopening").sum(),
        relapses=pl.col("is_relapse").sum(),
        rebounded=pl.col("rebound").any(),
        late_at_closing=pl.col("late").any(),
        without_proof=pl.col("is_close_unproven").filter(pl.col("closing").is_not_null()).last().fill_null(False),
    )  # fmt: skip


def histories(cases: "QuerySet[Case]", as_of: datetime) -> pl.DataFrame:
    """How each of these cases went until `as_of`: the columns of `folded` with the names of unit and handler, what the case
    is of, and what `judged` tells. Cases opened later are left out.

    entered: when it came into the ledger, by its first hand-over, or its registration where there was none yet.
    """
    known, moment = _of_cases(cases), as_of.timestamp()
    steps = (
        all_steps()
        .filter(_at < moment + MILLISECOND)
        .join(known.select("case"), on="case", how="semi", maintain_order="left")
    )
    rows = folded(steps).join(known, on="case", how="inner", maintain_order="left")
    return judged(rows, moment).with_columns(
        unit=_named(pl.col("unit"), dict(Organisation.objects.values_list("pk", "name"))),
        handler=_named(
            pl.col("handler"), {p.pk: str(p) for p in Person.objects.only("username", "full_name")}
        ),
    )


def judged(rows: pl.DataFrame, moment: float) -> pl.DataFrame:
    """What is told of folded cases at a moment [Unix seconds]; `sign_due` is among their columns."""
    return rows.with_columns(
        late=_late(moment, "deadline"),
        originally_late=_late(moment, "first_deadline"),
        is_due=_is_due(moment),
        entered=pl.coalesce("first_dispatch", "opened"),
        is_closed=pl.col("state") == State.CLOSED.value,
        is_done=pl.col("state").is_in([State.CLOSED.value, State.PASSED.value, State.RECHECK.value]),
        signed_in_time=_signed_in_time(),
    )


def _of_cases(cases: "QuerySet[Case]") -> pl.DataFrame:
    """What the cases are of; `check` is the rule of the first finding."""
    names = ("pk", "region__name", "level", "source", "immediate", "simulated", Epoch("sign_due"))
    rows = pl.DataFrame(list(cases.order_by().values_list(*names)), OF_CASES, orient="row")
    links = Case.findings.through.objects.order_by("case_id", "finding_id").values_list(
        "case_id", "finding_id"
    )
    found = pl.DataFrame(list(links), {"case": pl.Int64, "finding": pl.Int64}, orient="row")
    checks = pl.DataFrame(
        list(Finding.objects.filter(cases__isnull=False).order_by().values_list("pk", "check_key").distinct()),
        {"finding": pl.Int64, "check": pl.String}, orient="row",
    )  # fmt: skip
    first = found.unique("case", keep="first").join(checks, on="finding").select("case", "check")
    return rows.join(first, on="case", how="left").with_columns(pl.col("check").fill_null(""))


def _named(key: pl.Expr, names: dict[int, str]) -> pl.Expr:
    return key.replace_strict(names, default="", return_dtype=pl.String).fill_null("")


def _past(due: str, at: pl.Expr) -> pl.Expr:
    return (at > pl.col(due)).fill_null(False)


def _late(moment: float, due: str) -> pl.Expr:
    """Past the deadline, now or at an earlier closing."""
    return pl.col("late_at_closing") | _past(due, pl.coalesce(pl.col("stopped"), pl.lit(moment)))


def _is_due(moment: float) -> pl.Expr:
    """Has the deadline come? A stopped clock moves an open case's deadline with it."""
    moving = ~pl.col("state").is_in([s.value for s in FINISHED]) & pl.col("stopped").is_not_null()
    return _late(moment, "deadline") | (~moving & _past("deadline", pl.lit(moment)))


def _signed_in_time() -> pl.Expr:
    """Signed within what a rule said of it, else by 24:00 of the day after the hand-over."""
    day = DAY.total_seconds()
    sent = pl.from_epoch(pl.col("first_dispatch") * 1000, time_unit="ms").dt.replace_time_zone("UTC")
    midnight = sent.dt.convert_time_zone(CHINA.key).dt.truncate("1d").dt.epoch("ms") / 1000
    until = pl.coalesce(pl.col("sign_due"), midnight + (1 + TERMS.sign_days) * day)
    return (pl.col("first_sign") <= until).fill_null(False)
