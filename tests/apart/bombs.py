"""A spreadsheet of some megabytes that takes more than a gigabyte to read, written as a zip by hand."""

import struct
import zlib
from pathlib import Path

HEAD = '<?xml version="1.0"?>'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="{SHEET}"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets><sheet name="hours" sheetId="1" r:id="a"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="a" Type="{RELATED}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}
"""The least that a workbook of one sheet holds."""
BLOCK = 1 << 20


def _row(*cells: str) -> str:
    return "<row>" + "".join(f'<c t="inlineStr"><is><t>{c}</t></is></c>' for c in cells) + "</row>"


def _sheet(head: tuple[str, ...], row: tuple[str, ...], megabytes: int) -> tuple[bytes, int, int]:
    """Deflated bytes, checksum and size of a sheet of one row many times over: one packed block, repeated."""
    first = f'{HEAD}<worksheet xmlns="{MAIN}"><sheetData>{_row(*head)}'.encode()
    block = _row(*row).encode() * (BLOCK // len(_row(*row)))
    last = b"</sheetData></worksheet>"
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    begin = packer.compress(first) + packer.flush(zlib.Z_FULL_FLUSH)
    middle = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    end = packer.compress(last) + packer.flush()
    check = zlib.crc32(first)
    for _ in range(megabytes):
        check = zlib.crc32(block, check)
    return begin + middle * megabytes + end, zlib.crc32(last, check), len(first) + megabytes * len(block) + len(last)  # fmt: skip


def bomb(path: Path, head: tuple[str, ...], row: tuple[str, ...], *, megabytes: int = 600, says: int | None = None) -> Path:  # fmt: skip
    """Write the workbook. says: the size in bytes that its zip tells of the sheet, where that is not the truth."""
    packed = {name: _plain(text) for name, text in PARTS.items()}
    data, check, size = _sheet(head, row, megabytes)
    packed["xl/worksheets/sheet1.xml"] = (data, check, size if says is None else says)
    whole, directory = bytearray(), bytearray()
    for name, (content, crc, unfolded) in packed.items():
        about = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 0x21, crc, len(content), unfolded, len(name), 0)
        directory += b"PK\x01\x02\x14\x00" + about + struct.pack("<HHHII", 0, 0, 0, 0, len(whole)) + name.encode()  # fmt: skip
        whole += b"PK\x03\x04" + about + name.encode() + content
    end = struct.pack("<HHHHIIH", 0, 0, len(packed), len(packed), len(directory), len(whole), 0)
    path.write_bytes(whole + directory + b"PK\x05\x06" + end)
    return path


def _plain(text: str) -> tuple[bytes, int, int]:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = (HEAD + text).encode()
    return packer.compress(data) + packer.flush(), zlib.crc32(data), len(data)
