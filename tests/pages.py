"""Pages as a browser takes them."""

import re

OPENED, CLOSED = re.compile(r"(<[a-z][^>]*>) "), re.compile(r" (?=</)")


def flat(html: str) -> str:
    """Without the line breaks and indents of the template: one blank for many, none at the edges of an element."""
    return CLOSED.sub("", OPENED.sub(r"\1", re.sub(r"\s+", " ", html)))
