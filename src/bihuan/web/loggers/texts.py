"""What the page of loggers says of commands, states and codes, and how a command's form is read."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from bihuan.domain.timeaxis import CST
from bihuan.loggers.commands import Command

Text = str | Promise

REASONS: dict[str, Text] = {
    "noise": _("不属于任何数据包的字节"),
    "truncated": _("数据包不完整"),
    "crc": _("CRC 校验不符"),
    "encrypted": _("已加密且没有可用密钥"),
    "no_mn": _("没有设备编码 MN"),
    "password": _("密码不符"),
    "address": _("来自未登记的网络地址"),
    "strict": _("格式偏离标准（严格模式）"),
}

STRANGERS: dict[str, Text] = {
    "raw_dropped": _("未准入或未接受、超出当日限额而没有保留原文的数据包"),
    "strangers_closed": _("为新连接让位而断开的陌生连接"),
    "idle_closed": _("因长时间没有完整数据包而断开的连接"),
    "connections_refused": _("超出连接数限制而拒绝的连接"),
}

STATES: dict[str, Text] = {
    "waiting": _("等待发送"),
    "sent": _("已发送，等待应答"),
    "accepted": _("设备已应答，执行中"),
    "refused": _("设备拒绝"),
    "done": _("执行成功"),
    "failed": _("执行失败"),
    "timed_out": _("超时"),
    "no_connection": _("设备未连接，未发送"),
}

# HJ 212-2017, request answers (QnRtn) and execution results (ExeRtn).
QN_RTN: dict[int, Text] = {
    1: _("准备执行请求"),
    2: _("请求被拒绝"),
    3: _("密码错误"),
    4: _("设备编码错误"),
    5: _("系统编码错误"),
    6: _("标志 Flag 错误"),
    7: _("请求编号错误"),
    8: _("命令编号错误"),
    9: _("CRC 校验错误"),
    100: _("未知错误"),
}
EXE_RTN: dict[int, Text] = {
    1: _("执行成功"),
    2: _("执行失败，原因未知"),
    3: _("命令请求条件错误"),
    4: _("通讯超时"),
    5: _("系统繁忙，不能执行"),
    6: _("系统故障"),
    100: _("没有数据"),
}

TIME = "datetime-local"
CODE = re.compile(r"[A-Za-z0-9_]{1,20}")
PASSWORD = re.compile(r"[0-9A-Za-z]{6}")
MINUTE_INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)  # HJ 212-2017: MinInterval
REALTIME_INTERVAL = (30, 3600)  # HJ 212-2017: RtdInterval, seconds
LONGEST_SPAN = timedelta(days=31)


@dataclass(frozen=True)
class Field:
    """One parameter: its key in CP, what the form calls it, the kind of input."""

    key: str
    label: Text
    kind: str = "text"


@dataclass(frozen=True)
class Form:
    """One command of the page."""

    name: str
    title: Text
    fields: tuple[Field, ...] = ()

    def read(self, said: Mapping[str, Any]) -> dict[str, str]:
        """CP from the form. Raises ValueError with what is wrong in words."""
        cp = {field.key: _value(field, str(said.get(field.key) or "").strip()) for field in self.fields}
        if "BeginTime" in cp:
            first, last = (datetime.strptime(cp[k], "%Y%m%d%H%M%S") for k in ("BeginTime", "EndTime"))  # noqa: DTZ007
            if not timedelta(0) <= last - first <= LONGEST_SPAN:
                raise ValueError(gettext("时段的结束不能早于开始，长度不能超过 31 天。"))
        return cp


SPAN = (Field("BeginTime", _("开始时间"), TIME), Field("EndTime", _("结束时间"), TIME))
FACTOR = (Field("PolId", _("因子编码（如 a21026）")),)
FORMS = (
    Form("read_clock", _("读取设备时间")),
    Form("set_clock", _("校准设备时间")),
    Form("fetch_minutes", _("补取分钟数据"), SPAN),
    Form("fetch_hours", _("补取小时数据"), SPAN),
    Form("calibrate", _("零点量程校准"), FACTOR),
    Form("keep_sample", _("超标留样")),
    Form(
        "set_realtime_interval", _("设置实时数据间隔"), (Field("RtdInterval", _("秒（30–3600）"), "number"),)
    ),
    Form(
        "set_minute_interval",
        _("设置分钟数据间隔"),
        (Field("MinInterval", _("分钟（1、2、3、4、5、6、10、12、15、20、30）"), "number"),),
    ),
    Form("set_key", _("更换 SM4 密钥（2025 版）")),
    Form("set_password", _("修改设备密码"), (Field("NewPW", _("新密码（6 位字母或数字）")),)),
)


def _value(field: Field, text: str) -> str:
    if field.kind == TIME:
        try:
            return f"{datetime.fromisoformat(text):%Y%m%d%H%M%S}"
        except ValueError as error:
            raise ValueError(gettext("请填写时段的开始和结束时间。")) from error
    number = int(text) if text.isdecimal() and text.isascii() else 0
    if field.key == "RtdInterval" and not REALTIME_INTERVAL[0] <= number <= REALTIME_INTERVAL[1]:
        raise ValueError(gettext("实时数据间隔应为 30 至 3600 秒。"))
    if field.key == "MinInterval" and number not in MINUTE_INTERVALS:
        raise ValueError(gettext("分钟数据间隔只能是 1、2、3、4、5、6、10、12、15、20、30 分钟。"))
    if field.key == "PolId" and not CODE.fullmatch(text):
        raise ValueError(gettext("请填写因子编码，例如 a21026。"))
    if field.key == "NewPW" and not PASSWORD.fullmatch(text):
        raise ValueError(gettext("设备密码为 6 位字母或数字。"))
    return text


def form_of(name: str) -> Form | None:
    """A command of the page by its name."""
    return next((form for form in FORMS if form.name == name), None)


def forms(now: datetime) -> list[dict[str, Any]]:
    """All commands, with the last whole 24 hours as the span that is offered."""
    end = now.astimezone(CST).replace(minute=0, second=0, microsecond=0)
    offered = {"BeginTime": end - timedelta(hours=24), "EndTime": end}
    return [
        {"form": form, "fields": [(f, f"{offered[f.key]:%Y-%m-%dT%H:%M}" if f.kind == TIME else "") for f in form.fields]}
        for form in FORMS
    ]  # fmt: skip


def title_of(name: str) -> str:
    """What a command is called; those without a form are the receiver's own."""
    form = form_of(name)
    return name if form is None else str(form.title)


def state_text(state: str) -> str:
    """A state in words."""
    return str(STATES[state])


def code_text(command: Command) -> str:
    """What the device's last code means."""
    if command.result is not None:
        return f"ExeRtn={command.result} {EXE_RTN.get(command.result, gettext('标准未定义的代码'))}"
    if command.answer is not None:
        return f"QnRtn={command.answer} {QN_RTN.get(command.answer, gettext('标准未定义的代码'))}"
    return command.note
