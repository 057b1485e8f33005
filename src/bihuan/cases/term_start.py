"""The rules that an installation starts with; those that are not enabled wait for a bureau that works by them."""

from datetime import date

from django.utils.translation import gettext_noop

from bihuan.cases.term_rules import TermRule
from bihuan.cases.terms import Term, Unit

MILD, GRAVE = ("minor", "moderate"), ("serious", "major")
ALL = (*MILD, *GRAVE)
NOTICE = date(2016, 9, 1)
"""13710: government notice of Shanxi, September 2016."""
USUAL = gettext_noop("城市调度的通行做法，本局另有规定的从其规定")
ORDER_13710 = gettext_noop("山西省“13710”工作制度（2016 年 9 月）")
HOTLINE = gettext_noop("12345 热线通行做法：2 小时内受理，一般 3 至 5 个工作日，复杂 10 至 15 个工作日")
ACCEPT = Term(Unit.HOURS, 2)
SUGGESTION = gettext_noop(
    "两高检察公益诉讼司法解释第二十一条：收到检察建议书之日起两个月内、紧急情形十五日内书面回复"
)
TIMED = gettext_noop("限期整改的通行做法：7、15、30 天")

START: tuple[TermRule, ...] = (
    TermRule("general", gettext_noop("13710 一般事项"), Term(Unit.DAYS, 7), MILD, NOTICE, ORDER_13710),
    TermRule("complex", gettext_noop("13710 重大复杂事项"), Term(Unit.DAYS, 30), GRAVE, NOTICE, ORDER_13710),
    TermRule("at-once", gettext_noop("立行立改"), Term(Unit.DAYS, 3), ALL, NOTICE, USUAL, urgent=True),
    # Goes on while it is read: the emission stops first, the paper follows.
    TermRule("cems-limits-grave", gettext_noop("废气超标，严重以上"), Term(Unit.AT_ONCE), GRAVE, NOTICE, USUAL, "cems.limits"),
    TermRule("cems-limits", gettext_noop("废气超标，较重以下"), Term(Unit.DAYS, 1), MILD, NOTICE, USUAL, "cems.limits"),
    TermRule("sewage-limits-grave", gettext_noop("污水超标，严重以上"), Term(Unit.AT_ONCE), GRAVE, NOTICE, USUAL, "sewage.limits"),
    TermRule("sewage-limits", gettext_noop("污水超标，较重以下"), Term(Unit.DAYS, 1), MILD, NOTICE, USUAL, "sewage.limits"),
    TermRule("cems-arrival", gettext_noop("废气数据传输"), Term(Unit.DAYS, 1), ALL, NOTICE, USUAL, "cems.arrival"),
    TermRule("sewage-arrival", gettext_noop("污水数据传输"), Term(Unit.DAYS, 1), ALL, NOTICE, USUAL, "sewage.arrival"),
    # Suspicions: someone must go and look before the traces are gone.
    TermRule("cems", gettext_noop("废气疑点，严重以上"), Term(Unit.DAYS, 3), GRAVE, NOTICE, USUAL, "cems"),
    TermRule("sewage", gettext_noop("污水疑点，严重以上"), Term(Unit.DAYS, 3), GRAVE, NOTICE, USUAL, "sewage"),
    TermRule("air", gettext_noop("空气站数据质量"), Term(Unit.DAYS, 3), ALL, NOTICE, USUAL, "air"),
    TermRule("heavy-pollution", gettext_noop("重污染天气措施"), Term(Unit.DAYS, 1), ALL, NOTICE, USUAL, "heavy_pollution"),
    TermRule(
        "hotline", gettext_noop("12345 一般诉求"), Term(Unit.WORKDAYS, 5), MILD, NOTICE, HOTLINE, source="complaint",
        enabled=False, sign=ACCEPT,
    ),
    TermRule(
        "hotline-complex", gettext_noop("12345 复杂诉求"), Term(Unit.WORKDAYS, 15), GRAVE, NOTICE, HOTLINE, source="complaint",
        enabled=False, sign=ACCEPT,
    ),
    # Two months are 59 to 62 days: the shortest never passes the law's limit.
    TermRule(
        "suggestion", gettext_noop("检察建议书回复"), Term(Unit.DAYS, 59), ALL, NOTICE, SUGGESTION, source="procuratorate",
    ),
    TermRule(
        "suggestion-urgent", gettext_noop("检察建议书回复，紧急情形"), Term(Unit.DAYS, 15), ALL, NOTICE, SUGGESTION,
        source="procuratorate", urgent=True,
    ),
    *(
        TermRule(f"timed-{days}", name, Term(Unit.DAYS, days), levels, NOTICE, TIMED, source="inspection", enabled=False)
        for name, days, levels in (
            (gettext_noop("限期整改 7 天"), 7, ("minor",)),
            (gettext_noop("限期整改 15 天"), 15, ("moderate",)),
            (gettext_noop("限期整改 30 天"), 30, GRAVE),
        )
    ),
)  # fmt: skip
