"""The check value of HJ 212 (annex A), which is not CRC-16/MODBUS.

Annex A shifts the register BEFORE the byte is xored in, so its low byte is lost: `reg = (reg >> 8) ^ byte`, then eight
times right, xor 0xA001 when a one falls out. Only the high byte survives a step. The map of that byte is linear and
comes back to itself after eight steps, so the value of a text is that of the xor of its bytes taken eight apart,
counted from the end: one fold and eight look-ups. The start value 0xFFFF is the first byte xored with 0xFF.
Only 256 different values exist: a random text fits with probability 1/256, so a fitting value alone proves little.
The folds of many packets are differences of one running xor over the bytes they lie in, so a batch costs little more.
"""

from collections.abc import Sequence

import numpy as np

WORD = 8
WORTH_A_BATCH = 16


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


_TABLE = tuple(_table_entry(byte) for byte in range(256))


def _powers() -> tuple[bytes, ...]:
    """Row j: the high byte after j steps, for every byte."""
    rows = [bytes(range(256))]
    for _ in range(WORD - 1):
        rows.append(bytes(_TABLE[byte] >> 8 for byte in rows[-1]))
    return tuple(rows)


_POWERS = _powers()
_, _P1, _P2, _P3, _P4, _P5, _P6, _P7 = _POWERS
_PRINTED = tuple(b"%04X" % value for value in _TABLE)
_MASKS = {words: (1 << 64 * words) - 1 for words in (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)}
_HALVES: tuple[tuple[tuple[int, int], ...], ...] = tuple(
    tuple((64 * (1 << k), _MASKS[1 << k]) for k in range(bits - 1, -1, -1)) for bits in range(12)
)


def crc_text(segment: bytes) -> bytes:
    """The check value of a data segment as it is printed: four upper-case hexadecimal digits."""
    size = len(segment)
    if not 0 < size <= WORD * 2048:
        return b"%04X" % _slow(segment)
    fold = int.from_bytes(segment, "big") ^ (0xFF << 8 * (size - 1))
    for shift, mask in _HALVES[((size - 1) // WORD).bit_length()]:
        fold = (fold >> shift) ^ (fold & mask)
    a, b, c, d, e, f, g, h = fold.to_bytes(WORD, "big")
    return _PRINTED[_P7[a] ^ _P6[b] ^ _P5[c] ^ _P4[d] ^ _P3[e] ^ _P2[f] ^ _P1[g] ^ h]


_FROM_END = np.arange(WORD)
_POWER_OF_LANE = np.frombuffer(b"".join(_POWERS), np.uint8).reshape(WORD, 256)


def crc_texts(data: bytes, starts: Sequence[int], ends: Sequence[int]) -> list[bytes]:
    """The check values of many segments data[start:end], none of them empty. The same as `crc_text` of each."""
    if len(starts) < WORTH_A_BATCH:
        return [crc_text(data[start:end]) for start, end in zip(starts, ends, strict=True)]
    first, after = np.asarray(starts), np.asarray(ends)
    words = np.frombuffer(data + bytes(-len(data) % WORD), np.uint64)
    running = np.empty(len(words) + 1, np.uint64)
    running[0] = 0
    np.bitwise_xor.accumulate(words, out=running[1:])
    upto = running.view(np.uint8)  # at i + 8: the xor of the bytes at i, i - 8, i - 16 ...
    last = after[:, None] - 1 - _FROM_END
    before = first[:, None] - 1 - (_FROM_END - (after - first)[:, None]) % WORD
    lanes = upto[last + WORD] ^ upto[before + WORD]
    lanes[np.arange(len(first)), (after - first - 1) % WORD] ^= 0xFF
    codes = np.bitwise_xor.reduce(_POWER_OF_LANE[_FROM_END, lanes], axis=1)
    return [_PRINTED[code] for code in codes.tolist()]


def _slow(segment: bytes) -> int:
    register = 0xFFFF
    for byte in segment:
        register = _TABLE[(register >> 8) ^ byte]
    return register


def modbus(segment: bytes) -> int:
    """CRC-16/MODBUS, which many loggers send in its place."""
    register = 0xFFFF
    for byte in segment:
        register = (register >> 8) ^ _TABLE[(register ^ byte) & 0xFF]
    return register


# Values that simulators and demonstration clients print whatever the segment is (seen in the field).
PLACEHOLDERS = frozenset({b"0000", b"B381", b"ABCD"})


def judge(segment: bytes, printed: bytes) -> tuple[str, ...] | None:
    """Does the printed value belong to the segment? The deviations of its form, or None when it does not fit."""
    right = crc_text(segment)
    if printed == right:
        return ()
    upper = printed.upper()
    lower = ("crc_lowercase",) if upper != printed else ()
    if upper == right:
        return lower
    value = modbus(segment)
    if upper == b"%04X" % value:
        return ("crc_modbus", *lower)
    if upper == b"%02X%02X" % (value & 0xFF, value >> 8):
        return ("crc_modbus_swapped", *lower)
    return None
