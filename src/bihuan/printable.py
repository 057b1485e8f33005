"""Text and pictures that every paper can hold: one wrong character or picture and no Word or Excel can be made of it.

Word and Excel keep XML 1.0, which has no control characters but tab and line feed, no surrogates and no U+FFFE, U+FFFF.
"""

import io
import re
import warnings
from typing import Any

import xlsxwriter
from PIL import Image, ImageOps, UnidentifiedImageError

from bihuan.english import Written, told

_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# U+0085, U+2028 and U+2029 are legal, but end a line in some programs and not in others.
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")
CELL_CHARACTERS = 32_767  # Excel's own limit
SHEET_NAME = 31  # characters, another one
WIDEST = 1600  # [px] of a picture on A4: 250 dots per inch


def printable(text: str) -> str:
    """The text without characters that no paper can hold; every line ends with a line feed."""
    return _NOT_IN_XML.sub("", _LINE_ENDS.sub("\n", text))


class Book(xlsxwriter.Workbook):  # type: ignore[misc]  # the library has no types
    """A workbook in memory whose cells take any text; what looks like a formula or an address stays text.

    Its texts are told in the language of the reader; what a person wrote is given as `Written`.
    """

    def __init__(self, memory: io.BytesIO) -> None:
        super().__init__(memory, {"in_memory": True, "nan_inf_to_errors": True})

    def add_worksheet(self, name: str | None = None, worksheet_class: Any = None) -> Any:
        """A sheet as usual; texts go through `printable` and are cut at Excel's limit."""
        sheet = super().add_worksheet(name and told(name)[:SHEET_NAME], worksheet_class)
        for kind in (str, Written):  # looked up by the very type
            sheet.add_write_handler(kind, _write_text)
        return sheet


def _write_text(sheet: Any, row: int, column: int, text: str, form: Any = None) -> Any:
    written = printable(told(text))[:CELL_CHARACTERS]
    if not written:
        return sheet.write_blank(row, column, None, form)
    return sheet.write_string(row, column, written, form)


def picture(content: bytes) -> io.BytesIO | None:
    """Any picture as an upright RGB JPEG that Word can hold, without what the camera wrote; None if it cannot be read.

    CMYK, 16 bit, palettes and WebP are converted, transparency becomes white.
    """
    try:
        with warnings.catch_warnings(action="ignore"), Image.open(io.BytesIO(content)) as image:
            image.draft("RGB", (WIDEST, WIDEST))
            upright = ImageOps.exif_transpose(image)
            upright.thumbnail((WIDEST, WIDEST))
            flat = _flat(upright)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError):
        return None
    out = io.BytesIO()
    flat.save(out, "JPEG", quality=85)
    out.seek(0)
    return out


def _flat(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):
        # Sixteen bits; a plain conversion would turn everything above 255 white.
        return image.convert("I").point(lambda v: v / 256).convert("L").convert("RGB")
    if not image.has_transparency_data:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    white = Image.new("RGBA", clear.size, "white")
    return Image.alpha_composite(white, clear).convert("RGB")
