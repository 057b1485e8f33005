"""Which packet answers which (HJ 212-2017, 6.6 and table 9)."""

from bihuan.feeds.hj212 import Piece
from bihuan.feeds.hj212.encode import CannotBuild, data_answer, frame, notice_answer
from bihuan.feeds.hj212.header import Header

NOTICES = frozenset({"1013", "2012", "2022", "9015"})
NEVER_ANSWERED = frozenset({"9011", "9012", "9013", "9014"})
"""They are answers themselves."""

REMEMBERED = 100_000
BEFORE, BEHIND = len("##0000"), len("0000\r\n")  # of the segment in a packet


def _reply_to(piece: Piece) -> bytes | None:
    cn = (piece.head.fields.get("CN") or "").strip()
    if not piece.flag.A or cn in NEVER_ANSWERED:
        return None
    make = notice_answer if cn in NOTICES else data_answer
    try:
        return make(piece.header, piece.edition or 0)
    except CannotBuild:  # a header so long that its answer would be no packet
        return None


class Replies:
    """Answers: 9014 to uploads, 9013 to notices, when A asks for it.

    Packets of a device differ in QN only, and so do their answers: what follows QN is kept by the header they share.
    """

    def __init__(self) -> None:
        self._rest: dict[int, tuple[Header, bytes | None]] = {}

    def to(self, piece: Piece) -> bytes | None:
        """The answer, or None when nothing is to be sent."""
        if piece.qn is None or "QN" in piece.head.fields:  # the header is this packet's alone
            return _reply_to(piece)
        kept = self._rest.get(id(piece.head))  # the header is kept beside, so its id stays its own
        if kept is None:
            kept = self._remember(piece, piece.qn)
        return None if kept[1] is None else frame(b"QN=%s;%s" % (piece.qn.encode(), kept[1]))

    def _remember(self, piece: Piece, qn: str) -> tuple[Header, bytes | None]:
        if len(self._rest) >= REMEMBERED:
            self._rest.clear()
        answer = _reply_to(piece)
        rest = None if answer is None else answer[BEFORE + len(f"QN={qn};") : -BEHIND]
        self._rest[id(piece.head)] = (piece.head, rest)
        return self._rest[id(piece.head)]
