"""What the fields of a logger and of its channels demand: for their forms, and for lists that are imported."""

from collections.abc import Iterator

from django.utils.translation import gettext as _

from bihuan.loggers.register import networks_of
from bihuan.registry.models import Organisation
from bihuan.scenarios.plant_emissions.channel_factors import factors_of
from bihuan.scenarios.plant_emissions.models import Channel, Logger

Faults = Iterator[tuple[str, str]]
"""(field, why and how to mend) of each fault."""


def logger_faults(logger: Logger) -> Faults:
    """A record stands for whole minutes within an hour; the enterprise is that of the outlets; addresses are networks."""
    if not (1 <= logger.interval <= 60 and 60 % logger.interval == 0):
        yield "interval", _("分钟数据间隔应能整除 60")
    if logger.outlets.exclude(emitter=logger.emitter_id).exists():
        yield "emitter", _("它的通道接着另一企业的排放口，先改通道")
    if (
        logger.vendor_id is not None
        and logger.vendor is not None
        and logger.vendor.kind != Organisation.Kind.VENDOR
    ):
        yield "vendor", _("这个单位的类别不是运维单位")
    try:
        networks_of(logger.addresses.split())
    except ValueError:
        yield "addresses", _("不是 IP 地址或网段；写成 10.1.2.3 或 10.1.0.0/16，几个用空格分开")


def channel_faults(channel: Channel) -> Faults:
    """Nobody takes over another enterprise's device by its number."""
    if channel.logger.emitter_id != channel.outlet.emitter_id:
        yield "logger", _("这个设备编号已登记在另一企业名下，请核对铭牌上的编号")
    try:
        factors_of(channel.factors)
    except ValueError as error:
        yield "factors", str(error)
