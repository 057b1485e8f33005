"""Who is told of a step: one entry in the inbox of everybody concerned, and none for who took it."""

from bihuan.cases.deadlines import TERMS
from bihuan.cases.models import Case, Notification, Step
from bihuan.cases.parties import Party, people
from bihuan.cases.rules import RETURNS

P = Party
# Step -> who. Whoever has to act next, and whoever waits for the result; nobody else.
TOLD: dict[str, tuple[Party, ...]] = {
    "open": (),  # a draft: nobody is to act but who wrote it
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
}


def parties(case: Case, step: Step) -> tuple[Party, ...]:
    """The sides that are told; after the last return that the rules allow the leader has to decide."""
    decides = (P.LEADER,) if step.action in RETURNS and case.returns >= TERMS.returns else ()
    return TOLD[step.action] + decides


def tell(case: Case, step: Step) -> None:
    """Put the step into the inboxes; within the transaction that writes it."""
    told = set().union(*(people(case, p) for p in parties(case, step))) - {step.actor_id}
    text = f"{case.number} {step.label}: {case.title}"[:300]
    Notification.objects.bulk_create(
        [
            Notification(person_id=pk, case=case, step=step, key=f"step/{step.seq}", text=text, at=step.at)
            for pk in sorted(told)
        ],
        ignore_conflicts=True,
    )
