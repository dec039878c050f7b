"""Stored files as values: the kinds that are taken, how they are served, and the limits that uploads are told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

FileKind = Literal["png", "jpeg", "gif", "webp", "svg", "pdf", "text", "markdown", "csv", "docx", "pptx", "xlsx", "zip"]
CONTENT_TYPES: Final[Mapping[str, str]] = {
    "png": "image/png", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp", "svg": "image/svg+xml",
    "pdf": "application/pdf", "text": "text/plain; charset=utf-8", "markdown": "text/plain; charset=utf-8",
    "csv": "text/plain; charset=utf-8",  # never text/csv: some programs run its formulas by themselves
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "zip": "application/zip",
}  # fmt: skip
EXTENSIONS: Final[Mapping[str, tuple[str, ...]]] = {
    "png": (".png",), "jpeg": (".jpg", ".jpeg"), "gif": (".gif",), "webp": (".webp",), "svg": (".svg",),
    "pdf": (".pdf",), "text": (".txt",), "markdown": (".md", ".markdown"), "csv": (".csv",), "docx": (".docx",),
    "pptx": (".pptx",), "xlsx": (".xlsx",), "zip": (".zip",),
}  # fmt: skip
PICTURES: Final = frozenset({"png", "jpeg", "gif", "webp"})
SHOWN: Final = PICTURES | {"svg"}  # what a page may show as a picture

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 7 * MEGABYTE  # the edge takes bodies of 8 MiB
MOST_SVG_BYTES: Final = 2 * MEGABYTE
MOST_PIXELS: Final = 25_000_000  # of one picture, over all its frames, and of all pictures in one drawing or archive
MOST_SIDE_PX: Final = 12_000
MOST_ENTRIES: Final = 300
MOST_UNPACKED_BYTES: Final = 40 * MEGABYTE
MOST_RATIO: Final = 120
SMALL_PX: Final = 480


@dataclass(frozen=True, slots=True)
class Checked:
    """A file that was found harmless. `content` is what is kept: cleaned, so not always what was sent.

    `small` is a little picture of it, for lists; `mended` says in codes what was taken out; `pixels` is to how many
    it unpacks, all its frames and inner pictures together.
    """

    kind: FileKind
    content: bytes
    width_px: int | None = None
    height_px: int | None = None
    small: bytes = b""
    mended: tuple[str, ...] = ()
    pixels: int = 0
