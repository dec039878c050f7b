"""One upload looked at: what it really is, by its first bytes, and whether it may stay. Pure; takes no name's word."""

from __future__ import annotations

import re

import puremagic
from django.utils.translation import gettext as _

from hanse.growth.resources.files.archives import check_zip, entries_of
from hanse.growth.resources.files.office import CONTENTS, check_office
from hanse.growth.resources.files.papers import check_pdf
from hanse.growth.resources.files.pictures import check_picture
from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.texts import check_text, unknown_kind
from hanse.growth.resources.files.types import MEGABYTE, MOST_BYTES, MOST_PIXELS, Checked, FileKind
from hanse.growth.resources.files.vectors import check_svg, is_drawing

_PICTURES: tuple[tuple[bytes, FileKind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF87a", "gif"), (b"GIF89a", "gif"),
)  # fmt: skip
_ZIP, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_OLD_OFFICE, _MACHO = b"\xd0\xcf\x11\xe0", (b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_PAGE_IN_PICTURE = re.compile(rb"<(?:script|html|iframe|\?php|!doctype\s+html)[\s>]", re.IGNORECASE)
_ZIP_COMMENT = 66_000


def check_file(name: str, content: bytes) -> Checked:
    """Return what is kept of an upload. Raises Invalid with the reason and how to mend it."""
    if not content:
        refuse("empty", _("This file is empty."))
    if len(content) > MOST_BYTES:
        refuse("too_large", too_large())
    return _check(name, content, MOST_PIXELS, is_inside=False)


def too_large() -> str:
    """Say how large a file may be."""
    return _("At most %(most)d MB, please. Put larger ones, like films, where they can be watched, and give the "
             "address.") % {"most": MOST_BYTES // MEGABYTE}  # fmt: skip


def _check(name: str, content: bytes, pixels: int, *, is_inside: bool) -> Checked:
    if not content:
        refuse("empty", _("This file is empty."))
    kind = _picture_kind(content)
    is_zip = content.startswith(_ZIP)
    if content.startswith(_ZIP_END):
        refuse("empty", _("There is nothing in this archive."))
    if not is_zip and _ZIP_END in content[-_ZIP_COMMENT:]:
        refuse("two_kinds", _("This file is an archive as well as what it seems to be. Save it again on its own."))
    if kind:
        if _PAGE_IN_PICTURE.search(content):
            refuse(
                "two_kinds", _("This picture has a web page or a script inside. Save it again in a picture program.")
            )
        return check_picture(content, kind, pixels)
    if content.startswith(b"%PDF-"):
        return check_pdf(content)
    if is_zip:
        return _check_packed(content, is_inside=is_inside)
    if is_drawing(content) or _is_wide_svg(content):
        return check_svg(content, pixels)
    if content.startswith(_OLD_OFFICE):
        refuse("old_office", _("This is a document of an old office program, which may hide macros. Save it as DOCX, "
                               "PPTX, XLSX or PDF."))  # fmt: skip
    if b"%PDF-" in content[:1024]:
        refuse("two_kinds", _("Something stands before this PDF. Save it again with “Print to PDF”."))
    if content.startswith((b"MZ", b"\x7fELF", *_MACHO)):
        refuse("program", unknown_kind(_("a program")))
    return _check_rest(name, content)


def _check_rest(name: str, content: bytes) -> Checked:
    if b"\0" in content[:4096] and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        refuse("unknown_kind", unknown_kind(_guess(content)))
    return check_text(content, name)


def _check_packed(content: bytes, *, is_inside: bool) -> Checked:
    entries = list(entries_of(content))
    if any(entry.name == CONTENTS for entry in entries):
        return check_office(entries)
    if is_inside:
        refuse("nested", _("An archive inside an archive is not taken. Unpack it first."))
    return check_zip(content, lambda name, inner, pixels: _check(name, inner, pixels, is_inside=True))


def _picture_kind(content: bytes) -> FileKind | None:
    for start, kind in _PICTURES:
        if content.startswith(start):
            return kind
    return "webp" if content[:4] == b"RIFF" and content[8:12] == b"WEBP" else None


def _is_wide_svg(content: bytes) -> bool:
    """A drawing in UTF-16 is a drawing too, and no plain text."""
    if content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        return False
    return bool(re.search(r"<(?:\w+:)?svg[\s>]", content[:20_000].decode("utf-16", "ignore"), re.IGNORECASE))


def _guess(content: bytes) -> str:
    """Return a word for what a refused file seems to be."""
    try:
        found = puremagic.magic_string(content[:4096])
    except (puremagic.PureError, ValueError, IndexError):
        return ""
    return str(found[0].name)[:60] if found else ""
