"""Papers carry every field that the ledger's section 2 asks for."""

import io
from datetime import timedelta

import pytest
from docx import Document

from bihuan.cases.actions import hand_over
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import path_of
from bihuan.cases.models import Case
from bihuan.cases.paper_content import About, steps_of, values_of
from bihuan.cases.paper_fields import FIELDS, REMAINDER
from bihuan.cases.paper_numbers import kinds_of
from bihuan.cases.papers import available, paper
from bihuan.cases.transitions import Paper, State
from bihuan.registry.anchors import root
from tests.cases.world import COUNTY, World, photo, with_paper


def rows_of(content: bytes) -> dict[str, str]:
    [table] = Document(io.BytesIO(content)).tables
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


def lines_of(content: bytes) -> list[str]:
    """The paragraphs, without the empty ones."""
    return [p.text for p in Document(io.BytesIO(content)).paragraphs if p.text]


def test_every_field_of_every_paper_is_computed_and_no_other(world: World) -> None:
    for kind in Paper:
        world.wait(days=1)
        case = with_paper(world, kind)
        if kind is Paper.URGE:
            world.wait(days=40)
            world.go(case, "urge")
        steps = steps_of(case)
        step = next(s for s in reversed(steps) if kind in kinds_of(case, s))
        values = values_of(kind, About(case, step, steps), step.papers.get(kind=kind))
        declared = {f.name for f in FIELDS[kind] if not f.name.endswith(REMAINDER)}
        assert set(values) == declared, kind


def test_dispatch_paper(world: World) -> None:
    case = hand_over(
        [world.finding()], world.person("dispatcher"), world.city.governments[COUNTY], liable="王五", note="立即苫盖",
        place="冠山镇", lat=37.8, lon=113.6, requirement="清理积尘",
    )  # fmt: skip
    rows = rows_of(paper(case, Paper.DISPATCH))
    assert rows["编号"] == "环交〔2019〕0001"
    assert rows["交办日期"] == "2019年01月12日 14:00"
    assert rows["交办单位"] == "平定县 调度岗"
    assert rows["承办单位"] == "平定县人民政府"
    assert rows["责任人"] == "王五"
    assert rows["级别"] == "较重 (市级)"
    assert "桃北中学 PM10 自 09:00 起 5 小时未变 (2019年01月12日 09:00 起)" in rows["问题"]
    assert rows["地点"] == "平定县 冠山镇 (北纬 37.80000°, 东经 113.60000°)"
    assert rows["法律依据"] == "HJ 818-2018"
    assert rows["整改要求"] == "清理积尘\n立即苫盖"
    assert rows["办理时限"] == "3 天\n时限规则：空气站数据质量"
    assert rows["办结期限"] == "2019年01月15日 24:00"
    assert rows["联系人"] == f"dispatcher_{COUNTY}"
    assert rows["反馈方式"]


def test_a_paper_prints_a_finding_as_it_was_handed_over_and_the_root_of_the_log(world: World) -> None:
    case = hand_over([world.finding()], world.person("dispatcher"), world.city.governments[COUNTY])
    world.wait(hours=1)
    went_on = world.finding(title="PM10 自 09:00 起 6 小时未变", magnitude=6.0)
    assert went_on in case.findings.all()
    rows = rows_of(paper(case, Paper.DISPATCH))
    assert "5 小时未变" in rows["问题"]
    assert "6 小时" not in rows["问题"]
    taken = root()
    assert f"日志 {taken.entries} 条，SHA-256 {taken.head}" in rows["存证"]


def test_urge_paper(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=17)
    world.go(case, "urge", note="三日内办结", due=world.at + timedelta(days=3))
    rows = rows_of(paper(case, Paper.URGE))
    assert rows["所据交办单"] == "环交〔2019〕0001, 2019年01月12日 14:00 交办"
    assert rows["原定期限"] == "2019年01月19日 24:00"
    assert rows["已超期"] == "9 天 14 小时"
    assert rows["督办要求"] == "三日内办结"
    assert rows["新的答复期限"] == "2019年02月01日 14:00"
    assert (rows["督办等级"], rows["抄送"]) == ("蓝色", "承办单位负责人")


def test_a_letter_climbs_the_rungs_each_with_a_shorter_term_and_more_copies(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=17)
    said = []
    for _ in range(4):
        world.go(case, "urge")
        content = paper(case, Paper.URGE)
        rows = rows_of(content)
        said.append((lines_of(content)[0], rows["抄送"], rows["新的答复期限"]))
        assert rows["原定期限"] == "2019年01月19日 24:00"
    assert said == [
        ("生态环境问题蓝色督办函", "承办单位负责人", "2019年02月05日 24:00"),
        ("生态环境问题橙色督办函", "承办单位负责人、上级主管部门", "2019年02月01日 24:00"),
        ("生态环境问题红色督办函", "上级主管部门、纪检监察机关", "2019年01月30日 24:00"),
        ("生态环境问题红色督办函", "上级主管部门、纪检监察机关", "2019年01月30日 24:00"),
    ]


def test_a_rung_may_be_left_out_but_never_gone_back_to(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=17)
    world.go(case, "urge", rung="orange")
    for rung in ("blue", "orange", "violet"):
        with pytest.raises(IllegalMove, match="至少红色") as refused:
            world.go(case, "urge", rung=rung)
        assert refused.value.field == "rung"


def test_a_new_hand_over_begins_with_the_blue_letter_again(world: World) -> None:
    case = world.case(State.RECTIFYING)
    world.wait(days=17)
    world.go(case, "urge", rung="red")
    for action in ("apply_close", "pass", "close", "reopen"):
        world.go(case, action)
    world.wait(days=40)
    assert world.go(case, "urge").data["rung"] == "blue"


def test_plan_and_application_to_close(world: World) -> None:
    case = world.case(State.SIGNED, requirement="清理积尘")
    world.go(
        case,
        "plan",
        note="1. 苫盖\n2. 建棚",
        goal="厂界达标",
        milestones="3月底前建成",
        liable="王五",
        cost="12 万元",
    )
    rows = rows_of(paper(case, Paper.PLAN))
    told = {name: rows[name] for name in ("整改目标", "整改措施", "时间节点", "责任人", "经费", "整改要求")}
    assert told == {
        "整改目标": "厂界达标", "整改措施": "1. 苫盖\n2. 建棚", "时间节点": "3月底前建成", "责任人": "王五",
        "经费": "12 万元", "整改要求": "清理积尘\n办理: dispatch",
    }  # fmt: skip
    step = world.go(case, "apply_close", note="已建成", files=[photo("red", "后.jpg")])
    content = paper(case, Paper.CLOSING)
    rows = rows_of(content)
    assert (rows["编号"], rows["整改完成情况"]) == (case.number, "已建成")
    assert rows["证据材料"] == f"后.jpg (sha256 {step.files.get().sha256})"
    assert {"自查结论", "单位负责人签字", "印章"} <= set(rows)
    assert lines_of(content)[-2:] == ["整改后照片", "后.jpg"]


def test_application_to_extend_with_what_was_decided(world: World) -> None:
    case = world.case(State.EXTENSION)
    rows = rows_of(paper(case, Paper.EXTENSION))
    assert (rows["原定期限"], rows["申请延期"], rows["延期后期限"]) == (
        "2019年01月19日 24:00",
        "3 天",
        "2019年01月22日 24:00",
    )
    assert (rows["延期理由"], rows["审批结果"]) == ("办理: ask_extension", "—")
    world.go(case, "grant", days=2)
    assert rows_of(paper(case, Paper.EXTENSION))["审批结果"] == "同意延期 2 天, 平定县 调度岗"


def test_transfer_lists_the_evidence_with_its_hashes(world: World) -> None:
    case = world.case(basis="刑法第三百三十八条")
    step = world.go(case, "submit", files=[photo("red", "甲.jpg")])
    world.go(case, "transfer", receiver="阳泉市公安局", note="涉嫌篡改监测数据")
    rows = rows_of(paper(case, Paper.TRANSFER))
    assert (rows["接收单位"], rows["移送理由"], rows["法律依据"]) == (
        "阳泉市公安局",
        "涉嫌篡改监测数据",
        "刑法第三百三十八条",
    )
    assert rows["证据材料"] == f"甲.jpg (sha256 {step.files.get().sha256})"


def test_a_suggestion_of_the_procuratorate_has_its_paper_and_no_other_case_has_it(world: World) -> None:
    assert Paper.SUGGESTION not in available(world.case(State.DISPATCHED))
    case = with_paper(world, Paper.SUGGESTION)
    rows = rows_of(paper(case, Paper.SUGGESTION))
    assert rows["被建议单位"] == "平定县人民政府"
    assert (
        rows["回复期限"] == rows_of(paper(case, Paper.DISPATCH))["办结期限"] == "2019年03月12日 24:00"
    )  # 59 days


def test_an_urgent_suggestion_is_answered_within_fifteen_days(world: World) -> None:
    case = world.case(State.DISPATCHED, source=Case.Source.PROCURATORATE, immediate=True)
    assert rows_of(paper(case, Paper.SUGGESTION))["回复期限"] == "2019年01月27日 24:00"


def test_opinion_paper_with_photos(world: World) -> None:
    case = world.case(State.PASSED)
    content = paper(case, Paper.OPINION)
    rows = rows_of(content)
    assert rows["核查日期"] == "2019年01月12日 14:00"
    assert rows["核查人"] == "verifier_140300 (阳泉市 核查岗); 李四"
    assert (rows["核查方式"], rows["核查结果"], rows["核查意见"]) == ("现场", "完成", "办理: pass")
    assert len(Document(io.BytesIO(content)).inline_shapes) == 1


def test_a_failed_verification_says_so(world: World) -> None:
    case = world.case(State.VERIFYING)
    world.go(case, "fail", method="资料")
    rows = rows_of(paper(case, Paper.OPINION))
    assert (rows["核查方式"], rows["核查结果"]) == ("资料", "未完成")


def test_a_paper_needs_its_step(world: World) -> None:
    case = world.case(State.PENDING)
    for kind in Paper:
        with pytest.raises(IllegalMove, match=str(kind.label)):
            paper(case, kind)
    assert available(case) == []
    assert available(world.case(State.PASSED)) == [
        Paper.DISPATCH, Paper.PLAN, Paper.CLOSING, Paper.OPINION
    ]  # fmt: skip


def test_simulated_cases_are_marked(world: World) -> None:
    case = world.case(State.DISPATCHED, simulated=True)
    assert Document(io.BytesIO(paper(case, Paper.DISPATCH))).paragraphs[0].text == "生态环境问题交办单 (模拟)"


def test_a_paper_prints_six_photos_and_says_how_many_more_there_are(world: World) -> None:
    case = world.case(State.RECTIFYING)
    files = [photo(colour, f"{n}.jpg") for n, colour in enumerate(("red", "blue", "green", "black") * 2)]
    world.go(case, "apply_close", files=files)
    world.go(case, "pass")
    page = Document(io.BytesIO(paper(case, Paper.OPINION)))
    assert len(page.inline_shapes) == 6
    assert page.paragraphs[-1].text == "另有 2 张照片未印出, 见平台。"


def test_a_photo_that_is_lost_leaves_a_line_that_says_so(world: World) -> None:
    case = world.case(State.RECTIFYING)
    step = world.go(case, "apply_close", files=[photo("red", "甲.jpg"), photo("blue", "乙.jpg")])
    world.go(case, "pass")
    path_of(step.files.get(name="甲.jpg").sha256).unlink()
    page = Document(io.BytesIO(paper(case, Paper.OPINION)))
    assert len(page.inline_shapes) == 1
    lines = [p.text for p in page.paragraphs if ".jpg" in p.text]
    assert [("甲" in line, "缺失" in line) for line in lines] == [(True, True), (False, False)]
