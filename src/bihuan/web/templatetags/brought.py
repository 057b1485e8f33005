"""What the pages of imports say of files that were brought in."""

from django import template
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from bihuan import english
from bihuan.domain.periods import PERIODS

register = template.Library()
FORMATS = {
    "ambient": _("环境空气表"),
    "china_sites": _("全国日文件"),
    "cnemc_hour": _("全国小时文件"),
    "weather": _("预报气象"),
    "water_sections": _("地表水自动站"),
    "water_monthly": _("手工监测月报"),
    "works_daily": _("污水处理厂日报"),
    "road_runs": _("道路走航"),
    "road_works": _("道路保洁作业"),
    "passages": _("运输车辆台账"),
    "remote_sensing": _("遥感检测记录"),
    "obd_rows": _("车载终端数据"),
    "long": _("长表"),
    "vehicle_tests": _("机动车检验记录"),
    "vehicle_traces": _("机动车检验逐秒数据"),
    "vehicle_daily": _("检测线日常检查"),
    "vehicle_json": _("机动车检验 JSON"),
    "mapped": _("列映射"),
}


@register.filter
def format_name(source: str) -> str:
    """What a file is read as: its format, or `mapped:NAME`."""
    form, _colon, mapping = source.partition(":")
    return f"{FORMATS.get(form, form)} {mapping}".rstrip()


@register.filter
def period_name(period: str) -> str:
    """What a period of observations is called."""
    return english.told(PERIODS[period].chinese)


@register.filter
def given_column(posted: QueryDict, name: str) -> str:
    """The column that a person chose for a quantity on the import page."""
    return posted.get(f"column_{name}") or ""


@register.filter
def given_factor(posted: QueryDict, name: str) -> str:
    """The factor beside it."""
    return posted.get(f"factor_{name}") or ""


@register.filter
def given_quantity(posted: QueryDict, name: str) -> str:
    """The quantity that a person wrote beside a column."""
    return posted.get(f"quantity_{name}") or ""
