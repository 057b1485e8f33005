"""Which packet answers which (HJ 212-2017, 6.6 and table 9)."""

from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.encode import CannotBuild, data_answer, notice_answer

NOTICES = frozenset({"1013", "2012", "2022", "9015"})
NEVER_ANSWERED = frozenset({"9011", "9012", "9013", "9014"})
"""They are answers themselves."""


def reply_to(piece: Piece) -> bytes | None:
    """9014 to uploads, 9013 to notices, when A asks for it; None when nothing is to be sent."""
    cn = (piece.head.fields.get("CN") or "").strip()
    if not piece.flag.A or cn in NEVER_ANSWERED:
        return None
    make = notice_answer if cn in NOTICES else data_answer
    try:
        return make(piece.header, piece.edition or 0)
    except CannotBuild:  # a header so long that its answer would be no packet
        return None
