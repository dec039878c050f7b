"""PDF papers: every object is read, and what acts by itself is refused: scripts, programs, forms sent, files inside."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import Checked

_ACTING_KEYS = frozenset({
    "/JavaScript", "/JS", "/EmbeddedFiles", "/EmbeddedFile", "/XFA", "/RichMediaContent", "/RichMediaSettings", "/AF",
})  # fmt: skip
_ACTING_VALUES = frozenset({
    "/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/RichMedia", "/RichMediaExecute", "/Rendition", "/Movie",
    "/Sound", "/GoToE", "/GoToR", "/EmbeddedFile", "/FileAttachment", "/Screen", "/3D",
})  # fmt: skip
_NAMED_BY = frozenset({"/S", "/Type", "/Subtype", "/FT"})
_RAW = re.compile(
    rb"/(?:JavaScript|EmbeddedFile|RichMedia|ImportData|SubmitForm)\b|/Launch\b|/XFA\b|/JS\s*(?:\(|<[0-9a-fA-F<]|\d+\s+\d+\s+R)"
)
_ESCAPED = re.compile(rb"#([0-9a-fA-F]{2})")
_MOST_OBJECTS, _MOST_NODES, _MOST_SECONDS = 30_000, 400_000, 4.0


def check_pdf(content: bytes) -> Checked:
    """Return a paper as it is. Raises Invalid for what acts, is locked, damaged or too complicated to be checked."""
    end = content.rstrip(b"\x00\r\n\t ")
    if not end.endswith(b"%%EOF"):
        refuse("damaged", _("This PDF does not end where it should, so something may hide behind it. Save it again "
                            "with “Print to PDF”."))  # fmt: skip
    try:
        _check_objects(content)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError,
            AssertionError, NotImplementedError, MemoryError, OverflowError):  # fmt: skip
        refuse("damaged", _("This PDF cannot be read whole. Save it again with “Print to PDF”."))
    plain = _ESCAPED.sub(lambda found: bytes([int(found[1], 16)]), content)
    if _RAW.search(plain):  # also what no table of contents names
        _refuse_active("")
    return Checked("pdf", content)


def _check_objects(content: bytes) -> None:
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        refuse("locked", _("This PDF is locked, so nobody can check it. Save it without a password."))
    if not len(reader.pages):
        refuse("damaged", _("This PDF has no pages."))
    numbers = [(number, generation) for generation, table in reader.xref.items() for number in table]
    numbers += [(number, 0) for number in reader.xref_objStm]
    until, seen = time.monotonic() + _MOST_SECONDS, 0
    if len(numbers) > _MOST_OBJECTS:
        _refuse_long()
    for number, generation in numbers:
        if (number, generation) == (0, 65535):
            continue
        for node in _nodes(reader.get_object(IndirectObject(number, generation, reader))):
            seen += 1
            if seen > _MOST_NODES or time.monotonic() > until:
                _refuse_long()
            _check_dictionary(node)
    for node in _nodes(reader.trailer):
        _check_dictionary(node)


def _nodes(root: Any) -> Iterator[DictionaryObject]:
    """Yield the dictionaries of one object; what it refers to is another object, read on its own."""
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, DictionaryObject):
            yield node
            waiting += list(node.values())
        elif isinstance(node, ArrayObject):
            waiting += list(node)


def _check_dictionary(node: DictionaryObject) -> None:
    for key, value in node.items():
        if key in _ACTING_KEYS:
            _refuse_active(str(key))
        if key in _NAMED_BY and str(value) in _ACTING_VALUES:
            _refuse_active(str(value))


def _refuse_active(what: str) -> None:
    refuse("active_content", _("This PDF can act by itself: it has a script, a form that sends, a film, a file inside "
                               "or starts programs (%(what)s). Save it anew with “Print to PDF”.") % {
        "what": what.lstrip("/") or "?"
    })  # fmt: skip


def _refuse_long() -> None:
    refuse(
        "too_complicated",
        _("This PDF is too complicated to be checked. Save it anew with “Print to PDF”, or split it."),
    )
