"""What can happen to a case, copied by hand from the bureau's table (docs/cases.md), against what the actions do.

The table of the code is not read here: a slip in it shows.
"""

import pytest

from bihuan.cases.actions import moves, take
from bihuan.cases.errors import IllegalMove
from bihuan.cases.ladders import Timing
from bihuan.cases.models import Case
from bihuan.cases.transitions import State
from tests.cases.world import COUNTY, World
from tests.people import ROLES, person

# state, action, next state, who (one letter each), what it needs, whether the unit's clock runs afterwards
# 调 dispatcher, 承 handler, 核 verifier, 长 chief, 格 ranger, 企 enterprise
TABLE = """
草稿 submit 待交办 格调核长 - stopped
草稿 void 作废 调长 note stopped
待交办 dispatch 已交办 调长 organisation running
待交办 decline 不予立案 调长 note stopped
待交办 transfer 移交 调长 receiver,note stopped
待交办 void 作废 调长 note stopped
已交办 sign 已签收 承企 - running
已交办 return 退回 承企 note stopped
已交办 urge 已交办 调长 note running
已交办 void 作废 长 note stopped
退回 redispatch 已交办 调长 organisation running
退回 insist 已交办 调长 note running
退回 transfer 移交 调长 receiver,note stopped
退回 void 作废 长 note stopped
已签收 plan 整改中 承企 note running
已签收 urge 已签收 调长 note running
已签收 void 作废 长 note stopped
整改中 apply_close 待核查 承企 note,files stopped
整改中 progress 整改中 承企 note running
整改中 ask_extension 申请延期 承企 note,days running
整改中 urge 整改中 调长 note running
整改中 void 作废 长 note stopped
申请延期 grant 整改中 调长 - running
申请延期 refuse 整改中 调长 note running
申请延期 withdraw 整改中 承企 - running
申请延期 void 作废 长 note stopped
待核查 pass 核查通过 核 note,companion stopped
待核查 fail 整改中 核 note,companion running
待核查 void 作废 长 note stopped
核查通过 close 已销号 调长 - stopped
核查通过 close_unproven 已销号 长 note stopped
核查通过 resume 整改中 调长 note running
已销号 recheck 复查 调长 - stopped
已销号 reopen 已交办 调长 note running
复查 confirm 已销号 核 note,companion stopped
复查 reopen 已交办 核调长 note running
移交 take_back 待交办 调长 note stopped
待交办 amend 待交办 调长 - stopped
已交办 amend 已交办 调长 - running
退回 amend 退回 调长 - stopped
已签收 amend 已签收 调长 - running
整改中 amend 整改中 调长 - running
申请延期 amend 申请延期 调长 - running
待核查 amend 待核查 调长 - stopped
核查通过 amend 核查通过 调长 - stopped
待交办 offer 移交待接收 调长 organisation,note stopped
退回 offer 移交待接收 调长 organisation,note stopped
移交待接收 accept 已签收 承企 - running
移交待接收 refuse_offer 待交办 承企 note stopped
移交待接收 take_back 待交办 调长 note stopped
待交办 merge 已并案 调长 leading,note stopped
已交办 merge 已并案 调长 leading,note stopped
已签收 merge 已并案 调长 leading,note stopped
整改中 merge 已并案 调长 leading,note stopped
已并案 split_off 待交办 调长 note stopped
待交办 split 待交办 调长 findings,note stopped
已交办 split 已交办 调长 findings,note running
已签收 split 已签收 调长 findings,note running
整改中 split 整改中 调长 findings,note running
已交办 add_unit 已交办 调长 organisation,note running
已签收 add_unit 已签收 调长 organisation,note running
整改中 add_unit 整改中 调长 organisation,note running
待交办 list_up 分解办理 调长 note running
分解办理 retime 分解办理 调长 note running
分解办理 break_down 分解办理 调长 organisation,requirement running
已交办 break_down 已交办 调长 organisation,requirement running
已签收 break_down 已签收 调长 organisation,requirement running
整改中 break_down 整改中 调长 organisation,requirement running
分解办理 strike 已销号 调长 note stopped
分解办理 close_unproven 已销号 长 note stopped
分解办理 void 作废 长 note stopped
分解办理 amend 分解办理 调长 - running
已销号 relist 分解办理 调长 note running
复查 relist 分解办理 调长 note running
待交办 attach 待交办 调长 parent,note stopped
已交办 attach 已交办 调长 parent,note running
退回 attach 退回 调长 parent,note stopped
已签收 attach 已签收 调长 parent,note running
整改中 attach 整改中 调长 parent,note running
申请延期 attach 申请延期 调长 parent,note running
待核查 attach 待核查 调长 parent,note stopped
核查通过 attach 核查通过 调长 parent,note stopped
分解办理 attach 分解办理 调长 parent,note running
待交办 detach 待交办 调长 note stopped
已交办 detach 已交办 调长 note running
退回 detach 退回 调长 note stopped
已签收 detach 已签收 调长 note running
整改中 detach 整改中 调长 note running
申请延期 detach 申请延期 调长 note running
待核查 detach 待核查 调长 note stopped
核查通过 detach 核查通过 调长 note stopped
分解办理 detach 分解办理 调长 note running
移交 detach 移交 调长 note stopped
分解办理 node 分解办理 调长 task,day running
已交办 node 已交办 调长 task,day running
已签收 node 已签收 调长 task,day running
整改中 node 整改中 承企 task,day running
分解办理 node_done 分解办理 调长 node,note running
整改中 node_done 整改中 承企 node,note running
分解办理 node_drop 分解办理 调长 node,note running
已交办 node_drop 已交办 调长 node,note running
已签收 node_drop 已签收 调长 node,note running
整改中 node_drop 整改中 调长 node,note running
"""
NOT_YET = {"close_unproven", "detach", "strike", "relist", "node_done", "node_drop"}
"""Not of a case that no sensor shows, that is no list and has nothing above, below or to be reached by a day."""
LETTERS = {
    "调": "dispatcher",
    "承": "handler",
    "核": "verifier",
    "长": "chief",
    "格": "ranger",
    "企": "enterprise",
}
STATES = {s.label: s for s in State}
LINES = [line.split() for line in TABLE.strip().splitlines()]
UNIT = "承企"


def actor(world: World, letter: str) -> str:
    """Verifiers of a county's own unit are the city's."""
    return "140300" if letter == "核" else COUNTY


def brought_to(world: World, state: str, action: str) -> Case:
    """A case in that state; late where the action is for late ones, without proof where it is for those."""
    return world.ready_for(action, STATES[state])


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0]}-{line[1]}")
def test_each_step_leads_where_the_table_says_and_leaves_the_clock_as_it_says(
    world: World, line: list[str]
) -> None:
    state, action, target, who, _, clock = line
    case = brought_to(world, state, action)
    step = world.go(case, action, world.person(LETTERS[who[0]], actor(world, who[0])))
    case.refresh_from_db()
    assert (case.get_state_display(), step.by_unit) == (target, set(who) <= set(UNIT))
    assert (step.from_state, step.to_state) == (STATES[state], STATES[target])
    if case.due is not None:
        assert (case.stopped_at is None) is (clock == "running")
        then = world.wait(days=30)
        assert (case.lamp(then, Timing()).colour != "grey") is (clock == "running")


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0]}-{line[1]}")
def test_each_step_is_refused_without_any_one_of_its_needs(world: World, line: list[str]) -> None:
    state, action, _, who, needs, _ = line
    case = brought_to(world, state, action)
    by = world.person(LETTERS[who[0]], actor(world, who[0]))
    full = {**world.needs(action), **world.family(action, case)}
    for need in needs.split(",") if needs != "-" else ():
        for nothing in (
            {k: v for k, v in full.items() if k != need},
            {**full, need: [] if need == "files" else ""},
        ):
            with pytest.raises(IllegalMove):
                take(case, action, by, **nothing)
    case.refresh_from_db()
    assert case.state == STATES[state]
    least = {k: v for k, v in full.items() if k in needs.split(",")}
    changing = action in ("amend", "retime")  # need no field, but have to change one
    take(case, action, by, **(full if changing else least))
    assert Case.objects.get(pk=case.pk).version == case.version


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("state", list(State))
def test_a_state_offers_each_role_its_own_steps_and_no_other(world: World, state: State, late: bool) -> None:
    """Of a case that nobody of the office handled: what every role may do now, on time and forty days late."""
    case = world.case(state)
    if late:
        world.wait(days=40)
    running = state in {State.DISPATCHED, State.SIGNED, State.RECTIFYING, State.EXTENSION}
    for role in ROLES:
        wanted = {
            line[1]
            for line in LINES
            if STATES[line[0]] == state and role in {LETTERS[letter] for letter in line[3]}
        }
        wanted -= NOT_YET
        if not (late and running):
            wanted -= {"urge"}
        else:
            wanted -= {"ask_extension"}
        someone = world.person(role, "140300" if role == "verifier" else COUNTY)
        assert {m.transition.action for m in moves(case, someone) if m.allowed} == wanted, role


@pytest.mark.parametrize("state", list(State))
def test_somebody_without_a_post_is_offered_nothing_and_told_why(world: World, state: State) -> None:
    offered = moves(world.case(state), person("nobody"))
    assert all(not m.allowed and m.why_not for m in offered)


# Never by a person who ever acted for the unit in this case, whatever other posts they hold.
INDEPENDENT = {
    (State.RETURNED, a) for a in ("redispatch", "insist", "transfer", "offer", "void")
} | {(State.EXTENSION, "grant"), (State.EXTENSION, "refuse"), (State.VERIFYING, "pass"), (State.VERIFYING, "fail"),
     (State.PASSED, "close"), (State.PASSED, "resume"), (State.CLOSED, "reopen"), (State.RECHECK, "confirm"), (State.RECHECK, "reopen")}  # fmt: skip


# The states in which the county's handler has acted, by the shortest way into them.
HANDLED = (
    State.RETURNED, State.SIGNED, State.RECTIFYING, State.EXTENSION, State.VERIFYING, State.PASSED, State.CLOSED, State.RECHECK,
)  # fmt: skip


@pytest.mark.parametrize("state", HANDLED)
def test_who_acted_for_the_unit_does_not_decide_on_its_work(world: World, state: State) -> None:
    """The handler became dispatcher, chief and verifier of the city since; the case remembers."""
    case = world.case(state)
    turned = world.person("handler")
    assert case.steps.filter(actor=turned).exists()
    turned.posts.all().delete()
    top = world.city.regions["140300"]
    for role in ("dispatcher", "chief", "verifier"):
        turned.posts.create(role=role, region=top)
    again = world.person("handler")
    wanted = {line[1] for line in LINES if STATES[line[0]] == state and not set(line[3]) <= set(UNIT)} - {
        "urge",
        *NOT_YET,
    }
    allowed = {m.transition.action for m in moves(case, again) if m.allowed}
    assert allowed == wanted - {action for at, action in INDEPENDENT if at == state}
