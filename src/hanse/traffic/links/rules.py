"""Rules of links: what a slug is made of when nobody chose one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from hanse.kernel.paths import RESERVED

SUGGESTED_MAX = 40
MAX_LINK_NUMBER = (1 << 24) - 1  # what a click token can carry
_NOT_IN_SLUG = re.compile(r"[^a-z0-9]+")


def slug_from(name: str) -> str:
    """Return a slug made of a name: small Latin letters, digits, hyphens; "partner" when nothing is left of it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return _NOT_IN_SLUG.sub("-", plain).strip("-")[:SUGGESTED_MAX].strip("-") or "partner"


def free_slug(wanted: str, taken: Collection[str]) -> str:
    """Return the wanted slug, or the first with a number behind it, that is neither taken nor reserved."""
    unusable = {slug.lower() for slug in taken} | RESERVED
    slug, number = wanted, 2
    while slug.lower() in unusable:
        slug, number = f"{wanted[:SUGGESTED_MAX]}-{number}", number + 1
    return slug
