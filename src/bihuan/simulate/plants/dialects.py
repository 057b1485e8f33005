"""How single loggers depart from HJ 212, as seen in the field, and which do."""

import random
from dataclasses import dataclass

from bihuan.simulate.plants.register import Device

CRC = ("crc_lowercase", "crc_modbus", "crc_modbus_swapped")
FRAME = (
    "length_digits",
    "semicolon_after_length",
    "semicolon_before_crc",
    "end_lf",
    "end_missing",
    "end_blanks",
)
HEADER = ("qn_empty", "header_separator", "blanks", "key_case", "part_order", "part_padded", "part_in_cp")
CONTENT = ("datatime_ms", "commas_only", "trailing_separator", "unflagged", "rtd_means", "long_numbers", "vendor_field", "oversize")  # fmt: skip
DEVIATIONS = (*CRC, *FRAME, *HEADER, *CONTENT)
ENCRYPTED_PRINTED = "encrypted_printed"


@dataclass(frozen=True)
class Dialect:
    """What a device does otherwise than the standard; key: it encrypts with it (2025 only); qn: sends request numbers."""

    ways: frozenset[str]
    qn: bool
    key: bytes | None = None

    def __contains__(self, way: str) -> bool:
        return way in self.ways


def dialect_of(device: Device) -> Dialect:
    """One device in three keeps to the standard; the others have one deviation, or one of each of two groups."""
    rng = random.Random(device.dialect)
    groups = rng.sample((CRC, FRAME, HEADER, CONTENT), rng.choice((0, 1, 2)))
    ways = {rng.choice(group) for group in groups}
    key = rng.randbytes(16) if device.edition == 2025 and rng.random() < 0.4 else None
    if key is not None and rng.random() < 0.3:
        ways.add(ENCRYPTED_PRINTED)
    return Dialect(frozenset(ways), qn=device.edition != 2005 or rng.random() < 0.4, key=key)


def access_of(device: Device) -> dict[str, str]:
    """What a platform must know to take the device in, as a line of the receiver's devices.json."""
    key = dialect_of(device).key
    return {"password": device.password} | ({"sm4_key": key.hex()} if key else {})
