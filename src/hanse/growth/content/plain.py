"""Plain text from what feeds hold: titles with HTML in them, controls, texts that turn the direction of others."""

from __future__ import annotations

import html
import re

import nh3

_UNSHOWN = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_MARKUP = re.compile(r"[<&]")
_SPACE = re.compile(r"\s+")
MAX_TITLE, MAX_EXCERPT = 300, 300


def plain(text: str, limit: int) -> str:
    """Return a text as it may be shown: no markup (also none that was escaped once more), no controls, one line."""
    text = text[: 8 * limit]  # before it is cleaned: of a long text, unclosed marks would take all memory
    for _turn in range(3):  # feeds escape titles once or twice
        if not _MARKUP.search(text):
            break
        bare = html.unescape(nh3.clean(text, tags=set()) if "<" in text else text)
        if bare == text:
            break
        text = bare
    text = _SPACE.sub(" ", _SURROGATE.sub("", _UNSHOWN.sub("", text))).strip()
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"
