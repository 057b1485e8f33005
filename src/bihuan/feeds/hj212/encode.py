"""Packets that a platform sends: requests, answers, and uploads to the next platform."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from bihuan.feeds.hj212 import sm4
from bihuan.feeds.hj212.crc import crc_text, crc_texts
from bihuan.feeds.hj212.editions import HEADER_KEYS, SEGMENT_BYTES, VERSION_BITS

CP_BYTES = 950
CP_BYTES_OPEN = 4  # the two &&
SYSTEM = "91"  # ST of answers

_VERSIONS = {edition: bits for bits, edition in VERSION_BITS.items()}

# What a platform asks for: command, and the keys that its CP must have (HJ 212-2017 table 9; 2025 second-hand).
COMMANDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "set_timeouts": ("1000", ("OverTime", "ReCount")),
    "set_device_id": ("1002", ("MN",)),
    "read_clock": ("1011", ()),
    "set_clock": ("1012", ("SystemTime",)),
    "set_key": ("1014", ("SKCreateTime", "NewSK")),
    "read_realtime_interval": ("1061", ()),
    "set_realtime_interval": ("1062", ("RtdInterval",)),
    "read_minute_interval": ("1063", ()),
    "set_minute_interval": ("1064", ("MinInterval",)),
    "set_password": ("1072", ("NewPW",)),
    "start_realtime": ("2011", ()),
    "stop_realtime": ("2012", ()),
    "fetch_raw": ("2013", ("BeginTime", "EndTime")),
    "start_states": ("2021", ()),
    "stop_states": ("2022", ()),
    "fetch_days": ("2031", ("BeginTime", "EndTime")),
    "fetch_run_times": ("2041", ("BeginTime", "EndTime")),
    "fetch_minutes": ("2051", ("BeginTime", "EndTime")),
    "fetch_noise": ("2052", ("BeginTime", "EndTime")),
    "fetch_hours": ("2061", ("BeginTime", "EndTime")),
    "fetch_standard_checks": ("2062", ("BeginTime", "EndTime")),
    "calibrate": ("3011", ("PolId",)),
    "sample_now": ("3012", ("PolId",)),
    "clean": ("3013", ("PolId",)),
    "compare": ("3014", ("PolId",)),
    "keep_sample": ("3015", ()),
    "set_sampling_cycle": ("3016", ("PolId", "CstartTime", "Ctime")),
    "read_sampling_cycle": ("3017", ("PolId",)),
    "read_sampling_duration": ("3018", ("PolId",)),
    "read_serial_number": ("3019", ("PolId",)),
    "read_info": ("3020", ("PolId", "InfoId")),
    "set_info": ("3021", ("PolId",)),
    "keep_sample_now": ("3022", ()),
    "start_standard_check": ("3024", ("PolId",)),
}


class CannotBuild(ValueError):
    """The packet would not be one: the message says which field and why."""


def frame(segment: bytes, *, key: bytes | None = None) -> bytes:
    """## length, segment, check value, CR LF. With a key CP is encrypted after the check value was made."""
    if len(segment) > SEGMENT_BYTES:
        raise CannotBuild(f"the data segment has {len(segment)} bytes, more than {SEGMENT_BYTES}; split it")
    sent = segment if key is None else sm4.encrypt(segment, key)
    return b"##%04d%s%s\r\n" % (len(segment), sent, crc_text(segment))


def frame_many(segments: Sequence[bytes]) -> bytes:
    """Many packets one behind another, of segments that `frame` would take."""
    ends = list(accumulate(map(len, segments)))
    values = crc_texts(b"".join(segments), [0, *ends[:-1]], ends)
    return b"".join(b"##%04d%s%s\r\n" % (len(s), s, v) for s, v in zip(segments, values, strict=True))


def content(items: Iterable[Iterable[tuple[str, str]]]) -> str:
    """CP of items, each of one or more key and value pairs: pairs by comma, items by semicolon."""
    return ";".join(",".join(f"{_key(key)}={_value(key, value)}" for key, value in item) for item in items)


def _key(key: str) -> str:
    if not key or any(sign in key for sign in ";,=&#\r\n") or key != key.strip():
        raise CannotBuild(f"{key!r} cannot be a key")
    return key


def _value(key: str, value: str) -> str:
    log = len(value) >= 4 and value.startswith("//") and value.endswith("//")
    if "&&" in value or "\r" in value or "\n" in value or (not log and any(sign in value for sign in ";,=")):
        raise CannotBuild(f"{key}: {value!r} would break the packet; put text between // and //")
    return value


def build(fields: Mapping[str, str], cp: str = "", *, key: bytes | None = None) -> bytes:
    """A packet of header fields (QN, ST, CN, PW, MN, Flag, PNUM, PNO, RF) and CP.

    Raises CannotBuild for an unknown field, a separator in a value, or a segment or CP that is too long.
    """
    for name, value in fields.items():
        if name not in HEADER_KEYS:
            raise CannotBuild(f"{name} is no header field; there are {', '.join(HEADER_KEYS)}")
        if any(sign in value for sign in ";,=&#\r\n") or value != value.strip():
            raise CannotBuild(f"{name}: {value!r} would break the header")
    if len(cp.encode()) + CP_BYTES_OPEN > CP_BYTES:
        raise CannotBuild(f"CP has {len(cp.encode()) + CP_BYTES_OPEN} bytes, more than {CP_BYTES}; split it")
    head = "".join(f"{name}={fields[name]};" for name in HEADER_KEYS if name in fields)
    return frame(f"{head}CP=&&{cp}&&".encode(), key=key)


def flag_value(edition: int, *, answer: bool = False, parts: bool = False) -> str:
    """Flag as it is sent: the version bits of the edition, D and A."""
    return str(_VERSIONS[edition] << 2 | parts << 1 | answer)


def command(
    name: str,
    *,
    qn: str,
    st: str,
    pw: str,
    mn: str,
    edition: int,
    cp: Mapping[str, str],
    answer: bool = True,
    key: bytes | None = None,
) -> bytes:
    """A request of the platform, by its name in COMMANDS; with a key encrypted.

    Raises CannotBuild when a key of CP is missing.
    """
    if name not in COMMANDS:
        raise CannotBuild(f"{name} is no command; there are {', '.join(COMMANDS)}")
    cn, needed = COMMANDS[name]
    missing = [key for key in needed if key not in cp]
    if missing:
        raise CannotBuild(f"{name} ({cn}) needs {', '.join(missing)} in CP")
    fields = {"QN": qn, "ST": st, "CN": cn, "PW": pw, "MN": mn, "Flag": flag_value(edition, answer=answer)}
    return build(fields, content([[pair] for pair in cp.items()]), key=key)


def _reply(cn: str, cp: str, received: Mapping[str, str | None], edition: int) -> bytes:
    """An answer carries QN, PW and MN of what it answers; what was not sent is left out."""
    fields = {
        "QN": received.get("QN"),
        "ST": SYSTEM,
        "CN": cn,
        "PW": received.get("PW"),
        "MN": received.get("MN"),
    }
    kept = {name: _clean(value) for name, value in fields.items() if value is not None}
    return build(kept | {"Flag": flag_value(edition)}, cp)


def _clean(value: str) -> str:
    """A header value as received, without what would break a packet of ours."""
    return "".join(sign for sign in value if sign not in ";,=&#\r\n").strip()


def data_answer(received: Mapping[str, str | None], edition: int) -> bytes:
    """9014 to an upload with A set: its QN, PW and MN, its edition, empty CP."""
    return _reply("9014", "", received, edition)


def notice_answer(received: Mapping[str, str | None], edition: int) -> bytes:
    """9013 to a notice (1013, 9015 ...) with A set."""
    return _reply("9013", "", received, edition)


def request_answer(received: Mapping[str, str | None], edition: int, qn_rtn: int) -> bytes:
    """9011: 1 will do it, 2 refused, 3 PW, 4 MN, 5 ST, 6 Flag, 7 QN, 8 CN, 9 check value wrong, 100 unknown."""
    return _reply("9011", f"QnRtn={qn_rtn}", received, edition)


def execution_result(received: Mapping[str, str | None], edition: int, exe_rtn: int) -> bytes:
    """9012: 1 done, 2 failed, 3 wrong condition, 4 timed out, 5 busy, 6 fault, 100 no data."""
    return _reply("9012", f"ExeRtn={exe_rtn}", received, edition)
