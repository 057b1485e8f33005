"""Who is told of a step: one entry in the inbox of everybody concerned, and none for who took it."""

from bihuan.cases.announcing import News, announce
from bihuan.cases.deadlines import TERMS
from bihuan.cases.models import Case, Step
from bihuan.cases.parties import Party
from bihuan.cases.rules import RETURNS

P = Party
# Step -> who. Whoever has to act next, and whoever waits for the result; nobody else.
TOLD: dict[str, tuple[Party, ...]] = {
    "open": (),  # a draft: nobody is to act but who wrote it
    "raise": (P.OFFICE,),
    "submit": (P.OFFICE,),
    "void": (P.UNIT, P.OPENER),
    "dispatch": (P.UNIT, P.OPENER),
    "decline": (P.OPENER,),
    "transfer": (P.OPENER,),
    "sign": (P.SENDER,),
    "return": (P.OFFICE,),
    "urge": (P.UNIT,),
    "redispatch": (P.UNIT, P.OPENER),
    "insist": (P.UNIT,),
    "plan": (P.SENDER,),
    "progress": (P.SENDER,),
    "ask_extension": (P.OFFICE,),
    "grant": (P.UNIT,),
    "refuse": (P.UNIT,),
    "withdraw": (P.SENDER,),
    "apply_close": (P.VERIFIERS, P.SENDER),
    "pass": (P.OFFICE, P.UNIT),
    "fail": (P.UNIT, P.SENDER),
    "close": (P.UNIT, P.OPENER),
    "close_unproven": (P.UNIT, P.OPENER, P.OFFICE),
    "resume": (P.UNIT, P.SENDER, P.VERIFIERS),
    "recheck": (P.VERIFIERS, P.UNIT),
    "reopen": (P.UNIT, P.OPENER),
    "relapse": (P.UNIT, P.OPENER, P.OFFICE, P.VERIFIERS),
    "confirm": (P.UNIT, P.SENDER),
    "take_back": (P.OFFICE,),
    "amend": (P.UNIT,),
    "offer": (P.UNIT, P.OPENER),
    "accept": (P.SENDER, P.OPENER),
    "refuse_offer": (P.OFFICE, P.SENDER),
    "merge": (P.UNIT, P.OPENER),
    "absorb": (P.UNIT,),
    "split_off": (P.OFFICE, P.OPENER),
    "release": (P.UNIT,),
    "split": (P.UNIT,),
    "add_unit": (P.UNIT,),
    "list_up": (P.OPENER,),
    "retime": (P.OFFICE,),
    "break_down": (P.UNIT,),
    "strike": (P.OPENER, P.OFFICE),
    "relist": (P.OFFICE,),
    "relapse_list": (P.OFFICE, P.OPENER),
    "follow": (P.UNIT, P.OPENER, P.OFFICE),
    "attach": (P.UNIT,),
    "gain": (P.UNIT,),
    "detach": (P.UNIT,),
    "lose": (P.UNIT,),
    "tighten": (P.UNIT,),
    "node": (P.UNIT, P.SENDER),
    "node_done": (P.SENDER, P.OFFICE),
    "node_drop": (P.UNIT,),
}
# Step -> who has to act next: it goes on beyond the inbox, and to others where nobody of them reads it.
ACTS: dict[str, frozenset[Party]] = {
    **dict.fromkeys(
        (
            "dispatch",
            "redispatch",
            "insist",
            "urge",
            "fail",
            "resume",
            "reopen",
            "relapse",
            "follow",
            "refuse",
            "offer",
        ),
        frozenset({P.UNIT}),
    ),
    **dict.fromkeys(
        (
            "raise",
            "submit",
            "return",
            "ask_extension",
            "pass",
            "take_back",
            "refuse_offer",
            "split_off",
            "relist",
            "relapse_list",
        ),
        frozenset({P.OFFICE}),
    ),
    **dict.fromkeys(("apply_close", "recheck"), frozenset({P.VERIFIERS})),
}


def parties(case: Case, step: Step) -> tuple[Party, ...]:
    """The sides that are told; after the last return that the rules allow the leader has to decide."""
    decides = (P.LEADER,) if step.action in RETURNS and case.returns >= TERMS.returns else ()
    return TOLD[step.action] + decides


def tell(case: Case, step: Step) -> None:
    """Put the step into the inboxes; within the transaction that writes it."""
    text = f"{case.number} {step.label}: {case.title}"
    news = News(case, f"step/{step.seq}", text, step.at, step, ACTS.get(step.action, frozenset()))
    announce(news, parties(case, step), without={step.actor_id})
