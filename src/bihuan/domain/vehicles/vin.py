"""车辆识别代号 (GB 16735-2019, ISO 3779): seventeen characters without I, O and Q; the ninth checks the others."""

import unicodedata
from functools import lru_cache

LENGTH = 17
NONE, TOO_LONG_OR_SHORT, CHARACTERS, CHECK_DIGIT = "none", "length", "characters", "check_digit"
_VALUES = {str(n): n for n in range(10)} | dict(
    zip(
        "ABCDEFGHJKLMNPRSTUVWXYZ",
        (1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9),
        strict=True,
    )
)
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def check_digit(vin: str) -> str:
    """What the ninth of seventeen characters has to be. Raises KeyError for a character that none may have."""
    rest = sum(_VALUES[c] * w for c, w in zip(vin, _WEIGHTS, strict=True) if w) % 11
    return "X" if rest == 10 else str(rest)


@lru_cache(maxsize=200_000)
def read_vin(text: str | None) -> tuple[str, str]:
    """The VIN as it is kept (upper case, no spaces), and what is wrong with it: empty for nothing."""
    vin = unicodedata.normalize("NFKC", text or "").replace(" ", "").replace("-", "").upper()
    if not vin:
        return "", NONE
    if len(vin) != LENGTH:
        return vin, TOO_LONG_OR_SHORT
    if any(c not in _VALUES for i, c in enumerate(vin) if i != 8) or vin[8] not in "0123456789X":
        return vin, CHARACTERS
    return vin, "" if check_digit(vin) == vin[8] else CHECK_DIGIT
