"""Faults of places and geometry in the words of the reader: why, and what to do."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from bihuan.domain.places.faults import Fault, Why

Words = Callable[[], tuple[str, str]]
TEXTS: dict[Why, Words] = {
    Why.NOT_AN_ANGLE: lambda: (
        _("“%(text)s”不是经纬度"),
        _("写成十进制度（113.5701）或度分秒（113°34′12.5″）"),
    ),
    Why.WRONG_AXIS: lambda: (
        _("“%(text)s”的方向不对：经度用东经（E）、西经（W），纬度用北纬（N）、南纬（S）"),
        _("核对是否把经度和纬度写反了"),
    ),
    Why.TOO_MANY_MINUTES: lambda: (
        _("“%(text)s”的分或秒不小于 60"),
        _("核对度分秒；十进制度请写成 113.5701"),
    ),
    Why.NO_PLACE_ON_EARTH: lambda: (
        _("经度 %(lon)s、纬度 %(lat)s 不在地球上"),
        _("核对小数点；投影坐标（米）请先换算成经纬度"),
    ),
    Why.SWAPPED: lambda: (
        _("经度 %(lon)s、纬度 %(lat)s 写反了"),
        _("把经度和纬度对调：中国的经度在 73 至 135 之间，纬度在 3 至 54 之间"),
    ),
    Why.OUTSIDE_CHINA: lambda: (_("经度 %(lon)s、纬度 %(lat)s 在中国以外"), _("核对经度和纬度")),
    Why.OUTSIDE_REGION: lambda: (
        _("在%(region)s边界以外 %(metres)s m"),
        _("核对经纬度、坐标系（高德、百度地图的坐标须说明）和区划"),
    ),
    Why.NO_GEOMETRY: lambda: (_("没有图形"), _("给要素画出点、线或面，或从文件中去掉它")),
    Why.EMPTY_GEOMETRY: lambda: (_("图形是空的，没有坐标"), _("重新画出图形，或从文件中去掉它")),
    Why.KIND_NOT_WANTED: lambda: (
        _("图形类型 %(kind)s 用不上"),
        _("只用点、线、面（%(wanted)s）：把混合图形拆开"),
    ),
    Why.NOT_FINITE: lambda: (_("坐标中有不是数字或无穷大的值"), _("改正这些坐标，或重新画出图形")),
    Why.BEYOND_MENDING: lambda: (
        _("图形无效，无法自动修正：%(detail)s"),
        _("在制图软件中修正图形后重新导出"),
    ),
}


def fault_words(fault: Fault) -> tuple[str, str]:
    """(why, remedy) of a fault, with its values, in the language of the reader."""
    why, remedy = TEXTS[fault.why]()
    return why % fault.values, remedy % fault.values
