"""What the fields of an outlet demand together: for its form, and for a list of outlets that is imported."""

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from bihuan.english import told
from bihuan.scenarios.plant_emissions.media import MEDIA
from bihuan.scenarios.plant_emissions.models import Outlet

CODE = re.compile("[A-Z0-9][A-Z0-9-]*")


def faults(outlet: Outlet) -> Iterator[tuple[str, str]]:
    """(field, why and how to mend) of each fault."""
    if outlet.code and not CODE.fullmatch(outlet.code):  # it stands in addresses
        yield "code", _("编码由大写字母、数字和连字符组成，如 P010-1")
    if outlet.ref_o2 is not None and not 0 < outlet.ref_o2 < 21:  # that of the air is 20.9 %
        yield "ref_o2", _("基准氧含量应在 0 与 21 % 之间；不折算时留空")
    medium = MEDIA.get(outlet.kind)
    if medium is None:
        return
    kind = told(Outlet.Kind(outlet.kind).label)
    if outlet.process and outlet.process not in medium.processes:
        offered = "、".join(f"{key}（{told(label)}）" for key, label in medium.processes.items())
        yield "process", _("这个工艺不属于“%(kind)s”排放口；可选：%(all)s") % {"kind": kind, "all": offered}
    for name in medium.without:
        if getattr(outlet, name) is not None:
            yield name, _("“%(kind)s”排放口没有这一项，请留空") % {"kind": kind}
