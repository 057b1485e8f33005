"""Which packet answers which (HJ 212-2017, 6.6 and table 9)."""

from typing import NamedTuple

from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.encode import CannotBuild, data_answer, notice_answer

NOTICES = frozenset({"1013", "2012", "2022", "9015"})
NEVER_ANSWERED = frozenset({"9011", "9012", "9013", "9014"})
"""They are answers themselves."""

BEFORE, BEHIND = len("##0000"), len("0000\r\n")  # of the segment in a packet


class Reply(NamedTuple):
    """The data segment of an answer. by_qn: each packet's QN stands before `rest`; else `rest` is all of it."""

    by_qn: bool
    rest: bytes

    def to(self, qn: str | None) -> bytes:
        """The segment that answers the packet with this QN."""
        return b"QN=%s;%s" % (qn.encode(), self.rest) if self.by_qn and qn is not None else self.rest


def reply_to(piece: Piece) -> Reply | None:
    """The answer to a packet and to all that share its header: 9014 to uploads, 9013 to notices, when A asks for it."""
    cn = (piece.head.fields.get("CN") or "").strip()
    if not piece.flag.A or cn in NEVER_ANSWERED:
        return None
    make = notice_answer if cn in NOTICES else data_answer
    try:
        segment = make(piece.header, piece.edition or 0)[BEFORE:-BEHIND]
    except CannotBuild:  # a header so long that its answer would be no packet
        return None
    by_qn = piece.qn is not None and "QN" not in piece.head.fields
    return Reply(by_qn, segment[len(f"QN={piece.qn};") :] if by_qn else segment)
