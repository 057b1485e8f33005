"""The fields of each paper, declared once: what a template may print, what it means, an example, and what none may leave out.

Content of the papers: the bureau's supervision ledger, section 2. Their names are Chinese, as an officer reads them in Word.
"""

from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_noop

from bihuan.cases.transitions import Paper

PICTURE, LINE = "图", "说明"
"""What a template prints of each photo."""
REMAINDER = "余数"
"""Behind the name of photos: the sentence about those that are too many."""


class Kind(Enum):
    """What a field holds."""

    TEXT = gettext_noop("文字")
    NUMBER = gettext_noop("数字")
    PHOTOS = gettext_noop("照片")


@dataclass(frozen=True)
class Field:
    """One field. needed: no template of the paper may leave it out. line: a row of the template that came along."""

    name: str
    meaning: str
    example: str
    needed: bool = False
    kind: Kind = Kind.TEXT
    line: bool = True


def _needed(name: str, meaning: str, example: str) -> Field:
    return Field(name, meaning, example, needed=True)


def _photos(name: str, meaning: str) -> tuple[Field, Field]:
    return (
        Field(name, meaning, "现场.jpg 拍摄于 2019年01月12日 14:00", kind=Kind.PHOTOS, line=False),
        Field(
            name + REMAINDER,
            gettext_noop("照片多于六张时的一句话，否则为空"),
            "另有 2 张照片未印出, 见平台。",
            line=False,
        ),
    )


NUMBER = Field("文号", gettext_noop("按文号规则取得；没有规则的文书为空"), "阳环督〔2019〕12号", line=False)
MARK = Field(
    "模拟标记", gettext_noop("演练和模拟案例印“ (模拟)”，否则为空"), " (模拟)", needed=True, line=False
)
CASE = _needed("编号", gettext_noop("问题编号"), "阳环交〔2019〕0047")
UNIT = _needed("承办单位", gettext_noop("办理这一步时的承办单位"), "平定县人民政府")
PROBLEM = _needed("问题", gettext_noop("标题、情况和各条发现，交办时的样子"), "料场未苫盖")
PLACE = Field("地点", gettext_noop("区划、地点和经纬度"), "平定县 冠山镇 (北纬 37.80000°, 东经 113.60000°)")
BASIS = Field("法律依据", gettext_noop("问题所依据的条款"), "《大气污染防治法》第七十二条")
REQUIREMENT = Field("整改要求", gettext_noop("登记的要求和交办时的说明"), "清理积尘\n立即苫盖")
LIABLE = Field("责任人", gettext_noop("承办单位的责任人"), "王五")
ASKED = Field("联系人", gettext_noop("办理这一步的人和电话"), "赵六 0353-1234567")
DUE = _needed("办结期限", gettext_noop("到这一天（时）为止"), "2019年01月19日 24:00")
FILES = Field("证据材料", gettext_noop("附件清单，每个带校验值"), "台账.pdf (sha256 9f86d081…)")
PROOF = _needed("存证", gettext_noop("印制时日志的条数和校验值"), "日志 812 条，SHA-256 9f86d081…")
SAID = "2019年01月12日 14:00"

FIELDS: dict[Paper, tuple[Field, ...]] = {
    Paper.DISPATCH: (
        NUMBER, MARK, CASE,
        Field("交办日期", gettext_noop("交办的时间"), SAID), Field("交办单位", gettext_noop("交办人的职务"), "阳泉市 调度岗"), UNIT, LIABLE,
        Field("联合办理", gettext_noop("牵头单位和协办单位，印制时的样子；不是联合办理的为“—”"), "牵头：平定县人民政府；协办：平定县交通局"),
        Field("级别", gettext_noop("级别和挂牌层级"), "较重 (市级)"), Field("问题来源", gettext_noop("从哪里来"), "巡查"), PROBLEM, PLACE, BASIS,
        REQUIREMENT, Field("办理时限", gettext_noop("时限和给出它的规则"), "7 天\n时限规则：13710 一般事项"), DUE,
        Field("反馈方式", gettext_noop("怎样反馈"), "在闭环平台申请销号, 附整改前后同角度照片和证明材料"), ASKED,
        *_photos("照片", gettext_noop("交办前的照片")), PROOF,
    ),
    Paper.URGE: (
        NUMBER, MARK, CASE,
        Field("督办标题", gettext_noop("函的名称，带等级"), "生态环境问题蓝色督办函", needed=True, line=False),
        Field("督办等级", gettext_noop("蓝色、橙色、红色；以前的督办为“—”"), "蓝色"),
        Field("督办级数", gettext_noop("1 蓝色，2 橙色，3 红色；以前的督办为 0"), "1", kind=Kind.NUMBER, line=False),
        Field("日期", gettext_noop("督办的时间"), SAID), Field("发文单位", gettext_noop("督办人的职务"), "阳泉市 调度岗"), UNIT,
        Field("所据交办单", gettext_noop("交办单的编号和时间"), "阳环交〔2019〕0047, 2019年01月12日 14:00 交办"), PROBLEM,
        _needed("原定期限", gettext_noop("督办时的办结期限"), "2019年01月19日 24:00"), Field("已超期", gettext_noop("到督办时为止"), "9 天 14 小时"),
        Field("督办要求", gettext_noop("督办的说明"), "三日内办结"), _needed("新的答复期限", gettext_noop("督办给的新期限"), "2019年02月01日 14:00"),
        Field("抄送", gettext_noop("随等级增加"), "上级主管部门、纪检监察机关"), PROOF,
    ),
    Paper.PLAN: (
        NUMBER, MARK, CASE, Field("编制日期", gettext_noop("开始整改的时间"), SAID), UNIT, PROBLEM, REQUIREMENT,
        Field("整改目标", gettext_noop("要达到什么"), "料场全覆盖，厂界颗粒物达标"), _needed("整改措施", gettext_noop("做什么"), "1. 立即苫盖\n2. 建封闭料棚"),
        Field("时间节点", gettext_noop("什么时候做到哪一步"), "1月15日前苫盖；3月底前建成料棚"), LIABLE,
        Field("经费", gettext_noop("多少钱，从哪里来"), "12 万元，企业自筹"), DUE, ASKED, PROOF,
    ),
    Paper.CLOSING: (
        NUMBER, MARK, CASE, Field("申请日期", gettext_noop("申请销号的时间"), SAID), UNIT, PROBLEM, REQUIREMENT, DUE,
        _needed("整改完成情况", gettext_noop("申请销号的说明"), "料场已全部苫盖"), FILES, ASKED,
        *_photos("整改前照片", gettext_noop("交办前的照片")), *_photos("整改后照片", gettext_noop("申请销号附的照片")), PROOF,
    ),
    Paper.OPINION: (
        NUMBER, MARK, CASE, Field("核查日期", gettext_noop("核查的时间"), SAID),
        _needed("核查人", gettext_noop("两人以上：核查人和同行核查人"), "李明 (阳泉市 核查岗); 李四"), Field("核查方式", gettext_noop("现场或资料"), "现场"), UNIT, PROBLEM,
        Field("承办单位报告", gettext_noop("申请销号的说明"), "料场已全部苫盖"), _needed("核查结果", gettext_noop("完成、未完成或反弹"), "完成"),
        Field("核查意见", gettext_noop("核查的说明"), "现场核实，已整改到位"), Field("证据校验", gettext_noop("这一步在记录链中的位置"), "第 6 步, sha256 9f86d081…"),
        *_photos("照片", gettext_noop("申请销号和核查的照片")), PROOF,
    ),
    Paper.EXTENSION: (
        NUMBER, MARK, CASE, Field("申请日期", gettext_noop("申请延期的时间"), SAID), UNIT, PROBLEM,
        _needed("原定期限", gettext_noop("申请时的办结期限"), "2019年01月19日 24:00"), _needed("申请延期", gettext_noop("多久"), "3 天"),
        Field("延期后期限", gettext_noop("如果同意，到什么时候"), "2019年01月22日 24:00"), _needed("延期理由", gettext_noop("申请延期的说明"), "暴雪封路，苫盖材料未到"),
        Field("审批结果", gettext_noop("同意或不同意，由谁；未审批为空"), "同意延期 3 天, 阳泉市 调度岗"), ASKED, PROOF,
    ),
    Paper.TRANSFER: (
        NUMBER, MARK, CASE, Field("移送日期", gettext_noop("移交的时间"), SAID), Field("移送单位", gettext_noop("移交人的职务"), "阳泉市 调度岗"),
        _needed("接收单位", gettext_noop("移交给谁"), "阳泉市公安局"), PROBLEM, PLACE, BASIS, _needed("移送理由", gettext_noop("移交的说明"), "涉嫌篡改监测数据"), FILES, ASKED,
        *_photos("照片", gettext_noop("移交前的照片")), PROOF,
    ),
    Paper.SUGGESTION: (
        NUMBER, MARK, CASE, Field("日期", gettext_noop("交办的时间"), SAID), _needed("被建议单位", gettext_noop("承办单位"), "平定县人民政府"), PROBLEM, PLACE, BASIS,
        _needed("建议内容", gettext_noop("登记的要求和交办时的说明"), "依法履行监管职责"),
        _needed("回复期限", gettext_noop("两个月以内，紧急的十五日以内"), "2019年03月12日 24:00"), ASKED, PROOF,
    ),
}  # fmt: skip


def needed(kind: Paper) -> list[str]:
    """The names of the fields that no template of this paper may leave out."""
    return [field.name for field in FIELDS[kind] if field.needed]
