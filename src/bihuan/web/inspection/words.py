"""The words of the form library in the language of the reader, by its own keys."""

from django.utils.translation import gettext as _


def form_words() -> dict[str, str]:
    """Every word that the library can show with the widgets in use."""
    return {
        "constraint.invalid": _("填写的内容不符合要求"),
        "constraint.required": _("这道题必填"),
        "form.required": _("必填"),
        "filepicker.placeholder": _("点此拍照或选择文件"),
        "filepicker.placeholderNoMaxSize": _("点此拍照或选择文件"),
        "filepicker.notFound": _("找不到文件 __existing__"),
        "filepicker.waitingForPermissions": _("等待授权"),
        "filepicker.resetWarning": _("要移除 __item__ 吗？"),
        "filepicker.toolargeerror": _("文件过大（超过 __maxSize__）"),
        "filepicker.file": _("文件"),
        "drawwidget.drawing": _("绘图"),
        "drawwidget.signature": _("签名"),
        "drawwidget.annotation": _("标注"),
        "geopicker.accuracy": _("精度（米）"),
        "geopicker.altitude": _("海拔（米）"),
        "geopicker.closepolygon": _("闭合"),
        "geopicker.kmlcoords": "KML",
        "geopicker.kmlpaste": _("在此粘贴 KML 坐标"),
        "geopicker.latitude": _("纬度（°）"),
        "geopicker.longitude": _("经度（°）"),
        "geopicker.points": _("点"),
        "geopicker.searchPlaceholder": _("查找地点"),
        "geopicker.removePoint": _("要移除这个点吗？"),
        "selectpicker.noneselected": _("未选择"),
        "selectpicker.numberselected": _("已选 __number__ 项"),
        "alert.valuehasspaces.multiple": _("选项值 __value__ 含空格"),
        "confirm.repeatremove.heading": _("要删除这一组吗？"),
        "confirm.repeatremove.msg": _("要删除这一组吗？删除后不能恢复。"),
    }
