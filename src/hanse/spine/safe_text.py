"""Texts of our own people as HTML: Markdown without HTML, cleaned once more, with no pictures and no scripts."""

from __future__ import annotations

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

_TAGS = {
    "p", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "strong", "em", "code", "pre", "blockquote", "hr", "br", "a",
}  # fmt: skip


@lru_cache(maxsize=1)
def _reader() -> MarkdownIt:
    """Return CommonMark without raw HTML and without pictures: those would be fetched from foreign places."""
    return MarkdownIt("commonmark", {"html": False, "maxNesting": 20}).disable("image")


@lru_cache(maxsize=256)
def html_of(text: str) -> SafeString:
    """Return a text as HTML that may stand in a page. Headings begin one level below the page's own.

    Whatever is written, nothing runs and nothing is loaded: no HTML, no pictures, and links only to http, https and
    mailto, without a referrer.
    """
    reader = _reader()
    tokens = reader.parse(text)
    _arrange_headings(tokens)
    written = reader.renderer.render(tokens, reader.options, {})
    cleaned = nh3.clean(
        written, tags=_TAGS, attributes={"a": {"href"}, "ol": {"start"}}, url_schemes={"http", "https", "mailto"},
        link_rel="noopener noreferrer nofollow ugc",
    )  # fmt: skip
    return mark_safe(cleaned)  # noqa: S308  # cleaned by nh3 just above


def _arrange_headings(tokens: list[Token]) -> None:
    """Let headings begin one level below the page's own and never skip one, whichever marks were used."""
    used = sorted({token.tag for token in tokens if token.type == "heading_open"})
    level = 1
    for token in tokens:
        if token.type == "heading_open":
            level = min(used.index(token.tag) + 2, level + 1, 6)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{level}"


def plain_of(text: str) -> str:
    """Return a text without its marks, for searching."""
    return nh3.clean(str(html_of(text)), tags=set())
