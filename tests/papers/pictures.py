"""Pictures of every kind that phones, cameras and converters write and that are accepted."""

import io
from typing import Any

from PIL import Image

from bihuan.cases.evidence import Upload


def _made(mode: str, form: str, colour: Any = None, **how: Any) -> bytes:
    out = io.BytesIO()
    image = Image.new(mode, (64, 48), colour if colour is not None else 0)
    image.save(out, form, **how)
    return out.getvalue()


def _bare_jpeg() -> bytes:
    """A JPEG without JFIF or Exif header, as many converters write it."""
    content = _made("RGB", "JPEG")
    assert content[2:4] == b"\xff\xe0"
    return content[:2] + content[4 + int.from_bytes(content[4:6], "big") :]


def _two_in_one() -> bytes:
    out = io.BytesIO()
    pages = [Image.new("RGB", (64, 48), c) for c in ("red", "blue")]
    pages[0].save(out, "MPO", save_all=True, append_images=pages[1:])
    return out.getvalue()


PICTURES: dict[str, Upload] = {
    name: Upload(f"照片.{name.rsplit('.', 1)[1]}", content)
    for name, content in {
        "plain.jpg": _made("RGB", "JPEG"),
        "without header.jpg": _bare_jpeg(),
        "cmyk.jpg": _made("CMYK", "JPEG", (10, 20, 30, 40)),
        "grey.jpg": _made("L", "JPEG"),
        "progressive.jpg": _made("RGB", "JPEG", progressive=True),
        "two in one.jpg": _two_in_one(),
        "16 bit.png": _made("I;16", "PNG"),
        "1 bit.png": _made("1", "PNG"),
        "palette, transparent.png": _made("P", "PNG", transparency=0),
        "grey and alpha.png": _made("LA", "PNG"),
        "alpha.png": _made("RGBA", "PNG"),
        "lossy.webp": _made("RGB", "WEBP"),
        "lossless, alpha.webp": _made("RGBA", "WEBP", lossless=True),
    }.items()
}
