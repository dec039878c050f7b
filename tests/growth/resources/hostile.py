"""Makers of uploads, good ones and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

DOCX = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/word/document.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
XLSX = DOCX.replace("wordprocessingml.document", "spreadsheetml.sheet")
_RELATIONS = '<Relationships xmlns="r"><Relationship Id="1" Type="http://x/{kind}" Target="{target}" TargetMode="External"/></Relationships>'  # noqa: E501


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    """A small picture."""
    out = io.BytesIO()
    Image.new("RGB", size, "#0e5c62").save(out, kind, **options)
    return out.getvalue()


def bomb_picture(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def svg(inside: str = "", attributes: str = "", before: str = "") -> bytes:
    """A drawing with something inside."""
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" width="10" height="20"{attributes}><rect width="5" height="5"/>{inside}</svg>'.encode()  # noqa: E501


def pdf(action: dict[str, str] | None = None, *, locked: bool = False, attached: bool = False) -> bytes:
    """A page, perhaps with an action when it is opened, a lock, a file inside."""
    writer = PdfWriter()
    writer.add_blank_page(200, 200)
    if action:
        made = DictionaryObject({
            NameObject(key): NameObject(value) if value.startswith("/") else TextStringObject(value)
            for key, value in action.items()
        })  # fmt: skip
        writer._root_object[NameObject("/OpenAction")] = writer._add_object(made)
    if attached:
        writer.add_attachment("inside.exe", b"MZ")
    if locked:
        writer.encrypt("secret")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def archive(entries: Iterable[tuple[str | zipfile.ZipInfo, bytes | str]]) -> bytes:
    """A ZIP of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in entries:
            made.writestr(name, content)
    return out.getvalue()


def document(*parts: tuple[str, bytes | str], contents: str = DOCX) -> bytes:
    """A DOCX (or what `contents` says) with parts."""
    return archive([("[Content_Types].xml", contents), ("word/document.xml", "<w/>"), *parts])


def relation(kind: str, target: str) -> tuple[str, str]:
    """A part that refers to something outside."""
    return "word/_rels/document.xml.rels", _RELATIONS.format(kind=kind, target=target)


def linked(name: str, target: str) -> bytes:
    """A ZIP whose entry is a symbolic link."""
    info = zipfile.ZipInfo(name)
    info.external_attr = 0o120777 << 16
    return archive([(info, target)])


def overlapping() -> bytes:
    """A ZIP of which two entries share one place: the small archive that unpacks to very much."""
    one = archive([("a.txt", b"x" * 2000), ("b.txt", b"y")])
    out, offset = bytearray(one), one.index(b"PK\x01\x02")
    second = one.index(b"PK\x01\x02", offset + 4)
    out[second + 42 : second + 46] = out[offset + 42 : offset + 46]
    return bytes(out)
