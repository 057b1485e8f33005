"""HJ 212: how stack, sewage, noise and air loggers talk to a platform, in its editions of 2005, 2017 and 2025."""

from bihuan.feeds.hj212.packet import Piece, decode_stream, read_piece

__all__ = ["Piece", "decode_stream", "read_piece"]
