"""Papers carry every field that the ledger's section 2 asks for."""

import io
from datetime import timedelta

import pytest
from docx import Document

from bihuan.cases.actions import hand_over
from bihuan.cases.errors import IllegalMove
from bihuan.cases.evidence import path_of
from bihuan.cases.papers import available, paper
from bihuan.cases.transitions import Paper, State
from bihuan.registry.anchors import root
from tests.cases.world import COUNTY, World, photo


def rows_of(content: bytes) -> dict[str, str]:
    [table] = Document(io.BytesIO(content)).tables
    return {row.cells[0].text: row.cells[1].text for row in table.rows}


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
    assert "抄送" in rows


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
    assert available(world.case(State.PASSED)) == [Paper.DISPATCH, Paper.OPINION]


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
