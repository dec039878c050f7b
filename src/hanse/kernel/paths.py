"""The first path segments that belong to the product; link slugs may not use them."""

from __future__ import annotations

import re

RESERVED = frozenset({
    "v1", "c", "p", "console", "join", "types", "in", "hz.js", "healthz", "readyz", "metrics", "static", "accounts",
    "shop", "sign-in", "sign-out", "apply", "ask", "log", "friends", "letters", "media", "docs", "favicon.ico",
    "robots.txt",
})  # fmt: skip

SLUG_MAX = 120
_SLUG = re.compile(rf"[A-Za-z0-9][A-Za-z0-9._~-]{{0,{SLUG_MAX - 1}}}")


def is_slug(text: str) -> bool:
    """Say whether a text could be a link's slug: URL-safe as it stands, at most 120 characters, not reserved."""
    return _SLUG.fullmatch(text) is not None and text.lower() not in RESERVED
