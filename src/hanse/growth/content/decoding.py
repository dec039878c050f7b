"""From the bytes of a feed to XML that may be parsed: characters, forbidden ones, document types. Pure.

Entities that a document declares of its own are refused: they are how a small file unfolds into gigabytes. Names of
HTML's characters and bare ampersands, which honest feeds have, are mended.
"""

from __future__ import annotations

import codecs
import html.entities
import re
from collections import Counter
from collections.abc import Iterable, Iterator

from hanse.growth.content.types import Mend

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"),
)  # fmt: skip
_DECLARED = re.compile(rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_CHARSET = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9._:-]{1,40})""", re.IGNORECASE)
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DOCTYPE = re.compile(r"<!DOCTYPE", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY(?!\s+%)", re.IGNORECASE)
_BEFORE = re.compile(r"\s*(?:<!--.*?-->|<\?.*?\?>)", re.DOTALL)
_REFERENCE = re.compile(r"&(#?\w{1,32};)?")
_XML_NAMES = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})
_ELSEWHERE = frozenset(
    {"utf-7", "idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"}
)
_WESTERN = frozenset({"iso8859-1", "ascii", "cp1252"})
_HEAD, _MOST_DOCTYPE, _MOST_REFERENCES = 2_000, 20_000, 200_000


class NotAFeed(Exception):
    """It cannot be read as a feed. `code` says why: page, empty, entities, no_feed, broken."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def decoded(body: bytes, content_type: str) -> tuple[str, Counter[Mend]]:
    """Return a document's text from its first element on, without its document type, and what was mended.

    Raises NotAFeed for what is empty or declares entities.
    """
    text, mends = _text_of(body, content_type)
    text, forbidden = _FORBIDDEN.subn("", text)
    if forbidden:
        mends[Mend.CONTROL] = forbidden
    text = _begun(text)
    if not text:
        raise NotAFeed("empty")
    return _begun(_without_doctype(text, mends)), mends


def mended(text: str) -> tuple[str, int]:
    """Return XML in which names of HTML's characters are these characters and bare ampersands are escaped.

    Raises NotAFeed where there are more of them than any text has.
    """
    count = 0
    if text.count("&") > _MOST_REFERENCES:
        raise NotAFeed("broken")

    def one(match: re.Match[str]) -> str:
        nonlocal count
        name = match[1]
        if name and (name in _XML_NAMES or (name[0] == "#" and _is_number(name[1:-1]))):
            return match[0]
        count += 1
        known = html.entities.html5.get(name) if name else None
        if known and known not in "<>&\"'":
            return known
        return f"&amp;{name or ''}"

    found = "".join(part if is_literal else _REFERENCE.sub(one, part) for part, is_literal in _parts(text))
    return found, count


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a document, and whether each is a literal one (CDATA), in which an ampersand is just that."""
    at = 0
    while (start := text.find("<![CDATA[", at)) >= 0 and (end := text.find("]]>", start)) >= 0:
        yield text[at:start], False
        yield text[start : (at := end + 3)], True
    yield text[at:], False


def _begun(text: str) -> str:
    """Leave out what stands before the first element and is none: the declaration, comments, stylesheets."""
    at = 0
    while found := _BEFORE.match(text, at):
        at = found.end()
    return text[at:].lstrip()


def _text_of(body: bytes, content_type: str) -> tuple[str, Counter[Mend]]:
    mends = Counter[Mend]()
    for mark, name in _BOMS:
        if body.startswith(mark):
            return body.decode(name, "replace"), mends
    if body[:4] in (b"<\0?\0", b"\0<\0?"):
        return body.decode("utf-16-le" if body[0] else "utf-16-be", "replace"), mends
    found = _DECLARED.search(body[:_HEAD])
    named = _CHARSET.search(content_type)
    claims = [codec for raw in (found and found[1].decode("ascii"), named and named[1]) if (codec := _codec(raw or ""))]
    for codec in (*(one for one in claims if one.startswith("iso2022")), "utf-8", *claims):
        try:
            text = body.decode("cp1252" if codec in _WESTERN and codec != "ascii" else codec)
        except (UnicodeError, LookupError):
            continue
        if claims and codec != claims[0] and not body.isascii():
            mends[Mend.ENCODING] = 1
        return text, mends
    mends[Mend.ENCODING] = 1
    return _with_broken_ones(body, ("utf-8", *(one for one in claims if one not in _WESTERN))), mends


def _with_broken_ones(body: bytes, tried: Iterable[str]) -> str:
    """Read bytes that no code reads whole: a text that was cut within a character lost this one, not all others."""
    for codec in tried:
        text = body.decode(codec, "replace")
        broken = text.count("\ufffd")
        if len(text) - len(text.encode("ascii", "ignore")) >= 2 * broken:  # as many others that were read
            return text
    return body.decode("cp1252", "replace")


def _codec(name: str) -> str:
    try:
        found = codecs.lookup(name)
    except LookupError:
        return ""
    is_text = getattr(found, "_is_text_encoding", True)
    return found.name if is_text and found.name not in _ELSEWHERE else ""


def _without_doctype(text: str, mends: Counter[Mend]) -> str:
    found = _DOCTYPE.search(text, 0, _HEAD)
    if found is None:
        return text
    end, depth = found.end(), 0
    for match in re.finditer(r"[\[\]>]", text[found.end() : found.end() + _MOST_DOCTYPE]):
        depth += {"[": 1, "]": -1, ">": 0}[match[0]]
        if match[0] == ">" and depth <= 0:
            end = found.end() + match.end()
            break
    else:
        raise NotAFeed("broken")
    if _ENTITY.search(text, found.start(), end):
        raise NotAFeed("entities")
    mends[Mend.DOCTYPE] = 1
    return (text[: found.start()] + text[end:]).lstrip()


def _is_number(digits: str) -> bool:
    base, digits = (16, digits[1:]) if digits[:1] in ("x", "X") else (10, digits)
    try:
        code = int(digits, base)
    except ValueError:
        return False
    return code in (9, 10, 13) or 32 <= code <= 0xD7FF or 0xE000 <= code <= 0xFFFD or 0x10000 <= code <= 0x10FFFF
