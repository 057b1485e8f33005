"""Why a file of geometry cannot be read, and what was done with one, in the words of the reader."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from bihuan.feeds.geometry.features import BadFile, Note, Told, WhyFile

FILES: dict[WhyFile, Callable[[], tuple[str, str]]] = {
    WhyFile.NOT_KNOWN: lambda: (
        _("不认识这种图形文件（%(format)s）"),
        _("请用 GeoJSON、Shapefile（打成 zip）、GeoPackage、KML 或 KMZ"),
    ),
    WhyFile.DAMAGED: lambda: (
        _("文件损坏，无法读取：%(detail)s"),
        _("在制图软件中打开核对，重新导出后再传"),
    ),
    WhyFile.EMPTY: lambda: (_("文件里没有带图形的要素"), _("核对导出时选择的图层")),
    WhyFile.SEVERAL_LAYERS: lambda: (_("文件里有多个图层：%(layers)s"), _("选择其中一个图层")),
    WhyFile.NO_SUCH_LAYER: lambda: (
        _("文件里没有图层“%(layer)s”，只有：%(layers)s"),
        _("选择其中一个图层"),
    ),
    WhyFile.NO_SHAPEFILE: lambda: (
        _("压缩包里没有 .shp 文件"),
        _("把 .shp、.shx、.dbf、.prj 一起打成 zip"),
    ),
    WhyFile.PART_MISSING: lambda: (
        _("Shapefile 缺少 %(part)s 文件"),
        _("把 .shp、.shx、.dbf、.prj 一起打成 zip"),
    ),
    WhyFile.NO_SYSTEM: lambda: (
        _("文件没有写明坐标系，坐标也不是中国的经纬度"),
        _("导出时附上 .prj 文件，或先转换成 WGS-84 或 CGCS2000 经纬度"),
    ),
    WhyFile.SYSTEM_NOT_CONVERTED: lambda: (
        _("坐标系“%(system)s”没有公开的转换参数，直接使用会偏差几十至几百米"),
        _("请测绘部门转换成 CGCS2000 后再传"),
    ),
    WhyFile.SYSTEM_NOT_UNDERSTOOD: lambda: (
        _("无法识别坐标系“%(system)s”"),
        _("导出时选择 CGCS2000 或 WGS-84"),
    ),
    WhyFile.TOO_MANY: lambda: (_("要素有 %(count)s 个，最多 %(most)s 个"), _("分成几个文件")),
    WhyFile.TOO_LARGE: lambda: (_("解开后超过 %(most)s"), _("分成几个文件，或先简化图形")),
    WhyFile.ENCRYPTED: lambda: (_("压缩包有密码"), _("重新打包，不设密码")),
}
NOTES: dict[Note, Callable[[], str]] = {
    Note.ENCODING: lambda: _("属性文字按 %(encoding)s 编码读取（文件没有写明，或写得不对），请核对"),
    Note.TAKEN_AS_WGS84: lambda: _("文件没有写明坐标系，按 WGS-84 经纬度读取，请核对"),
    Note.CONVERTED: lambda: _("已从“%(system)s”转换成经纬度"),
    Note.CONVERTED_ROUGHLY: lambda: _("已从“%(system)s”转换成经纬度，公开参数的精度约 %(metres)s m"),
    Note.MENDED: lambda: _("第 %(feature)s 个要素的图形无效，已修正：%(detail)s"),
    Note.DOUBTFUL_NUMBERS: lambda: _("%(count)s 个数值只读出了前一部分，文件可能损坏，请核对"),
    Note.LAYERS_JOINED: lambda: _("文件里的 %(count)s 个文件夹已合在一起"),
}


def file_words(error: BadFile) -> tuple[str, str]:
    """(why, remedy) of a file that cannot be read."""
    why, remedy = FILES[error.why]()
    return why % error.values, remedy % error.values


def note_words(note: Told) -> str:
    """What was done with the file."""
    return NOTES[note.what]() % note.values
