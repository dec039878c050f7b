"""Plain texts, Markdown and CSV: readable as UTF-8, and no web page or program in disguise."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import EXTENSIONS, Checked, FileKind

_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_WEB_PAGE = re.compile(
    r"<(?:!doctype\s+html|html|head|body|script|iframe|meta|link|base|object|embed|form|style|template|frameset)[\s>/]",
    re.IGNORECASE,
)
_STARTS_AS = re.compile(r"\s*(?:<\?xml|<\?php|<%|<!--|<svg|<!doctype|#!|\{\\rtf|<x:|<mht)", re.IGNORECASE)
_MHTML = re.compile(r"\s*mime-version:", re.IGNORECASE)


def check_text(content: bytes, name: str) -> Checked:
    """Return a text as UTF-8. Raises Invalid for web pages, scripts and what is no text."""
    text = _decoded(content)
    if _WEB_PAGE.search(text) and re.match(r"\s*(?:<|&lt;)", text):
        refuse(
            "web_page", _("This is a web page, which can run scripts. Save it as PDF, or as plain text without tags.")
        )
    if _STARTS_AS.match(text) or _MHTML.match(text):
        refuse("active_text", _("This is a program or a page saved for machines. Save it as plain text or as PDF."))
    return Checked(_kind(name), text.encode())


def _decoded(content: bytes) -> str:
    try:
        is_wide = content[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = content.decode("utf-16" if is_wide else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if _UNREADABLE.search(text):
        refuse("unknown_kind", unknown_kind(""))
    return text


def _kind(name: str) -> FileKind:
    lowered = name.lower()
    if lowered.endswith(EXTENSIONS["markdown"]):
        return "markdown"
    return "csv" if lowered.endswith(EXTENSIONS["csv"]) else "text"


def unknown_kind(found: str) -> str:
    """Say what can be uploaded, and what this seems to be."""
    kinds = _("Send a picture (PNG, JPEG, GIF, WebP, SVG), a PDF, a text (TXT, MD, CSV), DOCX, PPTX, XLSX or a ZIP.")
    if found:
        return _("This looks like %(kind)s, which is not taken.") % {"kind": found} + " " + kinds
    return _("This is a kind of file that is not taken.") + " " + kinds
