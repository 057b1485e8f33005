"""What an answer of the platform above means: taken, to be sent again by itself, or to be mended first (`codes.csv`)."""

import csv
from dataclasses import dataclass
from pathlib import Path

TAKEN, RETRY, MEND = "taken", "retry", "mend"
NOT_SENT, GIVEN_UP = "L1", "L2"
"""Our own codes: what we do not send as it is, and what was sent in vain too often."""
_TABLE = Path(__file__).with_name("codes.csv")


@dataclass(frozen=True)
class Code:
    """code: as the answer gives it. fate: TAKEN, RETRY or MEND. remedy: what a person can do."""

    code: str
    fate: str
    meaning: str
    remedy: str


def _read() -> dict[str, Code]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Code(row["code"], row["fate"], row["meaning"], row["remedy"])
            for row in csv.DictReader(file)
        }


CODES = _read()


def code_of(code: str) -> Code:
    """What a code means. One that nobody knows is not sent again by itself: a person looks."""
    return CODES.get(code) or Code(code, MEND, "代码表中没有的回答", "与上级平台核对这个代码的含义")
