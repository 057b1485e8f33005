"""Word documents made from templates that a bureau writes itself: looked through with the place of each fault, and filled.

A template is a foreign file and a small program. It is opened only apart (`bihuan.apart`), and what it says runs in a
sandbox that knows the values it was given, a few harmless filters, and nothing else (decision 0031).
"""

from bihuan.documents.checking import check
from bihuan.documents.filling import Picture, fill

__all__ = ["Picture", "check", "fill"]
